"""The command `nnlab`: open the lessons, release them to students, mark what comes back.

Each subcommand imports what it needs when it runs, so that `nnlab --help` is quick and a student needs no
teacher's packages.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from nnlab._version import __version__
from nnlab.core.errors import NnlabError
from nnlab.lab import default_folder


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments` (default: those of the shell) and return its exit status."""
    parser = _parser()
    known, rest = parser.parse_known_args(arguments)
    if rest and known.command is not _lab:
        parser.error(f"unknown argument: {' '.join(rest)}")
    known.rest = rest
    try:
        return known.command(known)
    except NnlabError as error:
        print(f"nnlab: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("nbformat", "nbclient", "jupyter_client"):
            raise
        print(
            f"nnlab: this command needs {error.name}; install the teacher's packages with:  "
            f'{Path(sys.executable).name} -m pip install "nnlab[teach]"',
            file=sys.stderr,
        )
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nnlab", description="See what the layers of a neural network do.")
    parser.add_argument("--version", action="version", version=f"nnlab {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="lab | release | grade")

    lab = commands.add_parser(
        "lab",
        help="open the lessons in JupyterLab",
        description="Put the lessons into a folder of yours and open JupyterLab there. Your work is never "
        "overwritten: a lesson that you changed stays, and a newer release is put beside it. "
        "Arguments that nnlab does not know go to `jupyter lab` (for example --no-browser, --port 9000).",
    )
    lab.add_argument(
        "--folder",
        type=Path,
        default=default_folder(),
        metavar="DIR",
        help="where your lessons are (default: nnlab-lessons in your home directory)",
    )
    lab.add_argument("--no-launch", action="store_true", help="put the lessons there, and do not open JupyterLab")
    lab.set_defaults(command=_lab)

    release = commands.add_parser(
        "release",
        help="make the students' copies of notebooks with solutions",
        description="Run each notebook, see that its solutions earn full marks, take them out, and write the "
        "students' copies. Nothing is written if anything is wrong.",
    )
    release.add_argument("source", type=Path, metavar="NOTEBOOK|FOLDER", help="what to release")
    release.add_argument("-o", "--out", type=Path, required=True, metavar="FOLDER", help="where the copies go")
    release.add_argument("--no-run", action="store_true", help="do not execute the notebooks first")
    release.set_defaults(command=_release)
    return parser


def _lab(known: argparse.Namespace) -> int:
    from nnlab.lab import open_lab, place_lessons, released_lessons

    for sentence in place_lessons(known.folder, released_lessons()):
        print(sentence)
    print(f"Your lessons are in {known.folder.resolve()}")
    return 0 if known.no_launch else open_lab(known.folder, known.rest)


def _release(known: argparse.Namespace) -> int:
    from nnlab.grading.release import release

    for path in release(known.source, known.out, run=not known.no_run):
        print(path)
    return 0
