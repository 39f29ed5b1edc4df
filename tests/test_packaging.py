"""What a person gets who installs nnlab: four dependencies, one version, and a wheel that runs anywhere."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement

import nnlab

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RELEASED = ROOT / "nnlab" / "lessons" / "released"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def names(wheel):
    return set(zipfile.ZipFile(wheel).namelist())


def test_runtime_dependencies_are_the_four():
    """Each more is a download for every student, and may not exist in the browser's Python."""
    needed = {Requirement(line).name for line in PROJECT["dependencies"]}
    assert needed == {"numpy", "ipywidgets", "anywidget", "matplotlib"}


def test_version_is_stated_once():
    assert "version" not in PROJECT
    assert re.fullmatch(r"\d+\.\d+\.\d+", nnlab.__version__)
    # The number in quotes, wherever Python states one.
    stated = [p for p in (ROOT / "nnlab").rglob("*.py") if f'"{nnlab.__version__}"' in p.read_text(encoding="utf-8")]
    assert [p.name for p in stated] == ["_version.py"]


def test_wheel_is_pure_python(wheel):
    assert wheel.name == f"nnlab-{nnlab.__version__}-py3-none-any.whl"


def test_wheel_holds_the_package_and_nothing_beside_it(names):
    assert {name.split("/")[0] for name in names} == {"nnlab", f"nnlab-{nnlab.__version__}.dist-info"}


def test_wheel_holds_every_module(names):
    modules = {p.relative_to(ROOT).as_posix() for p in (ROOT / "nnlab").rglob("*.py")}
    assert modules <= names


@pytest.mark.parametrize("pattern", ["nnlab/widgets/static/*.js", "nnlab/datasets/*.npz", "nnlab/lessons/released/*"])
def test_wheel_holds_what_runs_without_a_network(names, pattern):
    files = {p.relative_to(ROOT).as_posix() for p in ROOT.glob(pattern) if p.is_file()}
    assert files
    assert files <= names


def test_wheel_carries_its_licences(names):
    info = f"nnlab-{nnlab.__version__}.dist-info/licenses"
    assert {f"{info}/LICENSE", f"{info}/DATA_LICENSES.md"} <= names


def test_every_shipped_data_file_has_its_licence():
    terms = (ROOT / "DATA_LICENSES.md").read_text(encoding="utf-8")
    for path in (ROOT / "nnlab" / "datasets").glob("*.npz"):
        assert f"`{path.relative_to(ROOT).as_posix()}`" in terms


def test_wheel_stays_small(wheel):
    assert wheel.stat().st_size < 5_000_000


def test_wheel_holds_no_tests_no_sources_of_bundles_and_no_answers(wheel, names):
    assert not [name for name in names if re.search(r"test|bank|hidden|node_modules|/js/|\.map$", name)]
    shipped = zipfile.ZipFile(wheel)
    lessons = [shipped.read(name).decode() for name in names if name.endswith(".ipynb")]
    assert lessons
    for answer in solution_lines():
        assert not [True for lesson in lessons if answer in lesson], f"a shipped lesson holds the answer {answer!r}"


def solution_lines():
    """Lines between the solution markers that are long enough to be nobody's coincidence."""
    lines = set()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            for region in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.S):
                lines |= {line.strip() for line in region.splitlines() if len(line.strip()) >= 12}
    assert lines
    return lines


def test_unpacked_wheel_puts_the_lessons_in_a_folder(wheel, tmp_path):
    """Without the clone: the package on its own finds its lessons."""
    site, folder = tmp_path / "site", tmp_path / "mine"
    zipfile.ZipFile(wheel).extractall(site)
    environment = {**os.environ, "PYTHONPATH": str(site), "HOME": str(tmp_path)}
    code = "import nnlab, sys; from nnlab.cli import main; print(nnlab.__file__); sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "lab", "--no-launch", "--folder", str(folder)]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith(str(site))
    assert {p.name for p in folder.glob("*.ipynb")} == {p.name for p in RELEASED.glob("*.ipynb")}
