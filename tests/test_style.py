"""The hooks that run before a commit run here too: whoever does not install them is told the same."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
CONFIG = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
HOOKS = {hook["id"]: hook["entry"].split() for repository in CONFIG["repos"] for hook in repository["hooks"]}
PYTEST = ["python", "-m", "pytest"]


@pytest.mark.parametrize("hook", [name for name, entry in HOOKS.items() if entry[:3] != PYTEST])
def test_hook_passes(hook):
    command = [sys.executable, *HOOKS[hook][1:]]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("hook", [name for name, entry in HOOKS.items() if entry[:3] == PYTEST])
def test_hook_runs_tests_that_are_part_of_the_suite(hook):
    paths = [argument for argument in HOOKS[hook][3:] if not argument.startswith("-")]
    assert paths
    for path in paths:
        assert path.startswith("tests/")
        assert (ROOT / path).exists()


def test_hooks_come_from_this_repository_and_run_python():
    assert {repository["repo"] for repository in CONFIG["repos"]} == {"local"}
    assert {entry[0] for entry in HOOKS.values()} == {"python"}
