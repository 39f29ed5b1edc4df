"""Losses: how far a prediction is from the truth, with the gradient that training starts from.

A loss keeps the contract of a layer: `forward(s, y_true, y_pred)` writes each step to a record under its textbook
name, `backward(s, g)` the gradient of each under the same name. So a model's trace goes from the loss down. The
steps end in `per_example`, one number for each example, whose mean over the batch is the loss. Definitions and
the clipping by 1e-7 are Keras's.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from nnlab import activations
from nnlab.core.arguments import number, one_of
from nnlab.core.errors import ArgumentError, ShapeError, unknown_arguments
from nnlab.core.layer import arguments
from nnlab.core.naming import snake_case
from nnlab.core.record import Call, Record
from nnlab.core.step import Step

EPSILON = 1e-7  # probabilities are kept this far from 0 and 1, so that no logarithm is infinite


class Loss:
    """The base of all losses: a subclass has `steps`, `forward`, `backward` and `check_labels`.

    `reduction` makes one number of the batch: "sum_over_batch_size" (the mean) or "sum".
    """

    axes: ClassVar[Mapping[str, str]] = {"y_true": "... d", "y_pred": "... d", "y": ""}
    per_example: ClassVar[Step] = Step("...", "", note="the loss of each example")
    steps: ClassVar[Mapping[str, Step]] = {"per_example": per_example}

    def __init__(self, reduction: str = "sum_over_batch_size", name: str | None = None, **unknown: Any):
        owner = type(self).__name__
        if unknown:
            raise unknown_arguments(owner, unknown, [*arguments(type(self)), "name"])
        self.reduction = one_of(owner, "reduction", reduction, ("sum_over_batch_size", "sum"))
        self.name = name or snake_case(owner)
        self._variables: dict[str, Any] = {}  # a loss has no weights; records ask

    # ---- what a loss writes

    def forward(self, s: Record, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        """The loss of each example, storing each step on `s` and reading it back through `s`."""
        raise NotImplementedError(f"{type(self).__name__}: write forward(s, y_true, y_pred) and backward(s, g).")

    def backward(self, s: Record, g: Record) -> np.ndarray:
        """From `g.per_example` back to the gradient of y_pred."""
        raise NotImplementedError(f"{type(self).__name__}: write backward(s, g).")

    def check_labels(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        """`y_true` in the shape that `forward` expects for `y_pred`, or an error in words."""
        return as_targets(type(self).__name__, y_true, y_pred)

    # ---- the door, as a layer's: training and traces pass here

    def record(self, call: Call) -> Record:
        """An empty record for this loss in a call."""
        return Record(call, self)

    def apply(self, s: Record, y_pred: np.ndarray, y_true: Any) -> np.ndarray:
        """Run forward on a record: the loss of the batch."""
        s.y_true, s.y_pred = self.check_labels(as_numbers(type(self).__name__, "y_true", y_true), y_pred), y_pred
        s.per_example = self.forward(s, s.y_true, s.y_pred)
        s.y = s.per_example.sum() / self._divisor(s)
        return s.y

    def unapply(self, s: Record, g: Record, dy: Any) -> np.ndarray:
        """Run backward on the records of a call: the gradient of y_pred."""
        g.y = dy
        g.per_example = np.full_like(s.per_example, g.y / self._divisor(s))
        g.y_pred = self.backward(s, g)
        return g.y_pred

    def _divisor(self, s: Record) -> int:
        return max(np.size(s.per_example), 1) if self.reduction == "sum_over_batch_size" else 1

    # ---- what a person calls

    def __call__(self, y_true: Any, y_pred: Any) -> float:
        """The loss of a batch: truth first, as in Keras."""
        return float(self.apply(self.record(Call()), as_predictions(self, y_pred), y_true))

    def gradient(self, y_true: Any, y_pred: Any) -> np.ndarray:
        """The gradient of the loss with respect to `y_pred`.

        >>> MeanSquaredError().gradient([[1.0, 2.0]], [[1.0, 5.0]])
        array([[0., 3.]], dtype=float32)
        """
        s = self.record(Call(keep=True))
        self.apply(s, as_predictions(self, y_pred), y_true)
        return self.unapply(s, self.record(s.call), np.float32(1))

    def each(self, y_true: Any, y_pred: Any) -> np.ndarray:
        """The loss of each example."""
        s = self.record(Call())
        self.apply(s, as_predictions(self, y_pred), y_true)
        return s.per_example

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


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


SMOOTHED = Step("... d", r"t_d = (1 - \alpha) y_d + \alpha / D", note="the truth, softened by label_smoothing")


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
        self.from_logits = bool(from_logits)

    def log_probabilities(self, s: Record, y_pred: np.ndarray) -> np.ndarray:
        """The logarithm of each class's probability, as steps on `s`."""
        if self.from_logits:
            s.shifted = y_pred - y_pred.max(-1, keepdims=True, initial=-np.inf)
            s.log_probability = s.shifted - np.log(np.exp(s.shifted).sum(-1, keepdims=True))
            return s.log_probability
        check_probabilities(self, y_pred)
        s.normalized = y_pred / y_pred.sum(-1, keepdims=True)
        s.clipped = np.clip(s.normalized, EPSILON, 1 - EPSILON)
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
        check_range(self, y_true)
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
            hint = "use CategoricalCrossentropy, or y_true.argmax(-1)" if y_true.shape == y_pred.shape else (
                "give one label for each prediction"
            )  # fmt: skip
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
        self.from_logits = bool(from_logits)
        self.label_smoothing = number("BinaryCrossentropy", "label_smoothing", label_smoothing, 0.0, 1.0)

    def check_labels(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        y_true = as_targets("BinaryCrossentropy", y_true, y_pred)
        check_range(self, y_true)
        return y_true

    def forward(self, s: Record, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        s.smoothed = smoothed(y_true, self.label_smoothing, 2)
        if self.from_logits:
            s.log_yes, s.log_no = log_sigmoid(y_pred), log_sigmoid(-y_pred)
        else:
            check_probabilities(self, y_pred)
            s.clipped = np.clip(y_pred, EPSILON, 1 - EPSILON)
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


# ---- arithmetic


def smoothed(y_true: np.ndarray, share: float, outcomes: int) -> np.ndarray:
    """The truth with `share` of it spread evenly over all outcomes."""
    return y_true * (1 - share) + share / outcomes if share else y_true


def log_sigmoid(x: np.ndarray) -> np.ndarray:
    """log(1 / (1 + exp(-x))), without overflow."""
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))


