"""Put the lessons into a folder of the user's, and open JupyterLab there.

A student's work is never overwritten. A small file in the folder (`.nnlab-lessons.json`) remembers what each
lesson looked like when it was put there: a file that still looks so may be replaced by a newer release, a file
that does not is the student's, and the newer release is put beside it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from nnlab._version import __version__
from nnlab.core.errors import NnlabError

FOLDER = "nnlab-lessons"  # in the user's home, so that it is the same whichever directory the command is given in
RECORD = ".nnlab-lessons.json"
# Defaults for JupyterLab, which a user's own settings outdo: notebooks are saved with the state of their widgets, so
# that an explorer in a lesson that is opened again is a picture that still moves, not an error; and nobody is asked
# about Jupyter's news by a pop-up over the lesson.
SETTINGS = str(Path(__file__).parent / "jupyter")


class LabError(NnlabError):
    """The lessons cannot be put into the folder, or JupyterLab cannot be started."""


def default_folder() -> Path:
    """The folder that `nnlab lab` uses when it is not told another."""
    return Path.home() / FOLDER


def released_lessons() -> dict[str, bytes]:
    """The lessons inside the package, by file name: the students' copies, without solutions."""
    folder = resources.files("nnlab") / "lessons" / "released"
    files = [file for file in folder.iterdir() if file.name.endswith(".ipynb")]
    return {file.name: file.read_bytes() for file in sorted(files, key=lambda file: file.name)}


def place_lessons(folder: Path, lessons: dict[str, bytes], version: str = __version__) -> list[str]:
    """Put `lessons` into `folder` without touching the user's work; return one sentence for each that was news.

    A lesson that is missing is written (deleting a file is how one starts it again), one that the user never
    changed is brought up to date, one that the user changed stays, with a newer release put beside it once.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        before = _read_record(folder)
        record, said = dict(before), []
        for name, content in lessons.items():
            path, new = folder / name, _digest(content)
            old = _digest(path.read_bytes()) if path.exists() else None
            if old is None:
                _write_new(path, content)
                said.append(f"{name}: new.")
            elif old == before.get(name) != new:
                _replace(path, content)
                said.append(f"{name}: brought up to version {version}; you had not changed it.")
            elif old != new != before.get(name):
                beside = _write_beside(path, content, version)
                said.append(f"{name}: your work stays as it is; version {version} is beside it as {beside.name}.")
            record[name] = new
        if record != before:
            _replace(folder / RECORD, json.dumps(record, indent=1, sort_keys=True).encode())
    except OSError as error:
        raise LabError(
            f"The lessons cannot be written to {folder} ({error.strerror or error}); "
            "choose another folder with --folder DIR."
        ) from error
    return said


def open_lab(folder: Path, arguments: Iterable[str] = ()) -> int:
    """Start JupyterLab in `folder` with this Python, so that its kernel finds nnlab; does not return on POSIX."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise LabError(
            f"JupyterLab is not installed for this Python; install it with:  {sys.executable} -m pip install jupyterlab"
        )
    # In a container one usually is root, and Jupyter does not start before that is said to be meant.
    root = ["--allow-root"] if getattr(os, "geteuid", lambda: None)() == 0 else []
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder.resolve()}", *root, *arguments]
    # The arrays of a lesson are small: where cores are few or shared, a second BLAS thread waits more than it works.
    environment = {"OPENBLAS_NUM_THREADS": "1", **os.environ}
    environment["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        filter(None, [SETTINGS, environment.get("JUPYTER_CONFIG_PATH")])
    )
    if os.name != "nt":  # on Windows exec returns to the shell at once, and both would read the keyboard
        sys.stdout.flush()
        os.execve(command[0], command, environment)
    return subprocess.call(command, env=environment)


def _read_record(folder: Path) -> dict[str, str]:
    """What was put here before; a record that cannot be read counts as none, so that every file is kept."""
    try:
        record = json.loads((folder / RECORD).read_bytes())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write_new(path: Path, content: bytes) -> None:
    with open(path, "xb") as file:  # x: fails rather than overwrite
        file.write(content)


def _replace(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    os.replace(partial, path)


def _write_beside(path: Path, content: bytes, version: str) -> Path:
    """Write the newer release under a name of its own, unless it is there already."""
    count = 1
    while True:
        again = f"-{count}" if count > 1 else ""
        beside = path.with_name(f"{path.stem}.new-{version}{again}{path.suffix}")
        if not beside.exists():
            _write_new(beside, content)
            return beside
        if beside.read_bytes() == content:
            return beside
        count += 1
