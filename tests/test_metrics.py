"""Metrics: real Keras's numbers over two batches, and Keras's choice of what "accuracy" means."""

import numpy as np
import pytest
from model_cases import METRICS
from test_golden import assert_equal_to_keras, load

from nnlab import metrics
from nnlab.core.errors import ArgumentError, NnlabError, ShapeError

GOLDEN = load("metrics")


@pytest.mark.parametrize("case", METRICS, ids=lambda case: case.id)
def test_result_after_each_batch_is_keras_result(case):
    metric, results = getattr(metrics, case.name)(**case.arguments), []
    for batch in range(2):
        metric.update_state(case.y_true(batch), case.y_pred(batch), case.sample_weight(batch))
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


def test_area_is_the_share_of_pairs_in_the_right_order():
    rng = np.random.default_rng(3)
    y_true, y_pred = np.arange(40) % 3 == 0, rng.permutation(40) / 40
    pairs = y_pred[y_true][:, None] > y_pred[~y_true]
    assert metrics.AUC(1000)(y_true.astype(float), y_pred) == pytest.approx(pairs.mean())


def test_a_prediction_on_the_threshold_is_not_above_it():
    assert metrics.Precision()([0, 1], [0.5, 0.6]) == 1
    assert metrics.Recall()([1, 1], [0.5, 0.6]) == 0.5


def test_nothing_said_or_nothing_true_is_0():
    assert metrics.Precision()([1.0], [0.1]) == 0
    assert metrics.Recall()([0.0], [0.9]) == 0
    assert metrics.AUC().result() == 0


def test_a_weight_of_2_counts_as_seen_twice():
    y_true, y_pred = np.array([0, 1, 1, 0.0]), np.array([0.6, 0.4, 0.9, 0.2])
    for make in (metrics.Precision, metrics.Recall, metrics.AUC, metrics.BinaryAccuracy, metrics.MeanSquaredError):
        axis = (slice(None), None) if make is metrics.MeanSquaredError else slice(None)
        twice = make()(np.repeat(y_true, [2, 1, 1, 2])[axis], np.repeat(y_pred, [2, 1, 1, 2])[axis])
        assert make()(y_true[axis], y_pred[axis], [2, 1, 1, 2]) == pytest.approx(twice)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: metrics.BinaryAccuracy(treshold=0.3), "unknown argument 'treshold', did you mean 'threshold'?"),
        (lambda: metrics.AUC(multi_label=True), "AUC: unknown argument 'multi_label'"),
        (lambda: metrics.AUC(1), "AUC: num_thresholds must be an integer of at least 2, received 1."),
        (lambda: metrics.AUC(curve="ROCK"), "AUC: curve must be one of 'roc', 'pr', received 'ROCK'."),
        (lambda: metrics.Precision(2), "Precision: thresholds must be a number from 0 to 1, received 2."),
        (lambda: metrics.Recall([]), "Recall: thresholds must be numbers from 0 to 1, received []."),
        (lambda: metrics.Recall(top_k=4)([[0, 1]], [[0.1, 0.9]]), "Recall: top_k=4 needs as many columns, received 2."),
        (lambda: metrics.Precision(class_id=2)([[0, 1]], [[0.1, 0.9]]), "Precision: class_id=2 needs a column more"),
        (lambda: metrics.AUC()([0, 1], [-3.0, 2.0]), "end the model with sigmoid, or pass from_logits=True."),
        (lambda: metrics.Precision()([0, 1], [-3.0, 2.0]), "from -3 to 2; end the model with sigmoid."),
        (lambda: metrics.Recall()([2], [0.5]), "Recall: y_true must lie between 0 and 1, received 2"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(make, sentence):
    with pytest.raises(NnlabError) as caught:
        make()
    assert sentence in str(caught.value)


@pytest.mark.parametrize("nonsense", ["accurracy", 7, None, ["accuracy"]])
def test_get_refuses_what_is_no_metric(nonsense):
    with pytest.raises(ArgumentError, match="a metric must be 'accuracy'"):
        metrics.get(nonsense)
