"""The largest cell of each window: which it is, what it holds, and the way back to it."""

import math
from collections.abc import Iterator

import numpy as np

from nnlab.arrays.later import InBlocks, Later, now
from nnlab.arrays.layout import batch_last, empty, in_memory
from nnlab.arrays.lengths import Sizes
from nnlab.arrays.products import as_windows, rows_at_a_time
from nnlab.arrays.sliding import cells


def argmax(windows: np.ndarray) -> np.ndarray:
    """Which cell of each window is the largest, the first of equal ones; the first NaN, if there is one.

    >>> argmax(np.array([[3, 3], [3, 1], [1, 5]]).reshape(1, 3, 2, 1))[0, :, 0]
    array([0, 0, 1], dtype=int8)
    """
    first, *others = cells(windows)
    winner = empty(first.shape, np.min_scalar_type(-len(others) - 1))
    winner[...] = 0
    largest = first.copy("K")
    for index, cell in enumerate(others, 1):
        better = ~(cell <= largest)
        better &= largest == largest  # true for a first NaN, never after it
        np.maximum(winner, better * winner.dtype.type(index), out=winner)
        np.maximum(largest, cell, out=largest)
    return winner


class Winner(Later):
    """`argmax(windows)`, found when somebody asks which cell it is."""

    def __init__(self, windows: np.ndarray):
        super().__init__(argmax, windows)


def pick(windows: np.ndarray, index: np.ndarray) -> np.ndarray:
    """The cell with this index from each window; NaN where no cell has it."""
    if isinstance(index, Winner):
        return largest(windows)
    picked = np.full_like(index, np.nan, windows.dtype)
    for here, cell in enumerate(cells(windows)):
        np.copyto(picked, cell, where=index == here)
    return picked


def largest(windows: np.ndarray) -> np.ndarray:
    """What the largest cell of each window holds; NaN if one does."""
    first, *others = cells(windows)
    maximum = first.copy("K")
    for cell in others:
        np.maximum(maximum, cell, out=maximum)
    return maximum


class Unpicked(InBlocks):
    """Windows of this size with each value in the cell that its index names, else zeros: the adjoint of `pick`."""

    def __init__(self, values: np.ndarray, index: np.ndarray, size: Sizes):
        super().__init__(values, index, size, dtype=values.dtype)

    def blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        values, index, size = self.parts
        values, index = in_memory(batch_last(values)), in_memory(batch_last(now(index)))
        rows = values.shape[1]
        step = rows_at_a_time(rows, math.prod(size) * values.size // max(rows, 1))
        for start in range(0, rows, step):
            part, chosen = values[:, start : start + step], index[:, start : start + step]
            block = np.empty((math.prod(size), *part.shape), values.dtype)
            for here, cell in enumerate(block):
                np.multiply(part, chosen == here, out=cell)
            yield start, as_windows(block.reshape(*size, *part.shape), len(size) + 1)
