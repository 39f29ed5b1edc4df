"""The command as a student and a teacher type it."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from grading.notebooks import code, solved_lesson, write

from nnlab import __version__, cli, lab

TINY = str(Path(__file__).parent / "grading" / "tiny_lesson.py")


def test_lab_puts_every_lesson_into_the_folder_and_keeps_what_was_written(tmp_path, capsys):
    assert cli.main(["lab", "--folder", str(tmp_path / "mine"), "--no-launch"]) == 0
    placed = {path.name: path.read_bytes() for path in (tmp_path / "mine").glob("*.ipynb")}
    assert placed == lab.released_lessons()
    assert placed, "no lesson is released"
    mine = next((tmp_path / "mine").glob("*.ipynb"))
    mine.write_text("my work")
    assert cli.main(["lab", "--folder", str(tmp_path / "mine"), "--no-launch"]) == 0
    assert mine.read_text() == "my work"
    assert str(tmp_path / "mine") in capsys.readouterr().out


def test_lab_uses_a_folder_in_the_home_directory(tmp_path, monkeypatch):
    monkeypatch.setattr(lab.Path, "home", lambda: tmp_path)
    assert cli.main(["lab", "--no-launch"]) == 0
    assert list((tmp_path / "nnlab-lessons").glob("*.ipynb"))


def test_lab_hands_what_it_does_not_know_to_jupyter(tmp_path, monkeypatch):
    handed = []
    monkeypatch.setattr(lab, "open_lab", lambda folder, arguments: handed.append((folder, arguments)) or 0)
    assert cli.main(["lab", "--folder", str(tmp_path), "--no-browser", "--port", "9999"]) == 0
    assert handed == [(tmp_path, ["--no-browser", "--port", "9999"])]


def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert cli.main(["lab", "--folder", str(tmp_path / "file"), "--no-launch"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("nnlab: The lessons cannot be written to")
    assert error.count("\n") == 1


def test_released_lessons_say_not_attempted(tmp_path):
    """What `nnlab lab` places is worth nothing until it is written."""
    cli.main(["lab", "--folder", str(tmp_path / "in" / "ann"), "--no-launch"])
    assert cli.main(["grade", str(tmp_path / "in"), "-o", str(tmp_path / "marks.csv")]) == 0
    with open(tmp_path / "marks.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert {(row["status"], row["score"]) for row in rows} == {("not attempted", "0")}


def test_a_teachers_own_lesson_from_source_to_marks(tmp_path, capsys):
    write(tmp_path / "source" / "99_double.ipynb", *solved_lesson())
    release = ["release", str(tmp_path / "source"), "-o", str(tmp_path / "out"), "--lesson", TINY]
    assert cli.main(release) == 0
    handed_in = nbformat.read(tmp_path / "out" / "99_double.ipynb", 4)
    handed_in.cells.append(code("def total(x):\n    return x.sum()"))
    write(tmp_path / "in" / "ann.ipynb", *handed_in.cells)
    (tmp_path / "hidden.py").write_text("CHECKS = {}")
    marks = tmp_path / "marks.csv"
    grade = ["grade", str(tmp_path / "in"), "-o", str(marks), "--lesson", TINY, "--feedback", str(tmp_path / "fb")]
    assert cli.main([*grade, "--hidden", str(tmp_path / "hidden.py"), "--jobs", "1", "--seconds", "2"]) == 0
    assert "ann: 1/5" in capsys.readouterr().out
    with open(marks, encoding="utf-8", newline="") as file:
        assert [row["status"] for row in csv.DictReader(file)] == ["not attempted", "not attempted", "ok"]
    assert (tmp_path / "fb" / "ann-99_double.html").exists()
    assert (tmp_path / "marks-totals.csv").exists()


def test_a_name_that_cannot_be_printed_does_not_stop_the_marking(tmp_path, capfd):
    write(tmp_path / "in" / os.fsdecode(b"z\xff.ipynb"), *solved_lesson())
    marks = ["-o", str(tmp_path / "marks.csv"), "--feedback", str(tmp_path / "fb"), "--lesson", TINY]
    assert cli.main(["grade", str(tmp_path / "in"), *marks]) == 0
    assert "z?: 5/5" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["release", "{tmp}/none", "-o", "{tmp}/out"], "neither a notebook nor a folder"),
        (["grade", "{tmp}/none", "-o", "{tmp}/marks.csv"], "is not a folder"),
        (["grade", "{tmp}", "-o", "{tmp}/no/marks.csv"], "no/marks.csv: No such file"),
        (["grade", "{tmp}", "-o", "{tmp}/marks.csv", "--lesson", "98_none"], "no lesson called '98_none'"),
        (["grade", "{tmp}", "-o", "{tmp}/marks.csv", "--lesson", "none.py"], "none.py is not a Python file"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_a_status(tmp_path, capsys, arguments, words):
    write(tmp_path / "a.ipynb", code("x = 1"))
    assert cli.main([argument.format(tmp=tmp_path) for argument in arguments]) == 1
    error = capsys.readouterr().err
    assert words in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    "arguments", [[], ["teach"], ["grade", "x", "-o", "y", "--jbos", "2"], ["grade", "x", "-o", "y", "--jobs", "0"]]
)
def test_a_mistyped_command_is_refused_with_the_usage(arguments, capsys):
    with pytest.raises(SystemExit) as error:
        cli.main(arguments)
    assert error.value.code == 2
    assert "usage: nnlab" in capsys.readouterr().err


def test_a_teachers_package_that_is_missing_is_named(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "nbclient", None)
    monkeypatch.delitem(sys.modules, "nnlab.grading.release.publish", raising=False)
    assert cli.main(["release", str(tmp_path), "-o", str(tmp_path / "out")]) == 1
    assert 'pip install "nnlab[teach]"' in capsys.readouterr().err


def test_help_and_version_load_no_jupyter_package():
    program = (
        "import sys, json\nfrom nnlab import cli\n"
        "try: cli.main(['--version'])\nexcept SystemExit: pass\n"
        "heavy = {'IPython', 'ipywidgets', 'nbformat', 'nbclient', 'matplotlib', 'jupyterlab'}\n"
        "print(json.dumps(sorted(heavy & set(sys.modules))))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    version, loaded = run.stdout.splitlines()
    assert version == f"nnlab {__version__}"
    assert json.loads(loaded) == []


def test_the_module_is_the_command():
    run = subprocess.run([sys.executable, "-m", "nnlab", "--help"], capture_output=True, text=True, check=True)
    assert "open the lessons in JupyterLab" in run.stdout
