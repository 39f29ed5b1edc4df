"""Mark an answer: run every check of an exercise through whatever calls it, and give each its points.

`call` takes the arguments of one case and returns an `Outcome`. In the notebook it calls the student's
function in place; the marking of submissions passes one that sends the arguments to another process. The
comparison is always done here, on this side.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from nnlab.grading.compare import compare
from nnlab.grading.excerpt import excerpt
from nnlab.grading.exercise import Case, Check, Exercise, SourceCheck
from nnlab.grading.limits import PRINTED, SECONDS, Outcome, attempt
from nnlab.grading.result import FAILED, NOT_ATTEMPTED, PASSED, CheckResult, Result

Call = Callable[[dict[str, Any]], Outcome]


def mark(exercise: Exercise, call: Call, source: str | None = None, seed: int | str = 0) -> Result:
    """Run the checks of `exercise` in order and return its result.

    call    answers one case: arguments by name -> `Outcome`.
    source  the answer's own text, for what must be written in a certain way; None if nobody knows it.
    seed    chooses the inputs; the same seed gives the same inputs.

    After the first call that ran out of time or found the stub untouched, nothing more is called.
    """
    refused = _banned(exercise, source)
    results: list[CheckResult] = []
    printed = ""
    stopped: CheckResult | None = None
    for check in exercise.checks:
        if isinstance(check, SourceCheck):
            result = _check_source(check, source, results, refused)
        elif refused:
            result = _failed(check, "source", refused)
        elif stopped is not None:
            result = _like(stopped, check)
        else:
            result, said = _check_values(exercise, check, call, seed)
            printed = printed or said
            if result.kind in ("time", "not attempted", "arguments", "exit"):
                stopped = result
        results.append(result)
    if stopped is not None and stopped.kind == "not attempted":
        results = [_like(stopped, check) for check in exercise.checks]
    return Result(exercise.name, tuple(results), printed)


def mark_function(exercise: Exercise, function: Callable, source: str | None = None, seconds: float = SECONDS):
    """Mark a function of this process: what the notebook and the tests of the checks do."""
    return mark(exercise, lambda arguments: attempt(function, arguments, seconds), source)


def mark_all(
    exercises: list[Exercise], functions: Mapping[str, Callable], sources: Mapping[str, str] | None = None
) -> list[Result]:
    """Mark every exercise of a list with the function of its name; one that is missing is not attempted."""
    sources = sources or {}
    return [
        mark_function(e, functions[e.name], sources.get(e.name)) if e.name in functions else not_attempted(e)
        for e in exercises
    ]


def not_attempted(exercise: Exercise) -> Result:
    """The result of an exercise that nobody answered."""
    return mark(exercise, lambda arguments: Outcome("not attempted"))


def _check_values(exercise: Exercise, check: Check, call: Call, seed: int | str) -> tuple[CheckResult, str]:
    printed = ""
    for case in check.cases(seed):
        outcome = call(case.arguments)
        printed = printed or _said(outcome)
        result = _judge(exercise, check, case, outcome)
        if result is not None:
            return result, printed
    return CheckResult(check.name, PASSED, check.points, check.points), printed


def _judge(exercise: Exercise, check: Check, case: Case, outcome: Outcome) -> CheckResult | None:
    """What is wrong with the outcome of one case, or None."""
    if outcome.kind == "not attempted":
        return CheckResult(check.name, NOT_ATTEMPTED, 0, check.points, "not attempted")
    if outcome.kind != "returned":
        return _failed(check, outcome.kind, outcome.problem)
    difference = compare(case.expected, outcome.value, check.tolerance)
    if difference is not None:
        picture = None
        if isinstance(case.expected, np.ndarray) and difference.kind in ("value", "finite"):
            index, axes, tolerance = difference.index, exercise.axes, check.tolerance
            picture = excerpt(case.expected, outcome.value, index, axes, tolerance)
        result = _failed(check, difference.kind, difference.problem + _with_small_arguments(case.arguments))
        return replace(result, index=difference.index, largest=difference.largest, excerpt=picture)
    if outcome.changed:
        names = " and ".join(outcome.changed)
        return _failed(check, "changed", f"changed its input {names} in place; work on a copy")
    return None


def _check_source(
    check: SourceCheck, source: str | None, earlier: list[CheckResult], refused: str | None
) -> CheckResult:
    if refused:
        return _failed(check, "source", refused)
    if any(result.status != PASSED for result in earlier):
        return _failed(check, "source", "counts once the values are right")
    if source is None:
        return _failed(check, "source", "the source of the answer cannot be read")
    try:
        problem = check.refuse(source)
    except SyntaxError:
        problem = "the source of the answer cannot be read"
    return _failed(check, "source", problem) if problem else CheckResult(check.name, PASSED, check.points, check.points)


def _banned(exercise: Exercise, source: str | None) -> str | None:
    """The first banned name that the answer uses, as a sentence."""
    if not exercise.banned or source is None:
        return None
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        names = {
            ast.Name: lambda n: [n.id],
            ast.Attribute: lambda n: [n.attr],
            ast.Import: lambda n: [part for alias in n.names for part in alias.name.split(".")],
            ast.ImportFrom: lambda n: [*(n.module or "").split("."), *(alias.name for alias in n.names)],
        }.get(type(node), lambda n: [])(node)
        for name in names:
            if name in exercise.banned:
                return f"uses {name}: {exercise.banned[name]}"
    return None


def _failed(check: Check | SourceCheck, kind: str, problem: str) -> CheckResult:
    return CheckResult(check.name, FAILED, 0, check.points, kind, problem, hint=check.hint)


def _like(stopped: CheckResult, check: Check | SourceCheck) -> CheckResult:
    """What a check becomes when an earlier one already showed that calling again is of no use."""
    return CheckResult(check.name, stopped.status, 0, check.points, stopped.kind, stopped.problem)


def _said(outcome: Outcome) -> str:
    more = outcome.printed_characters - PRINTED
    return outcome.printed + (f"\n... and {more:,} characters more" if more > 0 else "")


def _with_small_arguments(arguments: dict[str, Any]) -> str:
    """For a function of a few numbers, the call itself is the best explanation."""
    if not arguments or not all(isinstance(value, int | float | str | tuple) for value in arguments.values()):
        return ""
    return f" for {', '.join(f'{name}={value!r}' for name, value in arguments.items())}"
