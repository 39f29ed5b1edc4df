"""Cross-entropy for yes-or-no answers, each with a probability of its own."""

from typing import Any

import numpy as np

from nnlab import activations
from nnlab.core.arguments import boolean, number
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.losses.checks import as_targets
from nnlab.losses.loss import Loss
from nnlab.losses.probabilities import (
    SMOOTHED,
    check_probabilities,
    check_range,
    clip,
    inside_clip,
    smoothed,
)


class BinaryCrossentropy(Loss):
    """For yes-or-no answers: the mean over the last axis of -y log p - (1 - y) log(1 - p).

    Predictions are probabilities of yes, clipped, or with `from_logits` any numbers, of which the sigmoid is taken
    here. `label_smoothing` takes that share of the truth away and puts one half in its place.

    >>> round(BinaryCrossentropy()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 4)
    0.8149
    """

    steps = {
        "smoothed": SMOOTHED._replace(latex=r"t_d = (1 - \alpha) y_d + \alpha / 2"),
        "clipped": Step(
            "... d",
            r"q_d = \operatorname{clip}(\hat y_d, \epsilon, 1 - \epsilon)",
            r"\bar{\hat y}_d = \bar q_d \text{ where } \epsilon \le \hat y_d \le 1 - \epsilon, \text{ else } 0",
            "kept away from 0 and 1, so that no logarithm is infinite",
        ),
        "log_yes": Step("... d", r"\ell_d = \log q_d", r"\bar \ell_d = -\tfrac1D t_d \bar L"),
        "log_no": Step("... d", r"m_d = \log(1 - q_d)", r"\bar m_d = -\tfrac1D (1 - t_d) \bar L"),
        "per_example": Loss.per_example._replace(latex=r"L = -\tfrac1D \sum_d t_d \ell_d + (1 - t_d) m_d"),
    }

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        reduction: str = "sum_over_batch_size",
        **kwargs: Any,
    ):
        super().__init__(reduction, **kwargs)
        self.from_logits = boolean("BinaryCrossentropy", "from_logits", from_logits)
        self.label_smoothing = number("BinaryCrossentropy", "label_smoothing", label_smoothing, 0.0, 1.0)

    def check_labels(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        y_true = as_targets("BinaryCrossentropy", y_true, y_pred)
        check_range("BinaryCrossentropy", y_true)
        return y_true

    def forward(self, s: Record, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        s.smoothed = smoothed(y_true, self.label_smoothing, 2)
        if self.from_logits:
            s.log_yes, s.log_no = activations.log_sigmoid(y_pred), activations.log_sigmoid(-y_pred)
        else:
            check_probabilities("BinaryCrossentropy", y_pred, last="sigmoid")
            s.clipped = clip(y_pred)
            s.log_yes, s.log_no = np.log(s.clipped), np.log(1 - s.clipped)
        return -(s.smoothed * s.log_yes + (1 - s.smoothed) * s.log_no).mean(-1)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        share = g.per_example[..., None] / s.y_pred.shape[-1]
        g.smoothed = share * (s.log_no - s.log_yes)
        g.log_yes, g.log_no = -share * s.smoothed, -share * (1 - s.smoothed)
        if self.from_logits:
            return g.log_yes * activations.sigmoid(-s.y_pred) - g.log_no * activations.sigmoid(s.y_pred)
        g.clipped = g.log_yes / s.clipped - g.log_no / (1 - s.clipped)
        return g.clipped * inside_clip(s.y_pred)
