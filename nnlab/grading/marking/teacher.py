"""Read a teacher's own file: a lesson, hidden checks, and answers that the checks must tell apart.

LESSON = Lesson("21_mine", "My lesson", (exercise, ...))
CHECKS = {"windows": [Check("batch of one", 2, ...)]}
BANK = [("windows", "def windows(x): return x", 0), ...]
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from nnlab.grading.exercise import Check, Exercise, Prediction
from nnlab.grading.lesson import Lesson
from nnlab.grading.marking.batch import MarkingError

Bank = Sequence[tuple[str, str, int]]


def with_hidden_checks(lessons: Iterable[Lesson], file: Path) -> list[Lesson]:
    """The lessons with further checks, from a teacher's file that sets `CHECKS = {"exercise": [Check(...), ...]}`."""
    hidden, lessons = getattr(load(file), "CHECKS", None), list(lessons)
    if not isinstance(hidden, dict):
        raise MarkingError(f"{file} sets no CHECKS, a dict from the name of an exercise to a list of Check.")
    known = {exercise.name: exercise for lesson in lessons for exercise in lesson.exercises}
    for name, checks in hidden.items():
        if name not in known:
            raise MarkingError(f"{file}: there is no exercise called {name!r}; there are {', '.join(known)}.")
        if isinstance(known[name], Prediction) or not all(isinstance(check, Check) for check in checks):
            raise MarkingError(f"{file}: CHECKS[{name!r}] is to be a list of Check, for a function that is written.")

    def more(exercise: Exercise) -> Exercise:
        checks = hidden.get(exercise.name)
        return replace(exercise, checks=(*exercise.checks, *checks)) if checks else exercise

    return [replace(lesson, exercises=tuple(map(more, lesson.exercises))) for lesson in lessons]


def lesson_from(file: Path) -> Lesson:
    """The lesson of a teacher's own file, which sets `LESSON`."""
    lesson = getattr(load(file), "LESSON", None)
    if not isinstance(lesson, Lesson):
        raise MarkingError(f"{file} sets no LESSON; write LESSON = nnlab.grading.Lesson(name, title, exercises).")
    return lesson


def bank_from(file: Path) -> Bank:
    """The answers of a teacher's file that sets `BANK = [("exercise", "def exercise(x): ...", points), ...]`."""
    bank = getattr(load(file), "BANK", ())
    if not all(isinstance(entry, tuple) and [type(part) for part in entry] == [str, str, int] for entry in bank):
        raise MarkingError(f"{file}: BANK is to be a list of (name of the exercise, source of an answer, its points).")
    return bank


def load(file: Path) -> ModuleType:
    """Run a teacher's Python file and return it as a module."""
    spec = importlib.util.spec_from_file_location(f"nnlab_teacher_{file.stem}", file)
    if spec is None or not file.is_file():
        raise MarkingError(f"{file} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise MarkingError(f"{file} cannot be used: {type(error).__name__}: {error}") from error
    return module
