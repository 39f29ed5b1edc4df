"""A cell: what a recurrent layer computes at one time.

A step of a cell is in two parts. `project` is the part that needs no state, so that a loop does it for all times in
one product of matrices; `step` is the rest. Backward, `unstep` goes back through one time, and `learn` finds the
gradients of the weights for all times in one product again.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nnlab import activations
from nnlab.arrays import Later
from nnlab.core.arguments import boolean, integer, number
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.layers.gate_products import input_gradient, kernel_gradient, product, rows
from nnlab.layers.states import States, check_states, flat
from nnlab.layers.time_loop import TimeLoop


class Cell(TimeLoop, Layer):
    """The base of the cells: kernel, recurrent kernel and bias with the parts of all `gates` side by side.

    Called alone, a cell takes x (batch, features) and the states before, and returns the output and a list of the
    states after. `carries` counts the states that go from one time to the next; the first is the output.
    """

    gates = 1
    carries = 1
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
        self.store_weight("kernel", kernel_initializer, kernel_regularizer)
        self.store_weight("recurrent", recurrent_initializer, recurrent_regularizer)
        self.store_weight("bias", bias_initializer, bias_regularizer)
        self.dropout = number(owner, "dropout", dropout, 0.0, 1.0)
        self.recurrent_dropout = number(owner, "recurrent_dropout", recurrent_dropout, 0.0, 1.0)
        if 1.0 in (self.dropout, self.recurrent_dropout):
            raise ArgumentError(f"{owner}: dropout and recurrent_dropout must be below 1, or nothing would be left.")
        self.store_seed(seed)

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
        self.kernel = self.add_stored_weight("kernel", (input_shape[-1], width))
        self.recurrent_kernel = self.add_stored_weight("recurrent", (self.units, width), name="recurrent_kernel")
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


def over_time(steps: Mapping[str, Step]) -> dict[str, Step]:
    """The steps of a cell as a loop has them: time first, but for the masks, which are the same at all times."""
    return {name: step if name in Cell.steps else step._replace(axes=f"t {step.axes}") for name, step in steps.items()}
