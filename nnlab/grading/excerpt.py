"""A small picture of a difference: expected and got side by side, cut out around the first wrong value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnlab.grading.compare import agree, number

SIDE = 5  # at most this many rows and columns
PAIRS = (("h", "w"), ("u", "v"), ("i", "j"))


@dataclass(frozen=True)
class Excerpt:
    """Rows of printed numbers; `where` says which part of the arrays they are, `wrong` which differ."""

    where: str
    expected: tuple[tuple[str, ...], ...]
    got: tuple[tuple[str, ...], ...]
    wrong: tuple[tuple[bool, ...], ...]


def excerpt(
    expected: np.ndarray, got: np.ndarray, index: tuple[int, ...], axes: str, tolerance: float
) -> Excerpt | None:
    """Cut both arrays (of one shape) to two axes through `index`: a picture's, a kernel's, else the last two.

    >>> a, b = np.zeros((2, 3)), np.eye(2, 3)
    >>> excerpt(a, b, (0, 0), "h w", 1e-5).got
    (('1', '0', '0'), ('0', '1', '0'))
    """
    if expected.ndim == 0:
        return None
    letters = axes.split()
    shown = _shown_axes(letters if len(letters) == expected.ndim else [], expected.ndim)
    place: list[int | slice] = list(index)
    names: list[str] = [str(i) for i in index]
    for axis in shown:
        start = max(0, min(index[axis] - SIDE // 2, expected.shape[axis] - SIDE))
        stop = min(start + SIDE, expected.shape[axis])
        place[axis] = slice(start, stop)
        names[axis] = ":" if stop - start == expected.shape[axis] else f"{start}:{stop}"
    wrong = ~agree(expected, got, tolerance)
    cut = tuple(place)
    return Excerpt(f"[{', '.join(names)}]", _rows(expected[cut]), _rows(got[cut]), _flags(wrong[cut]))


def _shown_axes(letters: list[str], rank: int) -> tuple[int, ...]:
    for pair in PAIRS:
        if all(letter in letters for letter in pair):
            return tuple(letters.index(letter) for letter in pair)
    return tuple(range(max(0, rank - 2), rank))


def _rows(part: np.ndarray) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(number(value) for value in row) for row in np.atleast_2d(part).tolist())


def _flags(part: np.ndarray) -> tuple[tuple[bool, ...], ...]:
    return tuple(tuple(row) for row in np.atleast_2d(part).tolist())
