"""`nnlab lab` never overwrites a student's work, whatever they did with the folder."""

import json
import os
import sys
from pathlib import Path

import pytest

from nnlab import lab

OLD, NEW, MINE = b'{"release": 1}', b'{"release": 2}', b'{"my": "work"}'


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != lab.RECORD}


def test_an_empty_folder_gets_every_lesson(tmp_path):
    said = lab.place_lessons(tmp_path / "new" / "folder", {"a.ipynb": OLD, "b.ipynb": NEW})
    assert contents(tmp_path / "new" / "folder") == {"a.ipynb": OLD, "b.ipynb": NEW}
    assert said == ["a.ipynb: new.", "b.ipynb: new."]


def test_the_second_run_says_and_changes_nothing(tmp_path):
    lab.place_lessons(tmp_path, {"a.ipynb": OLD})
    times = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert lab.place_lessons(tmp_path, {"a.ipynb": OLD}) == []
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == times


def test_what_the_student_wrote_stays(tmp_path):
    lab.place_lessons(tmp_path, {"a.ipynb": OLD})
    (tmp_path / "a.ipynb").write_bytes(MINE)
    assert lab.place_lessons(tmp_path, {"a.ipynb": OLD}) == []
    assert contents(tmp_path) == {"a.ipynb": MINE}


def test_a_newer_release_is_put_beside_changed_work_once(tmp_path):
    lab.place_lessons(tmp_path, {"a.ipynb": OLD})
    (tmp_path / "a.ipynb").write_bytes(MINE)
    said = lab.place_lessons(tmp_path, {"a.ipynb": NEW}, version="2.0")
    assert contents(tmp_path) == {"a.ipynb": MINE, "a.new-2.0.ipynb": NEW}
    assert len(said) == 1
    assert "your work stays" in said[0]
    assert "a.new-2.0.ipynb" in said[0]
    (tmp_path / "a.new-2.0.ipynb").unlink()
    assert lab.place_lessons(tmp_path, {"a.ipynb": NEW}, version="2.0") == []
    assert contents(tmp_path) == {"a.ipynb": MINE}


def test_work_in_the_file_beside_is_not_overwritten_either(tmp_path):
    lab.place_lessons(tmp_path, {"a.ipynb": OLD})
    (tmp_path / "a.ipynb").write_bytes(MINE)
    (tmp_path / "a.new-2.0.ipynb").write_bytes(b"more work")
    lab.place_lessons(tmp_path, {"a.ipynb": NEW}, version="2.0")
    assert contents(tmp_path) == {"a.ipynb": MINE, "a.new-2.0.ipynb": b"more work", "a.new-2.0-2.ipynb": NEW}


def test_an_unchanged_lesson_is_brought_up_to_date(tmp_path):
    lab.place_lessons(tmp_path, {"a.ipynb": OLD})
    said = lab.place_lessons(tmp_path, {"a.ipynb": NEW}, version="2.0")
    assert contents(tmp_path) == {"a.ipynb": NEW}
    assert "2.0" in said[0]


def test_a_deleted_lesson_comes_back(tmp_path):
    lab.place_lessons(tmp_path, {"a.ipynb": OLD})
    (tmp_path / "a.ipynb").unlink()
    lab.place_lessons(tmp_path, {"a.ipynb": OLD})
    assert contents(tmp_path) == {"a.ipynb": OLD}


@pytest.mark.parametrize("record", [b"not json", b"[1, 2]", b"\xff\xfe", None])
def test_without_a_readable_record_every_file_counts_as_work(tmp_path, record):
    (tmp_path / "a.ipynb").write_bytes(OLD)
    if record is not None:
        (tmp_path / lab.RECORD).write_bytes(record)
    lab.place_lessons(tmp_path, {"a.ipynb": NEW}, version="2.0")
    assert contents(tmp_path) == {"a.ipynb": OLD, "a.new-2.0.ipynb": NEW}
    assert json.loads((tmp_path / lab.RECORD).read_bytes()).keys() == {"a.ipynb"}


def test_other_files_of_the_folder_are_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_bytes(MINE)
    lab.place_lessons(tmp_path, {"a.ipynb": OLD})
    assert contents(tmp_path) == {"a.ipynb": OLD, "notes.txt": MINE}


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(lab.LabError, match=r"cannot be written to .*file.*--folder"):
        lab.place_lessons(tmp_path / "file", {"a.ipynb": OLD})


def test_without_jupyterlab_the_user_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(lab.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(lab.LabError, match=r"-m pip install jupyterlab"):
        lab.open_lab(tmp_path)


@pytest.mark.parametrize("system", ["posix", "nt"])
@pytest.mark.parametrize(("user", "said"), [(1000, []), (0, ["--allow-root"])])
def test_jupyterlab_starts_with_this_python_in_the_folder(tmp_path, monkeypatch, system, user, said):
    started = []
    monkeypatch.setattr(lab.importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(lab.os, "name", system)
    monkeypatch.setattr(lab.os, "geteuid", lambda: user, raising=False)
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    monkeypatch.setattr(lab.os, "execve", lambda program, command, env: started.append((command, env)))
    monkeypatch.setattr(lab.subprocess, "call", lambda command, env: started.append((command, env)))
    lab.open_lab(tmp_path, ["--no-browser"])
    folder = f"--ServerApp.root_dir={tmp_path.resolve()}"
    command, environment = started[0]
    assert command == [sys.executable, "-m", "jupyterlab", folder, *said, "--no-browser"]
    assert environment["OPENBLAS_NUM_THREADS"] == "1"
    assert environment["JUPYTER_CONFIG_PATH"].split(os.pathsep)[0] == lab.SETTINGS


def test_number_of_blas_threads_is_the_users_where_it_is_set(tmp_path, monkeypatch):
    started = []
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    monkeypatch.setattr(lab.os, "name", "posix")
    monkeypatch.setattr(lab.importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(lab.os, "execve", lambda program, command, env: started.append(env))
    monkeypatch.setattr(lab.subprocess, "call", lambda command, env: started.append(env))
    lab.open_lab(tmp_path)
    assert started[0]["OPENBLAS_NUM_THREADS"] == "4"


def test_notebooks_are_saved_with_the_state_of_their_widgets():
    assert settings()["@jupyter-widgets/jupyterlab-manager:plugin"] == {"saveState": True}


def test_no_question_about_news_lies_over_the_first_cells():
    assert settings()["@jupyterlab/apputils-extension:notification"] == {"fetchNews": "false"}


def settings():
    return json.loads((Path(lab.SETTINGS) / "labconfig" / "default_setting_overrides.json").read_text())
