"""An array as static HTML: a table of tinted numbers while it is small, a signed picture with a legend when large.

Only what the sanitizers of JupyterLab and of notebook viewers keep: tables, images, inline styles with plain
colours. Nothing has a background of its own and text has the page's colour, so the same HTML fits a light and a
dark theme; where even inline styles are removed, the numbers and the pictures remain.
"""

import itertools
from html import escape
from typing import Any, NamedTuple

import numpy as np

from nnlab.explain import picture
from nnlab.explain.axes import layout, letters, shape_text
from nnlab.explain.numbers import exact, format_array, nonfinite, rounded, short, summary
from nnlab.explain.panels import Panel, cut, four, panels

QUIET = "opacity:0.65;font-size:11px"
LINE = "rgba(128,128,128,0.4)"
MONO = "font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:12px"


class Limits(NamedTuple):
    """How much is shown: `numbers` in tables (with `columns`), `panels`, `blocks` a side, picture cells a `side`."""

    numbers: int = 150
    columns: int = 16
    panels: int = 8
    blocks: int = 8
    side: int = 64


PAGE = Limits()  # one of many values on a page
ALONE = Limits(numbers=600, columns=32, panels=32, blocks=32, side=128)  # a value by itself


def html(array: Any, axes: str = "", name: str = "", limits: Limits = PAGE) -> str:
    """`array` with axes named as in `Step.axes`; `name` is what a screen reader calls it.

    >>> html([[0.5, -0.25]], "b d").count("<td title=")
    2
    >>> "<img" in html(np.zeros((28, 28)), "h w")
    True
    """
    array = np.asarray(array)
    if array.dtype.kind not in "biuf":
        return note(f"{array.dtype} values: {escape(str(array)[:200])}")
    names = letters(axes, array.ndim)
    if array.size == 0:
        return note(f"no numbers: {escape(shape_text(names, array.shape))}")
    rows = four(array.shape, layout(names))
    if array.size <= limits.numbers and rows[1] * rows[3] <= limits.columns:
        return numbers(array, names, name)
    return pictures(array, names, name, limits)


def note(text: str, loud: bool = False) -> str:
    """A quiet line under a picture (`text` is HTML); a loud one is in bold on magenta."""
    style = f"font-weight:bold;background-color:rgba({','.join(map(str, picture.LOUD))},0.25);padding:1px 6px"
    return f'<div style="{style if loud else QUIET}">{text}</div>'


def warnings(array: np.ndarray) -> str:
    """A loud line if some numbers are NaN or infinite."""
    return "".join(note(text, loud=True) for text in nonfinite(array))


def numbers(array: np.ndarray, names: tuple[str, ...], name: str) -> str:
    """Tables of all numbers; hover shows the index and the exact value."""
    texts, scale = format_array(array), picture.scale_of(array)
    titles = np.empty(array.shape, object)
    for index, value in np.ndenumerate(array):
        titles[index] = f"{list(index)} = {exact(value)}" if index else exact(value)
    together = zip(panels(array, names), panels(texts, names), panels(titles, names), strict=True)
    tables = [table(*each, scale, names, name) for each in together]
    notes = note("rounded; exact on hover") if rounded(array, texts) else ""
    return row(tables) + notes + warnings(array)


def row(parts: list[str]) -> str:
    """Parts side by side, on further lines where the page is narrow."""
    if len(parts) == 1:
        return parts[0]
    return f'<div style="display:flex;flex-wrap:wrap;gap:10px 16px">{"".join(parts)}</div>'


def table(values: Panel, texts: Panel, titles: Panel, scale: float, names: tuple[str, ...], name: str) -> str:
    """One panel of numbers."""
    places = layout(names)
    block_rows, block_columns, rows, columns = values.cells.shape
    caption = ", ".join(filter(None, [escape(name), values.label]))
    hidden = "" if values.label else ";position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)"
    out = [
        f'<table style="border-collapse:separate;border-spacing:1px;width:auto;margin:0;{MONO}">'
        f'<caption style="text-align:left;padding:0;{QUIET}{hidden}">{caption or "numbers"}</caption>'
    ]
    if places.blocks:
        down, across = (names[axis] for axis in places.blocks)
        heads = [head(f"{across}={k}", "col", columns) for k in range(block_columns)]
        out.append(tr(head("", "") + gap().join(heads)))
    elif values.cells.size > 1:
        corner = "\\".join(names[axis] for axis in places.grid)
        out.append(tr(head(corner, "") + "".join(head(str(k), "col") for k in range(columns))))
    for block in range(block_rows):
        if block:
            out.append(tr(f'<td colspan="{(columns + 1) * block_columns}" style="padding:0;height:5px"></td>'))
        for k in range(rows):
            side = ""
            if places.blocks:
                side = head(f"{down}={block}", "row", rows=rows) if k == 0 else ""
            elif values.cells.size > 1:
                side = head(str(k) if len(places.grid) == 2 else "", "row")
            at = [(block, c, k) for c in range(block_columns)]
            cells = [
                "".join(map(cell, values.cells[a], texts.cells[a], titles.cells[a], [scale] * columns)) for a in at
            ]
            out.append(tr(side + gap().join(cells)))
    return "".join(out) + "</table>"


