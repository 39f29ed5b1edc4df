"""What a layer declares once about each value it computes; tables, formulas, views and the grader read it."""

from typing import NamedTuple


class Step(NamedTuple):
    """A named intermediate value of a layer.

    `axes` holds one letter an axis, separated by blanks ("b i j u v c"): b batch, t time, h w image,
    i j output place, u v kernel place, c channels in, f filters, d features; "..." stands for any leading axes.
    `latex` is the formula of the value, `grad` that of its gradient, `note` one plain sentence.
    Only an integer or boolean value may be declared as not `differentiable`. `outside` is the value that stands in
    cells beyond the edge of the input, if the layer puts it there although no input cell has it (minus infinity in
    max pooling): it is no sign that something went wrong.
    """

    axes: str
    latex: str
    grad: str = ""
    note: str = ""
    differentiable: bool = True
    outside: float = 0.0
