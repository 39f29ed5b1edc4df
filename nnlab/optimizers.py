"""Optimizers: how weights move along their gradients. The numbers are Keras's, to the last place of float32.

`update(variable, gradient, slots)` is the arithmetic of one weight; `apply` does all weights of a step, and moves
nothing before every new value is computed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from nnlab.core.arguments import number
from nnlab.core.errors import ArgumentError, ShapeError, unknown_arguments
from nnlab.core.variable import Variable

Slots = tuple[np.ndarray, ...]


class Optimizer:
    """The base: `apply(gradients, variables)` makes one step.

    `slots` holds what the optimizer remembers of each weight (its momentum, say), `iterations` counts the steps.
    """

    arguments = ("learning_rate",)

    def __init__(self, learning_rate: float, name: str | None = None, **unknown: Any):
        if unknown:
            raise unknown_arguments(type(self).__name__, unknown, [*self.arguments, "name"])
        self.learning_rate = learning_rate
        self.name = name or type(self).__name__.lower()
        self.iterations = 0
        self.slots: dict[Variable, Slots] = {}

    @property
    def learning_rate(self) -> float:
        """How far a step goes; may be set while training."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._learning_rate = number(type(self).__name__, "learning_rate", value, low=0.0)

    def start(self, variable: Variable) -> Slots:
        """What is remembered of a weight before its first step."""
        return ()

    def update(self, value: np.ndarray, gradient: np.ndarray, slots: Slots) -> tuple[np.ndarray, Slots]:
        """The new value of a weight and what is remembered of it; changes nothing."""
        raise NotImplementedError(f"{type(self).__name__}: write update(value, gradient, slots).")

    def apply(self, gradients: Iterable[Any], variables: Iterable[Variable]) -> None:
        """Move each variable by one step along its gradient."""
        updates = []
        for gradient, variable in zip(gradients, variables, strict=True):
            gradient = np.asarray(gradient, variable.dtype)
            if gradient.shape != variable.shape:
                raise ShapeError(
                    f"{type(self).__name__}: the gradient of {variable.path} must have its shape {variable.shape}, "
                    f"received {gradient.shape}."
                )
            slots = self.slots[variable] if variable in self.slots else self.start(variable)
            updates.append((variable, *self.update(variable.value, gradient, slots)))
        for variable, value, slots in updates:
            variable.value, self.slots[variable] = value, slots
        self.iterations += 1

    def apply_gradients(self, pairs: Iterable[tuple[Any, Variable]]) -> None:
        """The same for pairs of gradient and variable."""
        pairs = list(pairs)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"name": self.name, **{name: getattr(self, name) for name in self.arguments}}

    def __repr__(self) -> str:
        stated = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.arguments)
        return f"{type(self).__name__}({stated})"


class SGD(Optimizer):
    """Stochastic gradient descent: w moves by v = momentum * v - learning_rate * gradient.

    With `nesterov`, w moves by momentum * v - learning_rate * gradient, with the new v.

    >>> weight = Variable(np.array([1.0, 2.0]), "w")
    >>> SGD(learning_rate=0.1).apply([np.array([1.0, -1.0])], [weight])
    >>> weight.numpy()
    array([0.9, 2.1])
    """

    arguments = ("learning_rate", "momentum", "nesterov")

    def __init__(
        self, learning_rate: float = 0.01, momentum: float = 0.0, nesterov: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.momentum = number("SGD", "momentum", momentum, low=0.0, high=1.0)
        self.nesterov = bool(nesterov)

    def start(self, variable: Variable) -> Slots:
        return (np.zeros_like(variable.value),) if self.momentum else ()

    def update(self, value: np.ndarray, gradient: np.ndarray, slots: Slots) -> tuple[np.ndarray, Slots]:
        if not self.momentum:
            return value - gradient * self.learning_rate, ()
        velocity = slots[0] * self.momentum - gradient * self.learning_rate
        if self.nesterov:
            return value + (velocity * self.momentum - gradient * self.learning_rate), (velocity,)
        return value + velocity, (velocity,)


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

    arguments = ("learning_rate", "beta_1", "beta_2", "epsilon")

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.beta_1 = number("Adam", "beta_1", beta_1, low=0.0, high=1.0)
        self.beta_2 = number("Adam", "beta_2", beta_2, low=0.0, high=1.0)
        self.epsilon = number("Adam", "epsilon", epsilon, low=0.0)

    def start(self, variable: Variable) -> Slots:
        return np.zeros_like(variable.value), np.zeros_like(variable.value)

    def update(self, value: np.ndarray, gradient: np.ndarray, slots: Slots) -> tuple[np.ndarray, Slots]:
        exact = value.dtype.type  # every number in the dtype of the weight, as Keras has it
        step = exact(self.iterations + 1)
        missing_1, missing_2 = 1 - exact(self.beta_1) ** step, 1 - exact(self.beta_2) ** step
        rate = exact(self.learning_rate) * np.sqrt(missing_2) / missing_1
        mean, square = slots
        mean = mean + (gradient - mean) * (1 - self.beta_1)
        square = square + (np.square(gradient) - square) * (1 - self.beta_2)
        return value - mean * rate / (np.sqrt(square) + self.epsilon), (mean, square)


NAMED = {"sgd": SGD, "adam": Adam}


def get(identifier: Any) -> Optimizer:
    """The optimizer for a name, a class, a configuration, or an optimizer.

    >>> get("adam")
    Adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07)
    """
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Optimizer):
        return identifier()
    if isinstance(identifier, str) and identifier.lower() in NAMED:
        return NAMED[identifier.lower()]()
    if isinstance(identifier, Mapping) and str(identifier.get("class_name")).lower() in NAMED:
        return NAMED[identifier["class_name"].lower()](**identifier.get("config", {}))
    raise ArgumentError(
        f"optimizer must be one of {', '.join(map(repr, NAMED))} or an Optimizer, received {identifier!r}."
    )
