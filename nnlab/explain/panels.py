"""An array of any rank as flat panels: each a small table of numbers, or a table of such tables for windows."""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from nnlab.explain.axes import Layout, first_of, layout


class Panel(NamedTuple):
    """`label` says where it is ("b=0, f=2"); `cells` are (block rows, block columns, rows, columns)."""

    label: str
    cells: np.ndarray


def cut(
    array: np.ndarray, names: tuple[str, ...], most_panels: int | None, most_blocks: int | None
) -> tuple[np.ndarray, list[str]]:
    """The part of the array that is shown, and what was left out, in words. The last panel axis is kept longest.

    >>> part, words = cut(np.zeros((32, 5, 5, 16)), ("b", "i", "j", "f"), 8, None)
    >>> part.shape, words
    ((1, 5, 5, 8), ['first of 32 examples', 'first 8 of 16 filters'])
    """
    places = layout(names)
    keep = list(array.shape)
    if most_panels is not None:
        left = most_panels
        for axis in reversed(places.panels):
            keep[axis] = max(min(keep[axis], left), 1)
            left //= keep[axis]
    if most_blocks is not None:
        for axis in places.blocks:
            keep[axis] = min(keep[axis], most_blocks)
    words = [first_of(n, total, name) for n, total, name in zip(keep, array.shape, names, strict=True) if n < total]
    return array[tuple(slice(n) for n in keep)], words


def panels(array: np.ndarray, names: tuple[str, ...]) -> Iterator[Panel]:
    """The panels of an array, in order.

    >>> [(panel.label, panel.cells.shape) for panel in panels(np.zeros((1, 4, 4, 2)), ("b", "i", "j", "f"))]
    [('f=0', (1, 1, 4, 4)), ('f=1', (1, 1, 4, 4))]
    """
    places = layout(names)
    moved = array.transpose(*places.panels, *places.blocks, *places.grid)
    counts = moved.shape[: len(places.panels)]
    for index in itertools.product(*map(range, counts)):
        yield Panel(label(names, places, counts, index), moved[index].reshape(four(array.shape, places)))


def label(names: tuple[str, ...], places: Layout, counts: tuple[int, ...], index: tuple[int, ...]) -> str:
    """Where a panel is; an axis of length 1 needs no telling."""
    parts = zip((names[axis] for axis in places.panels), counts, index, strict=True)
    return ", ".join(f"{name}={k}" for name, n, k in parts if n > 1)


def four(shape: tuple[int, ...], places: Layout) -> tuple[int, ...]:
    """(block rows, block columns, rows, columns) of every panel."""
    blocks = tuple(shape[axis] for axis in places.blocks) or (1, 1)
    grid = tuple(shape[axis] for axis in places.grid)
    return (*blocks, *(1,) * (2 - len(grid)), *grid)
