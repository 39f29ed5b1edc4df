"""The two functions with which a lesson's cells end, and the one that opens the lesson for them.

A notebook works on one lesson at a time: the one that was opened last. That is the only thing kept here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nnlab.core.errors import ArgumentError
from nnlab.grading.lesson import Lesson
from nnlab.grading.notebook.markup import Shown
from nnlab.grading.notebook.session import OpenLesson

_open: list[OpenLesson] = []


def open_lesson(lesson: Lesson, folder: str | Path = ".") -> OpenLesson:
    """Make `lesson` the one that `check` and `predict` belong to; `nnlab.lessons.start(name)` calls this."""
    _open[:] = [OpenLesson(lesson, folder)]
    return _open[0]


def check(answer: Callable) -> Shown:
    """Check a step that was written as a function, found by its name, and show how it went.

    Every check is passed, failed or not attempted, with points; then the step runs inside the real layer,
    together with the steps that were checked before. Whatever the function does, this returns.
    """
    return _current().check(answer)


def predict(answer: Callable) -> Shown:
    """Commit the value that a prediction returns, and only then show the right one. The first answer counts."""
    return _current().predict(answer)


def _current() -> OpenLesson:
    if not _open:
        raise ArgumentError(
            'No lesson is open: run the first code cell, lesson = nnlab.lessons.start("03_convolution").'
        )
    return _open[0]
