"""An array of any rank as flat panels: each a small table of numbers, or a table of such tables for windows."""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from nnlab.explain.axes import Layout, every, first_of, layout


class Panel(NamedTuple):
    """`label` says where it is ("b=0, f=2"); `cells` are (block rows, block columns, rows, columns)."""

    label: str
    cells: np.ndarray


def cut(array: np.ndarray, names: tuple[str, ...], most_panels: int, most_blocks: int) -> tuple[np.ndarray, list[str]]:
    """The part of the array that is shown and, in words, what part it is.

    The first panels, most along the last axis; of output places every so manieth, so that the whole image is seen.

    >>> part, words = cut(np.zeros((32, 5, 5, 16)), ("b", "i", "j", "f"), 8, 8)
    >>> part.shape, words
    ((1, 5, 5, 8), ['first of 32 examples', 'first 8 of 16 filters'])
    >>> cut(np.zeros((1, 28, 28, 3, 3, 1)), ("b", "i", "j", "u", "v", "c"), 8, 8)[1]
    ['every 4th of 28 output rows', 'every 4th of 28 output columns']
    """
    places = layout(names, array.shape)
    slices, words, left = [slice(None)] * array.ndim, {}, most_panels
    for axis in reversed(places.panels):
        keep = max(min(array.shape[axis], left), 1)
        left //= keep
        slices[axis] = slice(keep)
        words[axis] = first_of(keep, array.shape[axis], names[axis])
    for axis in places.blocks:
        keep, total = most_blocks, array.shape[axis]
        if names[axis] in ("i", "j"):
            step = -(-total // keep)
            slices[axis], words[axis] = slice(None, None, step), every(step, total, names[axis])
        else:
            slices[axis], words[axis] = slice(keep), first_of(min(keep, total), total, names[axis])
    return array[tuple(slices)], [words[axis] for axis in sorted(words) if words[axis]]


def panels(array: np.ndarray, names: tuple[str, ...]) -> Iterator[Panel]:
    """The panels of an array, in order.

    >>> [(panel.label, panel.cells.shape) for panel in panels(np.zeros((1, 4, 4, 2)), ("b", "i", "j", "f"))]
    [('f=0', (1, 1, 4, 4)), ('f=1', (1, 1, 4, 4))]
    """
    places = layout(names, array.shape)
    moved = array.transpose(*places.panels, *places.blocks, *places.grid)
    counts = moved.shape[: len(places.panels)]
    for index in itertools.product(*map(range, counts)):
        yield Panel(label(names, places, counts, index), moved[(*index, ...)].reshape(four(array.shape, places)))


def label(names: tuple[str, ...], places: Layout, counts: tuple[int, ...], index: tuple[int, ...]) -> str:
    """Where a panel is; an axis of length 1 needs no telling."""
    parts = zip((names[axis] for axis in places.panels), counts, index, strict=True)
    return ", ".join(f"{name}={k}" for name, n, k in parts if n > 1)


def four(shape: tuple[int, ...], places: Layout) -> tuple[int, ...]:
    """(block rows, block columns, rows, columns) of every panel."""
    blocks = tuple(shape[axis] for axis in places.blocks) or (1, 1)
    grid = tuple(shape[axis] for axis in places.grid)
    return (*blocks, *(1,) * (2 - len(grid)), *grid)
