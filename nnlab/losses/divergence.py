"""The Kullback-Leibler divergence: how far one distribution is from another, in the units of the logarithm (nats)."""

import numpy as np

from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.losses.checks import as_targets
from nnlab.losses.loss import Loss
from nnlab.losses.probabilities import EPSILON, check_probabilities, check_range


class KLDivergence(Loss):
    """The sum over the last axis of y_true * log(y_true / y_pred); both are probabilities.

    It is the cross-entropy less the entropy of the truth: 0 where the two are equal. Kullback and Leibler, On
    information and sufficiency, Annals of Mathematical Statistics 22 (1951).

    >>> round(KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]]), 4)
    0.1438
    """

    steps = {
        "target": Step("... d", r"t_d = \operatorname{clip}(y_d, \epsilon, 1)", note="the truth, kept away from 0"),
        "clipped": Step(
            "... d",
            r"q_d = \operatorname{clip}(\hat y_d, \epsilon, 1)",
            r"\bar{\hat y}_d = \bar q_d \text{ where } \hat y_d \ge \epsilon, \text{ else } 0",
            "the prediction, kept away from 0, so that no logarithm is infinite",
        ),
        "log_ratio": Step("... d", r"\ell_d = \log (t_d / q_d)", r"\bar q_d = -\bar \ell_d / q_d"),
        "per_example": Loss.per_example._replace(latex=r"L = \sum_d t_d \ell_d", grad=r"\bar \ell_d = t_d \bar L"),
    }

    def check_labels(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        y_true = as_targets("KLDivergence", y_true, y_pred)
        check_range("KLDivergence", y_true)
        return y_true

    def forward(self, s: Record, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        check_probabilities("KLDivergence", y_pred, last="softmax", logits=False)
        s.target = np.clip(y_true, EPSILON, 1)
        s.clipped = np.clip(y_pred, EPSILON, 1)
        s.log_ratio = np.log(s.target / s.clipped)
        return (s.target * s.log_ratio).sum(-1)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        share = g.per_example[..., None]
        g.log_ratio = share * s.target
        g.clipped = -g.log_ratio / s.clipped
        g.target = share * s.log_ratio + g.log_ratio / s.target
        return g.clipped * ((s.y_pred >= EPSILON) & (s.y_pred <= 1))
