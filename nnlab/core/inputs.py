"""What a call is given, checked before `forward` sees it: real numbers, in the layer's dtype, and not too many."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core.arguments import MOST_AXES, MOST_NUMBERS
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.symbolic import SymbolicTensor

if TYPE_CHECKING:
    from nnlab.core.layer import Layer


def as_array(layer: "Layer", x: Any, argument: str) -> np.ndarray:
    """`x` as an array of the layer's dtype; errors call it `argument`."""
    if isinstance(x, SymbolicTensor):
        raise ArgumentError(
            f"{layer._label}: received the symbolic input {x.name!r} of shape {x.shape}, expected an array; "
            "to plan a model, call the layer on it, layer(x)."
        )
    try:
        array = np.asarray(x)
    except ValueError:
        raise ShapeError(f"{layer._label}: {argument} must be an array; received rows of unequal lengths.") from None
    if array.dtype.kind not in "fiub":
        kind = "strings" if array.dtype.kind in "US" else f"{type(x).__name__} of dtype {array.dtype}"
        raise ArgumentError(f"{layer._label}: {argument} must hold real numbers, received {kind}.")
    if array.ndim > MOST_AXES:
        raise ShapeError(f"{layer._label}: {argument} must have at most {MOST_AXES} axes, received {array.ndim}.")
    if array.ndim == 0:
        raise ShapeError(
            f"{layer._label}: {argument} must have the batch as its first axis, received the number {x!r}."
        )
    if array.dtype == layer.dtype or (array.dtype.kind != "f" and layer.keeps_integers):
        return array
    with np.errstate(over="ignore"):  # too large a number becomes infinite, as in Keras
        return array.astype(layer.dtype)


def is_array(part: Any) -> bool:
    """Whether this is one of several inputs, and not a row of one that is given as lists."""
    return isinstance(part, np.ndarray) and part.ndim > 0


def check_size(layer: "Layer", shape: Any) -> None:
    """Raise if the output for inputs of this shape would be far too large."""
    output = layer.compute_output_shape(shape)
    numbers = size_of(output)
    if numbers > max(size_of(shape), MOST_NUMBERS):
        raise ShapeError(
            f"{layer._label}: the output for an input of shape {shape} would have {numbers:,} numbers, shape "
            f"{output}, more than the {MOST_NUMBERS:,} that nnlab allows; make the layer or its input smaller."
        )


def size_of(shape: Any) -> int:
    """How many numbers there are in an array of this shape, or in arrays of these shapes.

    >>> size_of((2, 3)), size_of(((2, 3), (4,)))
    (6, 10)
    """
    nested = any(isinstance(part, tuple | list) for part in shape)
    return sum(map(size_of, shape)) if nested else math.prod(shape)
