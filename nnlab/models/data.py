"""What a model is fed: x and y as arrays that fit each other, cut into batches."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab import activations, losses
from nnlab.core.arguments import number
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.record import parts
from nnlab.losses.checks import as_numbers

if TYPE_CHECKING:
    from nnlab.models.training import Trainer


def examples(owner: str, x: Any, y: Any) -> tuple[Any, np.ndarray]:
    """x, and y as an array with as many examples, of which there is at least one."""
    if y is None:
        raise ArgumentError(f"{owner}: y is missing; pass the truth for each example of x.")
    y = as_numbers(owner, "y", y)
    if y.ndim == 0:
        raise ShapeError(f"{owner}: x and y must hold examples along their first axis, received a single number.")
    if count(x) != len(y):
        raise ShapeError(
            f"{owner}: x and y must hold as many examples as each other, received {count(x)} and {len(y)}."
        )
    if count(x) == 0:
        raise ArgumentError(f"{owner}: x and y hold no examples; pass at least one.")
    return x, y


def split(
    model: "Trainer", x: Any, y: Any, fraction: float, validation: tuple[Any, Any] | None
) -> tuple[tuple[Any, Any], tuple[Any, Any] | None]:
    """What to train on and what to validate on: a pair that was given, or the last `fraction` of x and y."""
    owner = f"{model._label}.fit"
    fraction = number(owner, "validation_split", fraction, 0.0, 1.0)
    if validation is not None:
        if not isinstance(validation, tuple | list) or len(validation) != 2:
            raise ArgumentError(
                f"{owner}: validation_data must be a pair (x, y), received {type(validation).__name__}."
            )
        return (x, y), tuple(validation)
    if not fraction:
        return (x, y), None
    x, y = examples(owner, model.as_input(x), y)
    cut = int(len(y) * (1 - fraction))
    if cut == 0 or cut == len(y):
        raise ArgumentError(
            f"{owner}: validation_split={fraction} of {len(y)} examples leaves none to "
            f"{'train' if cut == 0 else 'validate'} on."
        )
    return (take(x, slice(cut)), y[:cut]), (take(x, slice(cut, None)), y[cut:])


def count(x: Any) -> int:
    """How many examples there are in an array, or in each of several."""
    return len(parts(x)[0])


def take(x: Any, part: slice | np.ndarray) -> Any:
    """Some of the examples, of each array if there are several."""
    return tuple(each[part] for each in x) if isinstance(x, tuple) else x[part]


def batches(count: int, size: int, order: np.ndarray | None = None) -> Iterator[slice | np.ndarray]:
    """Which examples each batch takes; the last may be smaller.

    >>> list(batches(5, 2))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    for start in range(0, count, size):
        stop = min(start + size, count)
        yield slice(start, stop) if order is None else order[start:stop]


def check_ending(model: "Trainer") -> None:
    """Raise where the model ends in an activation that its loss with from_logits applies once more."""
    if not getattr(model.loss, "from_logits", False):
        return
    last = model
    while getattr(last, "layers", None):
        last = last.outputs[0].node.layer if hasattr(last, "outputs") else last.layers[-1]
    twice = activations.sigmoid if isinstance(model.loss, losses.BinaryCrossentropy) else activations.softmax
    ends = getattr(last, "activation", None) is twice or type(last).__name__.lower() == twice.__name__
    if ends:
        raise ArgumentError(
            f"{type(model.loss).__name__}: from_logits=True takes the {twice.__name__} itself, but {last._label} has "
            f"taken it already; drop from_logits=True, or the {twice.__name__} at the end of the model."
        )
