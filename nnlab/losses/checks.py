"""Truth and predictions as arrays that fit each other, or one sentence on what does not."""

from typing import Any

import numpy as np

from nnlab.core.errors import ArgumentError, ShapeError


def as_numbers(owner: str, name: str, value: Any) -> np.ndarray:
    """`value` as an array of real numbers."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise ShapeError(f"{owner}: {name} must be an array; received rows of unequal lengths.") from None
    if array.dtype.kind not in "fiub":
        raise ArgumentError(f"{owner}: {name} must hold real numbers, received {array.dtype}; encode the labels first.")
    return array


def as_targets(owner: str, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """`y_true` in the shape and dtype of `y_pred`; only a last axis of length 1 may be missing or too many."""
    if y_true.ndim == y_pred.ndim - 1 and y_pred.shape[-1] == 1:
        y_true = y_true[..., None]
    elif y_true.ndim == y_pred.ndim + 1 and y_true.shape[-1] == 1:
        y_true = y_true[..., 0]
    if y_true.shape != y_pred.shape:
        raise ShapeError(
            f"{owner}: y_true has shape {y_true.shape} but y_pred has {y_pred.shape}, expected the same; give the last "
            "layer as many units as y_true has columns, or choose another loss."
        )
    return y_true.astype(y_pred.dtype, copy=False)


def as_weights(owner: str, sample_weight: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Weights that fit values of this shape: one number, one for each example, or one for each time of each.

    A last axis of length 1 may be there. One for each example counts for all of the example's values. (Keras leaves
    that to broadcasting, which takes one weight an example for one a time where there are as many of both.)
    """
    weights = as_numbers(owner, "sample_weight", sample_weight)
    if weights.ndim == len(shape) + 1 and weights.shape[-1] == 1:
        weights = weights[..., 0]
    fits = weights.ndim <= len(shape) and all(
        size in (1, whole) for size, whole in zip(weights.shape, shape[: weights.ndim], strict=True)
    )
    if not fits or (weights.ndim and len(weights) != shape[0]):
        raise ShapeError(
            f"{owner}: sample_weight has shape {weights.shape}, expected one weight for each example, shape {shape[:1]}"
            f"{f', or for each value, shape {shape}' if len(shape) > 1 else ''}."
        )
    if not np.isfinite(weights).all():
        raise ArgumentError(f"{owner}: sample_weight must hold finite numbers, received nan or inf.")
    return weights.reshape(*weights.shape, *(1,) * (len(shape) - weights.ndim)) if weights.ndim else weights


def as_mask(owner: str, mask: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The mask of a prediction for losses of this shape; what it says of a time holds for all values of the time."""
    if mask.shape != shape[: mask.ndim]:
        raise ShapeError(
            f"{owner}: the mask that reaches the output has shape {mask.shape}, but there are losses of shape {shape}; "
            "end the mask before, with a layer such as GlobalAveragePooling1D, or give an output for each of its times."
        )
    return np.broadcast_to(mask.reshape(*mask.shape, *(1,) * (len(shape) - mask.ndim)), shape)
