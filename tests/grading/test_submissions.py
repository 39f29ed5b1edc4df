"""Submissions are found in the layouts in which they arrive."""

import pytest

from nnlab.core.errors import ArgumentError
from nnlab.grading.marking.submissions import find_submissions


def found(folder, *files):
    for file in files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    return [(one.student, one.path and one.path.relative_to(folder).as_posix()) for one in find_submissions(folder)]


def test_notebooks_beside_each_other(tmp_path):
    assert found(tmp_path, "bo.ipynb", "ann.ipynb", "marks.csv") == [("ann", "ann.ipynb"), ("bo", "bo.ipynb")]


def test_a_folder_a_student(tmp_path):
    assert found(tmp_path, "ann/x.ipynb", "bo/sub/x.ipynb") == [("ann", "ann/x.ipynb"), ("bo", "bo/sub/x.ipynb")]


@pytest.mark.parametrize(
    ("folder", "student"),
    [
        ("Ann Example_123456_assignsubmission_file_", "Ann Example"),
        ("Ann_Example_123456_assignsubmission_file", "Ann_Example"),
        ("Zoë van 't Hof_9_assignsubmission_onlinetext_", "Zoë van 't Hof"),
        ("assignsubmission_file_", "assignsubmission_file_"),
    ],
)
def test_what_moodle_downloads(tmp_path, folder, student):
    assert found(tmp_path, f"{folder}/x.ipynb") == [(student, f"{folder}/x.ipynb")]


def test_checkpoints_and_hidden_files_are_no_submissions(tmp_path):
    files = (
        ".ipynb_checkpoints/ann-checkpoint.ipynb",
        "ann/.ipynb_checkpoints/x.ipynb",
        "ann/__MACOSX/._x.ipynb",
        "ann/x.ipynb",
    )
    assert found(tmp_path, *files) == [("ann", "ann/x.ipynb")]


def test_a_student_without_a_notebook_is_there_all_the_same(tmp_path):
    assert found(tmp_path, "ann/essay.pdf") == [("ann", None)]


def test_linked_folders_are_named_and_not_entered(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.ipynb").write_text("{}")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ann").symlink_to(tmp_path / "elsewhere")
    assert found(tmp_path / "in") == [("ann", "ann")]


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(ArgumentError, match="is not a folder"):
        list(find_submissions(tmp_path / "none"))
