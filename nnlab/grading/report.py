"""How a mark looks: plain text, static HTML and JSON, each the same every time for the same answer.

There is no widget, time or identity in it, so it survives saving, and a run of the notebook can be compared
with an earlier one. Colours follow the notebook's theme through its CSS variables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from nnlab.grading.excerpt import Excerpt
from nnlab.grading.exercise import Exercise
from nnlab.grading.result import FAILED, NOT_ATTEMPTED, PASSED, CheckResult, Result
from nnlab.grading.together import Together

CHECK = "application/vnd.nnlab.check+json"
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


class Feedback(Shown):
    """What `grading.check(answer)` returns: the result, check by check, and how the layer does with it."""

    def __init__(self, exercise: Exercise, result: Result, together: Together | None) -> None:
        self.exercise, self.result, self.together = exercise, result, together

    @property
    def points(self) -> int:
        """The points earned."""
        return self.result.points

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return self.result.status == PASSED

    def hint(self, number: int = 1) -> str:
        """One step of the ladder of hints, from 1; later ones say more."""
        hints = self.exercise.hints
        return hints[min(max(number, 1), len(hints)) - 1] if hints else "There is no hint for this exercise."

    def text(self) -> str:
        result = self.result
        lines = [f"{result.exercise}: {marks(result.points, result.maximum)}"]
        for check in result.checks:
            status = check.status.upper() if check.status == FAILED else check.status
            lines.append(f"  {status:<14} {check.name} ({check.points}/{check.maximum})")
            lines += [f"{'':17}{sentence}" for sentence in sentences(check)]
        if self.together:
            lines.append(f"  in the layer   {self.together.sentence}")
        if result.printed:
            lines += ["  it printed", *(f"    {line}" for line in result.printed.splitlines())]
        if result.status == NOT_ATTEMPTED:
            lines.append("  Write your answer in place of `raise NotImplementedError()`, then run the cell again.")
        if result.status == FAILED and self.exercise.hints:
            lines.append(f"  {counted(len(self.exercise.hints), 'hint')}: .hint(1), .hint(2), ...")
        return "\n".join(lines)

    def html(self) -> str:
        result = self.result
        mark = f"{result.status}, {marks(result.points, result.maximum)}"
        parts = [heading(result.exercise, result.status, mark)]
        for check in result.checks:
            parts.append(row(check.status, check.name, f"{check.points}/{check.maximum}", sentences(check)))
            if check.excerpt:
                parts.append(side_by_side(check.excerpt))
        if self.together:
            wrong = self.together.first is not None
            colour = RED if wrong else GREEN
            parts.append(
                f'<div style="margin:6px 0 0 2px;padding-left:8px;border-left:3px solid {colour}">'
                f"<b>In the layer:</b> {escape(self.together.sentence)}</div>"
            )
        if result.printed:
            parts.append(
                f'<div style="margin-top:6px;color:{GREY}">Your function printed:</div>'
                f'<pre style="margin:2px 0;max-height:12em;overflow:auto">{escape(result.printed)}</pre>'
            )
        if result.status == NOT_ATTEMPTED:
            parts.append(
                f'<div style="margin-top:4px;color:{GREY}">Write your answer in place of '
                "<code>raise NotImplementedError()</code>, then run the cell again.</div>"
            )
        if result.status != PASSED:
            parts.append(ladder(self.exercise.hints))
        return box(parts)

    def json(self) -> dict[str, dict[str, Any]]:
        together = self.together and {"first": self.together.first, "sentence": self.together.sentence}
        return {CHECK: self.result.to_dict() | {"together": together}}


class Revealed(Shown):
    """What `grading.predict(answer)` returns: the value, once an answer is committed, and whether it was right."""

    def __init__(self, exercise: Exercise, result: Result, first: str, expected: str, note: str) -> None:
        self.exercise, self.result = exercise, result
        self.first, self.expected, self.note = first, expected, note

    @property
    def points(self) -> int:
        """The points earned by the first answer."""
        return self.result.points

    @property
    def committed(self) -> bool:
        """Whether there is an answer that counts."""
        return bool(self.first)

    def text(self) -> str:
        first_line = f"{self.result.exercise}: {marks(self.result.points, self.result.maximum)}"
        return "\n".join([first_line, *(f"  {sentence}" for sentence in self._sentences())])

    def html(self) -> str:
        result = self.result
        word = {PASSED: "right", FAILED: "not right"}.get(result.status, result.status)
        parts = [heading(result.exercise, result.status, f"{word}, {marks(result.points, result.maximum)}")]
        parts += [f'<div style="margin-left:2px">{escape(sentence)}</div>' for sentence in self._sentences()]
        return box(parts)

    def json(self) -> dict[str, dict[str, Any]]:
        return {CHECK: self.result.to_dict() | {"first": self.first}}

    def _sentences(self) -> list[str]:
        if not self.committed:
            return [self.note]
        verdict = "right." if self.result.status == PASSED else "not what happens."
        said = f"You predicted {self.first}; it is {self.expected}: {verdict}"
        return [said, *([self.note] if self.note else []), self.exercise.because]


class Notice(Shown):
    """One or more plain sentences, with code to copy or links to files where there are some."""

    def __init__(self, sentences: Iterable[str], code: str = "", files: Sequence[str] = ()) -> None:
        self.sentences, self.code, self.files = list(sentences), code, files

    def text(self) -> str:
        return "\n".join([*self.sentences, *([self.code.rstrip()] if self.code else [])])

    def html(self) -> str:
        parts = [f"<div>{escape(sentence)}</div>" for sentence in self.sentences]
        parts += [f'<div><a href="{escape(file)}" download>{escape(file)}</a></div>' for file in self.files]
        parts += [f'<pre style="margin:4px 0">{escape(self.code)}</pre>'] if self.code else []
        return box(parts)


def marks(points: int, maximum: int) -> str:
    """Say a mark in words.

    >>> marks(1, 1), marks(2, 4)
    ('1 of 1 point', '2 of 4 points')
    """
    return f"{points} of {counted(maximum, 'point')}"


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the plural where it is one."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def sentences(check: CheckResult) -> list[str]:
    """What a failed check has to say."""
    return [text for text in (check.problem, check.hint if check.status == FAILED else "") if text]


def box(parts: Iterable[str]) -> str:
    """One block of HTML in the notebook's own colours."""
    inside = "".join(parts)
    return (
        f'<div style="border:1px solid {LINE};border-radius:4px;padding:8px 12px;max-width:60em;'
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
        inside = f"<details><summary>{label}</summary><div>{escape(hints[number - 1])}</div>{inside}</details>"
    return f'<div style="margin-top:6px">{inside}</div>' if hints else ""


def side_by_side(excerpt: Excerpt) -> str:
    """Expected and got as two small tables, the wrong values marked by colour and weight."""
    tables = "".join(
        f'<div><div style="color:{GREY}">{name}</div>{_table(rows, excerpt.wrong)}</div>'
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
