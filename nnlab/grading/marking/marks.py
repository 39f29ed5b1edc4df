"""Write the marks: a row an exercise, a total a student, and a page of feedback each.

Rows are written as they come, so that a marking that is stopped keeps what it had. The pages name the checks
and what went wrong; no page holds the source of a check.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any

from nnlab._version import __version__
from nnlab.grading.marking.batch import Marked, Terms
from nnlab.grading.notebook.handin import STYLE
from nnlab.grading.notebook.markup import counted
from nnlab.grading.notebook.report import Feedback

COLUMNS = (
    *("student", "file", "sha256", "lesson", "exercise", "score", "max"),
    *("status", "seconds", "isolated", "nnlab_version", "message"),
)
TOTALS = ("student", "lesson", "score", "max", "attempted", "files")


def write_marks(marked: Iterable[Marked], out: Path, terms: Terms, feedback: Path | None = None) -> Iterator[Marked]:
    """Write `out`, its totals and the feedback while passing each submission on."""
    done: list[Marked] = []
    names: set[str] = set()
    if feedback is not None:
        feedback.mkdir(parents=True, exist_ok=True)
    with open(out, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for submission in marked:
            table.writerows(_rows(submission, terms))
            file.flush()
            if feedback is not None:
                path = feedback / f"{_free_name(submission, names)}.html"
                path.write_text(page(submission), encoding="utf-8", errors="replace")
            done.append(submission)
            yield submission
    with open(totals_beside(out), "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(TOTALS)
        table.writerows(_totals(done))


def totals_beside(out: Path) -> Path:
    """Where the totals of a file of marks are."""
    return out.with_name(f"{out.stem}-totals{out.suffix}")


def page(marked: Marked) -> str:
    """One student's feedback as a page that needs no other file and holds no script."""
    most = sum(mark.result.maximum for mark in marked.marks)
    parts = [f"<p><b>{marked.points} of {counted(most, 'point')}</b>, {escape(marked.submission.student)}</p>"]
    if all(mark.status == "unread" for mark in marked.marks):
        parts.append(f"<p>The submission could not be read: it {escape(marked.marks[0].note)}.</p>")
    else:
        for mark in marked.marks:
            parts.append(Feedback(mark.exercise, mark.result, None).html())
            parts.append(f"<p>{escape(mark.note)}</p>" if mark.note else "")
            parts.append(f"<pre>{escape(mark.source)}</pre>" if mark.source else "")
    title = escape(marked.lesson.title)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        f"<h1>{title}</h1>{''.join(parts)}</html>\n"
    )


def _rows(marked: Marked, terms: Terms) -> Iterator[list[Any]]:
    submission = marked.submission
    isolated = "yes" if terms.isolation.isolated else f"no: {terms.isolation.why_not}"
    for mark in marked.marks:
        row = [
            submission.student,
            submission.path.name if submission.path else "",
            marked.sha256,
            marked.lesson.name,
            mark.exercise.name,
            mark.result.points,
            mark.result.maximum,
            mark.status,
            f"{mark.seconds:.2f}",
            isolated,
            __version__,
            mark.message,
        ]
        yield [_safe(value) for value in row]


def _totals(done: list[Marked]) -> Iterator[list[Any]]:
    """The best of a student's files counts; `files` says how many there were."""
    groups: dict[tuple[str, str], list[Marked]] = {}
    for marked in done:
        groups.setdefault((marked.submission.student, marked.lesson.name), []).append(marked)
    for (student, lesson), files in groups.items():
        best = max(files, key=lambda marked: marked.points)
        attempted = sum(mark.status not in ("not attempted", "missing", "unread") for mark in best.marks)
        most = sum(mark.result.maximum for mark in best.marks)
        row = [student, lesson, best.points, most, attempted, sum(m.submission.path is not None for m in files)]
        yield [_safe(value) for value in row]


def _safe(value: Any) -> Any:
    """Keep a spreadsheet from taking a text for a formula (https://owasp.org/www-community/attacks/CSV_Injection).

    >>> _safe("=HYPERLINK(1)"), _safe("Ann"), _safe(-1)
    ("'=HYPERLINK(1)", 'Ann', -1)
    """
    if not isinstance(value, str):
        return value
    value = "".join(" " if ord(letter) < 32 else letter for letter in value.encode(errors="replace").decode())
    return f"'{value}" if value.lstrip().startswith(("=", "+", "-", "@")) else value


def _free_name(marked: Marked, taken: set[str]) -> str:
    """A file name made of the student's name and the lesson's, with a number where it is taken."""
    wanted = re.sub(r"[^\w-]+", "_", f"{marked.submission.student}-{marked.lesson.name}")[:120]
    name, count = wanted, 1
    while name.lower() in taken:  # some file systems take Ann and ann for the same
        count += 1
        name = f"{wanted}-{count}"
    taken.add(name.lower())
    return name
