"""Everybody gets the mark that they earned, and a row, whatever they hand in."""

import csv
import os
import shutil

import pytest
from grading.hostile.answers import HOSTILE
from grading.notebooks import code, solved_lesson, write
from grading.tiny_lesson import DOUBLE, LESSON, ROWS

from nnlab.grading import Check, Lesson, calls
from nnlab.grading.marking import sandbox
from nnlab.grading.marking.answers import read_notebook
from nnlab.grading.marking.batch import MarkingError, Terms, mark_exercise, mark_submissions
from nnlab.grading.marking.marks import COLUMNS, totals_beside, write_marks
from nnlab.grading.marking.sandbox import Limits
from nnlab.grading.marking.submissions import Submission, find_submissions
from nnlab.grading.marking.teacher import with_hidden_checks
from nnlab.grading.notebook.report import CHECK

QUICK = Limits(seconds=2, seconds_in_all=6)
RIGHT = "def double(x):\n    return x + x"


@pytest.fixture(scope="module")
def terms():
    return Terms(QUICK)


def mark_of(terms, *sources, exercise=DOUBLE):
    cells = [code(source) if isinstance(source, str) else source for source in sources]
    return mark_exercise(exercise, read_notebook({"cells": cells}), terms)


def submission(path, *sources):
    return write(path, *[code(source) if isinstance(source, str) else source for source in sources])


def marked_rows(folder, terms, lessons=(LESSON,), **more):
    """Mark a folder and read back the rows and the totals."""
    out = folder.parent / "marks.csv"
    found = mark_submissions(find_submissions(folder), {lesson.name: lesson for lesson in lessons}, terms)
    list(write_marks(found, out, terms, **more))
    with open(out, encoding="utf-8", newline="") as marks, open(totals_beside(out), encoding="utf-8") as totals:
        return list(csv.DictReader(marks)), list(csv.DictReader(totals))


@pytest.mark.skipif(not sandbox.isolation().isolated, reason=sandbox.isolation().why_not or "none")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_gets_nothing_and_harms_nothing(terms, name):
    source, status, words = HOSTILE[name]
    mark = mark_exercise(DOUBLE, read_notebook({"cells": [dict(code(""), source=source)]}), terms)
    assert (mark.status, mark.result.points) == (status, 0)
    assert words in mark.message


@pytest.mark.parametrize(
    "source",
    [
        RIGHT,
        "double = lambda x: 2 * x",
        "import numpy as np\ndef double(x):\n    print('working')\n    return np.multiply(x, 2)",
        "import numpy as np, pandas_or_so\ndef double(x):\n    return np.add(x, x)",
        "import warnings\ndef double(x):\n    warnings.warn('careful')\n    return 2 * x",
        "def double(x):\n    open('/tmp/scratch', 'w').write('notes')\n    return 2 * x",
        "class Double:\n    def __call__(self, x):\n        return 2 * x\ndouble = Double()",
    ],
)
def test_a_right_answer_gets_full_marks_however_it_is_written(terms, source):
    mark = mark_of(terms, source)
    assert (mark.status, mark.result.points, mark.message) == ("ok", 3, "")


@pytest.mark.parametrize(
    ("source", "points", "words"),
    [
        ("def double(x):\n    return x", 0, "the value at"),
        ("def double(x):\n    return 2 * x if x.size < 10 else x", 1, "large: the value at"),
        ("def double(x):\n    x *= 2\n    return x", 0, "changed its input x in place"),
        ("def double(x):\n    return (2 * x).tolist()", 0, "returned a list"),
        ("def double(x):\n    return 2 * x.ravel()", 0, "the shape is"),
        ("def double(x):\n    return 2 * y", 0, "NameError"),
        ("def double(x, y):\n    return 2 * x", 0, "takes (x, y)"),
        ("import no_such_package\ndef double(x):\n    return no_such_package.double(x)", 0, "NameError"),
        ("from no_such_package import double", 0, "double is not defined; before that, `from no_such_package import"),
        (
            "from nnlab import layers\ndef helper(x):\n    return layers.Dense(1)(x)\n"
            "def double(x):\n    return helper(x)",
            0,
            "before that, `from nnlab import layers` raised ModuleNotFoundError: nnlab is not there while answers are",
        ),
        ("def double(x):\n    return helper(x)\ndef helper(x):\n    raise NotImplementedError()", 0, "not written yet"),
    ],
)
def test_a_wrong_answer_gets_what_it_earned_and_is_told_why(terms, source, points, words):
    mark = mark_of(terms, source)
    assert (mark.status, mark.result.points) == ("wrong", points)
    assert words in mark.message


