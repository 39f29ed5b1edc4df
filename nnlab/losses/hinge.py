"""The hinge: the loss of support vector machines, content once an answer is right by a margin."""

import numpy as np

from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.losses.loss import Loss, of_mean


class Hinge(Loss):
    """The mean over the last axis of max(1 - y_true * y_pred, 0); the truth is -1 or 1.

    A truth of nothing but 0 and 1 is read as -1 and 1, as in Keras. Predictions are any numbers, such as tanh or
    no activation gives. At the corner, where the margin is exactly 1, the gradient is 0.

    >>> Hinge()([[1, -1]], [[0.5, -2.0]])  # right by half the margin, and by more than it
    0.25
    """

    steps = {
        "sign": Step(
            "... d", r"t_d = 2 y_d - 1", r"\bar t_d = \hat y_d\, \bar m_d", "of a truth that is -1 or 1: itself"
        ),
        "margin": Step(
            "... d",
            r"m_d = t_d \hat y_d",
            r"\bar m_d = -\bar h_d \text{ where } m_d < 1, \text{ else } 0",
            "how far on its right side each prediction is; negative where it is wrong",
        ),
        "hinge": Step("... d", r"h_d = \max(1 - m_d, 0)", r"\bar h_d = \tfrac1D \bar L", "what is missing of 1"),
        "per_example": Loss.per_example._replace(latex=r"L = \tfrac1D \sum_d h_d"),
    }

    def forward(self, s: Record, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        zeros_and_ones = ((y_true == 0) | (y_true == 1)).all()
        s.sign = 2 * y_true - 1 if zeros_and_ones else y_true + 0
        s.margin = s.sign * y_pred
        s.hinge = np.maximum(1 - s.margin, 0)
        return s.hinge.mean(-1)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        g.hinge = of_mean(g.per_example, s.hinge)
        g.margin = -g.hinge * (s.margin < 1)
        g.sign = g.margin * s.y_pred
        return g.margin * s.sign
