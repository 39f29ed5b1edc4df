"""Products of windows and kernels: a convolution and its gradients, as few large products of matrices.

The windows are laid out as columns, one for each place and example, some rows of places at a time, so that they are
still in the processor's cache when they are multiplied. A kernel is (*size, channels, filters).
"""

import math
from collections.abc import Iterator

import numpy as np

from nnlab.arrays.later import InBlocks
from nnlab.arrays.layout import batch_last, empty, in_memory

BLOCK = 2**18  # numbers that are laid out at a time: a mebibyte of float32


def correlate(windows: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Every window times the kernel, summed: (batch, *places, filters).

    >>> correlate(np.ones((1, 2, 3, 1)), np.ones((3, 1, 4))).shape
    (1, 2, 4)
    """
    rank, filters = kernel.ndim - 2, kernel.shape[-1]
    z = empty((*windows.shape[: rank + 1], filters), windows.dtype)
    rows, matrix = in_memory(z).reshape(filters, -1), kernel.reshape(-1, filters).T
    for part, columns in laid_out(windows):
        np.matmul(matrix, columns, out=rows[:, part])
    return z


def kernel_gradient(windows: np.ndarray, dz: np.ndarray) -> np.ndarray:
    """The gradient of the kernel from that of `correlate(windows, kernel)`."""
    rows = in_memory(batch_last(dz)).reshape(dz.shape[-1], -1)
    size = windows.shape[dz.ndim - 1 :]
    total = np.zeros((math.prod(size), len(rows)), dz.dtype)
    for part, columns in laid_out(windows):
        total += columns @ rows[:, part].T
    return total.reshape(*size, len(rows))


def laid_out(windows: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Windows as columns: which of all places and examples, and (cells of a window, those)."""
    rank = (windows.ndim - 2) // 2
    cells = windows.transpose(*range(rank + 1, windows.ndim), *range(1, rank + 1), 0)
    height, places = math.prod(cells.shape[: rank + 1]), cells.shape[rank + 1 :]
    width = math.prod(places[1:])
    if cells.flags.c_contiguous:
        yield slice(None), cells.reshape(height, places[0] * width)
        return
    step = rows_at_a_time(places[0], height * width)
    memory = np.empty(height * width * step, windows.dtype)
    for start in range(0, places[0], step):
        part = cells[(*(slice(None),) * (rank + 1), slice(start, start + step))]
        block = memory[: part.size].reshape(part.shape)
        np.copyto(block, part)
        yield slice(start * width, start * width + part.size // height), block.reshape(height, -1)


def rows_at_a_time(rows: int, numbers: int) -> int:
    """How many rows of places to lay out together, if each takes so many numbers."""
    return max(min(BLOCK // max(numbers, 1), rows), 1)


class Products(InBlocks):
    """Each number of dz (batch, *places, filters) times the kernel, summed over filters: windows, when they are read.

    The gradient of the windows from that of `correlate(windows, kernel)`.

    >>> Products(np.ones((1, 2, 4)), np.ones((3, 1, 4))).shape
    (1, 2, 3, 1)
    """

    def __init__(self, dz: np.ndarray, kernel: np.ndarray):
        super().__init__(dz, kernel, dtype=dz.dtype)

    def blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        dz, kernel = self.parts
        (batch, rows, *places), size = dz.shape[:-1], kernel.shape[:-1]
        matrix, width = kernel.reshape(-1, kernel.shape[-1]), math.prod(places) * batch
        columns = in_memory(batch_last(dz)).reshape(dz.shape[-1], rows * width)
        step = rows_at_a_time(rows, width * len(matrix))
        memory = np.empty(len(matrix) * width * step, dz.dtype)
        for start in range(0, rows, step):
            count = min(step, rows - start)
            block = memory[: len(matrix) * width * count].reshape(len(matrix), width * count)
            np.matmul(matrix, columns[:, start * width : (start + count) * width], out=block)
            yield start, as_windows(block.reshape(*size, count, *places, batch), len(size))


def as_windows(columns: np.ndarray, kernel_axes: int) -> np.ndarray:
    """(*size, channels, *places, batch) as windows, (batch, *places, *size, channels)."""
    return columns.transpose(-1, *range(kernel_axes, columns.ndim - 1), *range(kernel_axes))
