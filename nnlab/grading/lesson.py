"""A lesson: its exercises in the order of the notebook, and the layer in which the steps are tried."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from nnlab.core.errors import ArgumentError
from nnlab.grading.exercise import Exercise


@dataclass(frozen=True)
class Lesson:
    """What `nnlab.lessons.get(name)` gives.

    name       as the notebook is called, "03_convolution".
    exercises  steps and predictions, in the order in which they are met.
    assemble   makes the layer, its input and the gradient at its output on which the steps run together.
    """

    name: str
    title: str
    exercises: tuple[Exercise, ...] = field(repr=False)
    assemble: Callable[[], tuple[Any, Any, Any]] | None = field(default=None, repr=False)

    @property
    def points(self) -> int:
        """The most that the lesson is worth."""
        return sum(exercise.points for exercise in self.exercises)

    def exercise(self, name: str) -> Exercise:
        """Find an exercise by the name of its function."""
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        known = [exercise.name for exercise in self.exercises]
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"its exercises are {', '.join(known)}."
        raise ArgumentError(f"{self.title}: there is no exercise called {name!r}; {hint}")
