"""Python and JavaScript print every number alike, so that "=" is decided on what a learner sees."""

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from nnlab.widgets import decimals

SCRIPT = """
import { format } from "./numbers.js";
let text = "";
for await (const chunk of process.stdin) text += chunk;
console.log(JSON.stringify(JSON.parse(text).map(([value, digits]) => format(value, digits))));
"""


def test_python_and_javascript_print_numbers_alike():
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    draw = random.Random(3)
    halves = [(sign * whole / 2**power, digits) for sign in (1, -1) for whole in range(70) for power in (1, 3, 5)
              for digits in range(5)]  # fmt: skip
    others = [(draw.uniform(-1, 1) * 10 ** draw.randint(-6, 12), draw.randint(0, 6)) for _ in range(2000)]
    pairs = [*halves, *others, (0.0, 0), (-0.0, 2), (-1e-9, 3), (1e20, 1)]
    folder = Path(decimals.__file__).parent / "js"
    command = ["node", "--input-type=module", "--eval", SCRIPT]
    run = subprocess.run(command, input=json.dumps(pairs), cwd=folder, capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == [decimals.text(*pair) for pair in pairs]
