"""Metrics: real Keras's numbers over two batches, and Keras's choice of what "accuracy" means."""

import numpy as np
import pytest
from model_cases import METRICS
from test_golden import assert_equal_to_keras, load

from nnlab import metrics
from nnlab.core.errors import ArgumentError, ShapeError

GOLDEN = load("metrics")


@pytest.mark.parametrize("case", METRICS, ids=lambda case: case.id)
def test_result_after_each_batch_is_keras_result(case):
    metric, results = getattr(metrics, case.name)(**case.arguments), []
    for batch in range(2):
        metric.update_state(case.y_true(batch), case.y_pred(batch))
        results.append(metric.result())
    assert_equal_to_keras(np.array(results), GOLDEN[case.id])


def test_batches_count_by_their_size():
    metric = metrics.SparseCategoricalAccuracy()
    metric.update_state([0, 0, 0], np.eye(2)[[0, 0, 0]])
    metric.update_state([0], np.eye(2)[[1]])
    assert metric.result() == 0.75


def test_reset_forgets():
    metric = metrics.BinaryAccuracy()
    metric.update_state([[1]], [[0.0]])
    metric.reset_state()
    assert metric.result() == 0
    metric.update_state([[1]], [[1.0]])
    assert metric.result() == 1


@pytest.mark.parametrize(
    ("true", "predicted", "chosen"),
    [
        ((5, 1), (5, 1), metrics.BinaryAccuracy),
        ((5,), (5, 1), metrics.BinaryAccuracy),
        ((5,), (5, 10), metrics.SparseCategoricalAccuracy),
        ((5, 1), (5, 10), metrics.SparseCategoricalAccuracy),
        ((5, 10), (5, 10), metrics.CategoricalAccuracy),
        ((5, 7), (5, 7, 10), metrics.SparseCategoricalAccuracy),
    ],
)
def test_accuracy_is_chosen_from_the_shapes_as_keras_chooses(true, predicted, chosen):
    assert metrics.accuracy_for(true, predicted) is chosen


def test_accuracy_keeps_the_name_it_was_asked_by():
    assert [metrics.get(name).name for name in ("accuracy", "acc", "mse")] == ["accuracy", "acc", "mse"]


def test_accuracy_gives_the_chosen_metrics_number():
    metric = metrics.get("accuracy")
    metric.update_state([0, 1, 1, 1], [[0.9, 0.1], [0.9, 0.1], [0.2, 0.8], [0.3, 0.7]])
    assert metric.result() == 0.75


def test_a_function_is_a_metric_with_its_name():
    def largest_error(y_true, y_pred):
        return np.abs(y_true - y_pred).max(-1)

    metric = metrics.get(largest_error)
    metric.update_state([[0, 0], [0, 0]], [[1, 2], [0, 4]])
    assert (metric.name, metric.result()) == ("largest_error", 3)


@pytest.mark.parametrize(
    ("metric", "y_true", "hint"),
    [
        (metrics.CategoricalAccuracy(), [0, 1], "for integer labels use SparseCategoricalAccuracy"),
        (metrics.SparseCategoricalAccuracy(), np.eye(2), "for one-hot rows use CategoricalAccuracy"),
        (metrics.BinaryAccuracy(), np.zeros((2, 3)), "expected the same"),
    ],
)
def test_labels_that_do_not_fit_are_answered_in_words(metric, y_true, hint):
    with pytest.raises(ShapeError, match=f"{type(metric).__name__}: .*{hint}"):
        metric.update_state(y_true, np.full((2, 2), 0.5))


@pytest.mark.parametrize("nonsense", ["accurracy", 7, None, ["accuracy"]])
def test_get_refuses_what_is_no_metric(nonsense):
    with pytest.raises(ArgumentError, match="a metric must be 'accuracy'"):
        metrics.get(nonsense)