def tr(cells: str) -> str:
    """A row, without the stripes that a notebook gives to tables."""
    return f'<tr align="right" style="background-color:transparent">{cells}</tr>'


def head(text: str, scope: str, columns: int = 1, rows: int = 1) -> str:
    """An index beside or above the numbers."""
    spans = f' colspan="{columns}"' * (columns > 1) + f' rowspan="{rows}"' * (rows > 1)
    tag = "th" if scope else "td"
    aligned = "center" if columns > 1 else "right"
    return (
        f"<{tag}{f' scope={chr(34)}{scope}{chr(34)}' if scope else ''}{spans} "
        f'style="padding:0 5px;font-weight:normal;text-align:{aligned};opacity:0.5">{text}</{tag}>'
    )


def gap() -> str:
    """Space between two blocks."""
    return '<td style="padding:0;width:6px"></td>'


def cell(value: Any, text: str, title: str, scale: float) -> str:
    """One number, tinted by its sign and size."""
    tint = picture.colour(float(value), scale)
    weight = "" if np.isfinite(value) else ";font-weight:bold"
    return f'<td title="{title}" style="padding:1px 5px;background-color:{tint}{weight}">{text}</td>'


def pictures(array: np.ndarray, names: tuple[str, ...], name: str, limits: Limits) -> str:
    """Pictures of the panels with one legend; says what of the array is not drawn."""
    scale = picture.scale_of(array)
    many = bool(layout(names).blocks)
    shown, words = cut(array, names, limits.panels // (2 if many else 1), limits.blocks)
    drawn = list(panels(shown, names))
    images, block = [], (1, 1)
    for panel in drawn:
        places, block = mosaic(panel.cells, scale, limits.side)
        images.append(image(places, panel.label, name, alone=len(drawn) == 1))
    if many:
        down, across = (names[axis] for axis in layout(names).blocks)
        words.append(f"small pictures: {down} downwards, {across} across")
    if block != (1, 1):
        words.append(f"each cell drawn is the number farthest from 0 among {block[0]} × {block[1]}")
    what = escape(f"{name or 'array'}: {shape_text(names, array.shape)}; {summary(array)}")
    return (
        f'<div role="img" aria-label="{what}">{row(images)}</div>'
        + legend(array, scale)
        + "".join(note(escape(text)) for text in words)
        + warnings(array)
    )


def mosaic(cells: np.ndarray, scale: float, side: int) -> tuple[np.ndarray, tuple[int, int]]:
    """The palette places of a panel, blocks parted by a line; a large single block is shrunk."""
    block_rows, block_columns, rows, columns = cells.shape
    if block_rows == block_columns == 1:
        small, block = picture.shrink(cells[0, 0], side, side if rows > 1 else 2 * side)
        return picture.shades(small, scale), block
    places = np.full((block_rows, rows + 1, block_columns, columns + 1), picture.GAP, np.uint8)
    places[:, :rows, :, :columns] = picture.shades(cells, scale).transpose(0, 2, 1, 3)
    return places.reshape(block_rows * (rows + 1), -1)[:-1, :-1], (1, 1)


def image(places: np.ndarray, label: str, name: str, alone: bool) -> str:
    """One picture with its label above."""
    height, width = places.shape
    size = max(min((200 if alone else 100) // max(height, width), 16), 2)
    if height == 1:
        size = max(384 // width, 1)
    tall = max(size, 14) if height == 1 else size * height
    alt = escape(", ".join(filter(None, [name, label])) or "array")
    return (
        f"<div>{note(label) if label else ''}"
        f'<img src="{picture.data_uri(places)}" width="{size * width}" height="{tall}" alt="heatmap of {alt}" '
        f'style="image-rendering:pixelated;max-width:none;border:1px solid {LINE}"></div>'
    )


def legend(array: np.ndarray, scale: float) -> str:
    """The colours from the smallest to the largest number; zero is where they turn."""
    values = array[np.isfinite(array)] if array.dtype.kind == "f" else array
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    ends = sorted({min(low, 0.0), 0.0, max(high, 0.0)})
    if len(ends) == 1:
        return note("all 0")
    strips = [strip(a, b, scale) for a, b in itertools.pairwise(ends)]
    texts = [short(end) if end else "0" for end in ends]
    parts = [f"<span>{texts[0]}</span>"]
    for drawn, text in zip(strips, texts[1:], strict=True):
        parts += [drawn, f"<span>{text}</span>"]
    return f'<div style="{MONO};font-size:11px;padding:3px 0">{" ".join(parts)} &nbsp;{facts(array, low, high)}</div>'


def strip(low: float, high: float, scale: float) -> str:
    """A ramp of colours."""
    places = picture.shades(np.linspace(low, high, 12)[None], scale)
    style = f"image-rendering:pixelated;vertical-align:middle;border:1px solid {LINE}"
    return f'<img src="{picture.data_uri(places)}" width="48" height="10" alt="to" style="{style}">'


def facts(array: np.ndarray, low: float, high: float) -> str:
    """What the legend does not say by itself."""
    if array.dtype.kind == "b":
        return escape(summary(array))
    values = array[np.isfinite(array)] if array.dtype.kind == "f" else array
    mean = f"mean {short(values.mean(dtype=float))}"
    if low > 0 or high < 0:
        return f"min {short(low)}, {mean}, max {short(high)}"
    return mean
