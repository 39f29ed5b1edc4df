"""What a model is fed: x, y and the weights of the examples as arrays that fit each other, cut into batches."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab import activations, losses
from nnlab.core.arguments import integer, number
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.record import parts
from nnlab.losses.checks import as_numbers, as_weights

if TYPE_CHECKING:
    from nnlab.models.training import Trainer

Examples = tuple[Any, np.ndarray, np.ndarray | None]  # x (a tuple, if the model has several inputs), y, weights


def taken(examples: Examples, part: slice | np.ndarray) -> Examples:
    """Some of the examples."""
    x, y, weights = examples
    return take(x, part), y[part], None if weights is None else weights[part]


def take(x: Any, part: slice | np.ndarray) -> Any:
    """Some of the examples of an array, or of each of several."""
    return tuple(each[part] for each in x) if isinstance(x, tuple) else x[part]


def count(x: Any) -> int:
    """How many examples there are in an array, or in each of several."""
    return len(parts(x)[0])


def examples(owner: str, x: Any, y: Any) -> tuple[Any, np.ndarray]:
    """x, and y as an array with as many examples, of which there is at least one; no number in them is missing."""
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
    for name, array in (*(("x", part) for part in parts(x)), ("y", y)):
        _refuse_nonfinite(owner, name, array)
    return x, y


def _refuse_nonfinite(owner: str, name: str, array: np.ndarray) -> None:
    """Raise at NaN and infinity: one such number in one batch would turn every weight into NaN."""
    lost = ~np.isfinite(array)
    if lost.any():
        first = tuple(int(place) for place in np.argwhere(lost)[0])
        raise ArgumentError(
            f"{owner}: {name} must hold finite numbers, received {array[first]} at {list(first)} "
            f"({lost.sum():,} of {lost.size:,} are not finite); replace them or leave those examples out."
        )


def weights_of(
    owner: str, y: np.ndarray, shape: tuple[int, ...], sample_weight: Any, class_weight: Any
) -> np.ndarray | None:
    """The weights of the examples, if there are any: those given, or that of each example's class.

    `shape` is that of the losses: one for each example, or one for each time of it.
    """
    if class_weight is not None and sample_weight is not None:
        raise ArgumentError(f"{owner}: pass sample_weight or class_weight, not both; multiply them into sample_weight.")
    if class_weight is not None:
        return by_class(owner, y, shape, class_weight)
    if sample_weight is None:
        return None
    weights = as_numbers(owner, "sample_weight", sample_weight)
    if weights.ndim == 0:
        raise ShapeError(f"{owner}: sample_weight must hold one weight for each example, received a single number.")
    as_weights(owner, weights, shape)
    return weights


def by_class(owner: str, y: np.ndarray, shape: tuple[int, ...], class_weight: Any) -> np.ndarray:
    """The weight of each example's class; 1 where the class is not listed, as in Keras."""
    if not isinstance(class_weight, Mapping):
        raise ArgumentError(
            f"{owner}: class_weight must be a dictionary from the number of a class to its weight, such as "
            f"{{0: 1.0, 1: 5.0}}, received {class_weight!r}."
        )
    table = {
        integer(owner, "a class in class_weight", label, minimum=0): number(owner, "a weight in class_weight", weight)
        for label, weight in class_weight.items()
    }
    if len(shape) != 1 or y.ndim > 2:
        raise ArgumentError(
            f"{owner}: class_weight needs one class for each example, received y of shape {y.shape}; pass "
            "sample_weight."
        )
    labels = y if y.ndim == 1 else y[:, 0] if y.shape[1] == 1 else y.argmax(-1)
    return np.array([table.get(int(label), 1.0) for label in np.rint(labels)], np.float32)


def split(examples: Examples, owner: str, fraction: float) -> tuple[Examples, Examples | None]:
    """What to train on and what to validate on: the last `fraction` of the examples."""
    fraction = number(owner, "validation_split", fraction, 0.0, 1.0)
    if not fraction:
        return examples, None
    total = len(examples[1])
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


def check_ending(model: "Trainer") -> None:
    """Raise where the model ends in an activation that its loss with from_logits applies once more."""
    if not getattr(model.loss, "from_logits", False):
        return
    last = model
    while getattr(last, "layers", None):
        ends_of_graph = getattr(last, "outputs", ())
        if len(ends_of_graph) > 1:
            return
        last = ends_of_graph[0].node.layer if ends_of_graph else last.layers[-1]
    twice = activations.sigmoid if isinstance(model.loss, losses.BinaryCrossentropy) else activations.softmax
    ends = getattr(last, "activation", None) is twice or type(last).__name__.lower() == twice.__name__
    if ends:
        raise ArgumentError(
            f"{type(model.loss).__name__}: from_logits=True takes the {twice.__name__} itself, but {last._label} has "
            f"taken it already; drop from_logits=True, or the {twice.__name__} at the end of the model."
        )
