"""A loss of one's own: a function of (y_true, y_pred) in plain NumPy, recorded and differentiated as a `call` is."""

import inspect
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.play import add, or_zeros, play, unplay
from nnlab.core.record import Record, shape_of
from nnlab.core.recorded_array import places_of, plain, read_only
from nnlab.core.tape import Tape
from nnlab.losses.checks import as_targets
from nnlab.losses.loss import Loss


class FunctionLoss(Loss):
    """The loss that `function(y_true, y_pred)` computes: a number for each example (or for each of its times).

    One number for the whole batch will do, but then examples can have no weights.

    Every operation of NumPy is a step of the trace, named as the function names it. `compile(loss=function)` makes
    this of a plain function.

    >>> def above(y_true, y_pred):
    ...     excess = np.maximum(y_pred - y_true, 0)
    ...     return excess.mean(axis=-1)
    >>> loss = FunctionLoss(above)
    >>> loss([[1.0, 2.0]], [[3.0, 1.0]]), loss.gradient([[1.0, 2.0]], [[3.0, 1.0]])
    (1.0, array([[0.5, 0. ]], dtype=float32))
    """

    is_recorded: ClassVar[bool] = True
    further_inputs: ClassVar[tuple[str, ...]] = ("y_true", "y_pred", "sample_weight", "mask")

    def __init__(self, function: Callable[[Any, Any], Any], reduction: str = "sum_over_batch_size", **kwargs: Any):
        if not takes_two(function):
            raise ArgumentError(f"loss must be a function of (y_true, y_pred), received {function!r}.")
        named = getattr(function, "__name__", "").strip("<>") or "loss"
        super().__init__(reduction, **{"name": named, **kwargs})
        self.function = function

    @property
    def _label(self) -> str:
        return f"the loss {self.name!r}"

    def check_labels(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        """Labels of another shape than the predictions, such as numbers of classes, stay as they are."""
        try:
            return as_targets(self.name, y_true, y_pred)
        except ShapeError:
            return y_true

    def forward(self, s: Record, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        tape = Tape(s, {"x", "y", "per_example", *self.further_inputs})
        given = tape.value(y_pred) if tape.keep else read_only(y_pred)
        y = play(self, tape, lambda: self.function(read_only(y_true), given), least=0)
        value = plain(y)
        if isinstance(value, tuple) or (np.ndim(value) and len(value) != len(y_pred)):
            raise ShapeError(
                f"{self._label} returned shape {shape_of(value)} for predictions of shape {y_pred.shape}, expected one "
                "number for each example: take the mean over the last axis, axis=-1."
            )
        s.tape = tape.operations, tape.count, places_of(given), places_of(y)
        return np.asarray(value, y_pred.dtype)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        operations, count, of_prediction, of_loss = s.tape
        arrived: list[Any] = [None] * count
        add(arrived, of_loss, g.per_example)
        unplay(operations, arrived, s, g)
        return or_zeros(arrived[of_prediction], s.y_pred)


def takes_two(function: Any) -> bool:
    """Whether this is a function of two values."""
    try:
        inspect.signature(function).bind(None, None)
    except (TypeError, ValueError):
        return False
    return not isinstance(function, type)
