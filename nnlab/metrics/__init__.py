"""Metrics: numbers for people to watch, gathered over the examples seen since the last reset, as in Keras."""

from typing import Any

from nnlab.core.errors import ArgumentError
from nnlab.core.naming import snake_case
from nnlab.metrics.accuracy import (
    Accuracy,
    AccuracyFor,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    accuracy_for,
)
from nnlab.metrics.confusion import AUC, Precision, Recall
from nnlab.metrics.means import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    MeanAbsoluteError,
    MeanOf,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)
from nnlab.metrics.metric import Mean, MeanMetric, Metric

CLASSES = {
    cls.__name__: cls
    for cls in (
        Accuracy,
        BinaryAccuracy,
        CategoricalAccuracy,
        SparseCategoricalAccuracy,
        TopKCategoricalAccuracy,
        SparseTopKCategoricalAccuracy,
        Precision,
        Recall,
        AUC,
        MeanSquaredError,
        MeanAbsoluteError,
        BinaryCrossentropy,
        CategoricalCrossentropy,
        SparseCategoricalCrossentropy,
    )
}
NAMED = {snake_case(name): cls for name, cls in CLASSES.items() if name != "Accuracy"} | {
    "mse": MeanSquaredError,
    "MSE": MeanSquaredError,
    "mae": MeanAbsoluteError,
    "MAE": MeanAbsoluteError,
    "bce": BinaryCrossentropy,
}
__all__ = [*CLASSES, "AccuracyFor", "Mean", "MeanMetric", "MeanOf", "Metric", "accuracy_for", "get"]


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
