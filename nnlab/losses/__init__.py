"""Losses: how far a prediction is from the truth, with the gradient that training starts from. Numbers are Keras's."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab.core.errors import ArgumentError
from nnlab.losses.absolute_error import Huber, MeanAbsoluteError
from nnlab.losses.binary import BinaryCrossentropy
from nnlab.losses.categorical import CategoricalCrossentropy, SparseCategoricalCrossentropy
from nnlab.losses.divergence import KLDivergence
from nnlab.losses.function import FunctionLoss, takes_two
from nnlab.losses.hinge import Hinge
from nnlab.losses.loss import Loss
from nnlab.losses.squared_error import MeanSquaredError


def mean_squared_error(y_true: Any, y_pred: Any) -> np.ndarray:
    """The mean squared error of each example.

    >>> mean_squared_error([[0.0, 0.0]], [[1.0, 3.0]])
    array([5.], dtype=float32)
    """
    return MeanSquaredError().each(y_true, y_pred)


def mean_absolute_error(y_true: Any, y_pred: Any) -> np.ndarray:
    """The mean absolute error of each example."""
    return MeanAbsoluteError().each(y_true, y_pred)


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> np.ndarray:
    """Huber's loss of each example: squared up to `delta`, straight beyond."""
    return Huber(delta).each(y_true, y_pred)


def hinge(y_true: Any, y_pred: Any) -> np.ndarray:
    """The hinge loss of each example; the truth is -1 or 1, or 0 or 1."""
    return Hinge().each(y_true, y_pred)


def kl_divergence(y_true: Any, y_pred: Any) -> np.ndarray:
    """The Kullback-Leibler divergence of each example's two distributions."""
    return KLDivergence().each(y_true, y_pred)


def categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> np.ndarray:
    """The cross-entropy of each example; `y_true` is one-hot."""
    return CategoricalCrossentropy(from_logits).each(y_true, y_pred)


def sparse_categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> np.ndarray:
    """The cross-entropy of each example; `y_true` holds the numbers of the classes."""
    return SparseCategoricalCrossentropy(from_logits).each(y_true, y_pred)


def binary_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> np.ndarray:
    """The binary cross-entropy of each example, the mean over its last axis."""
    return BinaryCrossentropy(from_logits).each(y_true, y_pred)


FUNCTIONS: dict[Callable, type[Loss]] = {
    mean_squared_error: MeanSquaredError,
    mean_absolute_error: MeanAbsoluteError,
    huber: Huber,
    categorical_crossentropy: CategoricalCrossentropy,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
    binary_crossentropy: BinaryCrossentropy,
    kl_divergence: KLDivergence,
    hinge: Hinge,
}
CLASSES = {cls.__name__: cls for cls in FUNCTIONS.values()}
NAMED = {function.__name__: cls for function, cls in FUNCTIONS.items()}
ALIASES = {
    "mse": MeanSquaredError,
    "MSE": MeanSquaredError,
    "mae": MeanAbsoluteError,
    "MAE": MeanAbsoluteError,
    "bce": BinaryCrossentropy,
    "BCE": BinaryCrossentropy,
    "kld": KLDivergence,
    "KLD": KLDivergence,
}


def get(identifier: Any) -> Loss:
    """The loss for a name, a class, one of the functions here, a function of one's own, or a loss.

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
    elif takes_two(identifier):
        return FunctionLoss(identifier)
    raise ArgumentError(
        f"loss must be one of {', '.join(map(repr, NAMED))}, a function of (y_true, y_pred) in NumPy, or a Loss "
        f"(a class with forward and backward), received {identifier!r}."
    )
