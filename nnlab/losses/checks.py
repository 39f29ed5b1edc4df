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
