"""The gated recurrent unit: one gate mixes the old state with a new one, another resets what the new one sees.

Cho et al. 2014, arXiv:1406.1078; `reset_after` is the later form, in which the reset gate comes after the product.
"""

from typing import Any

import numpy as np

from nnlab import activations
from nnlab.core.arguments import boolean, supported
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.layers.cell import Cell, over_time
from nnlab.layers.gate_products import input_gradient, kernel_gradient, product, rows, split
from nnlab.layers.own_cell import with_own
from nnlab.layers.recurrent import RNN
from nnlab.layers.states import States

RESET_BEFORE = {  # the steps that are others without reset_after: there the reset gate comes before the product
    "inner": Step(
        "b g",
        r"q_t = h_{t-1} U_{zr}",
        r"\bar q_t = (\bar z_t \sigma', \bar r_t \sigma')",
        "what the state before says to the gates z and r",
    ),
    "recalled": Step(
        "b d",
        r"s_t = (r_t\, h_{t-1}) U_h",
        r"\bar s_t = \bar{\tilde h}_t \tanh'",
        "what the candidate sees of the state before",
    ),
}


class GRUCell(Cell):
    """One time of a GRU: from x (batch, features) and the state h (batch, units) to the new one.

    Side by side in the kernel (features, 3 units) and the recurrent kernel (units, 3 units) stand the parts of the
    update gate z, the reset gate r and the candidate. With `reset_after` the bias is (2, 3 units), for the products
    with x and with h; else it is (3 units,).

    >>> y, states = GRUCell(4)(np.ones((32, 8)), [np.zeros((32, 4))])
    >>> y.shape
    (32, 4)
    """

    gates = 3
    learns_from = ("projected", "inner", "recalled")
    steps = {
        **Cell.steps,
        "projected": Step(
            "b g",
            r"p_t = x_t W + b",
            r"\bar p_t = (\bar z_t \sigma', \bar r_t \sigma', \bar{\tilde h}_t \tanh'), \quad"
            r"\bar W = \sum_t x_t^\top \bar p_t",
            "the part that needs no state",
        ),
        "h_prev": Step(
            "b d",
            r"h_{t-1}",
            r"\bar h_{t-1} = \bar h_t z_t + \bar q_t U^\top",
            "the state before, at first the initial one",
        ),
        "inner": Step(
            "b g",
            r"q_t = h_{t-1} U + b'",
            r"\bar q_t = (\bar z_t \sigma', \bar r_t \sigma', \bar s_t r_t)",
            "what the state before says to the gates",
        ),
        "z": Step(
            "b d",
            r"z_t = \sigma(p^z_t + q^z_t)",
            r"\bar z_t = \bar h_t (h_{t-1} - \tilde h_t)",
            "update gate: the share of the old state that stays",
        ),
        "r": Step(
            "b d",
            r"r_t = \sigma(p^r_t + q^r_t)",
            r"\bar r_t = \bar s_t\, q^h_t",
            "reset gate: the share of the old state that the candidate sees",
        ),
        "reset": Step("b d", r"r_t\, h_{t-1}", r"\bar s_t U_h^\top", "what the reset gate leaves of the state before"),
        "recalled": Step(
            "b d",
            r"s_t = r_t\, q^h_t",
            r"\bar s_t = \bar{\tilde h}_t \tanh'",
            "what the candidate sees of the state before",
        ),
        "cand": Step(
            "b d", r"\tilde h_t = \tanh(p^h_t + s_t)", r"\bar{\tilde h}_t = \bar h_t (1 - z_t)", "what may be the state"
        ),
        "h": Step(
            "b d",
            r"h_t = z_t\, h_{t-1} + (1 - z_t)\, \tilde h_t",
            r"\bar h_t = \bar y_t + \bar h_t^{\text{from } t+1}",
            "the new state, which is the output",
        ),
    }

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
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
        reset_after: bool = True,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(
            *(units, activation, use_bias, kernel_initializer, recurrent_initializer, bias_initializer),
            *(kernel_regularizer, recurrent_regularizer, bias_regularizer),
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
            **kwargs,
        )
        self.recurrent_activation = activations.get(recurrent_activation, "GRUCell: recurrent_activation")
        self.reset_after = boolean("GRUCell", "reset_after", reset_after)
        if self.reset_after:
            self.axes = {**Cell.axes, "bias": "k g"}
        else:
            self.steps = GRUCell.steps | RESET_BEFORE

    @property
    def bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def input_bias(self, s: Record) -> np.ndarray:
        return s.bias[0] if self.reset_after else s.bias

    def step(self, s: Record, states: States) -> States:
        (s.h_prev,) = states
        kernels, drops = self._of_gates(s)
        s.inner = product(s.h_prev, kernels[0], drops[0])
        if self.reset_after and self.use_bias:
            s.inner = s.inner + s.bias[1]
        both = 2 * self.units
        gates = s.projected[:, :both] + s.inner[:, :both]
        s.z, s.r = self.recurrent_activation(gates.reshape(len(gates), 2, self.units)).swapaxes(0, 1)
        x_h = s.projected[:, both:]
        if self.reset_after:
            s.recalled = s.r * s.inner[:, both:]
        else:
            s.reset = s.r * s.h_prev
            s.recalled = product(s.reset, kernels[1], drops[1])
        s.cand = self.activation(x_h + s.recalled)
        s.h = s.z * s.h_prev + (1 - s.z) * s.cand
        return (s.h,)

    def unstep(self, s: Record, g: Record, after: States) -> States:
        (g.h,) = after
        g.z = g.h * (s.h_prev - s.cand)
        g.cand = g.h * (1 - s.z)
        kernels, drops = self._of_gates(s)
        x_z, x_r, x_h = split(s.projected, 3)
        inner_z, inner_r, *inner_h = split(s.inner, 3 if self.reset_after else 2)
        g.recalled = self.activation.gradient(x_h + s.recalled, s.cand, g.cand)
        if self.reset_after:
            g.r = g.recalled * inner_h[0]
            of_inner_h, through_reset = [g.recalled * s.r], 0
        else:
            g.reset = input_gradient(g.recalled, kernels[1], drops[1])
            g.r = g.reset * s.h_prev
            of_inner_h, through_reset = [], g.reset * s.r
        of_z = self.recurrent_activation.gradient(x_z + inner_z, s.z, g.z)
        of_r = self.recurrent_activation.gradient(x_r + inner_r, s.r, g.r)
        g.projected = np.concatenate([of_z, of_r, g.recalled], -1)
        g.inner = np.concatenate([of_z, of_r, *of_inner_h], -1)
        g.h_prev = g.h * s.z + input_gradient(g.inner, kernels[0], drops[0]) + through_reset
        return (g.h_prev,)

    def recurrent_gradient(self, s: Record, values: Any, gradients: Any) -> np.ndarray:
        drops = self._of_gates(s)[1]
        of_inner = kernel_gradient(values("h_prev"), gradients("inner"), drops[0])
        if self.reset_after:
            return of_inner
        return np.concatenate([of_inner, kernel_gradient(values("reset"), gradients("recalled"), drops[1])], -1)

    def bias_gradient(self, gradients: Any) -> np.ndarray:
        of_input = rows(gradients("projected")).sum(0)
        return np.stack([of_input, rows(gradients("inner")).sum(0)]) if self.reset_after else of_input

    def _of_gates(self, s: Record) -> tuple[tuple, tuple]:
        """The recurrent kernel and its dropout: for the product with the state, and for that with the reset state."""
        kernel, drops = s.recurrent_kernel, self.drops(s, "recurrent_dropout")
        if self.reset_after:
            return (kernel,), (drops,)
        kernels = kernel[:, : 2 * self.units], kernel[:, 2 * self.units :]
        return kernels, (None, None) if drops is None else (drops[:2], drops[2:])


class GRU(RNN):
    """A GRU over time: see GRUCell for the gates, RNN for the loop.

    Input (batch, time, features), output (batch, units), or (batch, time, units) with `return_sequences`; with
    `return_state` the tuple (output, h).

    >>> y, h = GRU(4, return_sequences=True, return_state=True)(np.ones((32, 10, 8)))
    >>> y.shape, h.shape
    ((32, 10, 4), (32, 4))
    """

    steps = RNN.steps | over_time(GRUCell.steps)

    @with_own(GRUCell)
    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
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
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        reset_after: bool = True,
        use_cudnn: bool | str = "auto",
        **kwargs: Any,
    ):
        supported("GRU", {"use_cudnn": use_cudnn}, {"use_cudnn": ("auto", False)})
        self.use_cudnn = use_cudnn
