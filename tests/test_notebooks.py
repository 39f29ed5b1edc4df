"""Every notebook runs from top to bottom: the solutions to the very outputs they show, the released copies at all.

nbval runs each in a kernel of its own and compares the outputs of the solutions; of the released copies, whose
unwritten exercises have no output yet, it only asks that no cell fails that is not marked to. Both ways are
options of a whole pytest run, so each notebook is a pytest of its own, in a copy, so that no exported report
lands in the repository.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
SOLUTIONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
RELEASED = sorted((ROOT / "nnlab" / "lessons" / "released").glob("*.ipynb"))


def code_cells(notebook):
    return [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]


def name(path):
    return path.stem


def run(notebook, folder, *options):
    """Run each code cell as a test and return pytest's last line: what passed, failed or was left out."""
    shutil.copy(notebook, folder)
    command = [
        sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, "--nbval-current-env",
        "--nbval-cell-timeout=300", "--nbval-kernel-startup-timeout=180", notebook.name,
    ]  # fmt: skip
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path, "HOME": str(folder), "CI": ""}  # CI: differences in full
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900)
    summary = re.findall(r"=+ (.*) in [\d.]+s.* =+", done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    return summary[-1]


@pytest.mark.parametrize("notebook", SOLUTIONS, ids=name)
def test_solution_repeats_its_outputs(notebook, tmp_path):
    summary = run(notebook, tmp_path, "--nbval", f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval.cfg'}")
    assert summary == f"{len(code_cells(notebook))} passed"


@pytest.mark.parametrize("notebook", SOLUTIONS, ids=name)
def test_solution_was_saved_after_it_ran(notebook):
    """nbval compares nothing where the count is missing, so a stripped notebook would pass with any output."""
    missing = [cell.source for cell in code_cells(notebook) if cell.execution_count is None]
    assert not missing


@pytest.mark.parametrize("notebook", RELEASED, ids=name)
def test_released_copy_runs_as_handed_out(notebook, tmp_path):
    summary = run(notebook, tmp_path, "--nbval-lax")
    assert summary == f"{len(code_cells(notebook))} passed"


@pytest.mark.parametrize("notebook", [*SOLUTIONS, *RELEASED], ids=name)
def test_kernel_is_the_one_that_every_jupyter_has(notebook):
    metadata = nbformat.read(notebook, as_version=4).metadata
    assert metadata.kernelspec.name == "python3"
    assert "version" not in metadata.get("language_info", {})  # it would change with each author's machine
