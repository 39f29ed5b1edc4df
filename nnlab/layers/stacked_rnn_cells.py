"""Cells on top of each other: the output of one is the input of the next, at each time."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from nnlab.core.errors import ArgumentError
from nnlab.core.record import Record
from nnlab.layers.cell import Cell
from nnlab.layers.inner import inner
from nnlab.layers.recurrent import RNN
from nnlab.layers.states import States, check_states, flat


class StackedRNNCells(Cell):
    """A cell made of `cells`; its states are those of the first cell, then of the second, and so on.

    In a loop the first cell runs through all times, then the second over its outputs: the numbers are the same as if
    both were stepped together, and each has its own loop in the trace (`cell_0/t3/i`).

    >>> from nnlab import layers
    >>> layers.RNN(StackedRNNCells([layers.LSTMCell(4), layers.GRUCell(3)]))(np.ones((32, 10, 8))).shape
    (32, 3)
    """

    unsupported = {}
    axes = {"x": "b c", "states": "b d", "y": "b d"}
    steps = {}

    def __init__(self, cells: Iterable[Cell], **kwargs: Any):
        super(Cell, self).__init__(**kwargs)
        if not isinstance(cells, list | tuple) or not cells:
            raise ArgumentError(f"StackedRNNCells: cells must be a list of cells, received {cells!r}.")
        self.cells = [inner("StackedRNNCells", "cells", cell, Cell, "[LSTMCell(4), LSTMCell(4)]") for cell in cells]
        self._loops = [RNN(cell, return_sequences=True, return_state=True, dtype=self.dtype) for cell in self.cells]

    # ---- shapes

    @property
    def state_size(self) -> list[Any]:
        return [cell.state_size for cell in self.cells]

    @property
    def carries(self) -> int:
        return len(flat(self.state_size))

    @property
    def input_size(self) -> int:
        return self.cells[0].input_size

    @property
    def output_size(self) -> int:
        return self.cells[-1].output_size

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        self.cells[0].compute_output_shape(input_shape)
        sizes = (self.output_size, *flat(self.state_size))
        return tuple((input_shape[0], size) for size in sizes)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        for cell, loop in zip(self.cells, self._loops, strict=True):
            cell.ensure_built(input_shape)
            loop.built = True
            input_shape = (input_shape[0], cell.output_size)

    def _each(self, layers: list, states: States) -> list[tuple[str, Any, States]]:
        """Each of these layers with its name and its part of the states."""
        parts, begin = [], 0
        for index, (cell, layer) in enumerate(zip(self.cells, layers, strict=True)):
            count = len(flat(cell.state_size))
            parts.append((f"cell_{index}", layer, states[begin : begin + count]))
            begin += count
        return parts

    def nested(self, states: list[np.ndarray]) -> list[Any]:
        return [list(own) for _, _, own in self._each(self.cells, states)]

    # ---- one time

    def forward(self, s: Record, x: np.ndarray, states: States) -> States:
        check_states(self, states, len(x), tuple(flat(self.state_size)))
        after: States = ()
        for name, cell, own in self._each(self.cells, states):
            x, *new = s.run(name, cell, x, states=own)
            after += tuple(new)
        return (x, *after)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        x, *after = g.y
        before: States = ()
        for name, cell, own in reversed(self._each(self.cells, tuple(after))):
            gradients = g.undo(name, cell, s, (x, *own))
            x, before = gradients.x, gradients.states + before
        g.states = before
        return x

    # ---- repeated over time

    def loop(self, s: Record, x: np.ndarray, states: States, keep: np.ndarray | None) -> tuple[Any, States]:
        after: States = ()
        masks = {} if keep is None else {"mask": keep[..., 0].swapaxes(0, 1)}
        y = x.swapaxes(0, 1)
        for name, loop, own in self._each(self._loops, states):
            y, *new = s.run(name, loop, y, initial_state=own, **masks)
            after += tuple(new)
        return list(y.swapaxes(0, 1)), after

    def unloop(
        self, s: Record, g: Record, x: np.ndarray, outputs: np.ndarray, states: States, keep: np.ndarray | None
    ) -> tuple[np.ndarray, States]:
        before: States = ()
        y = outputs.swapaxes(0, 1)
        for name, loop, own in reversed(self._each(self._loops, states)):
            gradients = g.undo(name, loop, s, (y, *own))
            y, before = gradients.x, gradients.initial_state + before
        return y.swapaxes(0, 1), before
