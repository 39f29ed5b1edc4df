"""Adam and AdamW: steps whose length does not depend on the size of the gradients."""

from typing import Any

import numpy as np

from nnlab.core.arguments import number
from nnlab.core.variable import Variable
from nnlab.optimizers.optimizer import Optimizer, Slots
from nnlab.optimizers.schedules import LearningRateSchedule


class Adam(Optimizer):
    """Steps of about the learning rate for every weight, whatever the size of its gradients.

    The gradient's running mean is divided by the root of the running mean of its square; both are corrected for
    starting at zero. Kingma and Ba, arXiv:1412.6980; `epsilon` is the one of its section 2 ("epsilon hat"), as in
    Keras.

    >>> weight = Variable(np.array([1.0, 2.0]), "w")
    >>> Adam(learning_rate=0.1).apply([np.array([5.0, -0.01])], [weight])
    >>> weight.numpy().round(4)
    array([0.9, 2.1])
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        owner = type(self).__name__
        self.beta_1 = number(owner, "beta_1", beta_1, low=0.0, high=1.0)
        self.beta_2 = number(owner, "beta_2", beta_2, low=0.0, high=1.0)
        self.epsilon = number(owner, "epsilon", epsilon, low=0.0)

    def start(self, variable: Variable) -> Slots:
        return np.zeros_like(variable.value), np.zeros_like(variable.value)

    def update(self, value: np.ndarray, gradient: np.ndarray, slots: Slots) -> tuple[np.ndarray, Slots]:
        exact = value.dtype.type  # every number in the dtype of the weight, as Keras has it
        step = exact(self.iterations + 1)
        missing_1, missing_2 = 1 - exact(self.beta_1) ** step, 1 - exact(self.beta_2) ** step
        rate = exact(self.learning_rate) * np.sqrt(missing_2) / missing_1
        mean = moved(slots[0], gradient, 1 - self.beta_1)
        square = moved(slots[1], np.square(gradient), 1 - self.beta_2)
        size = np.sqrt(square)
        size += self.epsilon
        way = mean * rate
        way /= size
        return value - way, (mean, square)


def moved(mean: np.ndarray, value: np.ndarray, share: float) -> np.ndarray:
    """A running mean that has gone a share of its way to a value."""
    step = value - mean
    step *= share
    step += mean
    return step


class AdamW(Adam):
    """Adam, with every weight made smaller by learning_rate * weight_decay of itself before each step.

    The decay goes past Adam's running means, which an L2 regularizer does not. Loshchilov and Hutter,
    arXiv:1711.05101.

    >>> weight = Variable(np.array([1.0, -2.0]), "w")
    >>> AdamW(learning_rate=0.1, weight_decay=0.5).apply([np.zeros(2)], [weight])
    >>> weight.numpy()
    array([ 0.95, -1.9 ])
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **kwargs)
        self.weight_decay = number("AdamW", "weight_decay", weight_decay, low=0.0)

    def update(self, value: np.ndarray, gradient: np.ndarray, slots: Slots) -> tuple[np.ndarray, Slots]:
        decayed = value - value * (self.weight_decay * self.learning_rate)
        return super().update(decayed, gradient, slots)
