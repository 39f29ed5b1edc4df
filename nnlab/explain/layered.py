"""Where to put the boxes of a graph: in rows, each below what it reads from, with few crossings and straight links.

The usual three steps (Sugiyama, Tagawa and Toda 1981): rows by the longest way from the start; in each row an order by
the mean place of the neighbours; then places as near to the neighbours as the widths allow. A link past a row gets a
narrow place of its own there, so that it goes around the boxes.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

GAP, ROW_GAP, LANE = 28.0, 34.0, 10.0  # between boxes of a row, between rows, the width of a link that passes
SWEEPS = 12

Place = str | tuple[str, str, int]  # a box, or the passage of a link (from, to) through a row
Size = tuple[float, float]


class Layout(NamedTuple):
    """`centres` of the boxes (x, and the upper edge y), the `ways` of the links, and the size of it all."""

    centres: dict[str, tuple[float, float]]
    ways: dict[tuple[str, str], list[tuple[float, float]]]
    width: float
    height: float


def layered(sizes: Mapping[str, Size], links: Sequence[tuple[str, str]]) -> Layout:
    """Places for boxes of these sizes; each box comes after those that it reads from.

    >>> found = layered({"a": (50, 20), "b": (50, 20)}, [("a", "b")])
    >>> found.centres, found.height
    ({'a': (25.0, 0.0), 'b': (25.0, 54.0)}, 74.0)
    """
    links = list(dict.fromkeys(links))
    level = levels(list(sizes), links)
    rows: list[list[Place]] = [[] for _ in range(max(level.values(), default=0) + 1)]
    for name in sizes:
        rows[level[name]].append(name)
    chains = {}
    for start, end in links:
        passages: list[Place] = [(start, end, row) for row in range(level[start] + 1, level[end])]
        for row, passage in enumerate(passages, level[start] + 1):
            rows[row].append(passage)
        chains[start, end] = [start, *passages, end]
    above: dict[Place, list[Place]] = {place: [] for row in rows for place in row}
    below: dict[Place, list[Place]] = {place: [] for row in rows for place in row}
    for chain in chains.values():
        for upper, lower in itertools.pairwise(chain):
            below[upper].append(lower)
            above[lower].append(upper)
    widths = {place: sizes[place][0] if isinstance(place, str) else LANE for row in rows for place in row}
    order(rows, above, below)
    x = columns(rows, widths, above, below)
    heights = [max((sizes[place][1] for place in row if isinstance(place, str)), default=0.0) for row in rows]
    tops = [sum(heights[:row]) + ROW_GAP * row for row in range(len(rows))]
    middle = {
        place: (x[place], tops[row] + (heights[row] - (sizes[place][1] if isinstance(place, str) else 0)) / 2)
        for row, places in enumerate(rows)
        for place in places
    }
    ways = {}
    for (start, end), chain in chains.items():
        way = [(middle[start][0], middle[start][1] + sizes[start][1])]
        for passage in chain[1:-1]:
            row = passage[2]
            way += [(x[passage], tops[row]), (x[passage], tops[row] + heights[row])]
        ways[start, end] = [*way, middle[end]]
    width = max((x[place] + widths[place] / 2 for row in rows for place in row), default=0.0)
    centres = {name: middle[name] for name in sizes}
    return Layout(centres, ways, width, tops[-1] + heights[-1])


def levels(names: Sequence[str], links: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The row of each box: one below the lowest that it reads from; what reads nothing stands just above its reader."""
    level: dict[str, int] = {}
    for name in names:
        level[name] = max((level[start] + 1 for start, end in links if end == name), default=0)
    for name in names:
        readers = [level[end] for start, end in links if start == name]
        if readers and not any(end == name for _, end in links):
            level[name] = min(readers) - 1
    return level


def order(
    rows: list[list[Place]], above: Mapping[Place, Sequence[Place]], below: Mapping[Place, Sequence[Place]]
) -> None:
    """Sort each row by the mean place of the neighbours, down and up by turns, and keep what crosses least."""
    best, fewest = [list(row) for row in rows], crossings(rows, below)
    for sweep in range(SWEEPS):
        near, chosen = (above, rows[1:]) if sweep % 2 == 0 else (below, rows[-2::-1])
        for row in chosen:
            at = {place: index for each in rows for index, place in enumerate(each)}
            row.sort(key=lambda p, at=at, near=near: mean([at[n] for n in near[p]], at[p]))
        if (count := crossings(rows, below)) < fewest:
            best, fewest = [list(row) for row in rows], count
    for row, found in zip(rows, best, strict=True):
        row[:] = found


def crossings(rows: list[list[Place]], below: Mapping[Place, Sequence[Place]]) -> int:
    """How many pairs of links between neighbouring rows cross."""
    at = {place: index for row in rows for index, place in enumerate(row)}
    count = 0
    for row in rows:
        ends = [at[lower] for upper in row for lower in sorted(below[upper], key=at.get)]
        count += sum(one > other for index, one in enumerate(ends) for other in ends[index + 1 :])
    return count


def columns(
    rows: list[list[Place]],
    widths: Mapping[Place, float],
    above: Mapping[Place, Sequence[Place]],
    below: Mapping[Place, Sequence[Place]],
) -> dict[Place, float]:
    """The middle of each place: as near to the mean of its neighbours' as its row allows; the leftmost begins at 0."""
    x = {place: 0.0 for row in rows for place in row}
    for sweep in range(2 * SWEEPS):
        both = sweep >= SWEEPS
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            near = {p: [*above[p], *below[p]] if both else (above[p] if sweep % 2 == 0 else below[p]) for p in row}
            wished = [mean([x[n] for n in near[place]], x[place]) for place in row]
            x.update(zip(row, spread(wished, [widths[place] for place in row]), strict=True))
    left = min((x[place] - widths[place] / 2 for row in rows for place in row), default=0.0)
    return {place: value - left for place, value in x.items()}


def spread(wished: Sequence[float], widths: Sequence[float]) -> list[float]:
    """The places nearest to the wished ones (least squares) at which boxes of these widths do not touch.

    >>> spread([0.0, 0.0], [10.0, 10.0])
    [-19.0, 19.0]
    """
    offsets = [0.0]
    for one, other in itertools.pairwise(widths):
        offsets.append(offsets[-1] + (one + other) / 2 + GAP)
    pools: list[list[float]] = []  # neighbours that would touch move together, by the mean of their wishes
    for wish, offset in zip(wished, offsets, strict=True):
        pools.append([wish - offset, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            value, count = pools.pop()
            before, weight = pools[-1]
            pools[-1] = [(before * weight + value * count) / (weight + count), weight + count]
    flat = [value for value, count in pools for _ in range(int(count))]
    return [value + offset for value, offset in zip(flat, offsets, strict=True)]


def mean(values: Sequence[float], otherwise: float) -> float:
    """The mean; of nothing what is given."""
    return sum(values) / len(values) if values else otherwise
