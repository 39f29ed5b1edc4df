"""Gradient descent, with or without momentum: the step that every other optimizer changes."""

from typing import Any

import numpy as np

from nnlab.core.arguments import boolean, number
from nnlab.core.variable import Variable
from nnlab.optimizers.optimizer import Optimizer, Slots
from nnlab.optimizers.schedules import LearningRateSchedule


class SGD(Optimizer):
    """Stochastic gradient descent: w moves by v = momentum * v - learning_rate * gradient.

    With `nesterov`, w moves by momentum * v - learning_rate * gradient, with the new v. Sutskever et al., On the
    importance of initialization and momentum in deep learning, ICML 2013.

    >>> weight = Variable(np.array([1.0, 2.0]), "w")
    >>> SGD(learning_rate=0.1).apply([np.array([1.0, -1.0])], [weight])
    >>> weight.numpy()
    array([0.9, 2.1])
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.momentum = number("SGD", "momentum", momentum, low=0.0, high=1.0)
        self.nesterov = boolean("SGD", "nesterov", nesterov)

    def start(self, variable: Variable) -> Slots:
        return (np.zeros_like(variable.value),) if self.momentum else ()

    def update(self, value: np.ndarray, gradient: np.ndarray, slots: Slots) -> tuple[np.ndarray, Slots]:
        if not self.momentum:
            return value - gradient * self.learning_rate, ()
        velocity = slots[0] * self.momentum - gradient * self.learning_rate
        if self.nesterov:
            return value + (velocity * self.momentum - gradient * self.learning_rate), (velocity,)
        return value + velocity, (velocity,)
