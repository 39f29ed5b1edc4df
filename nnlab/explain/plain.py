"""A trace as plain text for a terminal: aligned, at most 100 columns wide, the same on every machine."""

import textwrap
from typing import Any

import numpy as np

from nnlab.core.entry import Entry
from nnlab.core.trace import Trace
from nnlab.explain import latex
from nnlab.explain.axes import layout, letters
from nnlab.explain.numbers import FEW, digits, format_array, rounded, summary
from nnlab.explain.panels import Panel, panels
from nnlab.explain.story import Chapter, Line, alarm, one_time, parts, patch_note, tell

WIDTH = 100
SMALL = 100  # numbers; more are summarized
INDENT = "    "


def text(shown: Trace | Entry) -> str:
    """A trace, or one entry of it."""
    if isinstance(shown, Entry):
        return "\n".join(safely(Line(shown), small=4 * SMALL))
    root = tell(shown)
    lines = [f"{root.title}: {root.shapes.replace('→', '->')}, training={shown.training}"]
    if path := alarm(shown):
        lines.append(f"!!! NaN or infinite numbers: the first are in {path!r}")
    if path := one_time(shown):
        lines.append(f"Axis t holds all times together; one time by itself is trace[{path!r}] and so on.")
    lines += tell_chapter(root)
    return "\n".join(lines)


def tell_chapter(chapter: Chapter, depth: int = 0) -> list[str]:
    """The lines of a layer and of the layers in it."""
    lines = []
    for each in chapter.contents:
        if isinstance(each, Chapter):
            lines += ["", f"{'-' * 2} {each.path}  {each.title}: {each.shapes.replace('→', '->')} {'-' * 2}"]
            lines += tell_chapter(each, depth + 1)
        else:
            lines += ["", *safely(each)]
    return lines


def safely(line: Line, small: int = SMALL) -> list[str]:
    """An entry; one that cannot be shown says why, and the others still stand."""
    try:
        return tell_line(line, small)
    except Exception as error:
        return [f"{line.entry.path}  cannot be shown: {type(error).__name__}: {error}"]


def tell_line(line: Line, small: int = SMALL) -> list[str]:
    """Name, kind, shape; formulas; value and gradient."""
    entry = line.entry
    lines = [f"{entry.path}  {entry.kind}  {line.shape}  {line.dtype}"]
    if entry.note:
        lines += wrap(entry.note)
    lines += [each for formula in latex.lines(entry.latex) for each in wrap(formula)]
    lines += [each for formula in latex.lines(entry.grad_latex) for each in wrap(f"gradient: {formula}")]
    for column, patched in line.patches.items():
        if patched:
            lines += wrap(f"[{column}] {patch_note(*patched)}")
    if line.repeats:
        return [*lines, f"{INDENT}same numbers and gradients as {line.same['value']}"]
    return lines + columns(values(line, "value", small), values(line, "grad", small))


def wrap(sentence: str) -> list[str]:
    """A sentence under an entry."""
    return textwrap.wrap(sentence, WIDTH, initial_indent=INDENT, subsequent_indent=2 * INDENT, break_long_words=False)


def values(line: Line, column: str, small: int = SMALL) -> list[str]:
    """The numbers of one column of an entry."""
    value = getattr(line.entry, column)
    if value is None:
        return ["none"]
    if line.same[column]:
        return [f"same numbers as {line.same[column]}"]
    return [each for part in parts(value) for each in numbers(part, line.axes, small)]


def numbers(array: Any, axes: str = "", small: int = SMALL) -> list[str]:
    """An array as lines: all its numbers if they are few and fit, else a summary.

    >>> numbers([[1.5, -2], [0, 0.25]])
    [' 1.50  -2.00', ' 0.00   0.25']
    """
    array = np.asarray(array)
    if array.dtype.kind not in "biuf":
        return [f"{array.dtype} values"]
    if not 0 < array.size <= small:
        return [summary(array)]
    names, texts = letters(axes, array.ndim), format_array(array, digits(array, 3) if array.size > FEW else None)
    width = max(map(len, texts.flat))
    lines = [each for panel in panels(texts, names) for each in grid(panel, width)]
    directions = zip(layout(names, array.shape).blocks, ("downwards", "across"), strict=False)
    blocks = [f"{names[axis]} {direction}" for axis, direction in directions if array.shape[axis] > 1]
    lines += [f"({', '.join(blocks)})"] * bool(blocks)
    if max(map(len, lines)) > WIDTH - len(INDENT):
        return [summary(array)]
    return lines + ["(rounded)"] * rounded(array, texts)


def grid(panel: Panel, width: int) -> list[str]:
    """One panel, blocks parted by bars and blank lines."""
    lines = [f"{panel.label}:"] if panel.label else []
    for k, block_row in enumerate(panel.cells):
        lines += [""] * (k > 0)
        if panel.cells.shape[:3] == (1, 1, 1):  # one row, in lines of ten
            texts = [text.rjust(width) for text in panel.cells[0, 0, 0]]
            return lines + ["  ".join(texts[k : k + 10]) for k in range(0, len(texts), 10)]
        for row in range(panel.cells.shape[2]):
            lines.append(" | ".join("  ".join(text.rjust(width) for text in block[row]) for block in block_row))
    return lines


def columns(left: list[str], right: list[str]) -> list[str]:
    """Value and gradient side by side, or one under the other where they do not fit."""
    wide = max(len("value"), *map(len, left)) + 3
    if len(INDENT) + wide + max(map(len, right)) > WIDTH:
        return [(INDENT + each).rstrip() for each in ["value", *left, "gradient", *right]]
    height = max(len(left), len(right)) + 1
    pairs = [[*side, *[""] * height][:height] for side in (["value", *left], ["gradient", *right])]
    return [f"{INDENT}{a.ljust(wide)}{b}".rstrip() for a, b in zip(*pairs, strict=True)]
