"""Try all of a student's steps together inside the real layer, and name the first that goes wrong.

Each step was checked alone, on inputs made for it. Here the layer itself calls them, one after the other, so a
step also meets what the student's earlier steps made. `trace.patched` holds beside each what the layer would have
computed from the same inputs: the first that differs is to blame, and not the ones after it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import Any

import numpy as np

from nnlab.core.errors import NnlabError
from nnlab.grading.compare import compare, number
from nnlab.grading.exercise import Exercise
from nnlab.grading.lesson import Lesson
from nnlab.grading.limits import SECONDS, OutOfTime, Paper, nobody_to_ask, time_limit

TOLERANCE = 1e-4  # float32 sums of the student's may run in another order than the layer's


@dataclass(frozen=True)
class Together:
    """What the layer said: the exercises that stood in it, the first wrong one (None if none) and the sentence."""

    layer: str
    exercises: tuple[str, ...]
    first: str | None
    sentence: str


def try_together(lesson: Lesson, answers: Mapping[str, Callable], last: str) -> Together | None:
    """Patch the answers that are steps into the lesson's layer; `last` was checked last and wins over another
    answer to the same step. None where the lesson has no layer or `last` is not a step of it."""
    chosen = _chosen(lesson, answers, last)
    if lesson.assemble is None or lesson.exercise(last).step is None:
        return None
    layer, x, grad = lesson.assemble()
    name = type(layer).__name__
    running = [last]
    patches = {
        exercise.step: stand_in(exercise, _noted(exercise, answers[exercise.name], running))
        for exercise in chosen.values()
    }
    try:
        with contextlib.redirect_stdout(Paper()), nobody_to_ask(), time_limit(SECONDS):
            clean, trace = layer.trace(x, grad=grad), layer.trace(x, grad=grad, patch=patches)
            done = [chosen[step] for step in trace.patched]
            first = next((e for e in done if _difference(trace.patched[e.step])), None)
            only = layer.trace(x, grad=grad, patch={first.step: patches[first.step]}) if first else None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # an answer may raise whatever it likes
        names = tuple(exercise.name for exercise in chosen.values())
        return Together(name, names, running[-1], f"{name} cannot run with {running[-1]}: {_reason(error)}")
    names = tuple(exercise.name for exercise in done)
    if first is None:
        same = "y and the same gradients" if any(e.step.startswith("grad:") for e in done) else "y"
        sentence = f"with {_listed(names)} in place of its own, {name} computes the same {same}."
        return Together(name, names, None, sentence)
    found = _difference(trace.patched[first.step])
    subject = first.name if len(names) == 1 else f"of {_listed(names)}, {first.name} is the first that"
    sentence = f"{subject} differs from {name}'s own step: {found.problem}. {_effect(first, clean, only)}"
    return Together(name, names, first.name, sentence)


def stand_in(exercise: Exercise, answer: Callable) -> Callable:
    """The function that a trace calls in the place of the step: the exercise's names, the answer's own order."""
    if exercise.adapt is not None:
        return exercise.adapt(answer)

    def patch(**arguments: Any) -> Any:
        return answer(*arguments.values())

    patch.__signature__ = Signature([Parameter(name, Parameter.KEYWORD_ONLY) for name in exercise.arguments])
    return patch


def _noted(exercise: Exercise, answer: Callable, running: list[str]) -> Callable:
    """The answer, which first notes in `running` that it is its turn: the last one there is to blame for an error."""

    def noted(*arguments: Any) -> Any:
        running.append(exercise.name)
        return answer(*arguments)

    return noted


def _chosen(lesson: Lesson, answers: Mapping[str, Callable], last: str) -> dict[str, Exercise]:
    """For each step the exercise whose answer stands in: the one checked last, else the later one of the lesson."""
    steps = [exercise for exercise in lesson.exercises if exercise.step and exercise.name in answers]
    chosen = {exercise.step: exercise for exercise in steps}
    chosen.update({exercise.step: exercise for exercise in steps if exercise.name == last})
    return chosen


def _difference(patched: Any):
    return compare(np.asarray(patched.own), np.asarray(patched.value), TOLERANCE)


def _effect(exercise: Exercise, clean: Any, only: Any) -> str:
    """How far this step alone moves what the layer hands on: y, or for a gradient x's and the weights'."""
    if not exercise.step.startswith("grad:"):
        return f"Alone it changes y {_move(only['y'].value, clean['y'].value) or 'by 0 at most'}."
    handed_on = [e.name for e in clean.rows() if e.kind in ("input", "weight") and e.grad is not None]
    moved = {name: _move(only[name].grad, clean[name].grad) for name in handed_on}
    parts = [f"of {name} {move}" for name, move in moved.items() if move]
    if not parts:
        return "Alone it changes no gradient that the layer hands on."
    return f"y stays as it is; alone it changes the gradient {_listed(parts)}."


def _move(got: np.ndarray, expected: np.ndarray) -> str:
    largest = float(np.max(np.abs(np.asarray(got, float) - np.asarray(expected, float)), initial=0.0))
    if not np.isfinite(largest):  # a distance of nan says nothing to a reader
        return "to nan or infinity"
    return f"by {number(largest)} at most" if largest else ""


def _reason(error: BaseException) -> str:
    if isinstance(error, OutOfTime):
        return "a step does not end"
    return str(error) if isinstance(error, NnlabError) else f"a step raised {type(error).__name__}"


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
