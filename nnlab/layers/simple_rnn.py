"""The simplest recurrent layer: the new state is made of the input and the state before."""

from typing import Any

from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.layers.cell import Cell, over_time
from nnlab.layers.gate_products import input_gradient, product
from nnlab.layers.own_cell import with_own
from nnlab.layers.recurrent import RNN
from nnlab.layers.states import States


class SimpleRNNCell(Cell):
    """One time of a SimpleRNN: h = activation(x @ kernel + bias + h_prev @ recurrent_kernel).

    Kernel (features, units), recurrent kernel (units, units), bias (units,).

    >>> import numpy as np
    >>> y, states = SimpleRNNCell(4)(np.ones((32, 8)), [np.zeros((32, 4))])
    >>> y.shape
    (32, 4)
    """

    steps = {
        **Cell.steps,
        "projected": Step(
            "b d",
            r"p_t = x_t W + b",
            r"\bar p_t = \bar z_t, \quad \bar W = \sum_t x_t^\top \bar p_t",
            "the part that needs no state",
        ),
        "h_prev": Step(
            "b d", r"h_{t-1}", r"\bar h_{t-1} = \bar z_t U^\top", "the state before, at first the initial one"
        ),
        "z": Step("b d", r"z_t = p_t + h_{t-1} U", r"\bar z_t = \bar h_t\, \sigma'(z_t)", "before the activation"),
        "h": Step("b d", r"h_t = \sigma(z_t)", r"\bar h_t = \bar y_t + \bar h_t^{\text{from } t+1}", "the new state"),
    }

    def step(self, s: Record, states: States) -> States:
        (s.h_prev,) = states
        s.z = s.projected + product(s.h_prev, s.recurrent_kernel, self.drops(s, "recurrent_dropout"))
        s.h = self.activation(s.z)
        return (s.h,)

    def unstep(self, s: Record, g: Record, after: States) -> States:
        (g.h,) = after
        g.z = self.activation.gradient(s.z, s.h, g.h)
        g.projected = g.z
        g.h_prev = input_gradient(g.z, s.recurrent_kernel, self.drops(s, "recurrent_dropout"))
        return (g.h_prev,)


class SimpleRNN(RNN):
    """h = activation(x @ kernel + bias + h_prev @ recurrent_kernel) at each time: see RNN for the loop.

    Input (batch, time, features), output (batch, units), or (batch, time, units) with `return_sequences`.

    >>> import numpy as np
    >>> SimpleRNN(4)(np.ones((32, 10, 8))).shape
    (32, 4)
    """

    steps = RNN.steps | over_time(SimpleRNNCell.steps)

    @with_own(SimpleRNNCell)
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
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ):
        """Nothing is left to do: the cell takes some of the arguments, the loop the others."""
