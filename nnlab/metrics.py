"""Metrics: numbers for people to watch, averaged over the examples seen since the last reset, as in Keras."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab import losses
from nnlab.core.arguments import integer, number
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.naming import snake_case
from nnlab.losses.checks import as_targets


class Mean:
    """A running mean.

    >>> mean = Mean()
    >>> mean.update_state([1.0, 3.0]); mean.update_state(8.0, sample_weight=2)
    >>> mean.result()
    5.0
    """

    def __init__(self, name: str | None = None):
        self.name = name or snake_case(type(self).__name__)
        self.reset_state()

    def reset_state(self) -> None:
        """Forget everything seen."""
        self.total, self.count = 0.0, 0.0

    def update_state(self, values: Any, sample_weight: float = 1.0) -> None:
        """Take these values in, each as if it had been seen `sample_weight` times."""
        self.total += float(np.sum(values, dtype=np.float64)) * sample_weight
        self.count += np.size(values) * sample_weight

    def result(self) -> float:
        """The mean of what was seen; 0 of nothing."""
        return self.total / self.count if self.count else 0.0

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class Metric(Mean):
    """The mean over all examples of `values(y_true, y_pred)`, which a subclass writes."""

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        """One number for each example."""
        raise NotImplementedError(f"{type(self).__name__}: write values(y_true, y_pred).")

    def update_state(self, y_true: Any, y_pred: Any) -> None:
        """Take a batch in."""
        super().update_state(self.values(np.asarray(y_true), np.asarray(y_pred)))

    def __call__(self, y_true: Any, y_pred: Any) -> float:
        """Take a batch in: the mean so far."""
        self.update_state(y_true, y_pred)
        return self.result()


class BinaryAccuracy(Metric):
    """How often a prediction above `threshold` meets a 1, or one below a 0.

    >>> BinaryAccuracy()([[1], [1], [0], [0]], [[0.98], [1], [0], [0.6]])
    0.75
    """

    def __init__(self, name: str | None = None, threshold: float = 0.5):
        super().__init__(name)
        self.threshold = number("BinaryAccuracy", "threshold", threshold)

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return as_targets("BinaryAccuracy", y_true, y_pred) == (y_pred > self.threshold)


class CategoricalAccuracy(Metric):
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


class SparseCategoricalAccuracy(Metric):
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


class Accuracy(Metric):
    """How often a prediction equals the truth.

    >>> Accuracy()([1, 2, 3, 4], [0, 2, 3, 4])
    0.75
    """

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return as_targets("Accuracy", y_true, y_pred) == y_pred


class SparseTopKCategoricalAccuracy(Metric):
    """How often the true class, given by its number, is among the `k` largest predictions.

    >>> SparseTopKCategoricalAccuracy(k=2)([2, 1], [[0.1, 0.6, 0.3], [0.5, 0.1, 0.4]])
    0.5
    """

    def __init__(self, k: int = 5, name: str | None = None):
        super().__init__(name)
        self.k = integer(type(self).__name__, "k", k)

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        labels = np.asarray(y_true, np.int64).reshape(*y_pred.shape[:-1], 1)
        larger = y_pred > np.take_along_axis(y_pred, labels, -1)
        return larger.sum(-1) < self.k


class TopKCategoricalAccuracy(SparseTopKCategoricalAccuracy):
    """How often the class that is 1 in the one-hot truth is among the `k` largest predictions."""

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return super().values(y_true.argmax(-1), y_pred)


class MeanOf(Metric):
    """The mean of a function of (y_true, y_pred) that gives one number for each example."""

    def __init__(self, function: Callable[[Any, Any], Any], name: str | None = None):
        super().__init__(name or function.__name__)
        self.function = function

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return self.function(y_true, y_pred)


class LossMetric(Metric):
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


class BinaryCrossentropy(LossMetric):
    """The binary cross-entropy."""

    loss = losses.BinaryCrossentropy


class CategoricalCrossentropy(LossMetric):
    """The cross-entropy of one-hot truth."""

    loss = losses.CategoricalCrossentropy


class SparseCategoricalCrossentropy(LossMetric):
    """The cross-entropy of integer labels."""

    loss = losses.SparseCategoricalCrossentropy


class AccuracyFor(Metric):
    """What "accuracy" means depends on the shapes of the first batch, by Keras's rule.

    One column: binary. Labels without the axis of the classes: sparse. Else one-hot: categorical.
    """

    chosen: Metric | None = None

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        if self.chosen is None:
            self.chosen = accuracy_for(y_true.shape, y_pred.shape)()
        return self.chosen.values(y_true, y_pred)


def accuracy_for(true: tuple[int, ...], predicted: tuple[int, ...]) -> type[Metric]:
    """The accuracy that fits these shapes.

    >>> accuracy_for((32,), (32, 10)).__name__, accuracy_for((32, 10), (32, 10)).__name__
    ('SparseCategoricalAccuracy', 'CategoricalAccuracy')
    """
    if predicted[-1] == 1:
        return BinaryAccuracy
    if len(true) < len(predicted) or true[-1] == 1:
        return SparseCategoricalAccuracy
    return CategoricalAccuracy


CLASSES = {
    cls.__name__: cls
    for cls in (
        Accuracy,
        BinaryAccuracy,
        CategoricalAccuracy,
        SparseCategoricalAccuracy,
        TopKCategoricalAccuracy,
        SparseTopKCategoricalAccuracy,
        MeanSquaredError,
        BinaryCrossentropy,
        CategoricalCrossentropy,
        SparseCategoricalCrossentropy,
    )
}
NAMED = {snake_case(name): cls for name, cls in CLASSES.items() if name != "Accuracy"} | {
    "mse": MeanSquaredError,
    "MSE": MeanSquaredError,
    "bce": BinaryCrossentropy,
}


def get(identifier: Any) -> Metric:
    """The metric for a name, a class, a function of (y_true, y_pred), or a metric.

    >>> get("accuracy").name, get("binary_accuracy"), get("mse")
    ('accuracy', <BinaryAccuracy binary_accuracy>, <MeanSquaredError mse>)
    """
    if isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Metric):
        return identifier()
    if isinstance(identifier, str) and identifier.lower() in ("accuracy", "acc"):
        return AccuracyFor(identifier)
    if isinstance(identifier, str) and identifier in NAMED | CLASSES:
        return (NAMED | CLASSES)[identifier](name=identifier)
    if callable(identifier):
        return MeanOf(identifier, getattr(identifier, "__name__", type(identifier).__name__))
    raise ArgumentError(
        f"a metric must be 'accuracy', {', '.join(map(repr, NAMED))}, a function of (y_true, y_pred) or a Metric, "
        f"received {identifier!r}."
    )