def test_the_stub_and_the_absent_answer_are_told_apart_from_a_wrong_one(terms):
    assert mark_of(terms, DOUBLE.stub).status == "not attempted"
    assert mark_of(terms, "x = 3").status == "missing"


def test_a_prediction_is_marked_like_a_function_without_arguments(terms):
    assert mark_of(terms, "def rows():\n    return 3", exercise=ROWS).result.points == 1
    assert mark_of(terms, "def rows():\n    return 4", exercise=ROWS).result.points == 0


def test_the_last_definition_counts_and_the_teacher_hears_of_the_others(terms):
    mark = mark_of(terms, "def double(x):\n    return x", RIGHT)
    assert (mark.result.points, mark.note) == (3, "defined 2 times, the last one counts")


def shows(source, points):
    """A cell whose saved output claims a mark."""
    data = {CHECK: {"exercise": "double", "points": points, "maximum": 3}}
    return dict(code(source), outputs=[{"output_type": "display_data", "data": data, "metadata": {}}])


def test_what_the_notebook_shows_is_no_mark_and_a_difference_is_named(terms):
    wrong = "def double(x):\n    return x"
    mark = mark_of(terms, shows(wrong, 3))
    assert (mark.result.points, mark.note) == (0, "the notebook itself shows 3 of 3")
    assert mark_of(terms, shows(wrong, 0)).note == ""


@pytest.mark.parametrize(
    "outputs", [3, [3], [{"data": 3}], [{"data": {CHECK: 3}}], [{"data": {CHECK: {"points": []}}}]]
)
def test_outputs_that_make_no_sense_change_nothing(terms, outputs):
    assert mark_of(terms, dict(code(RIGHT), outputs=outputs)).result.points == 3


def test_inputs_are_not_those_of_the_notebook(terms):
    seen = [case.arguments["x"] for case in DOUBLE.checks[0].cases()]
    table = {x.shape: (2 * x).tolist() for x in seen}
    learned = f"import numpy as np\ntable = {table}\ndef double(x):\n    return np.array(table[x.shape], x.dtype)"
    assert mark_of(terms, learned).result.points == 0


def test_an_answer_that_is_slow_in_every_call_runs_out_of_time_in_all():
    slow = Check("slow", 1, calls(lambda x: x, lambda rng: [{"x": 1}] * 20))
    lesson = Lesson("slow", "", (DOUBLE.__class__("f", "", ("x",), (slow,)),))
    terms = Terms(Limits(seconds=1, seconds_in_all=1.5))
    sources = "import time\ndef f(x):\n    time.sleep(0.6)\n    return x"
    mark = mark_of(terms, sources, exercise=lesson.exercises[0])
    assert (mark.status, mark.result.points) == ("timeout", 0)


def test_a_check_that_fails_by_itself_still_gives_everybody_a_row(terms):
    broken = DOUBLE.__class__("double", "", ("x",), (Check("broken", 5, lambda rng: 1 / 0),))
    mark = mark_of(terms, RIGHT, exercise=broken)
    assert (mark.status, mark.result.points, mark.result.maximum) == ("crashed", 0, 5)
    assert "the marking itself failed: ZeroDivisionError" in mark.message


def test_without_bubblewrap_answers_are_marked_all_the_same(tmp_path):
    terms = Terms(QUICK, sandbox.Isolation(why_not="bubblewrap (bwrap) is not installed"))
    assert mark_of(terms, RIGHT).result.points == 3
    assert mark_of(terms, "def double(x):\n    while True: pass").status == "timeout"
    assert mark_of(terms, "import os\ndef double(x):\n    os._exit(0)").status == "crashed"
    assert mark_of(terms, "def double(x):\n    return __import__('nn' + 'lab')").status == "wrong"
    submission(tmp_path / "in" / "ann.ipynb", RIGHT)
    rows, _ = marked_rows(tmp_path / "in", terms)
    assert {row["isolated"] for row in rows} == {"no: bubblewrap (bwrap) is not installed"}


