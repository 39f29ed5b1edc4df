"""Counts of right and wrong answers among those said to be positive, at one threshold or at many."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlab import activations
from nnlab.core.arguments import boolean, integer, number, one_of
from nnlab.core.errors import ArgumentError
from nnlab.losses.checks import as_numbers, as_targets, as_weights
from nnlab.losses.probabilities import check_probabilities, check_range
from nnlab.metrics.metric import Metric


class ConfusionMetric(Metric):
    """The base: for each of `thresholds`, which rise, the weights of true and false positives, and of all of each."""

    thresholds: np.ndarray
    from_logits, takes_logits = False, False

    def reset_state(self) -> None:
        self.true_positives, self.false_positives = np.zeros((2, len(self.thresholds)))
        self.positives, self.negatives = 0.0, 0.0

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        owner = type(self).__name__
        y_pred = as_numbers(owner, "y_pred", y_pred).astype(np.float32, copy=False)
        y_true = as_targets(owner, as_numbers(owner, "y_true", y_true), y_pred)
        check_range(owner, y_true)
        if self.from_logits:
            y_pred = activations.sigmoid(y_pred)
        check_probabilities(owner, y_pred, last="sigmoid", logits=self.takes_logits)
        weights = np.broadcast_to(
            as_weights(owner, 1.0 if sample_weight is None else sample_weight, y_pred.shape), y_pred.shape
        )
        y_true, y_pred, weights = self.chosen(y_true, y_pred, weights)
        true = y_true.ravel() != 0
        passed = np.searchsorted(self.thresholds, y_pred.ravel())  # how many thresholds lie below the prediction
        for counts, those in ((self.true_positives, true), (self.false_positives, ~true)):
            found = np.bincount(passed[those], weights.ravel()[those], len(self.thresholds) + 1)
            counts += found[:0:-1].cumsum()[::-1]
        self.positives += weights.ravel()[true].sum()
        self.negatives += weights.ravel()[~true].sum()

    def chosen(self, *arrays: np.ndarray) -> tuple[np.ndarray, ...]:
        """The truth, predictions and weights that count."""
        return arrays


class ThresholdMetric(ConfusionMetric):
    """What precision and recall share: one number for each of the thresholds.

    `thresholds`: a number or a list of them, from 0 to 1; 0.5 where nothing is given. `top_k`: only the k largest
    predictions of a row count as positive, whatever their size if there are no thresholds. `class_id`: the one
    column that counts.
    """

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        **unknown: Any,
    ):
        owner = type(self).__name__
        each = thresholds if isinstance(thresholds, list | tuple) else [thresholds]
        given = [number(owner, "thresholds", value, 0.0, 1.0) for value in each if value is not None]
        if not given and thresholds is not None:
            raise ArgumentError(f"{owner}: thresholds must be numbers from 0 to 1, received {thresholds!r}.")
        self.places = np.argsort(np.argsort(given, kind="stable")) if len(given) > 1 else np.array([0])
        self.thresholds = np.array(sorted(given) or [0.5 if top_k is None else -1.0], np.float32)
        self.top_k = None if top_k is None else integer(owner, "top_k", top_k)
        self.class_id = None if class_id is None else integer(owner, "class_id", class_id, minimum=0)
        super().__init__(name, **unknown)

    def chosen(self, y_true: np.ndarray, y_pred: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, ...]:
        owner, columns = type(self).__name__, y_pred.shape[-1]
        if self.top_k is not None:
            if self.top_k > columns:
                raise ArgumentError(f"{owner}: top_k={self.top_k} needs as many columns, received {columns}.")
            rank = np.argsort(np.argsort(-y_pred, -1, kind="stable"), -1, kind="stable")
            y_pred = np.where(rank < self.top_k, y_pred, np.float32(-2))  # below every threshold
        if self.class_id is None:
            return y_true, y_pred, weights
        if self.class_id >= columns:
            raise ArgumentError(f"{owner}: class_id={self.class_id} needs a column more than it, received {columns}.")
        return tuple(each[..., self.class_id] for each in (y_true, y_pred, weights))

    def shares(self, whole: np.ndarray) -> Any:
        """The true positives among `whole`, for each threshold as it was given; 0 of nothing."""
        shares = ratio(self.true_positives, whole)[self.places]
        return float(shares[0]) if len(shares) == 1 else shares


class Precision(ThresholdMetric):
    """The share of true among all that were said to be positive: those above the threshold.

    >>> Precision()([0, 1, 1, 1], [0.9, 0.1, 0.8, 0.7])
    0.6666666666666666
    """

    def result(self) -> Any:
        return self.shares(self.true_positives + self.false_positives)


class Recall(ThresholdMetric):
    """The share of all that are positive that were found: those above the threshold.

    >>> Recall()([0, 1, 1, 1], [0.9, 0.1, 0.8, 0.7])
    0.6666666666666666
    """

    def result(self) -> Any:
        return self.shares(np.full(len(self.thresholds), self.positives))


class AUC(ConfusionMetric):
    """The area under the curve that many thresholds draw: the chance that a positive stands above a negative.

    `curve` "ROC": the share of positives found over that of negatives taken for positive. "PR": precision over
    recall. Between two of the `num_thresholds` points, spread evenly from 0 to 1 (or `thresholds`, with both ends
    added), `summation_method` "interpolation" goes in a straight line (for PR as in Davis and Goadrich, ICML 2006),
    "minoring" takes the lower point, "majoring" the higher.

    >>> AUC(num_thresholds=3)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    0.75
    """

    takes_logits = True

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        *,
        thresholds: Sequence[float] | None = None,
        from_logits: bool = False,
        **unknown: Any,
    ):
        self.curve = one_of("AUC", "curve", curve, ("roc", "pr"))
        methods = ("interpolation", "minoring", "majoring")
        self.summation_method = one_of("AUC", "summation_method", summation_method, methods)
        self.from_logits = boolean("AUC", "from_logits", from_logits)
        if thresholds is None:
            inner = np.linspace(0, 1, integer("AUC", "num_thresholds", num_thresholds, minimum=2))[1:-1]
        else:
            inner = sorted(number("AUC", "thresholds", each, 0.0, 1.0) for each in np.ravel(thresholds).tolist())
        self.thresholds = np.array([-1e-7, *inner, 1 + 1e-7], np.float32)
        super().__init__(name, **unknown)

    def result(self) -> float:
        true, said = self.true_positives, self.true_positives + self.false_positives
        recall = ratio(true, self.positives)
        if self.curve == "roc":
            x, y = ratio(self.false_positives, self.negatives), recall
        elif self.summation_method == "interpolation":
            return self.interpolated()
        else:
            x, y = recall, ratio(true, said)
        heights = {
            "interpolation": (y[:-1] + y[1:]) / 2,
            "minoring": np.minimum(y[:-1], y[1:]),
            "majoring": np.maximum(y[:-1], y[1:]),
        }
        return float(((x[:-1] - x[1:]) * heights[self.summation_method]).sum())

    def interpolated(self) -> float:
        """The area under precision over recall, where true positives grow in a line with all said to be positive."""
        true, said = self.true_positives, self.true_positives + self.false_positives
        gained = true[:-1] - true[1:]
        slope = ratio(gained, np.maximum(said[:-1] - said[1:], 0))
        intercept = true[1:] - slope * said[1:]
        both = (said[:-1] > 0) & (said[1:] > 0)
        growth = np.where(both, ratio(said[:-1], said[1:]), 1)
        area = slope * (gained + intercept * np.log(np.where(both, growth, 1)))
        return float(ratio(area, self.positives).sum())


def ratio(part: Any, whole: Any) -> np.ndarray:
    """part / whole, and 0 where whole is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, np.float64), np.asarray(whole, np.float64))
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole != 0)
