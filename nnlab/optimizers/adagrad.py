"""Adagrad: the more a weight has moved, the smaller its steps."""

from typing import Any

import numpy as np

from nnlab.core.arguments import number
from nnlab.core.variable import Variable
from nnlab.optimizers.optimizer import Optimizer, Slots
from nnlab.optimizers.schedules import LearningRateSchedule


class Adagrad(Optimizer):
    """The gradient divided by the root of the sum of all its squares so far, which starts at a given value.

    `epsilon` is inside the root, as in Keras. Duchi, Hazan and Singer, Adaptive subgradient methods, JMLR 12 (2011).

    >>> weight = Variable(np.array([1.0, 2.0]), "w")
    >>> Adagrad(learning_rate=0.1, initial_accumulator_value=0.0).apply([np.array([5.0, -0.01])], [weight])
    >>> weight.numpy().round(3)
    array([0.9, 2.1])
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.initial_accumulator_value = number(
            "Adagrad", "initial_accumulator_value", initial_accumulator_value, low=0.0
        )
        self.epsilon = number("Adagrad", "epsilon", epsilon, low=0.0)

    def start(self, variable: Variable) -> Slots:
        return (np.full_like(variable.value, self.initial_accumulator_value),)

    def update(self, value: np.ndarray, gradient: np.ndarray, slots: Slots) -> tuple[np.ndarray, Slots]:
        total = slots[0] + np.square(gradient)
        return value - self.learning_rate * gradient / np.sqrt(total + self.epsilon), (total,)
