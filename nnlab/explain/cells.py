"""Few numbers as tables: every number printed, tinted by its sign and size, its index and exact value on hover."""

from html import escape
from typing import Any

import numpy as np

from nnlab.explain import picture
from nnlab.explain.axes import Layout, layout
from nnlab.explain.numbers import FEW, digits, exact, format_array, rounded
from nnlab.explain.panels import Panel, four, panels
from nnlab.explain.style import HIDDEN, MONO, QUIET, note, row

WIDE = 8  # columns; more are set smaller and with fewer digits
TEN = 10  # numbers in one line of a long row


def html(array: np.ndarray, names: tuple[str, ...], name: str = "", outside: float = 0.0) -> str:
    """All numbers of `array`, one table a panel.

    >>> html(np.array([[0.5, -0.25]]), ("b", "d")).count("<td title=")
    2
    """
    places = layout(names, array.shape)
    _, block_columns, _, columns = four(array.shape, places)
    wide = block_columns * columns > WIDE
    texts = format_array(array, digits(array, 3) if wide or array.size > FEW else None)
    titles = np.empty(array.shape, object)
    for index, value in np.ndenumerate(array):
        titles[index] = f"{list(index)} = {exact(value)}" if index else exact(value)
    scale, style = picture.scale_of(array), "padding:1px 3px" if wide else "padding:1px 5px"
    tints = np.empty(array.shape, object)
    tints.flat = [
        style + (f";background:{picture.colour(float(v), scale, outside=outside)}" if v else "") for v in array.flat
    ]
    cells = np.empty(array.shape, object)
    cells.flat = list(map(cell, titles.flat, tints.flat, texts.flat))
    tables = [table(panel, names, places, name, 11 if wide else 12) for panel in panels(cells, names)]
    return (note("rounded; exact on hover") if rounded(array, texts) else "") + row(tables)


def tint(value: float, scale: float, outside: float) -> str:
    """The background of a number; zero has none."""
    return f";background:{picture.colour(value, scale, outside=outside)}" if value else ""


def cell(title: str, style: str, text: str) -> str:
    """One number."""
    loud = ";font-weight:bold" if text in ("nan", "inf", "-inf") else ""
    whole = ";white-space:nowrap" if "e" in text else ""  # a line must not end inside of 2e-04
    return f'<td title="{title}" style="{style}{loud}{whole}">{text}</td>'


def table(panel: Panel, names: tuple[str, ...], places: Layout, name: str, size: int) -> str:
    """One panel; windows stand in it as blocks with a gap between."""
    caption = panel.label or escape(name) or "numbers"
    style = f"text-align:left;padding:0;{QUIET}{'' if panel.label else ';' + HIDDEN}"
    lines = (
        blocks(panel, *(names[axis] for axis in places.blocks)) if places.blocks else plain(panel, names, places.grid)
    )
    return (
        f'<table aria-label="{escape(", ".join(filter(None, [name, panel.label])))}" '
        f'style="border-collapse:separate;border-spacing:1px;width:auto;margin:0;{MONO};font-size:{size}px">'
        f'<caption style="{style}">{caption}</caption>{"".join(map(tr, lines))}</table>'
    )


def plain(panel: Panel, names: tuple[str, ...], grid: tuple[int, ...]) -> list[str]:
    """The rows of a table with the indices of its axes above and beside."""
    cells = panel.cells[0, 0]
    if not grid:
        return [cells[0, 0]]
    if cells.shape[0] == 1 and cells.shape[1] > TEN:  # a long row, in lines of ten
        starts = range(0, cells.shape[1], TEN)
        top = head(names[grid[-1]]) + "".join(head(k, "col") for k in range(TEN))
        return [top, *(head(start, "row") + "".join(cells[0, start : start + TEN]) for start in starts)]
    top = head("\\".join(names[axis] for axis in grid)) + "".join(head(k, "col") for k in range(cells.shape[1]))
    return [top, *(head(k if len(grid) == 2 else "", "row") + "".join(line) for k, line in enumerate(cells))]


def blocks(panel: Panel, down: str, across: str) -> list[str]:
    """The rows of a table of small tables, each with its place above and beside."""
    _, block_columns, rows, columns = panel.cells.shape
    gap = '<td style="padding:0;width:6px"></td>'
    lines = [head() + gap.join(head(f"{across}={k}", "col", columns=columns) for k in range(block_columns))]
    for k, block_row in enumerate(panel.cells):
        if k:
            lines.append('<td style="padding:0;height:5px"></td>')
        for row_of_block in range(rows):
            beside = head(f"{down}={k}", "row", rows=rows) if row_of_block == 0 else ""
            lines.append(beside + gap.join("".join(block[row_of_block]) for block in block_row))
    return lines


def tr(cells: str) -> str:
    """A row, without the stripes that a notebook gives to tables."""
    return f'<tr align="right" style="background-color:transparent">{cells}</tr>'


def head(text: Any = "", scope: str = "", columns: int = 1, rows: int = 1) -> str:
    """An index above or beside the numbers."""
    spans = f' colspan="{columns}"' * (columns > 1) + f' rowspan="{rows}"' * (rows > 1)
    aligned = "center" if columns > 1 else "right"
    style = f"padding:0 5px;font-weight:normal;text-align:{aligned};opacity:0.5"
    return f'<th scope="{scope}"{spans} style="{style}">{text}</th>' if scope else f'<td style="{style}">{text}</td>'
