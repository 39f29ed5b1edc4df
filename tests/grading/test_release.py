"""A release holds what students may see, and nothing goes out where anything is wrong."""

import base64
import json
from pathlib import Path

import nbformat
import pytest
from grading.notebooks import code, notebook, solution, solved_lesson, write
from grading.tiny_lesson import LESSON

from nnlab.grading.marking.batch import Terms
from nnlab.grading.release.leaks import leaks
from nnlab.grading.release.proof import prove, prove_bank
from nnlab.grading.release.publish import release
from nnlab.grading.release.strip import ReleaseError, student_copy

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"


def source_of(*cells):
    return [cell["source"] for cell in student_copy(notebook(*cells)).notebook["cells"]]


def test_student_copy_is_the_one_that_nbgrader_makes():
    made = student_copy(nbformat.read(GOLDEN / "source.ipynb", 4)).notebook
    assert made == nbformat.read(GOLDEN / "released_by_nbgrader.ipynb", 4)


def test_stub_stands_where_the_solution_stood():
    (source,) = source_of(solution("double", "return 2 * x"))
    assert source == "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


def test_the_source_notebook_is_left_as_it_was():
    before = notebook(solution("double", "return 2 * x"))
    student_copy(before)
    assert before == notebook(solution("double", "return 2 * x"))


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("### BEGIN SOLUTION\n1", r"cell 1.*'BEGIN SOLUTION' has no 'END SOLUTION' after it"),
        ("1\n### END SOLUTION", r"cell 1.*'END SOLUTION' has no 'BEGIN SOLUTION' before it"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", r"cell 1.*stands inside another one"),
    ],
)
def test_a_region_that_is_not_well_formed_is_refused(source, why):
    with pytest.raises(ReleaseError, match=why):
        source_of(code(source, grade_id="a"))


@pytest.mark.parametrize("name", ["SOLUTION", "HIDDEN TESTS", "MARK SCHEME"])
def test_a_region_in_a_cell_that_is_not_marked_for_it_is_refused(name):
    with pytest.raises(ReleaseError, match=rf"{name} region stands in a cell whose nbgrader metadata"):
        source_of(code(f"### BEGIN {name}\n1\n### END {name}"))


def test_two_cells_with_one_grade_id_are_refused():
    with pytest.raises(ReleaseError, match="two cells have the grade_id 'a'"):
        source_of(code("1", grade_id="a"), code("2", grade_id="a"))


def test_a_kept_output_stays_and_others_go():
    cells = student_copy(notebook(code("1", tags=["keep_output"], output="kept"), code("2", output="gone"))).notebook
    assert [len(cell["outputs"]) for cell in cells["cells"]] == [1, 0]


SECRET = "doubled = x + x"


@pytest.mark.parametrize(
    "hide",
    [
        lambda nb: nb["cells"].append(code("# " + SECRET)),
        lambda nb: nb["cells"].append(code("doubled=x+x  # other blanks")),
        lambda nb: nb["cells"].append(code("1", tags=["keep_output"], output=f"    {SECRET}\n")),
        lambda nb: nb["cells"][0]["metadata"].update(note=SECRET),
        lambda nb: nb["cells"][0]["metadata"].update({SECRET: 1}),
        lambda nb: nb["cells"][0]["metadata"].update(tags=[SECRET]),
        lambda nb: nb["metadata"].update(state={"deep": [{"er": json.dumps({"code": f'"{SECRET}"'})}]}),
        lambda nb: nb["metadata"].update(page="<span>doubled</span> <b>=</b> x + x"),
        lambda nb: nb["cells"].append(
            nbformat.v4.new_markdown_cell(
                "![a](attachment:a.txt)",
                attachments={"a.txt": {"text/plain": base64.b64encode(SECRET.encode()).decode()}},
            )
        ),
    ],
    ids=["source", "blanks", "output", "metadata", "key", "tag", "JSON in text", "HTML", "attachment"],
)
def test_a_solution_line_is_found_wherever_it_hides(hide):
    source = notebook(solution("double", f"{SECRET}\nreturn doubled"))
    assert leaks(*student_copy(source)) == []
    hide(source)
    found = leaks(*student_copy(source))
    assert found
    assert all(SECRET in sentence for sentence in found)


