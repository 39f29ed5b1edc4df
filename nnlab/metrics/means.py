"""Losses, and functions of one's own, watched as means over the examples."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab import losses
from nnlab.metrics.metric import MeanMetric


class MeanOf(MeanMetric):
    """The mean of a function of (y_true, y_pred) that gives one number for each example."""

    def __init__(self, function: Callable[[Any, Any], Any], name: str | None = None):
        super().__init__(name or function.__name__)
        self.function = function

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return self.function(y_true, y_pred)


class LossMetric(MeanMetric):
    """The mean of a loss over the examples; the arguments are the loss's."""

    loss: type[losses.Loss]

    def __init__(self, name: str | None = None, **arguments: Any):
        super().__init__(name)
        self.each = self.loss(**arguments).each

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return self.each(y_true, y_pred)


class MeanSquaredError(LossMetric):
    """The mean squared error."""

    loss = losses.MeanSquaredError


class MeanAbsoluteError(LossMetric):
    """The mean absolute error."""

    loss = losses.MeanAbsoluteError


class BinaryCrossentropy(LossMetric):
    """The binary cross-entropy."""

    loss = losses.BinaryCrossentropy


class CategoricalCrossentropy(LossMetric):
    """The cross-entropy of one-hot truth."""

    loss = losses.CategoricalCrossentropy


class SparseCategoricalCrossentropy(LossMetric):
    """The cross-entropy of integer labels."""

    loss = losses.SparseCategoricalCrossentropy
