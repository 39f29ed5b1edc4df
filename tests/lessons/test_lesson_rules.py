"""Every lesson keeps the rules, and each rule notices when it is broken."""

import copy

import nbformat
import pytest
from lessons.answers import NOTEBOOKS
from lessons.rules import WIDGET_VIEW, broken_rules

from nnlab import lessons


def notebook_of(name):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


@pytest.mark.parametrize("name", lessons.names())
def test_lesson_keeps_the_rules(name):
    assert not broken_rules(notebook_of(name), lessons.get(name))


def output(notebook, **fields):
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    cell.outputs.append(nbformat.from_dict(fields))


def cell(notebook, start):
    return next(cell for cell in notebook.cells if cell.id.startswith(start))


def shown(text):
    return lambda nb: output(nb, output_type="stream", name="stdout", text=text)


def source(start, old, new):
    def change(notebook):
        found = cell(notebook, start)
        assert old in found.source
        found.source = found.source.replace(old, new)

    return change


FAULTS = {
    "cells; a lesson has": lambda nb: nb.cells.extend([nb.cells[-1]] * 60),
    "the kernel is not python3": lambda nb: nb.metadata.kernelspec.update(name="my-env"),
    "metadata that no reader needs": lambda nb: nb.metadata.update(widgets={}),
    "the version of Python is kept": lambda nb: nb.metadata.language_info.update(version="3.11.7"),
    "two cells share an id": lambda nb: nb.cells[3].update(id=nb.cells[2].id),
    "not run from top to bottom": lambda nb: cell(nb, "answer").update(execution_count=None),
    "its id is not made of words": lambda nb: nb.cells[4].update(id="3f9A_b"),
    "is empty": lambda nb: nb.cells[4].update(source="\n"),
    "keeps the time of its run": lambda nb: cell(nb, "setup").metadata.update(execution={}),
    "ends with a semicolon": lambda nb: cell(nb, "setup").update(source="1;"),
    "uses a magic or the shell": lambda nb: cell(nb, "setup").update(source="%time 1"),
    "uses interact": lambda nb: cell(nb, "setup").update(source="widgets.interact(f)"),
    "uses Output": lambda nb: cell(nb, "setup").update(source="out = Output()"),
    "uses display_id": lambda nb: cell(nb, "setup").update(source="display(1, display_id=True)"),
    "shows an error: ValueError": lambda nb: output(
        nb, output_type="error", ename="ValueError", evalue="", traceback=[]
    ),
    "writes to stderr": lambda nb: output(nb, output_type="stream", name="stderr", text="careful"),
    "keeps the view of a widget": lambda nb: output(
        nb, output_type="display_data", data={WIDGET_VIEW: {}}, metadata={}
    ),
    "shows a picture with no words": lambda nb: output(
        nb, output_type="display_data", data={"image/png": "", "text/plain": "<Figure size 1x1>"}, metadata={}
    ),
    "shows an address in memory": shown("<object at 0x7f6bff16ec00>"),
    "shows a path": shown("/home/ann/x.py"),
    "shows a date": shown("2026-11-22"),
    "does not state the points": source("title", "37 in all", "many"),
    "but the exercises are": lambda nb: cell(nb, "answer").metadata.update(tags=["answer:other"]),
    "does not begin as the exercise's empty cell": source("answer-response", "(2 points)", "(3 points)"),
    "does not end with grading.check(response)": source("answer-response", "grading.check", "grading.predict"),
    "its nbgrader metadata does not say": lambda nb: cell(nb, "answer").metadata.nbgrader.update(solution=False),
    "shows the progress before the end": lambda nb: cell(nb, "picture").update(source="lesson.progress()"),
    "the last cell does not give nbgrader the points": lambda nb: nb.cells[-1].metadata.nbgrader.update(points=1),
    "its answer 896 can be read above it": source("predict-shapes", "**Predict**", "896! **Predict**"),
}


@pytest.mark.parametrize("rule", FAULTS)
def test_broken_rule_is_noticed(rule):
    notebook = copy.deepcopy(notebook_of("03_convolution"))
    FAULTS[rule](notebook)
    found = broken_rules(notebook, lessons.get("03_convolution"))
    assert any(rule in said for said in found), found
