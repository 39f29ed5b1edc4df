"""A lesson that is open in a notebook: which functions were checked, what is remembered, what is handed in."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from nnlab._version import __version__
from nnlab.core.errors import ArgumentError
from nnlab.grading.compare import Difference, compare, describe
from nnlab.grading.exercise import Exercise, Prediction
from nnlab.grading.lesson import Lesson
from nnlab.grading.limits import SECONDS, Outcome, attempt
from nnlab.grading.mark import mark, mark_function, not_attempted
from nnlab.grading.notebook.handin import page
from nnlab.grading.notebook.markup import Shown, counted, sentence
from nnlab.grading.notebook.overview import Overview
from nnlab.grading.notebook.progress import Progress
from nnlab.grading.notebook.report import Feedback, Notice, Revealed
from nnlab.grading.notebook.together import Together, try_together

WRITE_IT = "Write your answer in place of `raise NotImplementedError()`; the value is shown once it is committed."


class Misused(ArgumentError):
    """The last line of a cell gave what cannot be marked. A notebook shows its sentence, and none of our code."""

    def _render_traceback_(self) -> list[str]:  # asked for by IPython
        return [f"ArgumentError: {self}"]


class OpenLesson(Shown):
    """What a lesson's first cell gets: it knows the progress, resets an exercise, and writes the report.

    `folder` is where progress and reports go; by default the notebook's own, or $NNLAB_HOME for progress.
    """

    def __init__(self, lesson: Lesson, folder: str | Path = ".") -> None:
        self.lesson, self.folder = lesson, Path(folder).resolve()  # a later os.chdir takes no work along
        self._progress = Progress(lesson.name, Path(os.environ.get("NNLAB_HOME") or folder).resolve())
        self._answers: dict[str, Callable] = {}

    def check(self, answer: Callable) -> Shown:
        """Check a step; see `nnlab.grading.check`."""
        exercise = self._exercise_of(answer, "check")
        if isinstance(exercise, Prediction):
            return self.predict(answer)
        source = source_of(answer)
        result = mark_function(exercise, answer, source, SECONDS)
        self._answers.pop(exercise.name, None)
        if not {"not attempted", "time"} & {check.kind for check in result.checks}:
            self._answers[exercise.name] = answer
        self._remember(exercise, result.to_dict(), source)
        return Feedback(exercise, result, self._together(exercise))

    def predict(self, answer: Callable) -> Shown:
        """Commit a prediction and show the value; see `nnlab.grading.predict`."""
        exercise = self._exercise_of(answer, "predict")
        if not isinstance(exercise, Prediction):
            return self.check(answer)
        expected = exercise.answer()
        outcome = attempt(answer, {}, SECONDS)
        unfit = compare(expected, outcome.value) if outcome.kind == "returned" else None
        fits = outcome.kind == "returned" and (unfit is None or unfit.kind not in ("type", "dtype"))
        now = _plain(outcome.value) if fits else None
        first = self._progress[exercise.name].get("first", now)
        if first is None:
            problem = outcome.problem or _misfit(unfit)
            note = f"Nothing is committed yet: it {sentence(problem)}" if problem else WRITE_IT
            return Revealed(exercise, not_attempted(exercise), "", "", note)
        note = "Your first answer counts." if now not in (None, first) else ""
        result = mark(exercise, lambda arguments: Outcome("returned", first))
        self._remember(exercise, result.to_dict(), source_of(answer), first=first)
        return Revealed(exercise, result, describe(_shaped(first)), describe(expected), note)

    def progress(self) -> Overview:
        """The marks so far, exercise by exercise."""
        return Overview(self.lesson, {e.name: self._progress[e.name] for e in self.lesson.exercises}, self._trouble)

    def reset(self, exercise: str | None = None) -> Notice:
        """Forget what is known of an exercise and give its stub back; without a name, start the lesson over.

        The first answer of a prediction is kept as long as the lesson is not started over.
        """
        if exercise is None:
            self._answers.clear()
            self._progress.forget()
            return Notice([f"{self.lesson.title}: everything is forgotten. Run the notebook from the top."])
        found = self.lesson.exercise(exercise)
        self._answers.pop(exercise, None)
        self._progress.forget(exercise)
        cell = f"{found.stub}\n\ngrading.{'predict' if found.is_prediction else 'check'}({exercise})"
        first = " Its first answer still counts." if "first" in self._progress[exercise] else ""
        return Notice([f"{exercise} is reset.{first} This is the empty cell to start from again:"], cell)

    def report(self) -> Notice:
        """Write the marks and the answers into two files to hand in, for people (HTML) and for programs (JSON)."""
        overview = self.progress()
        data = overview.to_dict() | {"nnlab": __version__}
        names = f"{self.lesson.name}-report.html", f"{self.lesson.name}-report.json"
        texts = page(overview), json.dumps(data, indent=1, sort_keys=True)
        try:
            for name, text in zip(names, texts, strict=True):
                (self.folder / name).write_text(text, "utf-8")
        except OSError as error:
            return Notice([f"The report cannot be written to {self.folder}: {error.strerror}."])
        said = f"Report written, {overview.mark}. Hand in the notebook and the report; marks are given on the notebook."
        return Notice([said], files=names)

    def text(self) -> str:
        steps = [exercise for exercise in self.lesson.exercises if not exercise.is_prediction]
        predictions = len(self.lesson.exercises) - len(steps)
        return (
            f"{self.lesson.title}: {counted(predictions, 'prediction')} and "
            f"{counted(len(steps), 'step')} to write, {counted(self.lesson.points, 'point')}."
        )

    def html(self) -> str:
        return Notice([self.text(), *([self._trouble] if self._trouble else [])]).html()

    @property
    def _trouble(self) -> str:
        return self._progress.trouble

    def _exercise_of(self, answer: Any, verb: str) -> Exercise:
        name = getattr(answer, "__name__", None)
        if not callable(answer) or not name:
            given = f"{verb} was given {describe(answer)}, not a function"
            raise Misused(f"grading.{given}; pass the function itself, as in grading.{verb}(my_function).")
        try:
            return self.lesson.exercise(name)
        except ArgumentError as error:
            raise Misused(str(error)) from None

    def _together(self, exercise: Exercise) -> Together | None:
        if exercise.name not in self._answers:
            return None
        return try_together(self.lesson, self._answers, exercise.name)

    def _remember(self, exercise: Exercise, result: dict[str, Any], source: str | None, **more: Any) -> None:
        attempts = self._progress[exercise.name].get("attempts", 0) + 1
        self._progress.record(exercise.name, result=result, attempts=attempts, source=source, **more)


def source_of(answer: Callable) -> str | None:
    """The text of a function, where Python knows it."""
    try:
        return inspect.getsource(answer)
    except (OSError, TypeError):
        return None


def _misfit(unfit: Difference | None) -> str:
    """Why an answer is none, without telling the value that is right."""
    if unfit is None:
        return ""
    return unfit.problem if unfit.kind in ("type", "dtype") else "returned something else than numbers or text"


def _plain(value: Any) -> Any:
    """A prediction as JSON keeps it: a number, a text or a list of these; None for anything else."""
    if isinstance(value, tuple | list):
        parts = [_plain(part) if not isinstance(part, tuple | list) else None for part in value]
        return None if None in parts else parts
    value = value.item() if isinstance(value, np.generic) else value
    return value if isinstance(value, bool | int | float | str) else None


def _shaped(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
