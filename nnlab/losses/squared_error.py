"""The squared error: for predictions that are quantities, not probabilities."""

import numpy as np

from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.losses.loss import Loss


class MeanSquaredError(Loss):
    """The mean over the last axis of (y_pred - y_true) squared.

    >>> MeanSquaredError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]])
    0.5
    """

    steps = {
        "difference": Step(
            "... d", r"e_d = \hat y_d - y_d", r"\bar e_d = \tfrac{2}{D} e_d\, \bar L", "how far each prediction is off"
        ),
        "per_example": Loss.per_example._replace(latex=r"L = \tfrac1D \sum_d e_d^2"),
    }

    def forward(self, s: Record, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        s.difference = y_pred - y_true
        return np.square(s.difference).mean(-1)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        g.difference = g.per_example[..., None] * s.difference * (2 / s.difference.shape[-1])
        return g.difference
