"""Every operation of NumPy that a custom layer may use, against finite differences on random shapes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy_cases import ANY, SHAPED

from nnlab import gradcheck, layers
from nnlab.core.gradients import RULES, SEVERAL


class Calls(layers.Layer):
    """A layer that is one function of its input and of a weight."""

    def __init__(self, function, shape=()):
        super().__init__(dtype="float64")
        self.function, self.shape = function, shape

    def build(self, input_shape):
        self.w = self.add_weight(self.shape, initializer="random_normal")

    def call(self, x):
        return self.function(x, self.w)


def agrees(function, x, w=None):
    """Whether the gradients of both arguments, and of every step, equal finite differences, and inference NumPy."""
    w = np.zeros(()) if w is None else w
    layer = Calls(lambda x, w: np.reshape(function(x, w), (1, -1)), w.shape)
    layer.build(x.shape)
    layer.w.assign(w)
    np.testing.assert_allclose(layer(x), np.reshape(function(x, w), (1, -1)))
    np.testing.assert_array_equal(layer.trace(x)["y"].value, layer(x))
    gradcheck(layer, x, tolerance=1e-5)


def numbers(seed, shape, positive=False):
    """Different numbers, at least 0.05 from each other and from 0, so that no kink is near."""
    count = int(np.prod(shape))
    values = (np.random.default_rng(seed).permutation(count) + 1) * (1.5 / (count + 1)) + 0.2
    signs = np.random.default_rng(seed + 1).choice([-1, 1], count)
    return (values if positive else values * signs).reshape(shape)


@st.composite
def pairs(draw):
    """The shape of x, and one that broadcasts with it: some sides are 1, and it may have fewer axes."""
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=2, max_size=3)))
    other = tuple(draw(st.sampled_from([n, 1])) for n in shape)[draw(st.integers(0, len(shape))) :]
    return shape, other


def title(function):
    return function.__name__


@pytest.mark.parametrize("operation", ANY, ids=title)
@settings(derandomize=True, max_examples=4, deadline=None)
@given(pair=pairs(), seed=st.integers(0, 1000))
def test_gradients_on_random_shapes(operation, pair, seed):
    for function in ANY[operation]:
        agrees(function, numbers(seed, pair[0]), numbers(seed + 5, pair[1]) + 0.013)


@pytest.mark.parametrize("operation", SHAPED, ids=title)
def test_gradients_on_shapes_of_their_own(operation):
    for function, one, other in SHAPED[operation]:
        agrees(function, numbers(1, one), numbers(2, other))
        agrees(lambda x, w, function=function: function(x * np.sum(w), w), numbers(3, one), numbers(4, other))


def test_every_rule_has_its_row_and_every_row_its_rule():
    assert {*ANY, *SHAPED} == {*RULES, *SEVERAL}


def test_equal_largest_elements_share_the_gradient():
    layer = Calls(lambda x, w: np.max(x, axis=-1))
    np.testing.assert_array_equal(layer.trace([[2.0, 2.0, 1.0]])["x"].grad, [[0.5, 0.5, 0]])


def test_the_norm_of_zero_has_the_gradient_zero():
    layer = Calls(lambda x, w: np.linalg.norm(x, axis=-1))
    np.testing.assert_array_equal(layer.trace(np.zeros((2, 3)))["x"].grad, 0)


def test_an_element_that_is_taken_twice_gets_both_gradients():
    for function in (lambda x, w: x[:, [0, 0, 2]], lambda x, w: np.take(x, [0, 0, 2], 1)):
        np.testing.assert_array_equal(Calls(function).trace(np.ones((1, 3)))["x"].grad, [[2, 0, 1]])


def test_shapes_and_positions_are_plain_values():
    def function(x, w):
        assert np.shape(x) == x.shape == (2, 3)
        assert np.size(x) == x.size == 6
        assert np.count_nonzero(x > 0) == 6
        rows, columns = np.nonzero(x)
        return x * (x.ndim + len(x) + np.ndim(x)) + np.zeros_like(x) + rows[0] + columns[0]

    agrees(function, numbers(1, (2, 3), positive=True))
