"""The text of a trace, word for word."""

import numpy as np
import pytest

from nnlab import layers
from nnlab.explain import plain

DENSE = r"""
Dense 'hidden': (b=2 d=3) -> (b=2 f=2), training=False

x  input  b=2 d=3  float32
    value        gradient
     1   2   3   -1.00   2.00   0.25
     0  -1   1    0.00   0.00   0.00

kernel  weight  d=3 f=2  float32
    value          gradient
     1.00  -1.00   0  1
     0.50   2.00   0  2
    -2.00   0.25   0  3

bias  weight  f=2  float32
    value        gradient
     0.5  -1.0   0  1

z  step  b=2 f=2  float32
    the weighted sums, before the activation
    z_f = \sum_d x_d W_{df} + b_f
    gradient: \bar W_{df} = \sum x_d\, \bar z_f
    gradient: \bar x_d = \sum_f \bar z_f W_{df}
    value          gradient
    -3.50   2.75   0  1
    -2.00  -2.75   0  0

-- activation/  Activation: (b=2 f=2) -> (b=2 f=2) --

activation/x  input  b=2 f=2  float32
    same numbers and gradients as z

activation/y  output  b=2 f=2  float32
    same numbers and gradients as y

y  output  b=2 f=2  float32
    value        gradient
    0.00  2.75   1  1
    0.00  0.00   1  1
"""

WINDOWS = r"""
windows  step  b=1 i=2 j=2 u=2 v=2 c=1  float32
    the cells under the kernel at each place; s, t are the strides and d, e the dilation rates
    X_{bijuvc} = P_{b,\ is + ud,\ jt + ve,\ c}
    gradient: \bar X_{bijuvc} = \sum_f \bar z_{bijf} W_{uvcf}
    value                     gradient
    0  1 | 1  2               1  2 | 1  2
    3  4 | 4  5               3  4 | 3  4

    3  4 | 4  5               1  2 | 1  2
    6  7 | 7  8               3  4 | 3  4
    (i downwards, j across)   (i downwards, j across)
"""


def test_the_text_of_a_dense_layer():
    layer = layers.Dense(2, activation="relu", name="hidden")
    layer.build((None, 3))
    layer.set_weights([np.array([[1, -1], [0.5, 2], [-2, 0.25]]), np.array([0.5, -1])])
    assert plain.text(layer.trace([[1, 2, 3], [0, -1, 1]])) == DENSE.strip("\n")


def test_printing_tells_the_story_and_the_repr_is_one_line():
    trace = layers.Dense(2).trace([[1, 2]])
    for shown in (trace, trace["z"]):
        assert str(shown) == plain.text(shown) == shown._repr_mimebundle_()["text/plain"]
        assert "\n" not in repr(shown)


def test_the_text_of_windows():
    layer = layers.Conv2D(1, 2)
    layer.build((None, 3, 3, 1))
    layer.set_weights([np.array([[1, 2], [3, 4]]).reshape(2, 2, 1, 1), np.array([0.5])])
    assert plain.text(layer.trace(np.arange(9).reshape(1, 3, 3, 1))["windows"]) == WINDOWS.strip("\n")


@pytest.mark.parametrize(
    ("array", "axes", "expected"),
    [
        (np.float32(2.5), "", ["2.5"]),
        (np.zeros((0, 2)), "", ["no numbers"]),
        (np.arange(12), "f", [" 0   1   2   3   4   5   6   7   8   9", "10  11"]),
        (np.array([[True, False]]), "b d", [" True  False"]),
        (np.array([[1, np.nan]]), "b d", ["  1  nan"]),
        (np.array([1 / 3]), "f", ["0.3333", "(rounded)"]),
        (np.zeros((1, 1, 1, 2)), "b h w c", ["c=0:", "0", "c=1:", "0"]),
        (np.arange(1000.0), "f", ["min 0, mean 499.5, max 999"]),
    ],
    ids=["0-d", "empty", "long row", "booleans", "NaN", "rounded", "panels", "large"],
)
def test_arrays_as_text(array, axes, expected):
    assert [line.strip() for line in plain.numbers(array, axes)] == [line.strip() for line in expected]


@pytest.mark.parametrize("side", [1, 3, 5, 28])
def test_no_line_is_wider_than_a_hundred_columns_and_none_ends_in_blanks(side):
    layer = layers.Conv2D(11, 3, padding="same", activation="softmax")
    told = plain.text(layer.trace(np.random.default_rng(0).normal(size=(2, side, side + 1, 3)) * 1e5))
    assert max(map(len, told.splitlines())) <= 100
    assert all(line == line.rstrip() for line in told.splitlines())