def test_the_state_of_widgets_does_not_leave_the_house():
    source = notebook(solution("double", "return 2 * x"))
    source["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    assert "widgets" not in student_copy(source).notebook["metadata"]


def test_a_lesson_is_run_marked_and_written(tmp_path):
    source = write(tmp_path / "source" / "99_double.ipynb", *solved_lesson())

    def condition(name, solved, student):
        assert name == "99_double"
        prove(LESSON, solved, student, Terms())

    (path,) = release(source.parent, tmp_path / "out", check=condition)
    assert path == tmp_path / "out" / "99_double.ipynb"
    released = nbformat.read(path, 4)
    nbformat.validate(released)
    assert "doubled" not in path.read_text()
    assert released.cells[3].metadata["nbgrader"]["grade_id"] == "double"


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (code("1 / 0"), "ZeroDivisionError"),
        (code("import os; os._exit(1)"), "does not run"),
        (code("# doubled = x + x"), "would show the solution: cells.*doubled = x"),
        (code("### BEGIN SOLUTION", grade_id="open"), "no 'END SOLUTION'"),
    ],
    ids=["raises", "dies", "leaks", "malformed"],
)
def test_nothing_is_written_where_one_notebook_is_wrong(tmp_path, cell, why):
    write(tmp_path / "source" / "00_right.ipynb", *solved_lesson())
    write(tmp_path / "source" / "99_wrong.ipynb", *solved_lesson(), cell)
    with pytest.raises(ReleaseError, match=why):
        release(tmp_path / "source", tmp_path / "out", run="Zero" in why or "run" in why)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("wrong", ["doubled = x * x\nreturn doubled", "raise NotImplementedError()"])
def test_a_solution_that_is_not_worth_full_marks_stops_the_release(wrong):
    source = notebook(*solved_lesson()[:3], solution("double", wrong), *solved_lesson()[4:])
    with pytest.raises(ReleaseError, match="the solution of double earns 0 of 3 points"):
        prove(LESSON, source, student_copy(source).notebook, Terms())


def test_a_student_copy_that_is_worth_marks_stops_the_release():
    source = notebook(*solved_lesson()[:3], code("def double(x):\n    return x + x"), *solved_lesson()[4:])
    with pytest.raises(ReleaseError, match="in the student's copy double should be not attempted, and is ok"):
        prove(LESSON, source, student_copy(source).notebook, Terms())


def test_the_bank_must_get_exactly_its_marks():
    bank = [("double", "def double(x):\n    return 2 * x", 3), ("double", "def double(x):\n    return x", 0)]
    prove_bank(LESSON, bank, Terms())
    for points in (1, 3):
        with pytest.raises(ReleaseError, match=f"to double earns 0 of 3 points and should earn {points}"):
            prove_bank(LESSON, [*bank, ("double", "double = None", points)], Terms())


def test_a_solution_that_its_own_notebook_marks_down_stops_the_release(tmp_path):
    shown = (
        "from IPython.display import display\n"
        "data = {'application/vnd.nnlab.check+json': {'exercise': 'double', 'points': 2, 'maximum': 3}}\n"
        "display(data, raw=True)"
    )
    write(tmp_path / "a.ipynb", code(shown))
    with pytest.raises(ReleaseError, match="double earns 2 of 3 points in the notebook"):
        release(tmp_path / "a.ipynb", tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.ipynb", b"not json", "a.ipynb cannot be read as a notebook"),
        ("a.ipynb", b'{"cells": 3}', "a.ipynb cannot be read as a notebook"),
        ("a.txt", b"", "neither a notebook nor a folder with notebooks"),
    ],
)
def test_what_is_no_notebook_is_one_sentence(tmp_path, name, content, why):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ReleaseError, match=why):
        release(tmp_path, tmp_path / "out")


def test_sources_are_never_overwritten_by_their_copies(tmp_path):
    path = write(tmp_path / "a.ipynb", *solved_lesson())
    with pytest.raises(ReleaseError, match="holds the sources themselves"):
        release(path, tmp_path, run=False)


def test_the_released_lessons_are_those_of_the_sources(tmp_path):
    built = {path.name: path.read_bytes() for path in release(ROOT / "notebooks", tmp_path, run=False)}
    kept = {path.name: path.read_bytes() for path in (ROOT / "nnlab" / "lessons" / "released").glob("*.ipynb")}
    assert kept == built, "run: nnlab release notebooks -o nnlab/lessons/released"


def test_running_a_source_reads_its_neighbours_and_leaves_nothing_beside_it(tmp_path):
    (tmp_path / "source" / "data").mkdir(parents=True)
    (tmp_path / "source" / "data" / "numbers.txt").write_text("42")
    cells = code("assert open('data/numbers.txt').read() == '42'"), code("open('report.html', 'w').write('42')")
    path = write(tmp_path / "source" / "a.ipynb", *cells)
    before = path.read_bytes()
    release(path, tmp_path / "out")
    assert sorted(file.name for file in path.parent.iterdir()) == ["a.ipynb", "data"]
    assert path.read_bytes() == before
