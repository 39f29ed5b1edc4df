"""Schedules: the learning rate as a function of the number of steps made, to be given as `learning_rate`."""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.core.arguments import boolean, integer, number
from nnlab.core.config import arguments, kept_arguments
from nnlab.core.errors import ArgumentError, unknown_arguments


class LearningRateSchedule:
    """The base: a subclass writes `__call__(step)`, the rate of a step; the first is 0."""

    def __init__(self, name: str | None = None, **unknown: Any):
        if unknown:
            raise unknown_arguments(type(self).__name__, unknown, [*arguments(type(self)), "name"])
        self.name = name or type(self).__name__

    def __call__(self, step: int) -> float:
        """The learning rate of the step after `step` steps."""
        raise NotImplementedError(f"{type(self).__name__}: write __call__(step).")

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**kept_arguments(self), "name": self.name}

    def __repr__(self) -> str:
        stated = ", ".join(f"{name}={value!r}" for name, value in kept_arguments(self).items())
        return f"{type(self).__name__}({stated})"


class ExponentialDecay(LearningRateSchedule):
    """initial_learning_rate * decay_rate ** (step / decay_steps); with `staircase` the exponent is rounded down.

    >>> schedule = ExponentialDecay(0.1, decay_steps=2, decay_rate=0.25)
    >>> [schedule(step) for step in range(3)]
    [0.1, 0.05, 0.025]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str | None = "ExponentialDecay",
        **unknown: Any,
    ):
        super().__init__(name, **unknown)
        owner = type(self).__name__
        self.initial_learning_rate = number(owner, "initial_learning_rate", initial_learning_rate, low=0.0)
        self.decay_steps = steps(owner, "decay_steps", decay_steps)
        self.decay_rate = number(owner, "decay_rate", decay_rate, low=0.0)
        self.staircase = boolean(owner, "staircase", staircase)

    def __call__(self, step: int) -> float:
        exponent = step / self.decay_steps
        return self.initial_learning_rate * self.decay_rate ** (math.floor(exponent) if self.staircase else exponent)


class PiecewiseConstantDecay(LearningRateSchedule):
    """Steps down a stair: values[0] up to and with the step boundaries[0], then values[1], and so on.

    >>> schedule = PiecewiseConstantDecay([2, 5], [1.0, 0.5, 0.1])
    >>> [schedule(step) for step in (0, 2, 3, 5, 6)]
    [1.0, 1.0, 0.5, 0.5, 0.1]
    """

    def __init__(
        self,
        boundaries: Sequence[float],
        values: Sequence[float],
        name: str | None = "PiecewiseConstant",
        **unknown: Any,
    ):
        super().__init__(name, **unknown)
        self.boundaries = numbers("PiecewiseConstantDecay", "boundaries", boundaries)
        self.values = numbers("PiecewiseConstantDecay", "values", values)
        if self.boundaries != sorted(set(self.boundaries)) or len(self.values) != len(self.boundaries) + 1:
            raise ArgumentError(
                "PiecewiseConstantDecay: expected boundaries that rise and one more of values, received "
                f"boundaries={boundaries!r} and values={values!r}."
            )

    def __call__(self, step: int) -> float:
        return self.values[bisect_left(self.boundaries, step)]


class CosineDecay(LearningRateSchedule):
    """Half a wave of the cosine, from the initial rate down to `alpha` times it, in `decay_steps`; then it stays.

    With `warmup_target` the rate first rises in a line, for `warmup_steps`, to that target and comes down from there.
    Loshchilov and Hutter, arXiv:1608.03983, without the restarts.

    >>> schedule = CosineDecay(1.0, decay_steps=4)
    >>> [round(schedule(step), 3) for step in range(6)]
    [1.0, 0.854, 0.5, 0.146, 0.0, 0.0]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str | None = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
        **unknown: Any,
    ):
        super().__init__(name, **unknown)
        owner = type(self).__name__
        self.initial_learning_rate = number(owner, "initial_learning_rate", initial_learning_rate, low=0.0)
        self.decay_steps = steps(owner, "decay_steps", decay_steps)
        self.alpha = number(owner, "alpha", alpha, low=0.0)
        self.warmup_target = None if warmup_target is None else number(owner, "warmup_target", warmup_target, low=0.0)
        self.warmup_steps = integer(owner, "warmup_steps", warmup_steps, minimum=0)

    def __call__(self, step: int) -> float:
        top = self.initial_learning_rate
        if self.warmup_target is not None:
            if step < self.warmup_steps:
                return top + (self.warmup_target - top) * step / self.warmup_steps
            top, step = self.warmup_target, step - self.warmup_steps
        wave = (1 + math.cos(math.pi * min(step / self.decay_steps, 1.0))) / 2
        return top * ((1 - self.alpha) * wave + self.alpha)


def steps(owner: str, name: str, value: Any) -> float:
    """A number of steps above 0."""
    if not number(owner, name, value) > 0:
        raise ArgumentError(f"{owner}: {name} must be a number above 0, received {value!r}.")
    return float(value)


def numbers(owner: str, name: str, values: Any) -> list[float]:
    """A list of one or more numbers, none below 0."""
    if not isinstance(values, Sequence) or isinstance(values, str) or not values:
        raise ArgumentError(f"{owner}: {name} must be a list of numbers, received {values!r}.")
    return [number(owner, name, value, low=0.0) for value in values]


CLASSES = {cls.__name__: cls for cls in (ExponentialDecay, PiecewiseConstantDecay, CosineDecay)}


def get(configuration: Mapping[str, Any]) -> LearningRateSchedule:
    """The schedule of a configuration: its class's name and the constructor's arguments.

    >>> get({"class_name": "CosineDecay", "config": {"initial_learning_rate": 1.0, "decay_steps": 10}})(10)
    0.0
    """
    cls = CLASSES.get(str(configuration.get("class_name")))
    if cls is None:
        raise ArgumentError(
            f"learning_rate must be a number or one of {', '.join(CLASSES)}, received {configuration!r}."
        )
    return cls(**configuration.get("config", {}))
