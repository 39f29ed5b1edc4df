"""Prove a lesson's marks before it goes out, by the marking that its submissions will get.

The solution earns every point, the student's copy none, and each answer of the teacher's bank exactly what the
bank says: a check is only as good as the wrong answers that it refuses.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nnlab.grading.lesson import Lesson
from nnlab.grading.marking.answers import read_notebook
from nnlab.grading.marking.batch import Mark, Terms, mark_exercise
from nnlab.grading.release.strip import ReleaseError
from nnlab.grading.result import NOT_ATTEMPTED


def prove(lesson: Lesson, source: dict[str, Any], student: dict[str, Any], terms: Terms) -> None:
    """Raise `ReleaseError` unless a source notebook earns every point and its student's copy none."""
    solved, empty = read_notebook(source), read_notebook(student)
    for exercise in lesson.exercises:
        mark = mark_exercise(exercise, solved, terms)
        if mark.status != "ok":
            earned = f"earns {_earned(mark)} when it is marked"
            raise ReleaseError(f"{lesson.name}: the solution of {exercise.name} {earned}: {mark.message}.")
        mark = mark_exercise(exercise, empty, terms)
        if mark.status != NOT_ATTEMPTED:
            raise ReleaseError(
                f"{lesson.name}: in the student's copy {exercise.name} should be {NOT_ATTEMPTED}, and is {mark.status}."
            )


def prove_bank(lesson: Lesson, bank: Iterable[tuple[str, str, int]], terms: Terms) -> None:
    """Raise `ReleaseError` unless each (name of the exercise, source of an answer, points) gets just these points."""
    for name, source, points in bank:
        cell = {"cell_type": "code", "source": source}
        mark = mark_exercise(lesson.exercise(name), read_notebook({"cells": [cell]}), terms)
        if mark.result.points != points:
            earned = f"earns {_earned(mark)} and should earn {points}"
            raise ReleaseError(f"{lesson.name}: an answer of the bank to {name} {earned}:\n{source}")


def _earned(mark: Mark) -> str:
    return f"{mark.result.points} of {mark.result.maximum} points"
