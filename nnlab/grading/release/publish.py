"""Turn source notebooks, with solutions, into what students get, and refuse where that would go wrong.

Nothing is written unless every notebook passes: its solution runs without an error and to full marks, the
student's copy holds no line of the solution, and that copy scores nothing.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbclient
import nbformat

from nnlab.grading.notebook.report import CHECK
from nnlab.grading.release.leaks import leaks
from nnlab.grading.release.strip import ReleaseError, student_copy

SECONDS_A_CELL = 300

Condition = Callable[[str, dict[str, Any], dict[str, Any]], None]  # (name, source, student's copy)


def release(source: Path, out: Path, run: bool = True, check: Condition | None = None) -> list[Path]:
    """Release the notebook `source`, or each notebook of that folder, into the folder `out`.

    run      execute each source from top to bottom first (with nbclient, in this Python's kernel).
    check    one more condition, called with the lesson's name, its source and the student's copy; it raises
             `ReleaseError` where the release must not go out. `nnlab release` marks both copies there.

    Returns the files written. Raises `ReleaseError`, and then nothing has been written.
    """
    paths = _sources(source)
    if out.resolve() == (source if source.is_dir() else source.parent).resolve():
        raise ReleaseError(f"{out} holds the sources themselves; release into another folder.")
    released = {}
    for path in paths:
        notebook = _read(path)
        if run:
            _run(notebook, path)
        student, removed = student_copy(notebook, path.name)
        found = leaks(student, removed)
        if found:
            raise ReleaseError(f"{path.name}: the student's copy would show the solution: " + "; ".join(found))
        if check is not None:
            check(path.stem, notebook, student)
        released[out / path.name] = nbformat.writes(nbformat.from_dict(student)) + "\n"
    out.mkdir(parents=True, exist_ok=True)
    for path, text in released.items():
        path.write_bytes(text.encode())  # the same bytes on every system
    return list(released)


def _sources(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    paths = sorted(path for path in source.glob("*.ipynb") if not path.name.startswith("."))
    if not paths:
        raise ReleaseError(f"{source} is neither a notebook nor a folder with notebooks (*.ipynb) in it.")
    return paths


def _read(path: Path) -> dict[str, Any]:
    try:
        notebook = nbformat.read(path, as_version=4)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, nbformat.ValidationError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise ReleaseError(f"{path.name} cannot be read as a notebook: {why}") from error
    language = notebook.metadata.get("kernelspec", {}).get("language", "python")
    if language != "python":
        raise ReleaseError(f"{path.name} is written for {language}; only Python notebooks can be released.")
    return notebook


def _run(notebook: dict[str, Any], path: Path) -> None:
    """Execute a copy of the notebook: what it shows is checked, and the source's own outputs stay as they are.

    It runs in a folder of its own that shows the source's neighbours: a lesson writes its progress and report
    there, and a solution's report is the last thing to leave beside what is handed out.
    """
    notebook = nbformat.from_dict(notebook).copy()
    with tempfile.TemporaryDirectory() as room:
        for neighbour in path.parent.resolve().iterdir():
            if not neighbour.name.startswith("."):
                with contextlib.suppress(OSError):  # where the system allows no links, the notebook does without
                    Path(room, neighbour.name).symlink_to(neighbour)
        client = nbclient.NotebookClient(
            notebook,
            timeout=SECONDS_A_CELL,
            kernel_name="python3",
            resources={"metadata": {"path": room}},
            record_timing=False,
        )
        try:
            client.execute(env=os.environ | {"NNLAB_HOME": room})
        except nbclient.exceptions.CellExecutionError as error:
            raise ReleaseError(f"{path.name}: the solution does not run: {error.ename}: {error.evalue}") from error
        except (nbclient.exceptions.CellTimeoutError, nbclient.exceptions.DeadKernelError) as error:
            raise ReleaseError(f"{path.name}: the solution does not run: {str(error).splitlines()[0]}") from error
    for result in _results(notebook):
        if result["points"] < result["maximum"]:
            raise ReleaseError(
                f"{path.name}: the solution of {result['exercise']} earns {result['points']} of {result['maximum']} "
                "points in the notebook."
            )


def _results(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give every mark that the notebook showed when it ran."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            for kind, value in output.get("data", {}).items():
                if kind == CHECK:
                    yield value
