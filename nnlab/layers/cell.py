"""A cell: what a recurrent layer computes at one time, and the loop that repeats it.

A step of a cell is in two parts. `project` is the part that needs no state, so that a loop does it for all times in
one product of matrices; `step` is the rest. Backward, `unstep` goes back through one time, and `learn` finds the
gradients of the weights for all times in one product again.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nnlab import activations, initializers, regularizers
from nnlab.arrays import Later
from nnlab.core.arguments import boolean, integer, number
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.core.step import Step

States = tuple[np.ndarray, ...]


class Cell(Layer):
    """The base of the cells: kernel, recurrent kernel and bias with the parts of all `gates` side by side.

    Called alone, a cell takes x (batch, features) and the states before, and returns the output and a list of the
    states after. `carries` counts the states that go from one time to the next; the first is the output.
    """

    gates = 1
    carries = 1
    learns_from = ("projected",)  # the steps whose gradients, at all times, give those of the weights
    unsupported = {
        **dict.fromkeys(("kernel_constraint", "recurrent_constraint", "bias_constraint"), (None,)),
        "implementation": (2,),
    }
    axes = {"x": "b c", "states": "b d", "kernel": "c g", "recurrent_kernel": "d g", "bias": "g", "y": "b d"}
    steps = {
        "dropout_mask": Step(
            "k b c", r"m \sim \operatorname{Bernoulli}(1 - p)", "", "where x is kept; the same at all times", False
        ),
        "recurrent_dropout_mask": Step(
            "k b d", r"m' \sim \operatorname{Bernoulli}(1 - p')", "", "where h is kept; the same at all times", False
        ),
    }

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        *,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        owner = type(self).__name__
        self.units = integer(owner, "units", units)
        self.activation = activations.get(activation, f"{owner}: activation")
        self.use_bias = boolean(owner, "use_bias", use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer, f"{owner}: kernel_initializer")
        self.recurrent_initializer = initializers.get(recurrent_initializer, f"{owner}: recurrent_initializer")
        self.bias_initializer = initializers.get(bias_initializer, f"{owner}: bias_initializer")
        self.kernel_regularizer = regularizers.get(kernel_regularizer, f"{owner}: kernel_regularizer")
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer, f"{owner}: recurrent_regularizer")
        self.bias_regularizer = regularizers.get(bias_regularizer, f"{owner}: bias_regularizer")
        self.dropout = number(owner, "dropout", dropout, 0.0, 1.0)
        self.recurrent_dropout = number(owner, "recurrent_dropout", recurrent_dropout, 0.0, 1.0)
        if 1.0 in (self.dropout, self.recurrent_dropout):
            raise ArgumentError(f"{owner}: dropout and recurrent_dropout must be below 1, or nothing would be left.")
        self.seed = None if seed is None else integer(owner, "seed", seed, minimum=0)
        self.generator = None if seed is None else np.random.default_rng(self.seed)

    # ---- shapes and weights

    @property
    def state_size(self) -> int | list[int]:
        """The size of the state, or of each state."""
        return self.units if self.carries == 1 else [self.units] * self.carries

    @property
    def input_size(self) -> int:
        """How many features x has."""
        return self.kernel.shape[0]

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self.units

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        self._check_rank(input_shape)
        return ((input_shape[0], self.units),) * (1 + self.carries)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self._check_rank(input_shape)
        if input_shape[-1] is None:
            raise ShapeError(f"{self._label}: the number of features must be known, received {input_shape}.")
        width = self.gates * self.units
        self.kernel = self.add_weight(
            (input_shape[-1], width), self.kernel_initializer, regularizer=self.kernel_regularizer, name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            (self.units, width),
            self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            name="recurrent_kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(
                self.bias_shape, self.bias_start, regularizer=self.bias_regularizer, name="bias"
            )

    @property
    def bias_shape(self) -> tuple[int, ...]:
        return (self.gates * self.units,)

    @property
    def bias_start(self) -> Any:
        """The initializer of the bias."""
        return self.bias_initializer

    def _check_rank(self, shape: tuple[int | None, ...]) -> None:
        if len(shape) != 2:
            raise ShapeError(f"{self._label}: expected an input of shape (batch, features), received {shape}.")

    def check_input(self, shape: tuple[int, ...]) -> None:
        if len(shape) != 2 or shape[-1] != self.input_size:
            raise ShapeError(f"{self._label}: expected an input of shape (batch, {self.input_size}), received {shape}.")

    # ---- one time

    def project(self, s: Record, x: np.ndarray) -> np.ndarray:
        """What the kernel and the bias make of x, at one time or at all (any axes may stand before the batch)."""
        count = self.gates if self.recurrent_dropout else 1  # Keras's rule: a mask for each gate, or one for all
        if s.training and self.dropout:
            s.dropout_mask = s.rng.random((count, *x.shape[-2:])) >= self.dropout
        if s.training and self.recurrent_dropout:
            s.recurrent_dropout_mask = s.rng.random((count, x.shape[-2], self.units)) >= self.recurrent_dropout
        projected = product(x, s.kernel, self.drops(s, "dropout"))
        return np.add(projected, self.input_bias(s), out=projected) if self.use_bias else projected

    def input_bias(self, s: Record) -> np.ndarray:
        """The bias that belongs to the product with x."""
        return s.bias

    def drops(self, s: Record, name: str) -> np.ndarray | None:
        """What dropout multiplies by: 0 or 1 / (1 - rate), a row for each mask; None where nothing is dropped."""
        if not (s.training and (rate := getattr(self, name))):
            return None
        return getattr(s, f"{name}_mask") * np.dtype(self.dtype).type(1 / (1 - rate))

    def step(self, s: Record, states: States) -> States:
        """From `s.projected` and the states before to the states after."""
        raise NotImplementedError

    def unstep(self, s: Record, g: Record, after: States) -> States:
        """From the gradients of the states after to those of the states before, and to `g.projected`."""
        raise NotImplementedError

    def learn(self, s: Record, g: Record, x: np.ndarray, values: Callable, gradients: Callable) -> np.ndarray:
        """The gradients of the weights, and of x. `values(name)` is a step at all times, `gradients(name)` its own."""
        projected, drops = gradients("projected"), self.drops(s, "dropout")
        g.kernel = kernel_gradient(x, projected, drops)
        g.recurrent_kernel = self.recurrent_gradient(s, values, gradients)
        if self.use_bias:
            g.bias = self.bias_gradient(gradients)
        return Later(input_gradient, projected, s.kernel, drops)

    def recurrent_gradient(self, s: Record, values: Callable, gradients: Callable) -> np.ndarray:
        """The gradient of the recurrent kernel."""
        return kernel_gradient(values("h_prev"), gradients("projected"), self.drops(s, "recurrent_dropout"))

    def bias_gradient(self, gradients: Callable) -> np.ndarray:
        """The gradient of the bias."""
        return rows(gradients("projected")).sum(0)

    # ---- called alone

    def __call__(
        self, x: Any, states: Any = None, training: bool | None = None, **unknown: Any
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """The output and the states after, from x (batch, features) and the states before."""
        y, *after = super().__call__(x, training, states=states, **unknown)
        return y, self.nested(after)

    def nested(self, states: list[np.ndarray]) -> list[Any]:
        """The states as Keras groups them."""
        return states

    def as_inputs(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        states = tuple(self.as_input(state, "states") for state in flat(inputs.get("states")))
        if len(states) != self.carries:
            raise ArgumentError(f"{self._label}: states must hold {self.carries} arrays, received {len(states)}.")
        return super().as_inputs({**inputs, "states": None}) | {"states": states}

    def forward(self, s: Record, x: np.ndarray, states: States) -> States:
        check_states(self, states, len(x), (self.units,) * self.carries)
        s.projected = self.project(s, x)
        after = self.step(s, states)
        return (after[0], *after)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        y, h, *others = g.y
        g.states = self.unstep(s, g, (y + h, *others))
        return self.learn(s, g, s.x, vars(s).get, vars(g).get)

    # ---- repeated over time

    def loop(self, s: Record, x: np.ndarray, states: States, keep: np.ndarray | None) -> tuple[list, States]:
        """The outputs at all times of x (time, batch, features), and the last states.

        Where `keep` (time, batch, 1) is False the states stay what they were.
        """
        projected, outputs = self.project(s, x), []
        for t, row in enumerate(s.scan(self, len(x))):
            row.projected = projected[t]
            after = self.step(row, states)
            if keep is not None:
                after = tuple(np.where(keep[t], new, old) for new, old in zip(after, states, strict=True))
            states = after
            outputs.append(states[0])
        return outputs, states

    def unloop(
        self, s: Record, g: Record, x: np.ndarray, outputs: np.ndarray, states: States, keep: np.ndarray | None
    ) -> tuple[np.ndarray, States]:
        """Back through the loop: from the gradients of the outputs and last states to those of x and first states."""
        learnt: dict[str, np.ndarray] = {}
        for t, (row, gradients) in zip(reversed(range(len(x))), g.rescan(s), strict=True):
            states = (states[0] + outputs[t], *states[1:])
            if keep is None:
                states = self.unstep(row, gradients, states)
            else:
                before = self.unstep(row, gradients, tuple(np.where(keep[t], state, 0) for state in states))
                states = tuple(new + np.where(keep[t], 0, old) for new, old in zip(before, states, strict=True))
            for name in self.learns_from:
                value = vars(gradients)[name]
                if name not in learnt:
                    learnt[name] = np.empty((len(x), *value.shape), value.dtype)
                learnt[name][t] = value
        return self.learn(s, g, x, s.loop.stack, learnt.get), states


def over_time(steps: Mapping[str, Step]) -> dict[str, Step]:
    """The steps of a cell as a loop has them: time first, but for the masks, which are the same at all times."""
    return {name: step if name in Cell.steps else step._replace(axes=f"t {step.axes}") for name, step in steps.items()}


def flat(states: Any) -> list[Any]:
    """The arrays of nested lists or tuples of states, one after another."""
    if not isinstance(states, list | tuple):
        return [] if states is None else [states]
    return [state for part in states for state in flat(part)]


def check_states(layer: Layer, states: States, batch: int, sizes: tuple[int, ...]) -> None:
    """Raise unless there is a state (batch, size) of each size."""
    expected, received = [(batch, size) for size in sizes], [np.shape(state) for state in states]
    if expected != received:
        raise ShapeError(f"{layer._label}: expected states of shapes {expected}, received {received}.")


def split(z: np.ndarray, count: int) -> list[np.ndarray]:
    """The parts of the gates, which stand side by side on the last axis."""
    width = z.shape[-1] // count
    return [z[..., k * width : (k + 1) * width] for k in range(count)]


def rows(x: np.ndarray) -> np.ndarray:
    """All leading axes as one."""
    return x.reshape(math.prod(x.shape[:-1]), x.shape[-1])  # -1 is not known where there are no features


def product(x: np.ndarray, kernel: np.ndarray, drops: np.ndarray | None = None) -> np.ndarray:
    """x @ kernel in one product of matrices; with `drops`, each part of the kernel sees x times a row of them."""
    if drops is None:
        return x @ kernel if x.ndim == 2 else (rows(x) @ kernel).reshape(*x.shape[:-1], kernel.shape[-1])
    pairs = zip(drops, split(kernel, len(drops)), strict=True)
    return np.concatenate([product(x * drop, part) for drop, part in pairs], -1)


def input_gradient(y: np.ndarray, kernel: np.ndarray, drops: np.ndarray | None = None) -> np.ndarray:
    """The gradient of x from that of y = product(x, kernel, drops)."""
    if drops is None:
        return product(y, kernel.T)
    parts = zip(split(y, len(drops)), split(kernel, len(drops)), drops, strict=True)
    return sum(product(gradient, part.T) * drop for gradient, part, drop in parts)


def kernel_gradient(x: np.ndarray, y: np.ndarray, drops: np.ndarray | None = None) -> np.ndarray:
    """The gradient of the kernel from that of y = product(x, kernel, drops)."""
    if drops is None:
        return rows(x).T @ rows(y)
    pairs = zip(drops, split(y, len(drops)), strict=True)
    return np.concatenate([kernel_gradient(x * drop, gradient) for drop, gradient in pairs], -1)