def test_every_file_and_every_student_gets_every_row(tmp_path, terms):
    folder = tmp_path / "in"
    write(folder / "ann.ipynb", *solved_lesson())
    write(folder / "Bo Example_123456_assignsubmission_file_" / "99_double.ipynb", *solved_lesson()[:3])
    write(folder / "cy" / "deep" / "99_double (1).ipynb", *solved_lesson())
    write(folder / "cy" / ".ipynb_checkpoints" / "99_double-checkpoint.ipynb", *solved_lesson())
    write(folder / "__MACOSX.ipynb", code("x = 1"))
    (folder / "dan").mkdir()
    (folder / "eve.ipynb").write_bytes(b"\x89PNG\x00\xff")
    (folder / "fay.ipynb").write_text("not json")
    (folder / "gus.ipynb").symlink_to(folder / "ann.ipynb")
    (folder / "notes.txt").write_text("not a submission")
    write(folder / os.fsdecode(b"z\xff.ipynb"), *solved_lesson())
    rows, totals = marked_rows(folder, terms)
    assert all(list(row) == list(COLUMNS) for row in rows)
    by_student = {}
    for row in rows:
        by_student.setdefault(row["student"], []).append(row)
    assert {name: len(rows) for name, rows in by_student.items()} == dict.fromkeys(by_student, 3)
    statuses = {name: [row["status"] for row in rows] for name, rows in by_student.items()}
    assert statuses == {
        "Bo Example": ["ok", "missing", "missing"],
        "__MACOSX": ["missing"] * 3,
        "ann": ["ok"] * 3,
        "cy": ["ok"] * 3,
        "dan": ["unread"] * 3,
        "eve": ["unread"] * 3,
        "fay": ["unread"] * 3,
        "gus": ["unread"] * 3,
        "z?": ["ok"] * 3,
    }
    scores = {total["student"]: (total["score"], total["max"], total["attempted"], total["files"]) for total in totals}
    assert scores["ann"] == ("5", "5", "3", "1")
    assert scores["Bo Example"] == ("1", "5", "1", "1")
    assert scores["dan"] == ("0", "5", "0", "0")
    assert "symbolic link" in by_student["gus"][0]["message"]


def test_of_two_files_of_a_student_the_better_one_counts(tmp_path, terms):
    write(tmp_path / "in" / "ann" / "99_double.ipynb", *solved_lesson()[:3])
    write(tmp_path / "in" / "ann" / "99_double-Copy1.ipynb", *solved_lesson())
    rows, totals = marked_rows(tmp_path / "in", terms)
    assert len(rows) == 6
    assert [(total["score"], total["files"]) for total in totals] == [("5", "2")]


def test_a_notebook_without_answers_is_passed_over_beside_one_that_has_some(tmp_path, terms):
    write(tmp_path / "in" / "ann" / "notes.ipynb", code("x = 1"))
    write(tmp_path / "in" / "ann" / "answers.ipynb", *solved_lesson())
    write(tmp_path / "in" / "bo" / "notes.ipynb", code("x = 1"))
    (tmp_path / "in" / "ann" / "broken.ipynb").write_text("not json")
    rows, totals = marked_rows(tmp_path / "in", terms)
    files = {(row["student"], row["file"]) for row in rows}
    assert files == {("ann", "answers.ipynb"), ("ann", "broken.ipynb"), ("bo", "notes.ipynb")}
    assert [(total["student"], total["score"]) for total in totals] == [("ann", "5"), ("bo", "0")]


def test_jobs_change_neither_marks_nor_order(tmp_path, terms):
    for name in "abcd":
        write(tmp_path / f"{name}.ipynb", *solved_lesson()[: 3 + ord(name) % 3])
    found = list(find_submissions(tmp_path))

    def marks(jobs):
        marked = mark_submissions(found, {"99_double": LESSON}, terms, jobs)
        return [(one.submission.student, [(m.status, m.result) for m in one.marks]) for one in marked]

    assert marks(1) == marks(3)


