"""What travels in the package is made from the lessons as they are now, and holds nothing of their solutions."""

import ast
import json

import nbformat
import pytest
from lessons.answers import NOTEBOOKS, solutions

from nnlab import lab, lessons
from nnlab.grading.release.strip import student_copy

SHORTEST = 12  # shorter lines of a solution, such as `else:`, may stand anywhere


def released(name):
    return nbformat.reads(lab.released_lessons()[f"{name}.ipynb"].decode(), as_version=4)


@pytest.mark.parametrize("name", lessons.names())
def test_released_lesson_is_the_students_copy_of_the_source(name):
    """If this fails: nnlab release notebooks/NAME.ipynb -o nnlab/lessons/released"""
    source = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    assert released(name) == nbformat.from_dict(student_copy(source).notebook)


@pytest.mark.parametrize("name", lessons.names())
def test_no_line_of_a_solution_is_left_anywhere(name):
    text = lab.released_lessons()[f"{name}.ipynb"].decode()
    for exercise, source in solutions(name).items():
        inside = False
        for line in source.splitlines():
            inside = inside or "BEGIN SOLUTION" in line
            stripped = line.strip()
            if inside and len(stripped) >= SHORTEST and not stripped.startswith("###"):
                assert json.dumps(stripped)[1:-1] not in text, (exercise, stripped)


@pytest.mark.parametrize("name", lessons.names())
def test_each_answer_is_the_exercises_empty_cell(name):
    cells = {tag[7:]: cell.source for cell in released(name).cells for tag in cell.metadata.get("tags", ())}
    for exercise in lessons.get(name).exercises:
        assert cells[exercise.name].startswith(exercise.stub)


@pytest.mark.parametrize("name", lessons.names())
def test_lesson_shows_nothing_before_it_is_run(name):
    for cell in released(name).cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
            ast.parse(cell.source)
