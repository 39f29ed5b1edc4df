"""The marks of a whole lesson so far, exercise by exercise."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from nnlab.grading.lesson import Lesson
from nnlab.grading.notebook.markup import GREY, Shown, box, marks, row
from nnlab.grading.result import FAILED, NOT_ATTEMPTED

PROGRESS = "application/vnd.nnlab.progress+json"


class Overview(Shown):
    """What `lesson.progress()` returns; `known` is what is remembered of each exercise, by name."""

    def __init__(self, lesson: Lesson, known: Mapping[str, Mapping[str, Any]], trouble: str = "") -> None:
        self.lesson, self.known, self.trouble = lesson, known, trouble

    @property
    def points(self) -> int:
        """The points earned so far."""
        return sum(self._result(exercise.name)["points"] for exercise in self.lesson.exercises)

    @property
    def mark(self) -> str:
        """The points in words."""
        return marks(self.points, self.lesson.points)

    def text(self) -> str:
        lines = [f"{self.lesson.title}: {self.mark}"]
        for exercise in self.lesson.exercises:
            result = self._result(exercise.name)
            status = result["status"].upper() if result["status"] == FAILED else result["status"]
            lines.append(f"  {status:<14} {exercise.name} ({result['points']}/{exercise.points})")
        return "\n".join([*lines, *([self.trouble] if self.trouble else [])])

    def html(self) -> str:
        share = 100 * self.points / max(self.lesson.points, 1)
        bar = (
            f'<div role="img" aria-label="{self.mark}" style="height:8px;border-radius:4px;margin:4px 0 8px;'
            f'background:var(--jp-layout-color2, #eee)"><div style="height:8px;border-radius:4px;width:{share:.0f}%;'
            f'background:var(--jp-success-color1, #4caf50)"></div></div>'
        )
        parts = [f"<div><b>{escape(self.lesson.title)}</b>: {self.mark}</div>", bar]
        for exercise in self.lesson.exercises:
            result = self._result(exercise.name)
            parts.append(row(result["status"], exercise.name, f"{result['points']}/{exercise.points}"))
        if self.trouble:
            parts.append(f'<div style="color:{GREY}">{escape(self.trouble)}</div>')
        return box(parts)

    def json(self) -> dict[str, dict[str, Any]]:
        short = {name: {k: r[k] for k in ("status", "points")} for name, r in self._results().items()}
        return {PROGRESS: {"lesson": self.lesson.name, "points": self.points, "maximum": self.lesson.points} | short}

    def to_dict(self) -> dict[str, Any]:
        """The whole of it for the report: results and the answers' own text."""
        exercises = [self._result(e.name) | {"source": self.known[e.name].get("source")} for e in self.lesson.exercises]
        return {
            "lesson": self.lesson.name,
            "points": self.points,
            "maximum": self.lesson.points,
            "exercises": exercises,
        }

    def _results(self) -> dict[str, dict[str, Any]]:
        return {exercise.name: self._result(exercise.name) for exercise in self.lesson.exercises}

    def _result(self, name: str) -> dict[str, Any]:
        empty = {
            "exercise": name,
            "status": NOT_ATTEMPTED,
            "points": 0,
            "maximum": self.lesson.exercise(name).points,
            "checks": [],
        }
        return dict(self.known[name].get("result", empty))