def inside_clip(p: np.ndarray) -> np.ndarray:
    """Where clipping left `p` as it was: the gradient of clipping."""
    return (p >= EPSILON) & (p <= 1 - EPSILON)


# ---- checks: one sentence each


def as_numbers(owner: str, name: str, value: Any) -> np.ndarray:
    """`value` as an array of real numbers."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise ShapeError(f"{owner}: {name} must be an array; received rows of unequal lengths.") from None
    if array.dtype.kind not in "fiub":
        raise ArgumentError(f"{owner}: {name} must hold real numbers, received {array.dtype}; encode the labels first.")
    return array


def as_predictions(loss: Loss, y_pred: Any) -> np.ndarray:
    """What a person gave as `y_pred`, as float32 (as Keras computes losses)."""
    y_pred = as_numbers(type(loss).__name__, "y_pred", y_pred)
    return y_pred.astype(np.float32, copy=False)


def as_targets(owner: str, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """`y_true` in the shape and dtype of `y_pred`; only a last axis of length 1 may be missing or too many."""
    if y_true.ndim == y_pred.ndim - 1 and y_pred.shape[-1] == 1:
        y_true = y_true[..., None]
    elif y_true.ndim == y_pred.ndim + 1 and y_true.shape[-1] == 1:
        y_true = y_true[..., 0]
    if y_true.shape != y_pred.shape:
        raise ShapeError(
            f"{owner}: y_true has shape {y_true.shape} but y_pred has {y_pred.shape}, expected the same; give the last "
            "layer as many units as y_true has columns, or choose another loss."
        )
    return y_true.astype(y_pred.dtype, copy=False)


def check_classes(loss: Loss, y_pred: np.ndarray) -> int:
    """The number of classes, at least 2."""
    if y_pred.ndim < 2 or y_pred.shape[-1] < 2:
        raise ShapeError(
            f"{type(loss).__name__}: y_pred has shape {y_pred.shape}, expected one column for each of two or more "
            "classes; for a single yes-or-no output use BinaryCrossentropy."
        )
    return y_pred.shape[-1]


def check_probabilities(loss: Any, y_pred: np.ndarray) -> None:
    """Raise where predictions are no probabilities; NaN passes, as in every layer."""
    low, high = y_pred.min(initial=0), y_pred.max(initial=1)
    if low < 0 or high > 1 + 1e-3:
        last = "sigmoid" if isinstance(loss, BinaryCrossentropy) else "softmax"
        raise ArgumentError(
            f"{type(loss).__name__}: y_pred must hold probabilities from 0 to 1, received values from "
            f"{y_pred.min():.4g} to {y_pred.max():.4g}; end the model with {last}, or pass from_logits=True."
        )


def check_range(loss: Loss, y_true: np.ndarray) -> None:
    """Raise where the truth lies outside 0 to 1."""
    wrong = y_true[(y_true < 0) | (y_true > 1)]
    if wrong.size:
        raise ArgumentError(
            f"{type(loss).__name__}: y_true must lie between 0 and 1, received {wrong.flat[0]:.6g}; encode the truth "
            "as 0 for no and 1 for yes."
        )


# ---- Keras's functions and names


def mean_squared_error(y_true: Any, y_pred: Any) -> np.ndarray:
    """The mean squared error of each example.

    >>> mean_squared_error([[0.0, 0.0]], [[1.0, 3.0]])
    array([5.], dtype=float32)
    """
    return MeanSquaredError().each(y_true, y_pred)


def categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> np.ndarray:
    """The cross-entropy of each example; `y_true` is one-hot."""
    return CategoricalCrossentropy(from_logits).each(y_true, y_pred)


def sparse_categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> np.ndarray:
    """The cross-entropy of each example; `y_true` holds the numbers of the classes."""
    return SparseCategoricalCrossentropy(from_logits).each(y_true, y_pred)


def binary_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> np.ndarray:
    """The binary cross-entropy of each example, the mean over its last axis."""
    return BinaryCrossentropy(from_logits).each(y_true, y_pred)


CLASSES = {
    cls.__name__: cls
    for cls in (MeanSquaredError, CategoricalCrossentropy, SparseCategoricalCrossentropy, BinaryCrossentropy)
}
FUNCTIONS: dict[Callable, type[Loss]] = {
    mean_squared_error: MeanSquaredError,
    categorical_crossentropy: CategoricalCrossentropy,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
    binary_crossentropy: BinaryCrossentropy,
}
NAMED = {function.__name__: cls for function, cls in FUNCTIONS.items()}
ALIASES = {"mse": MeanSquaredError, "MSE": MeanSquaredError, "bce": BinaryCrossentropy}


def get(identifier: Any) -> Loss:
    """The loss for a name, a class, one of the functions here, or a loss.

    >>> get("mse"), get("sparse_categorical_crossentropy")
    (<MeanSquaredError mean_squared_error>, <SparseCategoricalCrossentropy sparse_categorical_crossentropy>)
    """
    if isinstance(identifier, Loss):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Loss):
        return identifier()
    if isinstance(identifier, str):
        found = (NAMED | CLASSES | ALIASES).get(identifier)
        if found:
            return found()
    elif callable(identifier) and identifier in FUNCTIONS:
        return FUNCTIONS[identifier]()
    raise ArgumentError(
        f"loss must be one of {', '.join(map(repr, NAMED))}, or a Loss (a class with forward and backward), "
        f"received {identifier!r}."
    )
