"""Mark what students handed in: every submission and every exercise gets a mark, whatever the answer does.

The checks and the comparison are those of the notebook (`mark.py`), with other inputs; the only difference is
that the call crosses into a process of its own.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from nnlab.core.errors import NnlabError
from nnlab.grading.exercise import Exercise
from nnlab.grading.lesson import Lesson
from nnlab.grading.mark import mark
from nnlab.grading.marking.answers import Answer, Handed, UnreadableError, read_handed
from nnlab.grading.marking.sandbox import Answering, Isolation, Limits, isolation
from nnlab.grading.marking.submissions import Submission
from nnlab.grading.result import FAILED, NOT_ATTEMPTED, PASSED, CheckResult, Result

SEED = "marking"  # not the notebook's, so that values learned by heart there are of no use


class MarkingError(NnlabError):
    """The marking cannot begin: no lesson, no submissions, or a teacher's file that cannot be used."""


@dataclass(frozen=True)
class Terms:
    """How to mark: what an answer may use, how it is shut in, and which inputs it gets."""

    limits: Limits = field(default_factory=Limits)
    isolation: Isolation = field(default_factory=isolation)
    seed: str = SEED


@dataclass(frozen=True)
class Mark:
    """The mark of one exercise: `status` is ok, wrong, not attempted, timeout, crashed, syntax, missing or unread.

    `note` says what no check can say: that the file is no notebook, or that the answer is defined twice.
    """

    exercise: Exercise
    result: Result
    status: str
    note: str = ""
    seconds: float = 0.0
    source: str = ""

    @property
    def message(self) -> str:
        """For the teacher, in one line: what failed, and what was odd."""
        said = [f"{check.name}: {check.problem}" for check in self.result.checks if check.status == FAILED]
        return "; ".join([*said, *([self.note] if self.note else [])])


@dataclass(frozen=True)
class Marked:
    """A submission with its marks, one an exercise."""

    submission: Submission
    lesson: Lesson
    marks: tuple[Mark, ...]
    sha256: str = ""

    @property
    def points(self) -> int:
        """The points earned in all."""
        return sum(mark.result.points for mark in self.marks)


def mark_submissions(
    submissions: Iterable[Submission], lessons: Mapping[str, Lesson], terms: Terms, jobs: int = 1
) -> Iterator[Marked]:
    """Mark each submission, `jobs` at a time, and give them in their order as soon as they are there.

    The lesson of a notebook is the one whose name stands in the file's name, else the one most of whose answers
    it holds; where neither says it, the lesson of most others. A notebook without any answer is passed over if
    its student handed in another one that has some.
    """
    found = [(submission, _lesson_of(submission, lessons)) for submission in submissions]
    if not found:
        raise MarkingError("There is no notebook (*.ipynb) and no student's folder here.")
    known = [name for _, name in found if name]
    if not known and len(lessons) > 1:
        raise MarkingError(
            f"No file says which lesson it belongs to; name it with --lesson (one of {', '.join(lessons)})."
        )
    usual = max(known, key=known.count) if known else next(iter(lessons))
    answered = {submission.student for submission, name in found if name}
    work = [
        (submission, lessons[name or usual], terms)
        for submission, name in found
        if name != "" or submission.student not in answered
    ]
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda task: mark_submission(*task), work)


def mark_submission(submission: Submission, lesson: Lesson, terms: Terms) -> Marked:
    """Mark one submission; this returns whatever the file is and whatever its answers do."""
    try:
        if submission.path is None:
            raise UnreadableError(submission.problem)
        handed = read_handed(submission.path)
    except UnreadableError as error:
        marks = tuple(Mark(e, _nothing(e), "unread", str(error)) for e in lesson.exercises)
        return Marked(submission, lesson, marks)
    digest = hashlib.sha256(submission.path.read_bytes()).hexdigest()
    return Marked(submission, lesson, tuple(mark_exercise(e, handed, terms) for e in lesson.exercises), digest)


def mark_exercise(exercise: Exercise, handed: Handed, terms: Terms) -> Mark:
    """Mark one exercise of a notebook that was handed in."""
    answer = handed.answer(exercise.name)
    if answer is None:
        problem = handed.syntax_error(exercise.name)
        status, note = ("syntax", problem) if problem else ("missing", "there is no function of this name")
        return Mark(exercise, _nothing(exercise), status, note)
    start = time.monotonic()
    try:
        with Answering(answer.statements, answer.name, terms.limits, terms.isolation) as call:
            result = mark(exercise, call, answer.source, terms.seed)
    except Exception as error:  # a fault of the exercise or of this machine, and still everybody gets a row
        note = f"the marking itself failed: {type(error).__name__}: {error}"
        return Mark(exercise, _nothing(exercise), "crashed", note, time.monotonic() - start, answer.source)
    seconds = time.monotonic() - start
    note = _note(answer, exercise, result, handed.shown.get(exercise.name))
    return Mark(exercise, result, _status(result), note, seconds, answer.source)


def _lesson_of(submission: Submission, lessons: Mapping[str, Lesson]) -> str | None:
    """The name of a submission's lesson, "" for a notebook that answers nothing, None where nothing can be read."""
    if submission.path is None:
        return None
    named = [name for name in lessons if name in submission.path.name]
    if named:
        return named[0]
    try:
        handed = read_handed(submission.path)
    except UnreadableError:
        return None
    counts = {n: sum(handed.answer(e.name) is not None for e in lesson.exercises) for n, lesson in lessons.items()}
    best = max(counts, key=counts.get)
    return best if counts[best] else ""


def _status(result: Result) -> str:
    if result.status == PASSED:
        return "ok"
    if result.status == NOT_ATTEMPTED:
        return NOT_ATTEMPTED
    kinds = {check.kind for check in result.checks if check.status == FAILED}
    return "timeout" if "time" in kinds else "crashed" if "exit" in kinds else "wrong"


def _note(answer: Answer, exercise: Exercise, result: Result, shown: tuple[int, int] | None) -> str:
    """What the teacher should know beside the mark."""
    said = []
    if shown and shown[1] == result.maximum and shown[0] != result.points:
        # Of a prediction the first answer counted there; of a function, the notebook knew other cells or inputs.
        said.append(f"the notebook itself shows {shown[0]} of {shown[1]}")
    if answer.definitions > 1:
        said.append(f"defined {answer.definitions} times, the last one counts")
    if answer.name != exercise.name:
        said.append(f"found by its cell's tag, under the name {answer.name}")
    return "; ".join(said)


def _nothing(exercise: Exercise) -> Result:
    """The result where nothing could be called."""
    checks = (CheckResult(c.name, NOT_ATTEMPTED, 0, c.points, NOT_ATTEMPTED) for c in exercise.checks)
    return Result(exercise.name, tuple(checks))
