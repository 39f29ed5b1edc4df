"""Under NNLAB_NO_SKIP=1 a test that skips fails, wherever it skips."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SKIPS = {
    "inside": "import pytest\ndef test(): pytest.skip('no browser')",
    "marked": "import pytest\n@pytest.mark.skip(reason='no browser')\ndef test(): pass",
    "in a fixture": "import pytest\n@pytest.fixture\ndef f(): pytest.skip('no browser')\ndef test(f): pass",
    "a whole file": "import pytest\npytest.importorskip('no_such_browser', reason='no browser')\ndef test(): pass",
}


def run(folder, code, **environment):
    shutil.copy(Path(__file__).with_name("conftest.py"), folder / "conftest.py")
    (folder / "test_it.py").write_text(code)
    environment = {name: value for name, value in os.environ.items() if name != "NNLAB_NO_SKIP"} | environment
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("code", SKIPS.values(), ids=SKIPS)
def test_a_skip_is_a_failure_only_where_nothing_may_be_missing(tmp_path, code):
    assert run(tmp_path, code).returncode in (0, 5)  # 5: nothing was collected
    strict = run(tmp_path, code, NNLAB_NO_SKIP="1")
    assert strict.returncode not in (0, 5)
    assert "NNLAB_NO_SKIP=1, but this was skipped" in strict.stdout
    assert "no browser" in strict.stdout


def test_an_expected_failure_is_no_skip(tmp_path):
    code = "import pytest\n@pytest.mark.xfail\ndef test(): assert False"
    assert run(tmp_path, code, NNLAB_NO_SKIP="1").returncode == 0
