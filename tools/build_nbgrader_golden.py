"""Ask nbgrader for its student copy of a notebook with every kind of cell, for our release to be compared with.

nbgrader brings a database and server extensions, so it is no dependency of the tests: run this where it is
installed (`pip install nbgrader`), then commit what it writes to tests/grading/golden/.
"""

import copy
from pathlib import Path

import nbformat
from nbformat import v4

GOLDEN = Path(__file__).parents[1] / "tests" / "grading" / "golden"


def flags(grade_id: str, **true: object) -> dict:
    """The metadata of an nbgrader cell."""
    none = {"grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": {"grade_id": grade_id, "schema_version": 3, **none, **true}}


def source() -> nbformat.NotebookNode:
    """A notebook with every kind of cell that nbgrader knows."""
    output = v4.new_output("stream", text="secret = 42\n")
    code = {"execution_count": 4, "outputs": [output]}
    region = (
        "def f(x):\n    # Keep this.\n    ### BEGIN SOLUTION\n    y = x + 1\n    ### END SOLUTION\n    return y\n\nf(1)"
    )
    two = (
        "### BEGIN SOLUTION\na = 1\n### END SOLUTION\nif a:\n\t### BEGIN SOLUTION\n\tb = 2\n\t### END SOLUTION\n\tc = 3"
    )
    hidden = "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(-1) == 0\n### END HIDDEN TESTS\nprint('seen')"
    task = "Draw it.\n\n=== BEGIN MARK SCHEME ===\nOne point an axis.\n=== END MARK SCHEME ===\n"
    notebook = v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    )
    notebook.cells = [
        v4.new_markdown_cell("# A lesson"),
        v4.new_code_cell("import numpy as np", metadata={"collapsed": False, "tags": ["keep"]}, **code),
        v4.new_code_cell(region, metadata={**flags("f", solution=True), "tags": ["answer:f"]}, **code),
        v4.new_code_cell(two, metadata=flags("two", solution=True), **code),
        v4.new_code_cell("whole = 'cell'\nprint(whole)", metadata=flags("whole", solution=True), **code),
        v4.new_code_cell(
            "# BEGIN SOLUTION\nboth = 1\n# END SOLUTION", metadata=flags("both", solution=True, grade=True, points=1)
        ),
        v4.new_code_cell(hidden, metadata=flags("tests", grade=True, locked=True, points=2), **code),
        v4.new_code_cell("locked = True", metadata=flags("locked", locked=True), **code),
        v4.new_markdown_cell("It is nine.", metadata=flags("text", grade=True, solution=True, points=1)),
        v4.new_markdown_cell(
            "Because:\n\n### BEGIN SOLUTION\nof nine.\n### END SOLUTION",
            metadata=flags("because", grade=True, solution=True, points=1),
        ),
        v4.new_markdown_cell("Read only.", metadata=flags("read", locked=True)),
        v4.new_markdown_cell(task, metadata=flags("task", task=True, locked=True, points=3)),
        v4.new_raw_cell("raw"),
    ]
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    return notebook


def main() -> None:
    """Write the source and what nbgrader makes of it."""
    from nbgrader import preprocessors as steps

    notebook = source()
    nbformat.write(notebook, GOLDEN / "source.ipynb")
    released, resources = copy.deepcopy(notebook), {}
    for step in (
        steps.LockCells,
        steps.ClearSolutions,
        steps.ClearOutput,
        steps.CheckCellMetadata,
        steps.ClearHiddenTests,
        steps.ClearMarkScheme,
        steps.CheckCellMetadata,
    ):
        released, resources = step().preprocess(released, resources)
    nbformat.write(released, GOLDEN / "released_by_nbgrader.ipynb")


if __name__ == "__main__":
    main()
