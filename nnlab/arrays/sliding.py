"""Windows: the cells under a kernel at each place, as a view; and the way back."""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nnlab.arrays.later import InBlocks
from nnlab.arrays.layout import empty, in_memory
from nnlab.arrays.lengths import Sizes, extent, output_length


def windows(x: np.ndarray, size: Sizes, strides: Sizes, dilation: Sizes | None = None) -> np.ndarray:
    """Every window of `x`: shape (batch, *places, *size, channels), a read-only view that copies nothing.

    >>> windows(np.arange(5).reshape(1, 5, 1), (3,), (2,))[0, :, :, 0]
    array([[0, 1, 2],
           [2, 3, 4]])
    """
    dilation = dilation or (1,) * len(size)
    spatial = list(zip(x.shape[1:-1], size, strides, dilation, strict=True))
    places = tuple(output_length(n, k, s, "valid", d) for n, k, s, d in spatial)
    first, *steps, last = x.strides
    shape = (x.shape[0], *places, *size, x.shape[-1])
    of_places = (step * s for step, s in zip(steps, strides, strict=True))
    of_cells = (step * d for step, d in zip(steps, dilation, strict=True))
    memory = in_memory(x)
    if not memory.flags.c_contiguous:
        return as_strided(x, shape, (first, *of_places, *of_cells, last), writeable=False)
    view = np.ndarray(shape, x.dtype, memory, 0, (first, *of_places, *of_cells, last))  # the same, in less time
    view.flags.writeable = False
    return view


def fold(values: np.ndarray, shape: Sizes, strides: Sizes, dilation: Sizes | None = None) -> np.ndarray:
    """Add every window back into its place in zeros of `shape`: the adjoint of `windows`.

    Values that come in `blocks()` are asked for one after another, and never stand in memory as a whole.

    >>> fold(np.ones((1, 2, 3, 1)), (1, 5, 1), (2,))[0, :, 0]
    array([1., 1., 2., 1., 1.])
    """
    rank = len(shape) - 2
    dilation = dilation or (1,) * rank
    total = empty(shape, values.dtype)
    total[...] = 0
    everywhere = (slice(None),) * (1 + rank)
    for start, block in values.blocks() if isinstance(values, InBlocks) else [(0, values)]:
        places, size = block.shape[1 : 1 + rank], block.shape[1 + rank : -1]
        apart = all(n <= stride for n, stride in zip(map(extent, size, dilation), strides, strict=True))
        for offset in np.ndindex(*size):
            first = [u * d for u, d in zip(offset, dilation, strict=True)]
            first[0] += start * strides[0]
            target = (slice(u, u + s * (n - 1) + 1, s) for u, s, n in zip(first, strides, places, strict=True))
            into, cell = total[(slice(None), *target)], block[(*everywhere, *offset)]
            if apart:  # no cell is in two windows
                np.copyto(into, cell)
            else:
                np.add(into, cell, out=into)
    return total


def cells(windows: np.ndarray) -> Iterator[np.ndarray]:
    """The windows' first cells, then their second ones, and so on: each (batch, *places, channels).

    >>> [cell[0, :, 0].tolist() for cell in cells(windows(np.arange(5).reshape(1, 5, 1), (3,), (2,)))]
    [[0, 2], [1, 3], [2, 4]]
    """
    rank = (windows.ndim - 2) // 2
    everywhere = (slice(None),) * (1 + rank)
    for offset in np.ndindex(*windows.shape[1 + rank : -1]):
        yield windows[(*everywhere, *offset)]
