"""Make the student's copy of a notebook: solutions taken out, cells locked, outputs cleared.

The source is written in nbgrader's format (https://nbgrader.readthedocs.io): a cell's `nbgrader` metadata says
whether it is a solution, a test or locked, and comments such as `### BEGIN SOLUTION` bound what goes. The result
is what nbgrader makes of the same source, so a school may use either program.
"""

from __future__ import annotations

import copy
import re
from typing import Any, NamedTuple

from nnlab.core.errors import NnlabError

STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT_STUB = "YOUR ANSWER HERE"
KEEP_OUTPUT = "keep_output"  # the tag of a cell whose output the student is meant to see before running it


class ReleaseError(NnlabError):
    """A source notebook cannot be released; the message says which cell and why."""


class Region(NamedTuple):
    """One kind of marked region: the words of its marker, and the flag that its cell's metadata must carry."""

    name: str
    flag: str
    stubbed: bool = False


REGIONS = (
    Region("SOLUTION", "solution", stubbed=True),
    Region("HIDDEN TESTS", "grade"),
    Region("MARK SCHEME", "task"),
)


class Student(NamedTuple):
    """A notebook as the student gets it, and the lines that were taken out of it."""

    notebook: dict[str, Any]
    removed: list[str]


def student_copy(notebook: dict[str, Any], where: str = "notebook") -> Student:
    r"""Return the student's copy of a source notebook (both as parsed JSON) and the lines taken out of it.

    Raises `ReleaseError` where a region is nested, has no end or no beginning, stands in a cell whose metadata
    does not announce it, or where two cells share a grade id. The argument is left as it was.

    >>> cell = {"cell_type": "code", "metadata": {"nbgrader": {"solution": True, "grade": False, "grade_id": "a"}},
    ...         "outputs": [], "execution_count": 3,
    ...         "source": "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"}
    >>> student = student_copy({"cells": [cell], "metadata": {}})
    >>> print(student.notebook["cells"][0]["source"])
    def double(x):
        # YOUR CODE HERE
        raise NotImplementedError()
    >>> student.removed
    ['    return 2 * x']
    """
    _refuse_repeated_grade_ids(notebook, where)
    notebook = copy.deepcopy(notebook)
    removed: list[str] = []
    for number, cell in enumerate(notebook["cells"], start=1):
        place = f"{where}, cell {number}"
        cell["source"] = text_of(cell)
        removed += _strip(cell, place)
        _lock(cell)
        _clear(cell)
    notebook["metadata"].pop("widgets", None)  # the state of widgets: pictures of the solution at work
    notebook["metadata"].pop("celltoolbar", None)
    return Student(notebook, removed)


def text_of(cell: dict[str, Any]) -> str:
    """Return a cell's source as one text: on disk it may be a list of lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _strip(cell: dict[str, Any], place: str) -> list[str]:
    """Take every region out of `cell`, and return the lines taken out."""
    removed: list[str] = []
    stub = STUB if cell["cell_type"] == "code" else TEXT_STUB
    flags = cell["metadata"].get("nbgrader", {})
    stubbed = False
    for region in REGIONS:
        source, lines = _cut(cell["source"], region, stub if region.stubbed else "", place)
        if lines is None:
            continue
        if not flags.get(region.flag):
            raise ReleaseError(
                f"{place}: a {region.name} region stands in a cell whose nbgrader metadata does not say "
                f'"{region.flag}": true; mark the cell, or take the region out.'
            )
        cell["source"], removed, stubbed = source, removed + lines, stubbed or region.stubbed
    if flags.get("solution") and not stubbed:  # no region: the whole cell is the solution
        removed += cell["source"].split("\n")
        cell["source"] = stub
    return removed


def _cut(source: str, region: Region, stub: str, place: str) -> tuple[str, list[str] | None]:
    """Replace each region by `stub` at its indent; the lines inside come back too, None where there is no region."""
    kept: list[str] = []
    removed: list[str] = []
    begin, end, inside, found = f"BEGIN {region.name}", f"END {region.name}", False, False
    for line in source.split("\n"):
        if begin in line:
            if inside:
                raise ReleaseError(f"{place}: '{begin}' stands inside another one; close the first before it.")
            inside = found = True
            indent = re.match(r"\s*", line).group()
            kept += [indent + stub_line for stub_line in stub.split("\n") if stub]
        elif end in line:
            if not inside:
                raise ReleaseError(f"{place}: '{end}' has no '{begin}' before it.")
            inside = False
        else:
            (removed if inside else kept).append(line)
    if inside:
        raise ReleaseError(f"{place}: '{begin}' has no '{end}' after it.")
    return "\n".join(kept), removed if found else None


def _lock(cell: dict[str, Any]) -> None:
    """Say in the cell's metadata what JupyterLab is to protect: answers from deletion, tests from any change."""
    flags = cell["metadata"].get("nbgrader", {})
    if flags.get("solution"):
        cell["metadata"]["deletable"] = False
    elif flags.get("grade") or flags.get("locked"):
        cell["metadata"]["deletable"] = cell["metadata"]["editable"] = False


def _clear(cell: dict[str, Any]) -> None:
    if cell["cell_type"] != "code" or KEEP_OUTPUT in cell["metadata"].get("tags", ()):
        return
    cell["outputs"], cell["execution_count"] = [], None
    for key in ("collapsed", "scrolled"):  # how an output was folded means nothing without the output
        cell["metadata"].pop(key, None)


def _refuse_repeated_grade_ids(notebook: dict[str, Any], where: str) -> None:
    seen: set[str] = set()
    for cell in notebook["cells"]:
        flags = cell["metadata"].get("nbgrader", {})
        if not any(flags.get(name) for name in ("grade", "solution", "locked")):
            continue
        grade_id = flags.get("grade_id")
        if not grade_id:
            raise ReleaseError(f"{where}: an nbgrader cell has no grade_id; give each one its own.")
        if grade_id in seen:
            raise ReleaseError(f"{where}: two cells have the grade_id {grade_id!r}; give each its own.")
        seen.add(grade_id)
