"""Errors that count a prediction far off by its distance, not by the square of it: outliers pull less."""

from typing import Any

import numpy as np

from nnlab.core.arguments import number
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.losses.loss import Loss, of_mean

DIFFERENCE = Step("... d", r"e_d = \hat y_d - y_d", note="how far each prediction is off")


class MeanAbsoluteError(Loss):
    """The mean over the last axis of |y_pred - y_true|. Where they are equal, the gradient is 0.

    >>> MeanAbsoluteError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]])
    0.5
    """

    steps = {
        "difference": DIFFERENCE._replace(grad=r"\bar e_d = \operatorname{sign}(e_d)\, \bar a_d"),
        "distance": Step("... d", r"a_d = |e_d|", r"\bar a_d = \tfrac1D \bar L"),
        "per_example": Loss.per_example._replace(latex=r"L = \tfrac1D \sum_d a_d"),
    }

    def forward(self, s: Record, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        s.difference = y_pred - y_true
        s.distance = np.abs(s.difference)
        return s.distance.mean(-1)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        g.distance = of_mean(g.per_example, s.distance)
        g.difference = g.distance * np.sign(s.difference)
        return g.difference


class Huber(Loss):
    """Half the squared error up to a distance of `delta`, a straight line beyond it; the mean over the last axis.

    Huber, Robust estimation of a location parameter, Annals of Mathematical Statistics 35 (1964).

    >>> Huber(delta=1.0)([[0.0, 0.0]], [[0.5, 3.0]])  # 0.125 and 2.5
    1.3125
    """

    steps = {
        "difference": DIFFERENCE._replace(
            grad=r"\bar e_d = \operatorname{clip}(e_d, -\delta, \delta)\, \bar h_d",
        ),
        "huber": Step(
            "... d",
            r"h_d = \tfrac12 e_d^2 \text{ where } |e_d| \le \delta, \text{ else } \delta |e_d| - \tfrac12 \delta^2",
            r"\bar h_d = \tfrac1D \bar L",
            "a parabola near 0, straight lines beyond delta, which meet in value and slope",
        ),
        "per_example": Loss.per_example._replace(latex=r"L = \tfrac1D \sum_d h_d"),
    }

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str = "sum_over_batch_size",
        name: str | None = "huber_loss",
        **kwargs: Any,
    ):
        super().__init__(reduction, name, **kwargs)
        self.delta = number("Huber", "delta", delta, low=0.0)

    def forward(self, s: Record, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        s.difference = y_pred - y_true
        distance = np.abs(s.difference)
        line = self.delta * distance - 0.5 * self.delta**2
        s.huber = np.where(distance <= self.delta, 0.5 * np.square(s.difference), line)
        return s.huber.mean(-1)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        g.huber = of_mean(g.per_example, s.huber)
        g.difference = g.huber * np.clip(s.difference, -self.delta, self.delta)
        return g.difference
