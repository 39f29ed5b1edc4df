"""Arithmetic of arrays that slide: windows and their adjoint, pads, output lengths. NumPy only.

Arrays are (batch, *spatial, channels) with any number of spatial axes. The window at place i covers the padded
input at i * stride + u * dilation for u = 0 .. size - 1 (Dumoulin and Visin, arXiv:1603.07285).
"""

import itertools
import math
from collections.abc import Iterator

import numpy as np

Sizes = tuple[int, ...]
MOST_PADDED = 2**28  # numbers in a padded array, a gibibyte in float32: beyond, it was a slip of the keyboard


def extent(size: int, dilation: int = 1) -> int:
    """How many input cells a window reaches over.

    >>> extent(3), extent(3, dilation=2)
    (3, 5)
    """
    return (size - 1) * dilation + 1


def output_length(length: int | None, size: int, stride: int, padding: str, dilation: int = 1) -> int | None:
    """How many windows fit: floor((length - extent) / stride) + 1; ceil(length / stride) for "same" and "causal".

    >>> output_length(28, 3, 1, "valid"), output_length(5, 3, 2, "same"), output_length(None, 3, 1, "same")
    (26, 3, None)
    """
    if length is None:
        return None
    if padding in ("same", "causal"):
        return math.ceil(length / stride)
    return max((length - extent(size, dilation)) // stride + 1, 0)


def stretch(size: int, stride: int, padding: str, dilation: int = 1, output_padding: int | None = None) -> int:
    """How many output cells the last input cell of a transposed convolution accounts for; each before it: `stride`.

    So that without `output_padding` the convolution back ("valid" or "same") has the length of the input again.

    >>> stretch(3, 2, "valid"), stretch(2, 3, "valid"), stretch(3, 2, "same"), stretch(3, 2, "same", 1, 0)
    (3, 3, 2, 1)
    """
    reach = extent(size, dilation)
    if padding == "valid":
        return max(reach, stride) if output_padding is None else reach + output_padding
    return stride if output_padding is None else reach % 2 + output_padding


def pads(length: int, size: int, stride: int, padding: str, dilation: int = 1) -> tuple[int, int]:
    """How many zeros go before and after; where the total is odd, "same" puts the extra one after.

    "causal" puts all of them before, so that a window ends where its place is.

    >>> pads(5, 3, 1, "same"), pads(6, 3, 2, "same"), pads(5, 3, 1, "valid"), pads(5, 3, 1, "causal")
    ((1, 1), (0, 1), (0, 0), (2, 0))
    """
    if padding == "valid":
        return 0, 0
    if padding == "causal":
        return extent(size, dilation) - 1, 0
    total = max((math.ceil(length / stride) - 1) * stride + extent(size, dilation) - length, 0)
    return total // 2, total - total // 2


def pad(x: np.ndarray, amounts: tuple[tuple[int, int], ...], value: float = 0.0) -> np.ndarray:
    """`x` with (before, after) cells of `value` around each spatial axis; `x` itself if there are none.

    >>> pad(np.ones((1, 2, 1)), ((1, 2),))[0, :, 0]
    array([0., 1., 1., 0., 0.])
    """
    if not any(itertools.chain.from_iterable(amounts)):
        return x
    spatial = [before + n + after for n, (before, after) in zip(x.shape[1:-1], amounts, strict=True)]
    if (numbers := math.prod((x.shape[0], *spatial, x.shape[-1]))) > max(MOST_PADDED, x.size):
        raise MemoryError(f"the padded array would have {numbers:,} numbers.")
    padded = np.full((x.shape[0], *spatial, x.shape[-1]), value, x.dtype)
    padded[inside(x.shape, amounts)] = x
    return padded


def unpad(padded: np.ndarray, amounts: tuple[tuple[int, int], ...]) -> np.ndarray:
    """`padded` without (before, after) cells of each spatial axis: the adjoint of `pad` with zeros.

    >>> unpad(np.array([[[0], [1], [1], [0], [0]]]), ((1, 2),))[0, :, 0]
    array([1, 1])
    """
    return padded[slice(None), *(slice(before, -after or None) for before, after in amounts)]


def inside(shape: Sizes, amounts: tuple[tuple[int, int], ...]) -> tuple[slice, ...]:
    """The place of an array of `shape` inside its padded version."""
    spatial = zip(shape[1:-1], amounts, strict=True)
    return (slice(None), *(slice(before, before + n) for n, (before, _) in spatial))


def windows(x: np.ndarray, size: Sizes, strides: Sizes, dilation: Sizes | None = None) -> np.ndarray:
    """Every window of `x`: shape (batch, *places, *size, channels), a read-only view that copies nothing.

    >>> windows(np.arange(5).reshape(1, 5, 1), (3,), (2,))[0, :, :, 0]
    array([[0, 1, 2],
           [2, 3, 4]])
    """
    dilation = dilation or (1,) * len(size)
    spatial = list(zip(x.shape[1:-1], size, strides, dilation, strict=True))
    places = tuple(output_length(n, k, s, "valid", d) for n, k, s, d in spatial)
    steps = x.strides[1:-1]
    return np.lib.stride_tricks.as_strided(
        x,
        (x.shape[0], *places, *size, x.shape[-1]),
        (
            x.strides[0],
            *(step * s for step, s in zip(steps, strides, strict=True)),
            *(step * d for step, d in zip(steps, dilation, strict=True)),
            x.strides[-1],
        ),
        writeable=False,
    )


def fold(values: np.ndarray, shape: Sizes, strides: Sizes, dilation: Sizes | None = None) -> np.ndarray:
    """Add every window back into its place in zeros of `shape`: the adjoint of `windows`.

    >>> fold(np.ones((1, 2, 3, 1)), (1, 5, 1), (2,))[0, :, 0]
    array([1., 1., 2., 1., 1.])
    """
    rank = len(shape) - 2
    places, size = values.shape[1 : 1 + rank], values.shape[1 + rank : -1]
    dilation = dilation or (1,) * rank
    total = np.zeros(shape, values.dtype)
    everywhere = (slice(None),) * (1 + rank)
    for offset in np.ndindex(*size):
        reach = zip(offset, dilation, strides, places, strict=True)
        target = (slice(u * d, u * d + s * (n - 1) + 1, s) for u, d, s, n in reach)
        total[(slice(None), *target)] += values[(*everywhere, *offset)]
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


def argmax(windows: np.ndarray) -> np.ndarray:
    """Which cell of each window is the largest, the first of equal ones; the first NaN, if there is one.

    >>> argmax(windows(np.array([3, 3, 1, 5]).reshape(1, 4, 1), (2,), (1,)))[0, :, 0]
    array([0, 0, 1])
    """
    largest, winner = None, None
    for index, cell in enumerate(cells(windows)):
        if winner is None:
            largest, winner = cell, np.zeros(cell.shape, int)
        else:
            better = ~(cell <= largest) & (largest == largest)  # true for a first NaN, never after it
            largest, winner = np.where(better, cell, largest), np.where(better, index, winner)
    return winner


def pick(windows: np.ndarray, index: np.ndarray) -> np.ndarray:
    """The cell with this index from each window; NaN where no cell has it."""
    picked = np.full(index.shape, np.nan, windows.dtype)
    for here, cell in enumerate(cells(windows)):
        np.copyto(picked, cell, where=index == here)
    return picked


def unpick(values: np.ndarray, index: np.ndarray, size: Sizes) -> np.ndarray:
    """Windows of this size with each value in the cell that its index names, else zeros: the adjoint of `pick`."""
    spread = np.empty((*values.shape[:-1], *size, values.shape[-1]), values.dtype)
    for here, cell in enumerate(cells(spread)):
        np.multiply(values, index == here, out=cell)
    return spread
