"""The lessons by name: each module here holds the exercises of one notebook."""

from importlib import import_module

from nnlab.core.errors import ArgumentError
from nnlab.grading.lesson import Lesson
from nnlab.grading.notebook.cells import open_lesson
from nnlab.grading.notebook.session import OpenLesson

MODULES = {"03_convolution": "nnlab.lessons.convolution"}


def names() -> tuple[str, ...]:
    """The names of all lessons, in their order.

    >>> names()
    ('03_convolution',)
    """
    return tuple(sorted(MODULES))


def get(name: str) -> Lesson:
    """Give the lesson called `name`, with its exercises in order.

    >>> get("03_convolution").title
    'Convolution: stride, padding, channels'
    """
    if name not in MODULES:
        raise ArgumentError(f"There is no lesson called {name!r}; the lessons are {', '.join(names())}.")
    return import_module(MODULES[name]).LESSON


def start(name: str) -> OpenLesson:
    """Open the lesson called `name` in this notebook: what `grading.check` and `grading.predict` then mark.

    >>> start("03_convolution").lesson is get("03_convolution")
    True
    """
    return open_lesson(get(name))
