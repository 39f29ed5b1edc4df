"""A teacher's own file brings a lesson, hidden checks and a bank, or is refused in one sentence."""

from pathlib import Path

import pytest
from grading.notebooks import code
from grading.tiny_lesson import LESSON

from nnlab.grading.marking.answers import read_notebook
from nnlab.grading.marking.batch import MarkingError, Terms, mark_exercise
from nnlab.grading.marking.teacher import bank_from, lesson_from, with_hidden_checks


def points(exercise, source):
    return mark_exercise(exercise, read_notebook({"cells": [code(source)]}), Terms()).result.points


def test_hidden_checks_add_their_points(tmp_path):
    file = tmp_path / "hidden.py"
    file.write_text(
        "from nnlab.grading import Check, calls\n"
        "CHECKS = {'double': [Check('whole numbers', 4, calls(lambda x: 2 * x, lambda rng: [{'x': 3}]))]}\n"
    )
    (lesson,) = with_hidden_checks([LESSON], file)
    assert lesson.points == LESSON.points + 4
    assert points(lesson.exercise("double"), "def double(x):\n    return 2 * x") == 7
    assert points(lesson.exercise("double"), "def double(x):\n    return 2.5 * x") == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "sets no CHECKS"),
        ("CHECKS = 3", "sets no CHECKS"),
        ("1 / 0", "cannot be used: ZeroDivisionError"),
        ("def f(:", "cannot be used: SyntaxError"),
        ("CHECKS = {'dubble': []}", "no exercise called 'dubble'"),
        ("CHECKS = {'double': [3]}", "is to be a list of Check"),
        ("CHECKS = {'rows': []}", "for a function that is written"),
    ],
)
def test_a_teachers_file_that_cannot_be_used_is_one_sentence(tmp_path, text, why):
    (tmp_path / "hidden.py").write_text(text)
    with pytest.raises(MarkingError, match=why):
        with_hidden_checks([LESSON], tmp_path / "hidden.py")


def test_a_teachers_own_lesson_is_read_from_its_file(tmp_path):
    lesson = lesson_from(Path(__file__).parent / "tiny_lesson.py")
    assert [exercise.name for exercise in lesson.exercises] == ["rows", "double", "total"]
    (tmp_path / "lesson.py").write_text("LESSON = 3")
    with pytest.raises(MarkingError, match="sets no LESSON"):
        lesson_from(tmp_path / "lesson.py")
    with pytest.raises(MarkingError, match="is not a Python file"):
        lesson_from(tmp_path / "missing.py")


def test_a_bank_is_read_from_the_same_file(tmp_path):
    file = tmp_path / "lesson.py"
    file.write_text("BANK = [('double', 'def double(x): return x', 0)]")
    assert bank_from(file) == [("double", "def double(x): return x", 0)]
    file.write_text("")
    assert list(bank_from(file)) == []
    file.write_text("BANK = [('double', 0)]")
    with pytest.raises(MarkingError, match="BANK is to be a list of"):
        bank_from(file)
