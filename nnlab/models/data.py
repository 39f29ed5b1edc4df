"""What a model is fed: x and y as arrays that fit each other and the model, cut into batches."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np

from nnlab import activations, losses
from nnlab.core.arguments import number
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import parts
from nnlab.losses.checks import as_numbers
from nnlab.models.objective import per_output
from nnlab.models.shapes import one_or_tuple

# x, y and the weights of the examples; x is a tuple if the model has several inputs, the others if several outputs.
Examples = tuple[Any, Any, Any]


def taken(examples: Examples, part: slice | np.ndarray) -> Examples:
    """Some of the examples."""
    return tuple(take(each, part) for each in examples)


def take(value: Any, part: slice | np.ndarray) -> Any:
    """Some of the examples of an array, or of each of several; None is nothing."""
    if isinstance(value, tuple):
        return tuple(take(each, part) for each in value)
    return None if value is None else value[part]


def count(x: Any) -> int:
    """How many examples there are in an array, or in each of several."""
    return len(parts(x)[0])


def check_inputs(owner: str, x: Any) -> None:
    """Raise where there is no example, or where a number is missing."""
    if count(x) == 0:
        raise ArgumentError(f"{owner}: x and y hold no examples; pass at least one.")
    for part in parts(x):
        _refuse_nonfinite(owner, "x", part)


def truths(owner: str, y: Any, names: tuple[str, ...], judged: Collection[str]) -> Any:
    """y as an array, or for several outputs as a tuple of arrays, None for an output that is not `judged`.

    `names` are those of the outputs: a dict gives the truth by name.
    """
    if isinstance(y, Mapping):
        y = one_or_tuple(per_output(owner, "y", y, names))
    if len(names) == 1:
        return as_truth(owner, "y", y)
    if not isinstance(y, list | tuple) or len(y) != len(names):
        received = f"{len(y)} of them" if isinstance(y, list | tuple) else f"a single {type(y).__name__}"
        raise ArgumentError(
            f"{owner}: y must hold an array for each of the {len(names)} outputs ({', '.join(names)}), in a list or "
            f"in a dict by name, received {received}."
        )
    return tuple(
        as_truth(owner, f"y of the output {name!r}", each) if each is not None or name in judged else None
        for name, each in zip(names, y, strict=True)
    )


def as_truth(owner: str, what: str, y: Any) -> np.ndarray:
    """The truth of one output as an array with the examples along its first axis."""
    if y is None:
        raise ArgumentError(f"{owner}: {what} is missing; pass the truth for each example of x.")
    array = as_numbers(owner, what, y)
    if array.ndim == 0:
        raise ShapeError(f"{owner}: x and {what} must hold examples along their first axis, received a single number.")
    return array


def check_truth(owner: str, what: str, y: np.ndarray, examples: int) -> None:
    """Raise where there are not as many truths as examples, or where a number is missing."""
    if len(y) != examples:
        raise ShapeError(
            f"{owner}: x and {what} must hold as many examples as each other, received {examples} and {len(y)}."
        )
    _refuse_nonfinite(owner, what, y)


def _refuse_nonfinite(owner: str, name: str, array: np.ndarray) -> None:
    """Raise at NaN and infinity: one such number in one batch would turn every weight into NaN."""
    lost = ~np.isfinite(array)
    if lost.any():
        first = tuple(int(place) for place in np.argwhere(lost)[0])
        raise ArgumentError(
            f"{owner}: {name} must hold finite numbers, received {array[first]} at {list(first)} "
            f"({lost.sum():,} of {lost.size:,} are not finite); replace them or leave those examples out."
        )


def split(examples: Examples, owner: str, fraction: float) -> tuple[Examples, Examples | None]:
    """What to train on and what to validate on: the last `fraction` of the examples."""
    fraction = number(owner, "validation_split", fraction, 0.0, 1.0)
    if not fraction:
        return examples, None
    total = count(examples[0])
    cut = int(total * (1 - fraction))
    if cut == 0 or cut == total:
        raise ArgumentError(
            f"{owner}: validation_split={fraction} of {total} examples leaves none to "
            f"{'train' if cut == 0 else 'validate'} on."
        )
    return taken(examples, slice(cut)), taken(examples, slice(cut, None))


def batches(count: int, size: int, order: np.ndarray | None = None) -> Iterator[slice | np.ndarray]:
    """Which examples each batch takes; the last may be smaller.

    >>> list(batches(5, 2))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    for start in range(0, count, size):
        stop = min(start + size, count)
        yield slice(start, stop) if order is None else order[start:stop]


def check_ending(model: Layer, loss: losses.Loss, output: int = 0) -> None:
    """Raise where an output of the model ends in an activation that its loss with from_logits applies once more."""
    if not getattr(loss, "from_logits", False):
        return
    last = model
    while getattr(last, "layers", None):
        ends_of_graph = getattr(last, "outputs", ())
        if last.is_recorded or (ends_of_graph and ends_of_graph[output].node is None):
            return  # a model of one's own ends in what its call does
        if ends_of_graph:
            node = ends_of_graph[output].node
            last, output = node.layer, node.outputs.index(ends_of_graph[output])
        else:
            last = last.layers[-1]
    twice = activations.sigmoid if isinstance(loss, losses.BinaryCrossentropy) else activations.softmax
    ends = getattr(last, "activation", None) is twice or type(last).__name__.lower() == twice.__name__
    if ends:
        raise ArgumentError(
            f"{type(loss).__name__}: from_logits=True takes the {twice.__name__} itself, but {last._label} has "
            f"taken it already; drop from_logits=True, or the {twice.__name__} at the end of the model."
        )
