"""The parts of a still picture: grids in each of their looks, curves, and maps of areas."""

from functools import singledispatch

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from nnlab.widgets import decimals
from nnlab.widgets.charts import Chart, Curves, Treemap, squarified
from nnlab.widgets.scene import Grid

CELL, TILE, BETWEEN = 0.42, 0.12, 0.3  # inches: the side of a cell, of a tile, and the space between sheets
TALL = {"bars": 0.95, "points": 0.6}  # inches of a row of bars, or of a number line
LINE_LENGTH, CHART = 3.6, (4.4, 2.4)  # inches: a number line, a chart
ABREAST = 5.2  # inches of sheets side by side
SIGNED = LinearSegmentedColormap.from_list("signed", ["#80aadf", "#f4f4f4", "#f1ab74"])
COUNT = LinearSegmentedColormap.from_list("count", ["#f4f4f4", "#7cc4aa"])
ACCENT, INK = "#7a3fd1", "#333333"
STYLES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1)), (0, (1, 3)))

Box = tuple[float, float, float, float]


def sheets(grid: Grid) -> np.ndarray:
    """Its numbers as (sheets, rows, columns)."""
    return np.asarray(grid.values, float).reshape(-1, *grid.values.shape[-2:])


def boxes(part: Grid | Chart) -> list[Box]:
    """Where each sheet of a part goes: left, top, width and height in inches."""
    if not isinstance(part, Grid):
        return [(0.4, 0.0, *CHART)]
    count, rows, columns = sheets(part).shape
    wide = LINE_LENGTH if part.look == "points" else columns * side(part)
    tall = rows * TALL.get(part.look, TILE if part.look == "tiles" else CELL)
    steps = wide + BETWEEN, tall + BETWEEN
    abreast = max(1, int(ABREAST / steps[0]))
    return [(index % abreast * steps[0], index // abreast * steps[1], wide, tall) for index in range(count)]


def side(grid: Grid) -> float:
    """How wide a cell is: enough for its number, and for its label."""
    if grid.look == "tiles":
        return TILE
    digits = grid.shown_digits
    numbers = [len(decimals.text(value, digits)) for value in np.ravel(grid.values)]
    return max(CELL, 0.075 * max([*numbers, 1]) + 0.06, 0.065 * max([*map(len, grid.labels), 1]) + 0.06)


def size(part: Grid | Chart) -> tuple[float, float]:
    """The inches that a part takes, without its title."""
    places = boxes(part)
    low = 0.0 if isinstance(part, Grid) and part.look in ("cells", "tiles") else 0.35  # what is written below it
    return max(x + wide for x, _, wide, _ in places), max(y + tall for _, y, _, tall in places) + low


def titled(part: Grid | Chart) -> str:
    """The title, which says if the numbers are not computed one by one for all."""
    return part.title if part.badge == "exact" else f"{part.title} ({part.badge})"


@singledispatch
def draw(part: Grid | Chart, axes: Axes, sheet: int, window: np.ndarray) -> None:
    """One sheet of a part, with the cells of `window` framed."""
    raise TypeError(f"there is no picture of {type(part).__name__}.")


@draw.register
def _(grid: Grid, axes: Axes, sheet: int, window: np.ndarray) -> None:
    values = sheets(grid)[sheet]
    inside = (window >= sheet * values.size) & (window < (sheet + 1) * values.size)
    cells = window[inside] - sheet * values.size
    caption = grid.sheets[sheet] if grid.sheets else str(sheet) if grid.values.ndim == 3 else ""
    axes.set_title("\n".join(filter(None, [titled(grid) if sheet == 0 else "", caption])), fontsize=9)
    axes.spines[:].set_visible(False)
    look = squares if grid.hidden else {"bars": bars, "points": points}.get(grid.look, squares)
    look(axes, grid, values, sheet, cells)


def squares(axes: Axes, grid: Grid, values: np.ndarray, sheet: int, cells: np.ndarray) -> None:
    """Coloured cells with their numbers (tiles without), the marks, and a frame around `cells`."""
    limit = np.nanmax(np.abs(grid.values), initial=0) or 1
    low, colours = (0, COUNT) if grid.scale == "count" else (-limit, SIGNED)
    axes.imshow(values, cmap=colours, vmin=low, vmax=limit, aspect="auto")
    axes.set_xticks(np.arange(values.shape[1] + 1) - 0.5, labels=[])
    axes.set_yticks(np.arange(values.shape[0] + 1) - 0.5, labels=[])
    axes.grid(color="white", linewidth=1.5 if grid.look == "cells" else 0.5)
    axes.tick_params(length=0)
    if grid.look == "cells" or grid.hidden:
        digits = grid.shown_digits
        for (row, column), value in np.ndenumerate(values):
            text = "?" if grid.hidden and np.isnan(value) else decimals.text(value, digits)
            axes.text(column, row, text, ha="center", va="center", fontsize=8)
        for column, label in enumerate(grid.labels):
            axes.text(column, len(values) - 0.4, label, ha="center", va="top", fontsize=7)
    for mark in grid.marks:
        for row, column in np.argwhere(np.reshape(mark.cells, sheets(grid).shape)[sheet]):
            outline(axes, mark.style, row, column)
    if cells.size:
        rows, columns = np.divmod(cells, values.shape[1])
        corner = columns.min() - 0.5, rows.min() - 0.5
        extent = np.ptp(columns) + 1, np.ptp(rows) + 1
        axes.add_patch(Rectangle(corner, *extent, fill=False, ec=ACCENT, lw=2.5, clip_on=False, zorder=4))


def outline(axes: Axes, style: str, row: int, column: int) -> None:
    """A mark on one cell."""
    if style == "dropped":
        axes.plot([column - 0.4, column + 0.4], [row + 0.4, row - 0.4], color=INK, lw=1)
        return
    colour, hatch = (ACCENT if style == "extra" else "#888888"), ("////" if style == "unread" else None)
    line = {"ec": INK, "ls": "-", "lw": 1.3} if style == "winner" else {"ec": colour, "ls": ":", "lw": 0.7}
    axes.add_patch(Rectangle((column - 0.45, row - 0.45), 0.9, 0.9, fill=False, hatch=hatch, **line))


def bars(axes: Axes, grid: Grid, values: np.ndarray, sheet: int, cells: np.ndarray) -> None:
    """A row of bars from the zero line for each row, each with its number."""
    low, high = min(0.0, np.nanmin(grid.values)), max(0.0, np.nanmax(grid.values))
    span = 1.5 * (high - low or 1)
    places = np.arange(values.shape[1])
    for row, line in enumerate(values):
        zero = -row * span
        colours = np.where(line < 0, "#80aadf", "#7cc4aa" if grid.scale == "count" else "#f1ab74")
        framed = np.isin(row * values.shape[1] + places, cells)
        axes.bar(places, line, bottom=zero, color=colours, ec=np.where(framed, ACCENT, "none"), lw=2)
        axes.axhline(zero, color=INK, lw=0.7)
        for column, value in enumerate(line):
            text, end = decimals.text(value, grid.shown_digits), "top" if value < 0 else "bottom"
            axes.text(column, zero + value, text, ha="center", va=end, fontsize=8)
    axes.set_xticks(places, labels=grid.labels or [str(place) for place in places], fontsize=7)
    axes.set_yticks([])
    axes.set_ylim(low - span * (len(values) - 1) - 0.15 * span, high + 0.15 * span)


def points(axes: Axes, grid: Grid, values: np.ndarray, sheet: int, cells: np.ndarray) -> None:
    """Dots on a number line for each row, each with its number above it."""
    for row, line in enumerate(values):
        axes.axhline(-row, color="#bbbbbb", lw=1, zorder=1)
        framed = np.isin(row * len(line) + np.arange(len(line)), cells)
        axes.scatter(line, np.full(len(line), -row), c=np.where(framed, ACCENT, "#777777"), s=28, zorder=2)
        span = np.ptp(grid.values) or 1.0
        ends: list[float] = []  # where the last number of each lane above the line ends
        for column in np.argsort(line, kind="stable"):
            text = decimals.text(line[column], grid.shown_digits)
            half = 0.5 * span * (0.055 * len(text) + 0.03) / LINE_LENGTH
            lane = next((lane for lane, end in enumerate(ends) if end <= line[column] - half), len(ends))
            ends[lane : lane + 1] = [line[column] + half]
            axes.text(line[column], -row + 0.14 + 0.16 * (lane % 5), text, ha="center", fontsize=6.5)
    axes.set_yticks([])
    axes.set_ylim(-len(values) + 0.7, 0.7)
    axes.tick_params(labelsize=7)


@draw.register
def _(chart: Curves, axes: Axes, sheet: int, window: np.ndarray) -> None:
    for index, (label, line) in enumerate(chart.lines.items()):
        axes.plot(
            chart.x, line, ls=STYLES[index % len(STYLES)], label=label, lw=1.5, marker="." if len(line) < 2 else ""
        )
    if chart.at is not None:
        axes.axvline(np.asarray(chart.x)[chart.at], color=ACCENT, lw=1)
    axes.set_title(titled(chart), fontsize=9)
    axes.set_xlabel(chart.x_label, fontsize=8, labelpad=1)
    axes.set_ylabel(chart.y_label, fontsize=8)
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=7, frameon=False)


@draw.register
def _(chart: Treemap, axes: Axes, sheet: int, window: np.ndarray) -> None:
    measure, values = next(iter(chart.measures.items()))
    values = np.asarray(values, float)
    axes.set_title(f"{titled(chart)}: {measure}", fontsize=9)
    axes.set_xlim(0, CHART[0])
    axes.set_ylim(CHART[1], 0)
    axes.set_axis_off()
    for index, (left, top, wide, tall) in squarified(values, *CHART).items():
        axes.add_patch(Rectangle((left, top), wide, tall, fc="#dcebe5", ec="white", lw=1.5))
        text = f"{chart.labels[index]}\n{int(values[index]):,}"
        if wide > 0.07 * len(chart.labels[index]) and tall > 0.32:
            axes.text(left + wide / 2, top + tall / 2, text, ha="center", va="center", fontsize=7, color="black")
