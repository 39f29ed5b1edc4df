"""Notebooks for the tests of releasing and marking, made in a line."""

import nbformat
from nbformat import v4


def code(source, grade_id=None, tags=(), output=None, **flags):
    """A code cell; with a `grade_id` it is an nbgrader cell, by default a solution."""
    metadata = {"tags": list(tags)} if tags else {}
    if grade_id:
        none = {"grade": False, "solution": not flags, "locked": False, "task": False, "schema_version": 3}
        metadata["nbgrader"] = {**none, "grade_id": grade_id, **flags}
    outputs = [v4.new_output("stream", text=output)] if output else []
    return v4.new_code_cell(source, metadata=metadata, outputs=outputs)


def solution(name, body, arguments="x", **more):
    """A function with its body in a solution region."""
    inside = "".join(f"    {line}\n" for line in body.split("\n"))
    text = f"def {name}({arguments}):\n    ### BEGIN SOLUTION\n{inside}    ### END SOLUTION"
    return code(text, grade_id=name, tags=[f"answer:{name}"], **more)


def notebook(*cells):
    """A notebook of these cells, whose ids are their places."""
    made = v4.new_notebook(cells=list(cells))
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for number, cell in enumerate(made.cells):
        cell["id"] = f"cell-{number}"
    return made


def write(path, *cells):
    """Write a notebook of these cells and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook(*cells), path)
    return path


def solved_lesson():
    """The cells of the tiny lesson with right answers."""
    return (
        v4.new_markdown_cell("# Doubling"),
        code("import numpy as np"),
        solution("rows", "return 3", arguments=""),
        solution("double", "doubled = x + x\nreturn doubled"),
        solution("total", "return np.sum(x)"),
        code("assert double(2) == 4", grade_id="test", grade=True, locked=True, points=1),
    )
