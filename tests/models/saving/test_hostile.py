"""Hostile and damaged files: one sentence, nothing run, nothing large in memory, nothing that hangs."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_files import CANARY, FILES

HERE = Path(__file__).parent
EVIL_MODULE = f"open({CANARY!r}, 'w')\nclass Dense:\n    def __init__(self, **config): pass\n"

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="limits of memory are Linux's")


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "evil_module.py").write_text(EVIL_MODULE, encoding="utf-8")
    for name, (make, _) in FILES.items():
        (folder / name).write_bytes(make())
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE.parents[2]), str(folder)])}
    environment |= {"OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, HERE / "under_limit.py", *FILES]
    done = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout), folder


@pytest.mark.parametrize("name", FILES)
def test_ends_in_one_sentence_under_200_megabytes(name, outcomes):
    kind, said = outcomes[0][name]
    words = FILES[name][1]
    assert kind == ("loaded" if "loaded" in words else "FileError"), said
    assert re.search(words if "loaded" in words else re.escape(words), said), said
    assert "\n" not in said
    assert len(said) < 700


def test_no_code_of_a_file_has_run_and_nothing_was_written_beside(outcomes):
    _, folder = outcomes
    assert sorted(path.name for path in folder.iterdir() if path.name != "__pycache__") == sorted(
        [*FILES, "evil_module.py"]
    )
    assert not list(folder.glob("__pycache__/evil*"))
