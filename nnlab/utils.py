"""What Keras keeps in `keras.utils` and the lessons call: one seed for everything, and one-hot labels."""

from typing import Any

import numpy as np

from nnlab.core.errors import ArgumentError
from nnlab.core.seed import set_random_seed

__all__ = ["set_random_seed", "to_categorical"]


def to_categorical(x: Any, num_classes: int | None = None) -> np.ndarray:
    """One-hot rows for integer labels, as `categorical_crossentropy` expects them.

    Args:
        x: labels from 0 to `num_classes - 1`, of any shape; a last axis of length 1 is dropped, as in Keras.
        num_classes: the length of a row; the largest label plus one where it is not given.

    Returns:
        A float64 array of the labels' shape with one more axis, of length `num_classes`, at the end.

    Raises:
        ArgumentError: labels that are no integers, or out of range. (Keras cuts 1.5 to 1 and lets -1 mean the
            last class; both are mistakes more often than not.)

    >>> to_categorical([0, 2, 1])
    array([[1., 0., 0.],
           [0., 0., 1.],
           [0., 1., 0.]])
    >>> to_categorical([[3], [0]], num_classes=5).shape
    (2, 5)
    """
    labels = _labels(x)
    if num_classes is None:
        if labels.size == 0:
            raise ArgumentError(
                "to_categorical: received no labels, from which the number of classes could be found; pass num_classes."
            )
        num_classes = int(labels.max()) + 1
    elif not isinstance(num_classes, int | np.integer) or isinstance(num_classes, bool) or num_classes < 1:
        raise ArgumentError(f"to_categorical: num_classes must be an integer of at least 1, received {num_classes!r}.")
    outside = labels[(labels < 0) | (labels >= num_classes)]
    if outside.size:
        raise ArgumentError(
            f"to_categorical: received the label {outside[0]}, expected 0 to {num_classes - 1} for "
            f"num_classes={num_classes}; number the classes from 0, or pass a larger num_classes."
        )
    return np.eye(num_classes)[labels]


def _labels(x: Any) -> np.ndarray:
    """The labels as integers, without a last axis of length 1."""
    try:
        labels = np.asarray(x)
    except ValueError:  # rows of different lengths
        labels = np.empty(0, object)
    if labels.dtype.kind not in "iufb":
        raise ArgumentError(
            f"to_categorical: expected integer labels in one array, received {x!r}; number the classes from 0."
        )
    broken = labels[~np.isfinite(labels) | (labels != np.rint(labels))]
    if broken.size:
        raise ArgumentError(
            f"to_categorical: expected integer labels, received {broken[0]}; number the classes from 0."
        )
    integers = labels.astype(np.int64)
    return integers[..., 0] if integers.ndim > 1 and integers.shape[-1] == 1 else integers
