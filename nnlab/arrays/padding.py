"""Pads: cells around an image, and the image without them."""

import itertools
import math

import numpy as np

from nnlab.arrays.layout import batch_last, empty
from nnlab.arrays.lengths import Sizes
from nnlab.core.arguments import MOST_NUMBERS


def pad(x: np.ndarray, amounts: tuple[tuple[int, int], ...], value: float = 0.0) -> np.ndarray:
    """`x` with (before, after) cells of `value` around each spatial axis, the batch innermost in memory.

    >>> pad(np.ones((1, 2, 1)), ((1, 2),))[0, :, 0]
    array([0., 1., 1., 0., 0.])
    """
    if not any(itertools.chain.from_iterable(amounts)):
        return batch_last(x)
    spatial = [before + n + after for n, (before, after) in zip(x.shape[1:-1], amounts, strict=True)]
    if (numbers := math.prod((x.shape[0], *spatial, x.shape[-1]))) > max(MOST_NUMBERS, x.size):
        raise MemoryError(f"the padded array would have {numbers:,} numbers.")
    padded = empty((x.shape[0], *spatial, x.shape[-1]), x.dtype)
    padded[...] = value
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
