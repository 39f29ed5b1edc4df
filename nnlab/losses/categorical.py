"""Cross-entropy over several classes: the negative logarithm of the probability given to the true one."""

from typing import Any

import numpy as np

from nnlab.core.arguments import boolean, number
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.losses.checks import as_targets
from nnlab.losses.loss import Loss
from nnlab.losses.probabilities import SMOOTHED, check_probabilities, check_range, clip, inside_clip, smoothed


class Crossentropy(Loss):
    """What the cross-entropies of several classes share: the logarithm of each class's probability.

    Predictions are probabilities, scaled to sum to one and clipped, or with `from_logits` any numbers, of which
    the softmax is taken here.
    """

    steps = {
        "normalized": Step(
            "... d",
            r"p_d = \hat y_d \big/ \textstyle\sum_k \hat y_k",
            r"\bar{\hat y}_d = (\bar p_d - \textstyle\sum_k \bar p_k p_k) \big/ \sum_k \hat y_k",
            "probabilities that sum to one",
        ),
        "clipped": Step(
            "... d",
            r"q_d = \operatorname{clip}(p_d, \epsilon, 1 - \epsilon)",
            r"\bar p_d = \bar q_d \text{ where } \epsilon \le p_d \le 1 - \epsilon, \text{ else } 0",
            "kept away from 0 and 1, so that no logarithm is infinite",
        ),
        "shifted": Step("... d", r"a_d = \hat y_d - \max_k \hat y_k", note="logits, shifted so that nothing overflows"),
        "log_probability": Step(
            "... d",
            r"\ell_d = \log q_d",
            r"\bar q_d = \bar \ell_d / q_d",
            "of logits: a less the logarithm of the sum of their exponentials",
        ),
        "per_example": Loss.per_example._replace(latex=r"L = -\sum_d t_d \ell_d", grad=r"\bar \ell_d = -t_d \bar L"),
    }

    def __init__(self, from_logits: bool = False, reduction: str = "sum_over_batch_size", **kwargs: Any):
        super().__init__(reduction, **kwargs)
        self.from_logits = boolean(type(self).__name__, "from_logits", from_logits)

    def log_probabilities(self, s: Record, y_pred: np.ndarray) -> np.ndarray:
        """The logarithm of each class's probability, as steps on `s`."""
        if self.from_logits:
            s.shifted = y_pred - y_pred.max(-1, keepdims=True, initial=-np.inf)
            s.log_probability = s.shifted - np.log(np.exp(s.shifted).sum(-1, keepdims=True))
            return s.log_probability
        check_probabilities(type(self).__name__, y_pred, last="softmax")
        s.normalized = y_pred / y_pred.sum(-1, keepdims=True)
        s.clipped = clip(s.normalized)
        s.log_probability = np.log(s.clipped)
        return s.log_probability

    def to_predictions(self, s: Record, g: Record) -> np.ndarray:
        """From the gradient of `log_probability` to that of y_pred."""
        if self.from_logits:
            g.shifted = g.log_probability - np.exp(s.log_probability) * g.log_probability.sum(-1, keepdims=True)
            return g.shifted  # shifting by any number changes nothing, so the maximum passes nothing back
        g.clipped = g.log_probability / s.clipped
        g.normalized = g.clipped * inside_clip(s.normalized)
        mean = (g.normalized * s.normalized).sum(-1, keepdims=True)
        return (g.normalized - mean) / s.y_pred.sum(-1, keepdims=True)


class CategoricalCrossentropy(Crossentropy):
    """The negative logarithm of the probability given to the true class; the truth is one-hot.

    `label_smoothing` takes that share of the truth away and spreads it evenly over all classes.

    >>> loss = CategoricalCrossentropy()
    >>> round(loss([[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]), 4)
    1.1769
    """

    steps = {"smoothed": SMOOTHED, **Crossentropy.steps}

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        reduction: str = "sum_over_batch_size",
        **kwargs: Any,
    ):
        super().__init__(from_logits, reduction, **kwargs)
        self.label_smoothing = number("CategoricalCrossentropy", "label_smoothing", label_smoothing, 0.0, 1.0)

    def check_labels(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        classes = check_classes(self, y_pred)
        if y_true.shape == y_pred.shape[:-1] or y_true.shape == (*y_pred.shape[:-1], 1):
            raise ShapeError(
                f"CategoricalCrossentropy: y_true has shape {y_true.shape}, which looks like integer labels, expected "
                f"one-hot rows of shape {y_pred.shape}; use SparseCategoricalCrossentropy, or "
                f"to_categorical(y_true, {classes})."
            )
        y_true = as_targets("CategoricalCrossentropy", y_true, y_pred)
        check_range("CategoricalCrossentropy", y_true)
        return y_true

    def forward(self, s: Record, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        s.smoothed = smoothed(y_true, self.label_smoothing, y_true.shape[-1])
        return -(s.smoothed * self.log_probabilities(s, y_pred)).sum(-1)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        g.smoothed = -g.per_example[..., None] * s.log_probability
        g.log_probability = -g.per_example[..., None] * s.smoothed
        return self.to_predictions(s, g)


class SparseCategoricalCrossentropy(Crossentropy):
    """The negative logarithm of the probability given to the true class; the truth is its number.

    >>> loss = SparseCategoricalCrossentropy()
    >>> round(loss([1, 2], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]), 4)
    1.1769
    """

    axes = Crossentropy.axes | {"y_true": "..."}
    steps = Crossentropy.steps | {
        "per_example": Loss.per_example._replace(latex=r"L = -\ell_y", grad=r"\bar \ell_d = -\bar L\, [d = y]"),
    }

    def check_labels(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        classes = check_classes(self, y_pred)
        if y_true.shape == (*y_pred.shape[:-1], 1):
            y_true = y_true[..., 0]
        if y_true.shape != y_pred.shape[:-1]:
            one_hot = y_true.shape == y_pred.shape
            hint = (
                "use CategoricalCrossentropy, or y_true.argmax(-1)" if one_hot else "give one label for each prediction"
            )
            raise ShapeError(
                f"SparseCategoricalCrossentropy: expected integer labels of shape {y_pred.shape[:-1]} for predictions "
                f"of shape {y_pred.shape}, received y_true of shape {y_true.shape}; {hint}."
            )
        labels = y_true.astype(np.int64)
        wrong = y_true[(labels != y_true) | (labels < 0) | (labels >= classes)]
        if wrong.size:
            raise ArgumentError(
                f"SparseCategoricalCrossentropy: received the label {wrong.flat[0]}, expected whole numbers from 0 to "
                f"{classes - 1}, because y_pred has {classes} columns; number the classes from 0, or give the last "
                "layer more units."
            )
        return labels

    def forward(self, s: Record, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        log_probability = self.log_probabilities(s, y_pred)
        return -np.take_along_axis(log_probability, y_true[..., None], -1)[..., 0]

    def backward(self, s: Record, g: Record) -> np.ndarray:
        gradient = np.zeros_like(s.log_probability)
        np.put_along_axis(gradient, s.y_true[..., None], -g.per_example[..., None], -1)
        g.log_probability = gradient
        return self.to_predictions(s, g)


def check_classes(loss: Loss, y_pred: np.ndarray) -> int:
    """The number of classes, at least 2."""
    if y_pred.ndim < 2 or y_pred.shape[-1] < 2:
        raise ShapeError(
            f"{type(loss).__name__}: y_pred has shape {y_pred.shape}, expected one column for each of two or more "
            "classes; for a single yes-or-no output use BinaryCrossentropy."
        )
    return y_pred.shape[-1]
