"""Losses: how far a prediction is from the truth, with the gradient that training starts from. Numbers are Keras's."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab.core.errors import ArgumentError
from nnlab.losses.binary import BinaryCrossentropy
from nnlab.losses.categorical import CategoricalCrossentropy, SparseCategoricalCrossentropy
from nnlab.losses.loss import Loss
from nnlab.losses.squared_error import MeanSquaredError


def mean_squared_error(y_true: Any, y_pred: Any) -> np.ndarray:
    """The mean squared error of each example.

    >>> mean_squared_error([[0.0, 0.0]], [[1.0, 3.0]])
    array([5.], dtype=float32)
    """
    return MeanSquaredError().each(y_true, y_pred)


def categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> np.ndarray:
    """The cross-entropy of each example; `y_true` is one-hot."""
    return CategoricalCrossentropy(from_logits).each(y_true, y_pred)


def sparse_categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> np.ndarray:
    """The cross-entropy of each example; `y_true` holds the numbers of the classes."""
    return SparseCategoricalCrossentropy(from_logits).each(y_true, y_pred)


def binary_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> np.ndarray:
    """The binary cross-entropy of each example, the mean over its last axis."""
    return BinaryCrossentropy(from_logits).each(y_true, y_pred)


CLASSES = {
    cls.__name__: cls
    for cls in (MeanSquaredError, CategoricalCrossentropy, SparseCategoricalCrossentropy, BinaryCrossentropy)
}
FUNCTIONS: dict[Callable, type[Loss]] = {
    mean_squared_error: MeanSquaredError,
    categorical_crossentropy: CategoricalCrossentropy,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
    binary_crossentropy: BinaryCrossentropy,
}
NAMED = {function.__name__: cls for function, cls in FUNCTIONS.items()}
ALIASES = {"mse": MeanSquaredError, "MSE": MeanSquaredError, "bce": BinaryCrossentropy}


def get(identifier: Any) -> Loss:
    """The loss for a name, a class, one of the functions here, or a loss.

    >>> get("mse"), get("sparse_categorical_crossentropy")
    (<MeanSquaredError mean_squared_error>, <SparseCategoricalCrossentropy sparse_categorical_crossentropy>)
    """
    if isinstance(identifier, Loss):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Loss):
        return identifier()
    if isinstance(identifier, str):
        found = (NAMED | CLASSES | ALIASES).get(identifier)
        if found:
            return found()
    elif callable(identifier) and identifier in FUNCTIONS:
        return FUNCTIONS[identifier]()
    raise ArgumentError(
        f"loss must be one of {', '.join(map(repr, NAMED))}, or a Loss (a class with forward and backward), "
        f"received {identifier!r}."
    )
