"""The base of all losses: the contract of a layer, with the truth beside the prediction.

`forward(s, y_true, y_pred)` writes each step to a record under its textbook name, `backward(s, g)` the gradient of
each under the same name. So a model's trace goes from the loss down. The steps end in `per_example`, one number for
each example, whose mean over the batch is the loss.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from nnlab.core.arguments import one_of
from nnlab.core.config import arguments
from nnlab.core.errors import unknown_arguments
from nnlab.core.naming import snake_case
from nnlab.core.record import Call, Record
from nnlab.core.step import Step
from nnlab.losses.checks import as_mask, as_numbers, as_targets, as_weights


class Loss:
    """The base of all losses: a subclass has `steps`, `forward`, `backward` and `check_labels`.

    `reduction` makes one number of the batch: "sum_over_batch_size" (the mean) or "sum".
    """

    axes: ClassVar[Mapping[str, str]] = {
        "y_true": "... d",
        "y_pred": "... d",
        "sample_weight": "...",
        "mask": "...",
        "y": "",
    }
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

    def apply(
        self, s: Record, y_pred: np.ndarray, y_true: Any, sample_weight: Any = None, mask: np.ndarray | None = None
    ) -> np.ndarray:
        """Run forward on a record: the loss of the batch, to which each example adds by its weight.

        Where the `mask` of y_pred is False there is nothing to judge: the mean is over the others.
        """
        owner = type(self).__name__
        s.y_true, s.y_pred = self.check_labels(as_numbers(owner, "y_true", y_true), y_pred), y_pred
        s.per_example = self.forward(s, s.y_true, s.y_pred)
        counted, shape = s.per_example, s.per_example.shape
        if sample_weight is not None:
            weights = as_weights(owner, sample_weight, shape).astype(counted.dtype)
            s.sample_weight = np.broadcast_to(weights, shape)
            counted = counted * s.sample_weight
        if mask is not None:
            s.mask = as_mask(owner, mask, shape)
            counted = counted * s.mask
        s.y = counted.sum() / self._divisor(s)
        return s.y

    def unapply(self, s: Record, g: Record, dy: Any) -> np.ndarray:
        """Run backward on the records of a call: the gradient of y_pred."""
        g.y, values = dy, vars(s)
        arriving = np.full_like(s.per_example, g.y / self._divisor(s))
        g.per_example = arriving * values.get("sample_weight", 1) * values.get("mask", 1)
        g.y_pred = self.backward(s, g)
        return g.y_pred

    def _divisor(self, s: Record) -> int:
        if self.reduction == "sum":
            return 1
        mask = vars(s).get("mask")
        return max(np.size(s.per_example) if mask is None else int(mask.sum()), 1)

    # ---- what a person calls

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> float:
        """The loss of a batch: truth first, as in Keras.

        `sample_weight` is multiplied with the loss of each example. The mean is still that over the number of
        examples, not over the sum of the weights.

        >>> from nnlab.losses import MeanSquaredError
        >>> MeanSquaredError()([[0.0], [0.0]], [[1.0], [2.0]], sample_weight=[1, 0.5])
        1.5
        """
        return float(self.apply(self.record(Call()), as_predictions(self, y_pred), y_true, sample_weight))

    def gradient(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> np.ndarray:
        """The gradient of the loss with respect to `y_pred`.

        >>> from nnlab.losses import MeanSquaredError
        >>> MeanSquaredError().gradient([[1.0, 2.0]], [[1.0, 5.0]])
        array([[0., 3.]], dtype=float32)
        """
        s = self.record(Call(keep=True))
        self.apply(s, as_predictions(self, y_pred), y_true, sample_weight)
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


def as_predictions(loss: Loss, y_pred: Any) -> np.ndarray:
    """What a person gave as `y_pred`, as float32 (as Keras computes losses)."""
    y_pred = as_numbers(type(loss).__name__, "y_pred", y_pred)
    return y_pred.astype(np.float32, copy=False)


def of_mean(gradient: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The gradient of each of these values, from that of their mean over the last axis.

    >>> of_mean(np.array([6.0]), np.zeros((1, 3)))
    array([[2., 2., 2.]])
    """
    count = values.shape[-1]
    return np.repeat(gradient[..., None] / count, count, -1)
