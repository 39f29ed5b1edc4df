"""The largest cell of each window: which it is, what it holds, and the way back to it."""

import math
from collections.abc import Iterator

import numpy as np

from nnlab.arrays.later import InBlocks, Later, now
from nnlab.arrays.layout import batch_last, in_memory
from nnlab.arrays.lengths import Sizes
from nnlab.arrays.products import as_windows, rows_at_a_time
from nnlab.arrays.sliding import cells


def largest(windows: np.ndarray) -> np.ndarray:
    """What the largest cell of each window holds; NaN if one does."""
    first, *others = cells(windows)
    maximum = first.copy("K")
    for cell in others:
        np.maximum(maximum, cell, out=maximum)
    return maximum


def argmax(windows: np.ndarray, maximum: np.ndarray) -> np.ndarray:
    """Which cell of each window holds its maximum, the first of equal ones; the first NaN, if there is one.

    >>> cells = np.array([[3, 3], [3, 1], [1, 5]]).reshape(1, 3, 2, 1)
    >>> argmax(cells, largest(cells))[0, :, 0]
    array([0, 0, 1], dtype=int8)
    """
    *others, _ = cells(windows)
    index = np.zeros_like(maximum, np.min_scalar_type(-len(others) - 1))
    missed, has_nan = np.ones_like(maximum, bool), bool(np.isnan(maximum).any())
    for cell in others:
        missed &= cell != maximum
        if has_nan:
            missed &= cell == cell
        index += missed
    return index


class Winner(Later):
    """`argmax` of these windows, found when somebody asks which cell it is."""

    def __init__(self, windows: np.ndarray):
        self.maximum = largest(windows)
        super().__init__(argmax, windows, self.maximum)


def pick(windows: np.ndarray, index: np.ndarray) -> np.ndarray:
    """The cell with this index from each window; NaN where no cell has it."""
    if isinstance(index, Winner):
        return index.maximum
    picked = np.full_like(index, np.nan, windows.dtype)
    for here, cell in enumerate(cells(windows)):
        np.copyto(picked, cell, where=index == here)
    return picked


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
