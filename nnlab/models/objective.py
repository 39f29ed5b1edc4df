"""What a model with several outputs is trained for: a loss for each of them, and the weighted sum of those.

It stands where the loss of a single output stands, so a training step and a trace go through it by the same door: the
trace has `loss/each` and `loss/y`, and the steps of each loss under the name of its output (`loss/age/difference`).
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from nnlab import losses
from nnlab.core.arguments import number
from nnlab.core.errors import ArgumentError
from nnlab.core.record import Call, Record, parts
from nnlab.core.step import Step
from nnlab.models.shapes import for_each, one_or_tuple


class TotalLoss:
    """The sum of the losses of several outputs, each times its weight.

    `losses` and `weights` go by the name of the output; an output whose loss is None adds nothing.
    """

    axes: ClassVar = {"y_pred": "...", "y": ""}
    steps: ClassVar = {
        "each": Step(
            "",
            r"L_o = L(y_o, \hat y_o)",
            r"\bar L_o = w_o\, \bar L",
            note="the loss of each output that has one; y is their weighted sum",
        )
    }
    name = "total_loss"

    def __init__(self, by_output: Mapping[str, losses.Loss | None], weights: Mapping[str, float]):
        self.by_output, self.weights = dict(by_output), dict(weights)
        self._variables: dict[str, Any] = {}  # it has no weights of a layer's kind; records ask

    @property
    def judged(self) -> list[str]:
        """The outputs that have a loss."""
        return [name for name, loss in self.by_output.items() if loss is not None]

    def record(self, call: Call) -> Record:
        """An empty record for this loss in a call."""
        return Record(call, self)

    def apply(self, s: Record, y_pred: Any, y_true: Any, sample_weight: Any = None, mask: Any = None) -> np.ndarray:
        """Run every loss on a record: their weighted sum."""
        s.y_pred = y_pred
        weights, masks = (for_each(each, len(self.by_output)) for each in (sample_weight, mask))
        rows = zip(self.by_output.items(), parts(s.y_pred), parts(y_true), weights, masks, strict=True)
        s.each = tuple(
            s.run(name, loss, prediction, y_true=truth, sample_weight=weight, mask=hidden)
            for (name, loss), prediction, truth, weight, hidden in rows
            if loss is not None
        )
        weighted = (value * self._weight(name, value) for name, value in zip(self.judged, s.each, strict=True))
        s.y = sum(weighted, start=np.float32(0))
        return s.y

    def unapply(self, s: Record, g: Record, dy: Any) -> Any:
        """Run every loss backward: the gradient of each output."""
        g.y = dy
        g.each = tuple(g.y * self._weight(name, value) for name, value in zip(self.judged, s.each, strict=True))
        arrived = dict(zip(self.judged, g.each, strict=True))
        g.y_pred = one_or_tuple(
            np.zeros_like(prediction) if loss is None else g.undo(name, loss, s, arrived[name]).y_pred
            for (name, loss), prediction in zip(self.by_output.items(), parts(s.y_pred), strict=True)
        )
        return g.y_pred

    def _weight(self, name: str, like: np.ndarray) -> np.ndarray:
        return np.asarray(self.weights[name], np.asarray(like).dtype)

    def __repr__(self) -> str:
        return f"<TotalLoss of {', '.join(self.judged)}>"


def objective(owner: str, loss: Any, loss_weights: Any, names: tuple[str, ...]) -> losses.Loss | TotalLoss:
    """The loss that `compile` was told, for a model with outputs of these names."""
    if isinstance(loss, Mapping) and (missing := [name for name in names if name not in loss]):
        raise ArgumentError(
            f"{owner}: loss says nothing of the output {missing[0]!r}; give it a loss, or None to leave it untrained."
        )
    chosen = per_output(owner, "loss", loss, names)
    found = {name: None if each is None else losses.get(each) for name, each in zip(names, chosen, strict=True)}
    if not any(found.values()):
        raise ArgumentError(f"{owner}: at least one output needs a loss, such as loss='mse'.")
    weights = per_output(owner, "loss_weights", loss_weights, names)
    factors = {
        name: 1.0 if weight is None else number(owner, "a weight in loss_weights", weight)
        for name, weight in zip(names, weights, strict=True)
    }
    if len(names) == 1 and factors[names[0]] == 1:
        return found[names[0]]
    return TotalLoss(found, factors)


def per_output(owner: str, argument: str, value: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    """`value` for each output: of a list by place, of a dict by name (None if it is not there), else one for all.

    >>> per_output("compile", "loss", {"b": "mse"}, ("a", "b")), per_output("compile", "loss", "mse", ("a", "b"))
    ((None, 'mse'), ('mse', 'mse'))
    """
    if isinstance(value, Mapping):
        if wrong := [key for key in value if key not in names]:
            raise ArgumentError(
                f"{owner}: {argument} names an output {wrong[0]!r} that is not there; the model has: {listed(names)}."
            )
        return tuple(value.get(name) for name in names)
    if isinstance(value, list | tuple):
        if len(value) != len(names):
            raise ArgumentError(
                f"{owner}: {argument} must hold one entry for each of the {len(names)} outputs ({listed(names)}), "
                f"received {len(value)}."
            )
        return tuple(value)
    return (value,) * len(names)


def listed(names: tuple[str, ...]) -> str:
    """The names in a sentence."""
    return ", ".join(names)
