"""The loss and metrics of the batches so far, under the names that Keras gives them."""

import copy
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nnlab import metrics
from nnlab.core.record import parts
from nnlab.losses.checks import as_weights
from nnlab.metrics.metric import MeanMetric
from nnlab.models import data
from nnlab.models.shapes import for_each

if TYPE_CHECKING:
    from nnlab.models.steps import Outcome


class Watched(NamedTuple):
    """A metric of one output: which, how its name begins ("age_" where there are several outputs), and the metric."""

    place: int
    prefix: str
    metric: metrics.Metric


class Running:
    """The mean, over the batches so far, of the loss (each batch counts by its size), and each metric.

    `asked` tells at the first batch what there is to watch: metrics, metrics that see the weights of the examples, as
    in Keras ("weighted_" begins the name of one that the others have already), and the names of the outputs with a
    loss of their own, if there are several.
    """

    def __init__(self, asked: Callable[[], tuple[Iterable[Watched], Iterable[Watched], Iterable[str]]]):
        self.loss, self.asked = metrics.Mean("loss"), asked
        self.each: list[metrics.Mean] = []
        self.watched: list[Watched] = []
        self.weighted: list[Watched] = []

    def add(self, y_true: Any, sample_weight: Any, outcome: "Outcome") -> None:
        """Take a batch in."""
        if self.asked is not None:
            watched, weighted, losses = self.asked()
            self.each = [metrics.Mean(f"{name}_loss") for name in losses]
            self.watched, self.weighted = ([fresh(each) for each in group] for group in (watched, weighted))
            self.asked = None
        count = data.count(outcome.y_pred)
        self.loss.update_state(outcome.loss, sample_weight=count)
        for mean, value in zip(self.each, outcome.each, strict=False):  # of one output the loss is the whole
            mean.update_state(value, sample_weight=count)
        truths, predictions = parts(y_true), parts(outcome.y_pred)
        weights, masks = (for_each(each, len(predictions)) for each in (sample_weight, outcome.mask))
        for place, _, metric in self.watched:
            metric.update_state(truths[place], predictions[place], counted(metric, None, masks[place]))
        for place, _, metric in self.weighted:
            metric.update_state(truths[place], predictions[place], counted(metric, weights[place], masks[place]))

    def logs(self) -> dict[str, float]:
        """The numbers by name, the loss first."""
        logs = {mean.name: mean.result() for mean in (self.loss, *self.each)}
        for _, prefix, metric in self.watched:
            logs[unused(prefix + metric.name, logs)] = metric.result()
        for _, prefix, metric in self.weighted:
            name = prefix + metric.name
            logs[unused(f"{prefix}weighted_{metric.name}", logs) if name in logs else name] = metric.result()
        return logs


def counted(metric: metrics.Metric, sample_weight: np.ndarray | None, mask: np.ndarray | None) -> np.ndarray | None:
    """By how much each value counts in a metric: not at all where the mask of the output is False.

    As in Keras, where precision, recall and AUC do not look at the mask.
    """
    if mask is None or not isinstance(metric, MeanMetric):
        return sample_weight
    return mask * as_weights("fit", 1.0 if sample_weight is None else sample_weight, mask.shape)


def fresh(watched: Watched) -> Watched:
    """The same with a metric of its own that has seen nothing."""
    metric = copy.copy(watched.metric)
    metric.reset_state()
    return watched._replace(metric=metric)


def unused(name: str, taken: dict[str, float]) -> str:
    """The name, with a number if it is taken: accuracy, accuracy_1, as Keras counts.

    >>> unused("accuracy", {"accuracy": 0.5})
    'accuracy_1'
    """
    number, found = 0, name
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    return found
