"""Long short-term memory: gates decide what a cell forgets, what it takes in and what it shows.

Hochreiter and Schmidhuber, Long Short-Term Memory, Neural Computation 9, 1997; the forget gate is of Gers et al. 2000.
"""

from typing import Any

import numpy as np

from nnlab import activations
from nnlab.core.arguments import boolean, supported
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.initializers import Initializer
from nnlab.layers.cell import Cell, over_time
from nnlab.layers.gate_products import input_gradient, product, split
from nnlab.layers.own_cell import with_own
from nnlab.layers.recurrent import RNN
from nnlab.layers.states import States


class UnitForgetBias(Initializer):
    """Ones for the forget gate, and what `start` gives for the others."""

    def __init__(self, start: Any):
        self.start = start

    def __call__(self, shape, dtype="float32", rng=None):
        i, _, cand, o = np.split(self.start(shape, dtype, rng), 4)
        return np.concatenate([i, np.ones_like(i), cand, o])


class LSTMCell(Cell):
    """One time of an LSTM: from x (batch, features) and the states h, c (batch, units) to the new ones.

    Side by side in the kernel (features, 4 units), the recurrent kernel (units, 4 units) and the bias (4 units,)
    stand the parts of the input gate i, the forget gate f, the candidate and the output gate o. With
    `unit_forget_bias` the bias of f starts at 1, so that at first little is forgotten.

    >>> y, (h, c) = LSTMCell(4)(np.ones((32, 8)), [np.zeros((32, 4)), np.zeros((32, 4))])
    >>> y.shape, h.shape, c.shape
    ((32, 4), (32, 4), (32, 4))
    """

    gates = 4
    carries = 2
    steps = {
        **Cell.steps,
        "projected": Step(
            "b g",
            r"p_t = x_t W + b",
            r"\bar p_t = \bar z_t, \quad \bar W = \sum_t x_t^\top \bar p_t",
            "the part that needs no state",
        ),
        "h_prev": Step(
            "b d", r"h_{t-1}", r"\bar h_{t-1} = \bar z_t U^\top", "the output before, at first the initial one"
        ),
        "c_prev": Step(
            "b d", r"c_{t-1}", r"\bar c_{t-1} = \bar c_t f_t", "the memory before, at first the initial one"
        ),
        "z": Step(
            "b g",
            r"z_t = p_t + h_{t-1} U",
            r"\bar z_t = (\bar i_t\, \sigma'(z^i_t), \bar f_t\, \sigma'(z^f_t), \dots)",
            "all gates before their activations, side by side: i, f, cand, o",
        ),
        "i": Step(
            "b d", r"i_t = \sigma(z^i_t)", r"\bar i_t = \bar c_t\, \tilde c_t", "input gate: how much is taken in"
        ),
        "f": Step("b d", r"f_t = \sigma(z^f_t)", r"\bar f_t = \bar c_t\, c_{t-1}", "forget gate: how much is kept"),
        "cand": Step(
            "b d", r"\tilde c_t = \tanh(z^c_t)", r"\bar{\tilde c}_t = \bar c_t\, i_t", "what could be taken in"
        ),
        "o": Step("b d", r"o_t = \sigma(z^o_t)", r"\bar o_t = \bar h_t \tanh c_t", "output gate: how much is shown"),
        "c": Step(
            "b d",
            r"c_t = f_t\, c_{t-1} + i_t\, \tilde c_t",
            r"\bar c_t = \bar h_t\, o_t \tanh'(c_t) + \bar c_{t+1} f_{t+1}",
            "the memory: what comes back through it shrinks only by f",
        ),
        "tanh_c": Step("b d", r"\tanh c_t", r"\overline{\tanh c_t} = \bar h_t\, o_t", "the activation of the memory"),
        "h": Step("b d", r"h_t = o_t \tanh c_t", r"\bar h_t = \bar y_t + \bar z_{t+1} U^\top", "the output"),
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
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        *,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
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
        self.recurrent_activation = activations.get(
            recurrent_activation, f"{type(self).__name__}: recurrent_activation"
        )
        self.unit_forget_bias = boolean("LSTMCell", "unit_forget_bias", unit_forget_bias)

    @property
    def bias_start(self) -> Any:
        return UnitForgetBias(self.bias_initializer) if self.unit_forget_bias else self.bias_initializer

    def step(self, s: Record, states: States) -> States:
        s.h_prev, s.c_prev = states
        s.z = s.projected + product(s.h_prev, s.recurrent_kernel, self.drops(s, "recurrent_dropout"))
        gates = s.z.reshape(len(s.z), 4, self.units)
        opened = self.recurrent_activation(gates)  # of all at once, which is quicker than of three out of four
        s.i = opened[:, 0]
        s.f = opened[:, 1]
        s.cand = self.activation(gates[:, 2])
        s.o = opened[:, 3]
        s.c = s.f * s.c_prev + s.i * s.cand
        s.tanh_c = self.activation(s.c)
        s.h = s.o * s.tanh_c
        return s.h, s.c

    def unstep(self, s: Record, g: Record, after: States) -> States:
        g.h, through_time = after
        g.o = g.h * s.tanh_c
        g.tanh_c = g.h * s.o
        g.c = through_time + self.activation.gradient(s.c, s.tanh_c, g.tanh_c)
        g.i = g.c * s.cand
        g.f = g.c * s.c_prev
        g.cand = g.c * s.i
        i, f, cand, o = split(s.z, 4)
        gates = (
            self.recurrent_activation.gradient(i, s.i, g.i),
            self.recurrent_activation.gradient(f, s.f, g.f),
            self.activation.gradient(cand, s.cand, g.cand),
            self.recurrent_activation.gradient(o, s.o, g.o),
        )
        g.z = np.concatenate(gates, -1)
        g.projected = g.z
        g.h_prev = input_gradient(g.z, s.recurrent_kernel, self.drops(s, "recurrent_dropout"))
        g.c_prev = g.c * s.f
        return g.h_prev, g.c_prev


class LSTM(RNN):
    """An LSTM over time: see LSTMCell for the gates, RNN for the loop.

    Input (batch, time, features), output (batch, units), or (batch, time, units) with `return_sequences`; with
    `return_state` the tuple (output, h, c).

    >>> y, h, c = LSTM(4, return_sequences=True, return_state=True)(np.ones((32, 10, 8)))
    >>> y.shape, h.shape, c.shape
    ((32, 10, 4), (32, 4), (32, 4))
    >>> LSTM(4).trace(np.ones((1, 3, 8)))["i"]
    <step i: t b d (3, 1, 4)>
    """

    steps = RNN.steps | over_time(LSTMCell.steps)

    @with_own(LSTMCell)
    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
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
        use_cudnn: bool | str = "auto",
        **kwargs: Any,
    ):
        supported("LSTM", {"use_cudnn": use_cudnn}, {"use_cudnn": ("auto", False)})
        self.use_cudnn = use_cudnn
