"""Find what was handed in, in the layouts in which it arrives.

Notebooks beside each other (`ann.ipynb`), a folder a student (`ann/03_convolution.ipynb`), or what Moodle
downloads (`Ann Example_123456_assignsubmission_file_/03_convolution.ipynb`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nnlab.core.errors import ArgumentError

MOODLE = re.compile(r"(?P<student>.+)_\d+_assignsubmission_[a-z]+_?")


@dataclass(frozen=True)
class Submission:
    """One notebook of one student; `path` is None where the student handed in none, and `problem` says so."""

    student: str
    path: Path | None
    problem: str = ""


def find_submissions(folder: Path) -> Iterator[Submission]:
    """Give every submission below `folder`, in the order of names; every student's folder gives at least one.

    Symbolic links are not followed: a student could point one at somebody else's work.
    """
    if not folder.is_dir():
        raise ArgumentError(f"{folder} is not a folder; give the folder that holds the submissions.")
    for entry in sorted(folder.iterdir(), key=lambda path: path.name):
        if entry.name.startswith("."):
            continue
        if entry.is_dir() and not entry.is_symlink():
            student = moodle.group("student") if (moodle := MOODLE.fullmatch(entry.name)) else entry.name
            paths = sorted(path for path in entry.rglob("*.ipynb") if not _is_hidden(path.relative_to(entry)))
            for path in paths:
                yield Submission(student, path)
            if not paths:
                yield Submission(student, None, "handed in no notebook")
        elif entry.suffix == ".ipynb":
            yield Submission(entry.stem, entry)
        elif entry.is_symlink():
            yield Submission(entry.name, entry)  # reading it says why it is refused


def _is_hidden(path: Path) -> bool:
    """Checkpoints and what an archive of macOS leaves behind are no submissions."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
