"""A grader is only as good as the wrong answers it refuses: each answer of the bank gets exactly its mark."""

import warnings

import numpy as np
import pytest
from lessons.answers import answer, function, solutions
from lessons.bank import convolution
from lessons.mutants import mutants

from nnlab import lessons
from nnlab.grading import attempt, mark_function
from nnlab.grading.exercise import Check

BANKS = {"03_convolution": convolution.BANKS}


def steps(lesson):
    return [exercise for exercise in lessons.get(lesson).exercises if not exercise.is_prediction]


def entries(kind):
    return [
        pytest.param(lesson, name, text, id=f"{name}-{text}")
        for lesson, banks in BANKS.items()
        for name, bank in banks.items()
        for text in getattr(bank, kind)
    ]


def exercises():
    return [pytest.param(lesson, e.name, id=e.name) for lesson in BANKS for e in steps(lesson)]


def mark(lesson, name, source):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a wrong answer may divide by zero
        return mark_function(lessons.get(lesson).exercise(name), function(name, source), source)


@pytest.mark.parametrize(("lesson", "name"), exercises())
def test_every_step_has_a_bank_of_eight_wrong_and_three_right_answers(lesson, name):
    bank = BANKS[lesson][name]
    assert len(bank.wrong) >= 8
    assert len(bank.right) >= 3


@pytest.mark.parametrize(("lesson", "name", "entry"), entries("right"))
def test_right_answer_written_differently_earns_everything(lesson, name, entry):
    source = answer(lessons.get(lesson).exercise(name), BANKS[lesson][name].right[entry])
    result = mark(lesson, name, source)
    assert (result.points, result.status) == (result.maximum, "passed"), result


@pytest.mark.parametrize(("lesson", "name", "entry"), entries("wrong"))
def test_wrong_answer_gets_exactly_its_mark(lesson, name, entry):
    points, body = BANKS[lesson][name].wrong[entry]
    result = mark(lesson, name, answer(lessons.get(lesson).exercise(name), body))
    assert (result.points, result.status) == (points, "failed"), result


@pytest.mark.parametrize(("lesson", "name"), exercises())
def test_solution_of_the_notebook_earns_everything(lesson, name):
    result = mark(lesson, name, solutions(lesson)[name])
    assert result.points == result.maximum


@pytest.mark.parametrize(("lesson", "name"), exercises())
def test_stub_is_not_attempted(lesson, name):
    result = mark(lesson, name, lessons.get(lesson).exercise(name).stub)
    assert (result.points, result.status) == (0, "not attempted")


@pytest.mark.parametrize(("lesson", "name"), exercises())
def test_each_mutant_of_the_solution_loses_exactly_the_checks_it_breaks(lesson, name):
    """What a mutant breaks is found without the grader: its values beside the expected ones, by NumPy alone."""
    exercise, equivalent = lessons.get(lesson).exercise(name), dict(BANKS[lesson][name].equivalent)
    survivors = []
    for said, source in mutants(solutions(lesson)[name]):
        result, expected = mark(lesson, name, source), points_by_numpy(exercise, function(name, source))
        assert result.points == expected, (said, source, result)
        if result.points == result.maximum and equivalent.pop(said, None) is None:
            survivors.append(said)
    assert not survivors
    assert not equivalent, "listed as equivalent, but no such mutant survives"


def points_by_numpy(exercise, mutant):
    right = [check for check in exercise.checks if isinstance(check, Check) and agrees(check, mutant)]
    points = sum(check.points for check in right)
    of_values = sum(check.points for check in exercise.checks if isinstance(check, Check))
    return exercise.points if points == of_values else points


@np.errstate(all="ignore")
def agrees(check, mutant):
    for case in check.cases():
        outcome = attempt(mutant, case.arguments)
        if outcome.kind != "returned" or outcome.value is None or outcome.changed:
            return False
        got, expected = np.asarray(outcome.value), np.asarray(case.expected)
        scale = 2e-5 * max(1e-30, float(np.abs(expected).max(initial=0)))
        if got.shape != expected.shape or got.dtype.kind != expected.dtype.kind:
            return False
        if not np.allclose(got, expected, rtol=0, atol=scale):
            return False
    return True


def test_mutants_of_a_known_function_are_what_they_should_be():
    made = dict(mutants("def f(x):\n    return x.sum() + 1\n"))
    assert made == {
        "line 2: `x.sum() + 1` with Sub": "def f(x):\n    return x.sum() - 1\n",
        "line 2: `x.sum() + 1` without its right side": "def f(x):\n    return x.sum()\n",
        "line 2: `x.sum() + 1` without its left side": "def f(x):\n    return 1\n",
        "line 2: sum as mean": "def f(x):\n    return x.mean() + 1\n",
        "line 2: 1 one more": "def f(x):\n    return x.sum() + 2\n",
        "line 2: 1 one less": "def f(x):\n    return x.sum() + 0\n",
    }