@pytest.mark.parametrize("student", ["=1+1", "+x", "-x", "@SUM(A1)", " =1+1", "\t=1"])
def test_a_name_is_never_a_formula(tmp_path, terms, student):
    path = submission(tmp_path / "in" / "a.ipynb", RIGHT)
    found = mark_submissions([Submission(student, path)], {"99_double": LESSON}, terms)
    list(write_marks(found, tmp_path / "marks.csv", terms))
    for name in ("marks.csv", "marks-totals.csv"):
        with open(tmp_path / name, encoding="utf-8", newline="") as file:
            assert all(row["student"] == "'" + student.replace("\t", " ") for row in csv.DictReader(file))


def test_feedback_names_what_failed_and_holds_no_script(tmp_path, terms):
    attack = "def double(x):\n    return '<script>alert(1)</script>'"
    submission(tmp_path / "in" / "<b>ann.ipynb", attack, "def total(x):\n    return x.sum()")
    submission(tmp_path / "in" / "bo" / "..ipynb", "def rows():\n    return 4")
    hidden = tmp_path / "hidden.py"
    hidden.write_text(
        "from nnlab.grading import Check, calls\n"
        "SECRET = 'the source of a check'\n"
        "inputs = lambda rng: [{'x': rng.normal(size=3)}]\n"
        "CHECKS = {'total': [Check('a hidden one', 4, calls(lambda x: x.sum(), inputs))]}\n"
    )
    (lesson,) = with_hidden_checks([LESSON], hidden)
    marked_rows(tmp_path / "in", terms, [lesson], feedback=tmp_path / "feedback")
    pages = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "feedback").iterdir()}
    assert sorted(pages) == ["_b_ann-99_double.html", "bo-99_double.html"]
    page = pages["_b_ann-99_double.html"]
    assert "<script" not in page
    assert "<b>ann" not in page
    assert "a hidden one" in page
    assert "the source of a check" not in page
    assert "lambda" not in page


def test_a_notebook_is_marked_by_the_lesson_of_its_name_then_of_its_answers(tmp_path, terms):
    other = Lesson("98_other", "Other", (DOUBLE.__class__("other", "", ("x",), DOUBLE.checks),))
    write(tmp_path / "in" / "ann_98_other.ipynb", *solved_lesson())
    write(tmp_path / "in" / "bo.ipynb", *solved_lesson())
    (tmp_path / "in" / "cy").mkdir()
    rows, _ = marked_rows(tmp_path / "in", terms, [other, LESSON])
    lessons = {row["student"]: row["lesson"] for row in rows}
    assert lessons == {"ann_98_other": "98_other", "bo": "99_double", "cy": "98_other"}


def test_an_empty_folder_and_unknown_lessons_are_one_sentence(tmp_path, terms):
    with pytest.raises(MarkingError, match="no notebook"):
        list(mark_submissions(find_submissions(tmp_path), {"99_double": LESSON}, terms))
    submission(tmp_path / "a.ipynb", "x = 1")
    with pytest.raises(MarkingError, match="which lesson it belongs to"):
        list(mark_submissions(find_submissions(tmp_path), {"01_this": LESSON, "02_that": LESSON}, terms))


def test_rows_are_there_as_soon_as_a_submission_is_marked(tmp_path, terms):
    write(tmp_path / "in" / "ann.ipynb", *solved_lesson())
    write(tmp_path / "in" / "bo.ipynb", *solved_lesson())
    marked = mark_submissions(find_submissions(tmp_path / "in"), {"99_double": LESSON}, terms)
    going = write_marks(marked, tmp_path / "marks.csv", terms)
    next(going)
    assert (tmp_path / "marks.csv").read_text().count("\n") == 1 + len(LESSON.exercises)
    list(going)


def test_the_students_copies_are_never_changed(tmp_path, terms):
    write(tmp_path / "in" / "ann.ipynb", *solved_lesson())
    shutil.copytree(tmp_path / "in", tmp_path / "before")
    marked_rows(tmp_path / "in", terms)
    assert (tmp_path / "in" / "ann.ipynb").read_bytes() == (tmp_path / "before" / "ann.ipynb").read_bytes()
    assert len(list((tmp_path / "in").iterdir())) == 1
