"""A scene as a still picture, for pages and printers where no widget runs."""

from decimal import Decimal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnlab.widgets.scene import Grid, Scene

CELL, GAP, TOP = 0.42, 0.55, 0.62  # inches: a cell's side, the space between grids, the space for titles
SIGNED = LinearSegmentedColormap.from_list("signed", ["#80aadf", "#f4f4f4", "#f1ab74"])
COUNT = LinearSegmentedColormap.from_list("count", ["#f4f4f4", "#7cc4aa"])
ACCENT = "#7a3fd1"


def figure(scene: Scene, cell: int = 0) -> Figure:
    """All grids in one row with the window of result cell number `cell` framed, and the account of that cell."""
    places = scene.grid(scene.result).values.size
    if not 0 <= cell < places:
        raise IndexError(f"cell must be from 0 to {places - 1}, received {cell}.")
    widths = [grid.values.shape[1] * CELL for grid in scene.grids]
    height = max(grid.values.shape[0] for grid in scene.grids) * CELL
    total = (sum(widths) + GAP * (len(widths) + 1), height + 2 * TOP)
    # No pyplot: a widget's callbacks run in another thread, and pyplot's current figure is shared by all.
    picture = Figure(figsize=total, facecolor="white")
    left = GAP
    for grid, width in zip(scene.grids, widths, strict=True):
        tall = grid.values.shape[0] * CELL
        bottom = TOP + (height - tall) / 2
        axes = picture.add_axes((left / total[0], bottom / total[1], width / total[0], tall / total[1]))
        draw(axes, grid, linked(scene, grid.name, cell))
        if grid.before:
            picture.text((left - GAP / 2) / total[0], 0.5, grid.before, ha="center", va="center", fontsize=15)
        left += width + GAP
    picture.text(GAP / total[0], 1 - 0.1 / total[1], f"{scene.title}   {scene.formula}", va="top", fontsize=10)
    picture.text(GAP / total[0], 0.14 / total[1], account(scene, cell), fontsize=9)
    return picture


def draw(axes: Axes, grid: Grid, window: np.ndarray) -> None:
    """One grid: coloured cells, their numbers, its marks, and a frame around the cells of `window`."""
    values = np.asarray(grid.values, float)
    limit = np.abs(values).max(initial=0) or 1
    low, colours = (0, COUNT) if grid.scale == "count" else (-limit, SIGNED)
    axes.imshow(values, cmap=colours, vmin=low, vmax=limit, aspect="auto")
    axes.set_title(grid.title, fontsize=9)
    axes.set_xticks(np.arange(values.shape[1] + 1) - 0.5, labels=[])
    axes.set_yticks(np.arange(values.shape[0] + 1) - 0.5, labels=[])
    axes.grid(color="white", linewidth=1.5)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    digits = grid.shown_digits
    for (row, column), value in np.ndenumerate(values):
        axes.text(column, row, printed(value, digits), ha="center", va="center", fontsize=8 if digits < 2 else 6.5)
    for mark in grid.marks:
        colour, hatch = (ACCENT if mark.style == "extra" else "#888888"), ("////" if mark.style == "unread" else None)
        for row, column in np.argwhere(mark.cells):
            box = Rectangle((column - 0.45, row - 0.45), 0.9, 0.9, fill=False, ec=colour, ls=":", hatch=hatch, lw=0.7)
            axes.add_patch(box)
    if window.size:
        rows, columns = np.divmod(window, values.shape[1])
        corner = columns.min() - 0.5, rows.min() - 0.5
        size = np.ptp(columns) + 1, np.ptp(rows) + 1
        axes.add_patch(Rectangle(corner, *size, fill=False, ec=ACCENT, lw=2.5, clip_on=False, zorder=4))


def linked(scene: Scene, name: str, cell: int) -> np.ndarray:
    """The cells of grid `name` in the account of result cell `cell`; none if all of them are."""
    if name == scene.result:
        return np.array([cell])
    links = scene.accounts[scene.result].links
    if name not in links:
        return np.array([], int)
    cells = np.unique(links[name][cell])
    cells = cells[cells >= 0]
    return cells if cells.size < scene.grid(name).values.size else np.array([], int)


def account(scene: Scene, cell: int) -> str:
    """How result cell `cell` comes about, in one line that adds up as printed."""
    ledger = scene.accounts[scene.result]
    result = scene.grid(scene.result)
    row, column = divmod(cell, result.values.shape[1])
    addends = [float(scene.grid(name).values.item()) for name in ledger.addends]
    terms = [printed(value, ledger.digits) for value in (float(np.sum(ledger.values[cell])), *addends)]
    value = printed(result.values[row, column], ledger.digits)
    rounding = exact(value) - sum(map(exact, terms))
    rest = f" + {printed(float(rounding), ledger.digits)} (rounding)" if rounding else ""
    return f"{result.noun} ({row}, {column}) = {' + '.join(terms)}{rest} = {value}"


def exact(text: str) -> Decimal:
    """The number that stands there."""
    return Decimal(text.replace("\N{MINUS SIGN}", "-"))


def printed(value: float, digits: int) -> str:
    """`value` with a minus sign as in print, and no negative zero."""
    text = f"{value:.{digits}f}"
    return text.replace("-", "" if float(text) == 0 else "−")
