"""LeNet: the parameters of the network of 1998, and at least 96 % of the held-out digits from each of three seeds."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnlab.models.zoo.lenet import digits, lenet

ROOT = Path(__file__).parents[2]


def test_layers_have_the_sizes_of_the_paper():
    model = lenet()
    assert [layer.count_params() for layer in model.layers] == [0, 156, 0, 2416, 0, 0, 48120, 10164, 850]
    assert model.output_shape == (None, 10)


def test_digits_are_ink_from_0_to_1_with_one_channel():
    (x_train, y_train), (x_test, y_test) = digits()
    assert (x_train.shape, x_test.shape) == ((4000, 28, 28, 1), (1000, 28, 28, 1))
    assert (x_train.dtype, x_train.min(), x_train.max()) == (np.float32, 0, 1)
    assert (len(y_train), len(y_test)) == (4000, 1000)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_command_reads_at_least_96_percent_of_the_held_out_digits(seed):
    command = [sys.executable, "-m", "nnlab.models.zoo.lenet", "--seed", str(seed)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=True)
    (right,) = re.findall(r"^(\d+) of 1000 held-out digits are read right: \d+\.\d%$", done.stdout, re.M)
    assert int(right) >= 960
