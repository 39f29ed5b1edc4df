"""Accuracies: how often a prediction is right, for each way to write the truth."""

from typing import Any

import numpy as np

from nnlab.core.arguments import integer, number
from nnlab.core.errors import ShapeError
from nnlab.losses.checks import as_targets
from nnlab.metrics.metric import MeanMetric


class BinaryAccuracy(MeanMetric):
    """How often a prediction above `threshold` meets a 1, or one below a 0.

    >>> BinaryAccuracy()([[1], [1], [0], [0]], [[0.98], [1], [0], [0.6]])
    0.75
    """

    def __init__(self, name: str | None = None, threshold: float = 0.5, **unknown: Any):
        super().__init__(name, **unknown)
        self.threshold = number("BinaryAccuracy", "threshold", threshold)

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return as_targets("BinaryAccuracy", y_true, y_pred) == (y_pred > self.threshold)


class CategoricalAccuracy(MeanMetric):
    """How often the largest prediction is the class that is 1 in the one-hot truth.

    >>> CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
    0.5
    """

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        if y_true.shape != y_pred.shape:
            raise ShapeError(
                f"CategoricalAccuracy: y_true has shape {y_true.shape}, expected one-hot rows of the shape of y_pred, "
                f"{y_pred.shape}; for integer labels use SparseCategoricalAccuracy."
            )
        return y_true.argmax(-1) == y_pred.argmax(-1)


class SparseCategoricalAccuracy(MeanMetric):
    """How often the largest prediction is the class whose number is the truth.

    >>> SparseCategoricalAccuracy()([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]])
    0.5
    """

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        if y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1:
            y_true = y_true[..., 0]
        if y_true.shape != y_pred.shape[:-1]:
            raise ShapeError(
                f"SparseCategoricalAccuracy: y_true has shape {y_true.shape}, expected integer labels of shape "
                f"{y_pred.shape[:-1]}; for one-hot rows use CategoricalAccuracy."
            )
        return y_true == y_pred.argmax(-1)


class Accuracy(MeanMetric):
    """How often a prediction equals the truth.

    >>> Accuracy()([1, 2, 3, 4], [0, 2, 3, 4])
    0.75
    """

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return as_targets("Accuracy", y_true, y_pred) == y_pred


class SparseTopKCategoricalAccuracy(MeanMetric):
    """How often the true class, given by its number, is among the `k` largest predictions.

    >>> SparseTopKCategoricalAccuracy(k=2)([2, 1], [[0.1, 0.6, 0.3], [0.5, 0.1, 0.4]])
    0.5
    """

    def __init__(self, k: int = 5, name: str | None = None, **unknown: Any):
        super().__init__(name, **unknown)
        self.k = integer(type(self).__name__, "k", k)

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        labels = np.asarray(y_true, np.int64).reshape(*y_pred.shape[:-1], 1)
        larger = y_pred > np.take_along_axis(y_pred, labels, -1)
        return larger.sum(-1) < self.k


class TopKCategoricalAccuracy(SparseTopKCategoricalAccuracy):
    """How often the class that is 1 in the one-hot truth is among the `k` largest predictions."""

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return super().values(y_true.argmax(-1), y_pred)


class AccuracyFor(MeanMetric):
    """What "accuracy" means depends on the shapes of the first batch, by Keras's rule.

    One column: binary. Labels without the axis of the classes: sparse. Else one-hot: categorical.
    """

    chosen: MeanMetric | None = None

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        if self.chosen is None:
            self.chosen = accuracy_for(y_true.shape, y_pred.shape)()
        return self.chosen.values(y_true, y_pred)


def accuracy_for(true: tuple[int, ...], predicted: tuple[int, ...]) -> type[MeanMetric]:
    """The accuracy that fits these shapes.

    >>> accuracy_for((32,), (32, 10)).__name__, accuracy_for((32, 10), (32, 10)).__name__
    ('SparseCategoricalAccuracy', 'CategoricalAccuracy')
    """
    if predicted[-1] == 1:
        return BinaryAccuracy
    if len(true) < len(predicted) or true[-1] == 1:
        return SparseCategoricalAccuracy
    return CategoricalAccuracy
