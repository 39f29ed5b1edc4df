"""RNN: a cell in a loop over time, its state handed from each time to the next."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.arrays import Later, now
from nnlab.core.arguments import boolean
from nnlab.core.config import arguments
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.layers.cell import Cell, over_time
from nnlab.layers.inner import inner
from nnlab.layers.states import States, check_states, flat


class RNN(Layer):
    """Loop a cell over the times of x (batch, time, features).

    The output is the cell's at the last time (batch, units), or with `return_sequences` at all of them
    (batch, time, units); with `return_state` a tuple of it and the last states. `go_backwards` begins at the end, and
    the outputs come in that order. `stateful` begins where the call before has ended, until `reset_state()`.
    `layer(x, initial_state=..., mask=...)`: where the mask (batch, time) is False, the time is skipped: states and
    output stay what they were, or the output is 0 with `zero_output_for_mask`. `unroll` changes nothing here.

    >>> from nnlab import layers
    >>> y, h, c = layers.RNN(layers.LSTMCell(4), return_sequences=True, return_state=True)(np.ones((32, 10, 8)))
    >>> y.shape, h.shape, c.shape
    ((32, 10, 4), (32, 4), (32, 4))
    """

    supports_masking = True
    unsupported = Cell.unsupported
    steps = {
        "final_state": Step("b d", r"h_T", r"\bar h_T", "where the next call begins, if the layer is stateful"),
    }

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        owner = type(self).__name__
        if isinstance(cell, list | tuple):
            cell = {"class_name": "StackedRNNCells", "config": {"cells": cell}}
        self.cell = cell = inner(owner, "cell", cell, Cell, "LSTMCell(4)")
        for name in set(arguments(type(cell))) & set(arguments(type(self))):
            setattr(self, name, getattr(cell, name))
        self.return_sequences = boolean(owner, "return_sequences", return_sequences)
        self.return_state = boolean(owner, "return_state", return_state)
        self.go_backwards = boolean(owner, "go_backwards", go_backwards)
        self.stateful = boolean(owner, "stateful", stateful)
        self.unroll = boolean(owner, "unroll", unroll)
        self.zero_output_for_mask = boolean(owner, "zero_output_for_mask", zero_output_for_mask)
        self.states: States | None = None
        self.generator, self._variables = cell.generator, cell._variables  # the loop draws and learns for its cell
        self.steps = RNN.steps | over_time(cell.steps)
        y = "b t d" if self.return_sequences else "b d"
        self.axes = {**cell.axes, "x": "b t c", "mask": "b t", "initial_state": "b d", "y": "b d", "y[0]": y}
        if not self.return_state:
            self.axes["y"] = y

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self._check_rank(input_shape)
        self.cell.ensure_built((input_shape[0], input_shape[2]))

    def _check_rank(self, shape: tuple[int | None, ...]) -> None:
        if len(shape) != 3:
            raise ShapeError(f"{self._label}: expected an input of shape (batch, time, features), received {shape}.")

    def check_input(self, shape: tuple[int, ...]) -> None:
        if len(shape) != 3 or shape[2] != self.cell.input_size:
            raise ShapeError(
                f"{self._label}: expected an input of shape (batch, time, {self.cell.input_size}), received {shape}."
            )
        if shape[1] == 0:
            raise ShapeError(f"{self._label}: expected at least one time step, received an input of shape {shape}.")

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        self._check_rank(input_shape)
        batch, time, _ = input_shape
        y = (batch, time, self.cell.output_size) if self.return_sequences else (batch, self.cell.output_size)
        return (y, *((batch, size) for size in flat(self.cell.state_size))) if self.return_state else y

    def as_inputs(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return with_states(self, inputs)

    def __call__(self, x: Any, training: bool | None = None, **inputs: Any) -> Any:
        """The output for x (batch, time, features), with `return_state` followed by the last states."""
        y = super().__call__(x, training, **inputs)
        return (y[0], *self.cell.nested(list(y[1:]))) if self.return_state else y

    # ---- forward and backward

    def forward(
        self, s: Record, x: np.ndarray, initial_state: States | None = None, mask: np.ndarray | None = None
    ) -> Any:
        outputs, states = self.cell.loop(s, self._in_order(x), self._start(x, initial_state), self._keep(x.shape, mask))
        if self.stateful:
            s.final_state = states
            states = s.final_state
        y = np.stack(outputs, 1) if self.return_sequences else outputs[-1]
        if mask is not None and self.zero_output_for_mask:
            y = np.where(self._shown(mask), y, 0)
        return (y, *states) if self.return_state else y

    def backward(self, s: Record, g: Record) -> np.ndarray:
        y, *after = g.y if self.return_state else (g.y,)
        mask = vars(s).get("mask")
        if mask is not None and self.zero_output_for_mask:
            y = np.where(self._shown(mask), y, 0)
        batch, time, _ = s.x.shape
        outputs = y.swapaxes(0, 1) if self.return_sequences else only_last(y, time)
        after = tuple(after) or tuple(np.zeros((batch, size), y.dtype) for size in flat(self.cell.state_size))
        if self.stateful:
            g.final_state = after
            after = g.final_state
        keep = self._keep(s.x.shape, mask)
        x, before = self.cell.unloop(s, g, self._in_order(s.x), outputs, after, keep)
        if "initial_state" in vars(s):
            g.initial_state = before
        return Later(self._as_given, x)

    def _as_given(self, x: np.ndarray) -> np.ndarray:
        """Batch first, in the order of time: back from `_in_order`."""
        x = now(x)
        return (x[::-1] if self.go_backwards else x).swapaxes(0, 1)

    def commit(self, s: Record) -> None:
        if self.stateful:
            self.states = tuple(state.copy() for state in s.final_state)

    def reset_state(self) -> None:
        """Let a stateful layer begin at zero again."""
        self.states = None

    reset_states = reset_state  # Keras's older name

    def mask_after(self, s: Record, mask: np.ndarray | None) -> np.ndarray | None:
        return mask if self.return_sequences else None

    def _in_order(self, x: np.ndarray) -> np.ndarray:
        """Time first, in the order in which the loop meets it."""
        x = x.swapaxes(0, 1)
        return x[::-1] if self.go_backwards else x

    def _keep(self, shape: tuple[int, ...], mask: np.ndarray | None) -> np.ndarray | None:
        if mask is None:
            return None
        if mask.shape != shape[:2]:
            raise ShapeError(f"{self._label}: expected a mask of shape {shape[:2]}, received {mask.shape}.")
        return self._in_order(mask)[..., None]

    def _shown(self, mask: np.ndarray) -> np.ndarray:
        """Where the output is not made zero."""
        in_order = mask[:, ::-1] if self.go_backwards else mask
        return in_order[..., None] if self.return_sequences else in_order[:, -1:]

    def _start(self, x: np.ndarray, initial_state: States | None) -> States:
        sizes = tuple(flat(self.cell.state_size))
        if initial_state is not None:
            check_states(self, initial_state, len(x), sizes)
            return initial_state
        if not self.stateful or self.states is None:
            return tuple(np.zeros((len(x), size), x.dtype) for size in sizes)
        if len(self.states[0]) != len(x):
            raise ShapeError(
                f"{self._label}: a stateful layer goes on from the call before, which had {len(self.states[0])} "
                f"examples; received {len(x)}. Call reset_state() first to begin anew."
            )
        return tuple(state.astype(x.dtype, copy=False) for state in self.states)

    # ---- configuration

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"zero_output_for_mask": self.zero_output_for_mask}


def only_last(y: np.ndarray, time: int) -> np.ndarray:
    """Gradients of the outputs at all times, of which only the last was used."""
    outputs = np.zeros((time, *y.shape), y.dtype)
    outputs[-1] = y
    return outputs


def with_states(layer: Layer, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The further inputs of a recurrent layer: the states as one tuple, however they are nested."""
    given = inputs.get("initial_state")
    states = tuple(layer.as_input(state, "initial_state") for state in flat(given))
    if given is not None and not states:
        raise ArgumentError(f"{layer._label}: initial_state must hold the states, received {given!r}.")
    return Layer.as_inputs(layer, {**inputs, "initial_state": None}) | ({"initial_state": states} if states else {})
