"""An array as static HTML: a table of tinted numbers while it is small, a signed picture with a legend when large.

It holds only what the sanitizers of JupyterLab and of notebook viewers keep: tables, images and inline styles. Where
even those styles are removed, the numbers and the pictures remain.
"""

import itertools
from html import escape
from typing import Any, NamedTuple

import numpy as np

from nnlab.explain import cells, picture
from nnlab.explain.axes import layout, letters, shape_text
from nnlab.explain.numbers import finite, nonfinite, short, summary
from nnlab.explain.panels import cut, four, panels
from nnlab.explain.style import LINE, MONO, note, row

PIXELS = f"image-rendering:pixelated;border:1px solid {LINE}"


class Limits(NamedTuple):
    """How much is shown: `numbers` in tables (with `columns`), `panels`, `blocks` a side, picture cells a `side`."""

    numbers: int = 150
    columns: int = 16
    panels: int = 8
    blocks: int = 8
    side: int = 64


PAGE = Limits()  # one of many values on a page
FOLDED = Limits(numbers=64, panels=6, blocks=6, side=40)  # one of very many, in a layer of a model
ALONE = Limits(numbers=600, columns=32, panels=32, blocks=32, side=128)  # a value by itself


def html(array: Any, axes: str = "", name: str = "", limits: Limits = PAGE, outside: float = 0.0) -> str:
    """`array` with axes named as in `Step.axes`; `name` is what a screen reader calls it; `outside` is `Step.outside`.

    >>> "0.25" in html([[0.5, 0.25]], "b d"), "<img" in html(np.eye(28), "h w")
    (True, True)
    """
    array = np.asarray(array)
    if array.dtype.kind not in "biuf":
        return note(f"{array.dtype} values: {escape(str(array)[:200])}")
    names = letters(axes, array.ndim)
    if array.size == 0:
        return note(f"no numbers: {escape(shape_text(names, array.shape))}")
    _, block_columns, rows, columns = four(array.shape, layout(names, array.shape))
    few = array.size <= limits.numbers and (rows == 1 or block_columns * columns <= limits.columns)
    shown = cells.html(array, names, name, outside) if few else pictures(array, names, name, limits, outside)
    return warning(array, outside) + shown


def warning(array: np.ndarray, outside: float) -> str:
    """A loud line if some numbers are NaN or infinite."""
    found = "; ".join(nonfinite(np.where(array == outside, 0, array)))
    return f"<div>{note(found, loud=True)}</div>" if found else ""


def pictures(array: np.ndarray, names: tuple[str, ...], name: str, limits: Limits, outside: float) -> str:
    """Pictures of the panels with one legend; says what of the array is not drawn."""
    if constant(array):
        return note(f"every number is {short(array.flat[0])}")
    scale, places = picture.scale_of(array), layout(names, array.shape)
    shown, words = cut(array, names, limits.panels // (2 if places.blocks else 1), limits.blocks)
    drawn = list(panels(shown, names))
    images, block = [], (1, 1)
    for panel in drawn:
        shades, block = mosaic(panel.cells, scale, limits.side, outside)
        images.append(image(shades, panel.label, name, alone=len(drawn) == 1))
    if places.blocks:
        down, across = (names[axis] for axis in places.blocks)
        words.append(f"{down} downwards, {across} across")
    if block != (1, 1):
        words.append(f"drawn: of each {block[0]} × {block[1]} numbers the one farthest from 0")
    what = escape(f"{name or 'array'}: {shape_text(names, array.shape)}; {summary(array)}")
    return (
        f'<div role="img" aria-label="{what}">{row(images)}</div>'
        + legend(array, scale)
        + (note(escape("; ".join(words))) if words else "")
    )


def thumbnail(array: Any, axes: str = "", name: str = "") -> str:
    """The first panels of an array in a line of text; "" for what has no picture."""
    array = np.asarray(array)
    if array.dtype.kind not in "biuf" or array.size < 2:
        return ""
    names, scale = letters(axes, array.ndim), picture.scale_of(array)
    shown = list(panels(cut(array, names, PAGE.panels, PAGE.blocks)[0], names))
    strips = [mosaic(panel.cells, scale, 32)[0] for panel in shown]
    height = strips[0].shape[0]
    between = np.full((height, 1), picture.GAP, np.uint8)
    places = np.hstack([part for strip in strips for part in (between, strip)][1:])
    down = 10 if height == 1 else max(28 // height, 1) * height
    across = max(28 // height, 1) if height > 1 else max(200 // places.shape[1], 1)
    return (
        f'<img src="{picture.data_uri(places)}" width="{across * places.shape[1]}" height="{down}" '
        f'alt="the first numbers of {escape(name)}" style="{PIXELS};vertical-align:middle">'
    )


def constant(array: np.ndarray) -> bool:
    """Whether there is only one number to tell."""
    return bool((array == array.flat[0]).all())


def mosaic(panel: np.ndarray, scale: float, side: int, outside: float = 0.0) -> tuple[np.ndarray, tuple[int, int]]:
    """The palette places of a panel, blocks parted by a line; one large block is shrunk."""
    block_rows, block_columns, rows, columns = panel.shape
    if block_rows == block_columns == 1:
        small, block = picture.shrink(panel[0, 0], side, side if rows > 1 else 2 * side)
        return picture.shades(small, scale, outside), block
    places = np.full((block_rows, rows + 1, block_columns, columns + 1), picture.GAP, np.uint8)
    places[:, :rows, :, :columns] = picture.shades(panel, scale, outside).transpose(0, 2, 1, 3)
    return places.reshape(block_rows * (rows + 1), -1)[:-1, :-1], (1, 1)


def image(places: np.ndarray, label: str, name: str, alone: bool) -> str:
    """One picture with its label above."""
    height, width = places.shape
    if height == 1:
        across, down = max(384 // width, 1), 14
    else:
        across = down = max(min((200 if alone else 100) // max(height, width), 16), 2)
    alt = escape(", ".join(filter(None, [name, label])) or "array")
    return (
        f"<div>{note(label) if label else ''}"
        f'<img src="{picture.data_uri(places)}" width="{across * width}" height="{down * height}" '
        f'alt="{alt}" style="{PIXELS}"></div>'
    )


def legend(array: np.ndarray, scale: float) -> str:
    """The colours from the smallest to the largest number; zero is where they turn."""
    values = finite(array)
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    if array.dtype.kind == "b":
        return note(summary(array))
    if low == high == 0:  # besides NaN and infinity there is nothing but zero, if anything
        return ""
    ends = sorted({min(low, 0.0), 0.0, max(high, 0.0)})
    parts = [short(ends[0])]
    for start, end in itertools.pairwise(ends):
        parts += [strip(start, end, scale), short(end)]
    mean = f"mean {short(values.mean(dtype=float))}"
    facts = f"min {short(low)}, {mean}, max {short(high)}" if low > 0 or high < 0 else mean
    return f'<div style="{MONO};font-size:11px;padding:3px 0">{" ".join(parts)} &nbsp;<span>{facts}</span></div>'


def strip(low: float, high: float, scale: float) -> str:
    """A ramp of colours."""
    ends = ", ".join(picture.colour(end, scale, 1.0, like=low + high) for end in (low, high))
    style = f"display:inline-block;width:48px;height:8px;border:1px solid {LINE}"
    return f'<span style="{style};background-image:linear-gradient(to right, {ends})"></span>'
