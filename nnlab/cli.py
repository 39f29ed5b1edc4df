"""The command `nnlab`: open the lessons, release them to students, mark what comes back.

Each subcommand imports what it needs when it runs, so that `nnlab --help` is quick and a student needs no
teacher's packages.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from nnlab._version import __version__
from nnlab.core.errors import NnlabError
from nnlab.lab import default_folder

LESSON_HELP = "a Python file of yours that sets LESSON, whose exercises are then marked, and perhaps BANK"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments` (default: those of the shell) and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a student's name must not stop the marking of others
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
    except OSError as error:
        print(f"nnlab: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("nbformat", "nbclient", "jupyter_client"):
            raise
        print(
            f"nnlab: this command needs {error.name}; install the teacher's packages with:  "
            f'{sys.executable} -m pip install "nnlab[teach]"',
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
    release.add_argument("--lesson", type=Path, metavar="FILE.py", help=LESSON_HELP)
    release.set_defaults(command=_release)

    grade = commands.add_parser(
        "grade",
        help="mark a folder of submissions",
        description="Mark every notebook of a folder (flat, a folder a student, or as Moodle downloads them). "
        "Answers run in a process of their own, without network and files where bubblewrap is installed. "
        "Writes a row an exercise, and the totals beside it.",
    )
    grade.add_argument("folder", type=Path, metavar="FOLDER", help="the submissions")
    grade.add_argument("-o", "--out", type=Path, required=True, metavar="MARKS.csv", help="where the marks go")
    grade.add_argument("--feedback", type=Path, metavar="DIR", help="write a page of feedback for each student")
    grade.add_argument("--lesson", metavar="NAME|FILE.py", help="the lesson, or a Python file that sets LESSON")
    grade.add_argument("--hidden", type=Path, metavar="FILE.py", help="a file of yours with more checks (CHECKS)")
    grade.add_argument("--jobs", type=_positive, default=os.cpu_count() or 1, metavar="N", help="how many at a time")
    grade.add_argument("--seed", default="marking", help="chooses the inputs of the checks (default: %(default)s)")
    grade.add_argument("--seconds", type=_positive, default=5, metavar="S", help="time a call (default: %(default)s)")
    grade.set_defaults(command=_grade)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


def _lab(known: argparse.Namespace) -> int:
    from nnlab.lab import open_lab, place_lessons, released_lessons

    for sentence in place_lessons(known.folder, released_lessons()):
        print(sentence)
    print(f"Your lessons are in {known.folder.resolve()}")
    return 0 if known.no_launch else open_lab(known.folder, known.rest)


def _release(known: argparse.Namespace) -> int:
    from nnlab import lessons
    from nnlab.grading.marking.batch import Terms
    from nnlab.grading.marking.teacher import bank_from, lesson_from
    from nnlab.grading.release.proof import prove, prove_bank
    from nnlab.grading.release.publish import release

    own, terms = lesson_from(known.lesson) if known.lesson else None, Terms()
    if own:
        prove_bank(own, bank_from(known.lesson), terms)

    def condition(name: str, source: dict, student: dict) -> None:
        if own or name in lessons.names():
            prove(own or lessons.get(name), source, student, terms)
        else:
            print(f"{name}: there are no exercises of this name, so nothing was marked.", file=sys.stderr)

    for path in release(known.source, known.out, run=not known.no_run, check=condition):
        print(path)
    return 0


def _grade(known: argparse.Namespace) -> int:
    from nnlab import lessons
    from nnlab.grading.marking import batch, marks, teacher
    from nnlab.grading.marking.sandbox import Limits
    from nnlab.grading.marking.submissions import find_submissions

    if known.lesson is None:
        chosen = [lessons.get(name) for name in lessons.names()]
    else:
        chosen = [
            teacher.lesson_from(Path(known.lesson)) if known.lesson.endswith(".py") else lessons.get(known.lesson)
        ]
    if known.hidden:
        chosen = teacher.with_hidden_checks(chosen, known.hidden)
    terms = batch.Terms(Limits(seconds=known.seconds), seed=known.seed)
    if not terms.isolation.isolated:
        print(
            f"nnlab: {terms.isolation.why_not}: the answers can read your files and reach the network while they "
            "are marked. Mark on Linux with bubblewrap, or on a machine that holds nothing of value.",
            file=sys.stderr,
        )
    submissions = find_submissions(known.folder)
    marked = batch.mark_submissions(submissions, {lesson.name: lesson for lesson in chosen}, terms, known.jobs)
    count = 0
    for one in marks.write_marks(marked, known.out, terms, known.feedback):
        most = sum(mark.result.maximum for mark in one.marks)
        print(f"{one.submission.student}: {one.points}/{most}")
        count += 1
    print(f"{count} marked: {known.out}, totals in {marks.totals_beside(known.out)}")
    return 0
