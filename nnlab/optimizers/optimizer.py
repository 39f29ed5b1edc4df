"""The base of all optimizers: one step of all weights, whole or not at all.

`update(variable, gradient, slots)` is the arithmetic of one weight; `apply` does all weights of a step, and moves
nothing before every new value is computed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from nnlab.core.arguments import number
from nnlab.core.config import arguments, kept_arguments, plain
from nnlab.core.errors import ArgumentError, ShapeError, unknown_arguments
from nnlab.core.naming import snake_case
from nnlab.core.variable import Variable
from nnlab.optimizers import clipping, schedules
from nnlab.optimizers.schedules import LearningRateSchedule

Slots = tuple[np.ndarray, ...]


class Optimizer:
    """The base: `apply(gradients, variables)` makes one step.

    `slots` holds what the optimizer remembers of each weight (its momentum, say), `iterations` counts the steps.
    `learning_rate` is a number or a schedule of it. Before a step the gradients are clipped, by one of: `clipnorm` (the
    length of each weight's gradient), `global_clipnorm` (that of all together) or `clipvalue` (every number).
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule,
        name: str | None = None,
        *,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        **unknown: Any,
    ):
        if unknown:
            known = dict.fromkeys((*arguments(type(self)), "name", *clipping.ARGUMENTS))
            raise unknown_arguments(type(self).__name__, unknown, known)
        self.clipping = clipping.checked_clipping(
            type(self).__name__, clipnorm=clipnorm, clipvalue=clipvalue, global_clipnorm=global_clipnorm
        )
        if isinstance(learning_rate, Mapping):  # of a configuration
            learning_rate = schedules.get(learning_rate)
        self.learning_rate = learning_rate
        self.name = name or snake_case(type(self).__name__)
        self.iterations = 0
        self.slots: dict[Variable, Slots] = {}

    @property
    def learning_rate(self) -> float:
        """How far the next step goes; a number may be set while training, a schedule moves by itself."""
        rate = self._learning_rate
        return rate(self.iterations) if isinstance(rate, LearningRateSchedule) else rate

    @learning_rate.setter
    def learning_rate(self, value: float | LearningRateSchedule) -> None:
        owner = type(self).__name__
        if isinstance(value, LearningRateSchedule):
            self._learning_rate = value
            return
        if isinstance(getattr(self, "_learning_rate", None), LearningRateSchedule):
            raise ArgumentError(
                f"{owner}: learning_rate follows {self._learning_rate!r}, so it cannot be set to {value!r}; make the "
                "optimizer with a number to set it while training."
            )
        self._learning_rate = number(owner, "learning_rate", value, low=0.0)

    def start(self, variable: Variable) -> Slots:
        """What is remembered of a weight before its first step."""
        return ()

    def update(self, value: np.ndarray, gradient: np.ndarray, slots: Slots) -> tuple[np.ndarray, Slots]:
        """The new value of a weight and what is remembered of it; changes nothing."""
        raise NotImplementedError(f"{type(self).__name__}: write update(value, gradient, slots).")

    def apply(self, gradients: Iterable[Any], variables: Iterable[Variable]) -> None:
        """Move each variable by one step along its gradient."""
        pairs, updates = [], []
        for gradient, variable in zip(gradients, variables, strict=True):
            gradient = np.asarray(gradient, variable.dtype)
            if gradient.shape != variable.shape:
                raise ShapeError(
                    f"{type(self).__name__}: the gradient of {variable.path} must have its shape {variable.shape}, "
                    f"received {gradient.shape}."
                )
            pairs.append((gradient, variable))
        for gradient, variable in self._clipped(pairs):
            slots = self.slots[variable] if variable in self.slots else self.start(variable)
            updates.append((variable, *self.update(variable.value, gradient, slots)))
        for variable, value, slots in updates:
            variable.value, self.slots[variable] = value, slots
        self.iterations += 1

    def _clipped(self, pairs: list[tuple[np.ndarray, Variable]]) -> Iterable[tuple[np.ndarray, Variable]]:
        for name, limit in self.clipping.items() if pairs else ():
            clipped = clipping.CLIPPING[name]([gradient for gradient, _ in pairs], limit)
            return zip(clipped, (variable for _, variable in pairs), strict=True)
        return pairs

    def apply_gradients(self, pairs: Iterable[tuple[Any, Variable]]) -> None:
        """The same for pairs of gradient and variable."""
        pairs = list(pairs)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"name": self.name, **kept_arguments(self), "learning_rate": plain(self._learning_rate), **self.clipping}

    def __repr__(self) -> str:
        values = {**kept_arguments(self), "learning_rate": self._learning_rate, **self.clipping}
        stated = ", ".join(f"{name}={value!r}" for name, value in values.items())
        return f"{type(self).__name__}({stated})"
