"""RMSprop: each weight's gradient over the root of its running mean square."""

from typing import Any

import numpy as np

from nnlab.core.arguments import boolean, number
from nnlab.core.variable import Variable
from nnlab.optimizers.optimizer import Optimizer, Slots
from nnlab.optimizers.schedules import LearningRateSchedule


class RMSprop(Optimizer):
    """The gradient divided by the root of the running mean of its square, then momentum, if any.

    With `centered` the square of the gradient's own running mean is taken off first, which leaves its variance.
    `epsilon` is inside the root, as in Keras. Hinton, Neural Networks for Machine Learning, lecture 6e (2012).

    >>> weight = Variable(np.array([1.0, 2.0]), "w")
    >>> RMSprop(learning_rate=0.1, rho=0.0).apply([np.array([5.0, -0.01])], [weight])
    >>> weight.numpy().round(3)
    array([0.9, 2.1])
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.rho = number("RMSprop", "rho", rho, low=0.0, high=1.0)
        self.momentum = number("RMSprop", "momentum", momentum, low=0.0, high=1.0)
        self.epsilon = number("RMSprop", "epsilon", epsilon, low=0.0)
        self.centered = boolean("RMSprop", "centered", centered)

    def start(self, variable: Variable) -> Slots:
        return tuple(np.zeros_like(variable.value) for _ in range(3))

    def update(self, value: np.ndarray, gradient: np.ndarray, slots: Slots) -> tuple[np.ndarray, Slots]:
        square, mean, velocity = slots
        square = self.rho * square + (1 - self.rho) * np.square(gradient)
        spread = square
        if self.centered:
            mean = self.rho * mean + (1 - self.rho) * gradient
            spread = square - np.square(mean)
        step = self.learning_rate * gradient / np.sqrt(spread + self.epsilon)
        velocity = self.momentum * velocity + step
        return value - velocity, (square, mean, velocity)
