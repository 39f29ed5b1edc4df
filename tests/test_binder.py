"""Binder installs the package, opens on a released lesson and holds no solution.

repo2docker prints what it would build without a Docker engine. It lets many mistakes through (a Python too old
for the package, a package that is not installed, a postBuild that hides its errors), so its output is read here.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
POSTBUILD = ROOT / "binder" / "postBuild"
RELEASED = ROOT / "nnlab" / "lessons" / "released"
KEPT = {"lessons", "README.md", "LICENSE", "DATA_LICENSES.md"}
NOT_IN_A_CLONE = (".venv", "node_modules", "__pycache__", ".git", ".*_cache", ".hypothesis", "*.egg-info")


def contents(path):
    return {p.relative_to(path): p.read_bytes() for p in path.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def dockerfile():
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    return run.stdout + run.stderr


@pytest.fixture
def clone(tmp_path):
    """What Binder's build sees: the tree as the home folder, with the files that a home folder has."""
    home = tmp_path / "jovyan"
    shutil.copytree(ROOT, home, ignore=shutil.ignore_patterns(*NOT_IN_A_CLONE))
    shutil.rmtree(home / "lessons", ignore_errors=True)  # the developer's own, not in a clone
    (home / ".git").mkdir()
    (home / ".git" / "config").write_text("[core]\n")
    (home / ".bashrc").write_text("# the user's\n")
    return home


def post_build(clone, **environment):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "HOME": str(clone), "PATH": path, **environment}
    command = ["binder/postBuild"]
    return subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, timeout=120)


def test_python_is_one_that_the_package_supports(dockerfile):
    requires = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    (version,) = re.findall(r"python=(\d+\.\d+)", dockerfile)
    assert version in SpecifierSet(requires)
    assert (ROOT / "binder" / "runtime.txt").read_text().strip() == f"python-{version}"


def test_package_is_installed_from_the_clone(dockerfile):
    lines = (ROOT / "binder" / "requirements.txt").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["."]
    install = re.search(r"^RUN \S+/pip install .*-r \"binder/requirements\.txt\"", dockerfile, re.M)
    copied = re.search(r"^COPY .*src/ \$\{REPO_DIR\}/", dockerfile, re.M)
    assert install, "repo2docker installs no requirements"
    assert copied, "repo2docker does not copy the clone"
    assert copied.start() < install.start(), "requirements are installed before the clone is there"


def test_lessons_are_put_in_place_after_the_package_is_installed(dockerfile):
    assert dockerfile.index("pip install") < dockerfile.index("RUN ./binder/postBuild")


def test_post_build_stops_at_the_first_error():
    lines = POSTBUILD.read_text().splitlines()
    assert lines[0] == "#!/bin/bash"
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands[0] == "set -euo pipefail"
    assert os.access(POSTBUILD, os.X_OK)


def test_post_build_leaves_the_released_lessons_and_nothing_else(clone):
    run = post_build(clone, REPO_DIR=str(clone))
    assert run.returncode == 0, run.stderr
    assert {path.name for path in clone.iterdir()} == KEPT | {".bashrc", ".jupyter"}
    settings = ROOT / "nnlab" / "jupyter" / "labconfig"
    assert contents(clone / ".jupyter" / "labconfig") == contents(settings)
    released = {path.name: path.read_bytes() for path in RELEASED.glob("*.ipynb")}
    assert {path.name: path.read_bytes() for path in (clone / "lessons").glob("*.ipynb")} == released
    assert not [path for path, data in contents(clone).items() if b"BEGIN SOLUTION" in data]


def test_post_build_run_elsewhere_removes_nothing(clone):
    before = contents(clone)
    for environment in ({"REPO_DIR": ""}, {"REPO_DIR": str(clone.parent)}):
        run = post_build(clone, **environment)
        assert run.returncode == 1
        assert "REPO_DIR" in run.stderr
    assert contents(clone) == before


def test_post_build_without_the_package_fails_and_removes_nothing(clone):
    before = contents(clone)
    run = post_build(clone, REPO_DIR=str(clone), PATH="/usr/bin:/bin")
    assert run.returncode != 0
    assert "nnlab" in run.stderr
    assert contents(clone) == before


def test_link_in_the_readme_opens_a_lesson_that_is_there():
    links = re.findall(r"https://mybinder\.org/v2/gh/\S+?(?=[)`>\s])", (ROOT / "README.md").read_text())
    assert links
    for link in links:
        parts = urlsplit(link)
        assert re.fullmatch(r"/v2/gh/[^/]+/[^/]+/[^/]+", parts.path), link
        (target,) = parse_qs(parts.query)["urlpath"]
        prefix, name = target.rsplit("/", 1)
        assert prefix == "lab/tree/lessons"
        assert (RELEASED / name).is_file(), f"{link} opens a lesson that is not released"
