"""The pieces of which marks are shown: static HTML in the notebook's own colours, the same every time.

Colours follow the notebook's theme through its CSS variables, with a colour for where there are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from nnlab.grading.excerpt import Excerpt
from nnlab.grading.result import FAILED, NOT_ATTEMPTED, PASSED

INK = "var(--jp-ui-font-color1, #1f1f1f)"
GREEN = f"color-mix(in srgb, var(--jp-success-color0, #1b7f3b) 70%, {INK})"  # mixed: readable in both themes
RED = f"color-mix(in srgb, var(--jp-error-color0, #b3261e) 70%, {INK})"
GREY = "var(--jp-ui-font-color2, #616161)"
LINE = "var(--jp-border-color2, #d0d0d0)"
MARKS = {PASSED: ("✓", GREEN), FAILED: ("✗", RED), NOT_ATTEMPTED: ("○", GREY)}
CELL = "padding:1px 8px;text-align:right;border:1px solid"
PLAIN = "background:transparent"


class Shown:
    """Something that shows itself in a notebook: subclasses give `text`, `html` and perhaps a `json` form."""

    def text(self) -> str:
        """The plain text, which a terminal and a screen reader get."""
        raise NotImplementedError

    def html(self) -> str:
        """The static HTML."""
        raise NotImplementedError

    def json(self) -> dict[str, dict[str, Any]]:
        """Further forms by mime type."""
        return {}

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": self.text(), "text/html": self.html(), **self.json()}


def marks(points: int, maximum: int) -> str:
    """Say a mark in words.

    >>> marks(1, 1), marks(2, 4)
    ('1 of 1 point', '2 of 4 points')
    """
    return f"{points} of {counted(maximum, 'point')}"


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the plural where it is one."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def sentence(text: str) -> str:
    """The text with the full stop that it needs.

    >>> sentence("returned None"), sentence("is a return missing?")
    ('returned None.', 'is a return missing?')
    """
    return text if text.endswith((".", "?", "!")) else f"{text}."


def prose(text: str) -> str:
    """Text as HTML, what stands between backticks as code.

    >>> prose("a < b, or `a + b`")
    'a &lt; b, or <code>a + b</code>'
    """
    return "".join(
        f"<code>{escape(part)}</code>" if place % 2 else escape(part) for place, part in enumerate(text.split("`"))
    )


def box(parts: Iterable[str]) -> str:
    """One block of HTML in the notebook's own colours."""
    inside = "".join(parts)
    return (
        f'<div style="border:1px solid {LINE};border-radius:4px;padding:8px 12px;max-width:68em;'
        f'line-height:1.5;color:var(--jp-ui-font-color1, inherit)">{inside}</div>'
    )


def heading(name: str, status: str, mark: str) -> str:
    """The first line: what was checked, and how it went in words."""
    sign, colour = MARKS[status]
    return (
        f'<div style="margin-bottom:4px"><b style="color:{colour}">{sign} {escape(name)}</b> '
        f'<span style="color:{GREY}">{mark}</span></div>'
    )


def row(status: str, name: str, mark: str, said: Iterable[str] = ()) -> str:
    """One line with its sign, and under it what there is to say."""
    sign, colour = MARKS[status]
    more = "".join(f'<div style="margin-left:1.6em">{escape(text)}</div>' for text in said)
    return (
        f'<div><span style="display:inline-block;width:1.4em;color:{colour}" '
        f'aria-label="{status}">{sign}</span>{escape(name)} <span style="color:{GREY}">{mark}</span>{more}</div>'
    )


def ladder(hints: Sequence[str]) -> str:
    """Hints that unfold one inside the other, so that each is asked for."""
    inside = ""
    for number in range(len(hints), 0, -1):
        label = f"Hint {number} of {len(hints)}"
        inside = f"<details><summary>{label}</summary><div>{prose(hints[number - 1])}</div>{inside}</details>"
    return f'<div style="margin-top:6px">{inside}</div>' if hints else ""


def side_by_side(excerpt: Excerpt) -> str:
    """Expected and got as two small tables, the wrong values marked by colour and weight."""
    tables = "".join(
        f'<div style="max-width:100%;overflow-x:auto"><div style="color:{GREY}">{name}</div>'
        f"{_table(rows, excerpt.wrong)}</div>"
        for name, rows in (("expected", excerpt.expected), ("got", excerpt.got))
    )
    where = f'<div style="color:{GREY}">at {escape(excerpt.where)}</div>'
    return (
        f'<div style="margin:4px 0 6px 1.6em">{where}'
        f'<div style="display:flex;flex-wrap:wrap;gap:8px 24px">{tables}</div></div>'
    )


def _table(rows: Sequence[Sequence[str]], wrong: Sequence[Sequence[bool]]) -> str:
    lines = []
    for values, flags in zip(rows, wrong, strict=True):
        cells = "".join(
            f'<td style="{CELL} {LINE};{f"color:{RED};font-weight:bold" if flag else ""}">{escape(value)}</td>'
            for value, flag in zip(values, flags, strict=True)
        )
        lines.append(f'<tr style="{PLAIN}">{cells}</tr>')
    return f'<table style="border-collapse:collapse;margin:0;font-size:90%">{"".join(lines)}</table>'
