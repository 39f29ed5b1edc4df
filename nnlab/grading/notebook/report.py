"""What the notebook answers to an answer: plain text, static HTML and JSON, each the same every time.

There is no widget, time or identity in it, so it survives saving, and a run of the notebook can be compared
with an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from nnlab.grading.exercise import Exercise, Prediction
from nnlab.grading.notebook.markup import (
    GREEN,
    GREY,
    RED,
    Shown,
    box,
    counted,
    heading,
    ladder,
    marks,
    prose,
    row,
    side_by_side,
)
from nnlab.grading.notebook.together import Together
from nnlab.grading.result import FAILED, NOT_ATTEMPTED, PASSED, CheckResult, Result

CHECK = "application/vnd.nnlab.check+json"


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
                f"<b>In the layer:</b> {prose(self.together.sentence)}</div>"
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

    def __init__(self, exercise: Prediction, result: Result, first: str, expected: str, note: str) -> None:
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
        parts += [f'<div style="margin-left:2px">{prose(sentence)}</div>' for sentence in self._sentences()]
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
        parts += (
            [f'<pre style="margin:4px 0;white-space:pre;overflow-x:auto">{escape(self.code)}</pre>']
            if self.code
            else []
        )
        return box(parts)


def sentences(check: CheckResult) -> list[str]:
    """What a failed check has to say."""
    return [text for text in (check.problem, check.hint if check.status == FAILED else "") if text]
