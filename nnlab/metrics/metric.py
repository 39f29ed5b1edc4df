"""The base of all metrics: a mean that goes on over batches, each example counting by its weight."""

from typing import Any

import numpy as np

from nnlab.core.config import arguments
from nnlab.core.errors import unknown_arguments
from nnlab.core.naming import snake_case
from nnlab.losses.checks import as_numbers, as_weights


class State:
    """What all metrics share: a name, and something seen that can be forgotten."""

    def __init__(self, name: str | None = None, **unknown: Any):
        if unknown:
            raise unknown_arguments(type(self).__name__, unknown, [*arguments(type(self)), "name"])
        self.name = name or snake_case(type(self).__name__)
        self.reset_state()

    def reset_state(self) -> None:
        """Forget everything seen."""
        raise NotImplementedError(f"{type(self).__name__}: write reset_state().")

    def result(self) -> float:
        """The number for what was seen; 0 of nothing."""
        raise NotImplementedError(f"{type(self).__name__}: write result().")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class Mean(State):
    """A running mean.

    >>> mean = Mean()
    >>> mean.update_state([1.0, 3.0]); mean.update_state(8.0, sample_weight=2)
    >>> mean.result()
    5.0
    """

    def reset_state(self) -> None:
        self.total, self.count = 0.0, 0.0

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take these values in, each as if it had been seen `sample_weight` times."""
        values = np.asarray(values, np.float64)
        weights = as_weights(type(self).__name__, 1.0 if sample_weight is None else sample_weight, values.shape)
        self.total += float((values * weights).sum())
        self.count += float(np.broadcast_to(weights, values.shape).sum())

    def result(self) -> float:
        return self.total / self.count if self.count else 0.0


class Metric(State):
    """A number that compares truth and prediction: a subclass writes `reset_state`, `update_state` and `result`."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch in, each example as if it had been seen `sample_weight` times."""
        raise NotImplementedError(f"{type(self).__name__}: write update_state(y_true, y_pred, sample_weight).")

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> float:
        """Take a batch in: the number so far."""
        self.update_state(y_true, y_pred, sample_weight)
        return self.result()


class MeanMetric(Metric, Mean):
    """The mean over all examples of `values(y_true, y_pred)`, which a subclass writes."""

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        """One number for each example."""
        raise NotImplementedError(f"{type(self).__name__}: write values(y_true, y_pred).")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        owner = type(self).__name__
        y_true, y_pred = as_numbers(owner, "y_true", y_true), as_numbers(owner, "y_pred", y_pred)
        Mean.update_state(self, self.values(y_true, y_pred), sample_weight)
