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


@st.composite
def einsums(draw):
    """Subscripts at random, with diagonals and ellipses, and shapes that fit; a side may be 1 in one operand."""
    size = {letter: draw(st.integers(1, 3)) for letter in "ijk"}
    batch = tuple(draw(st.lists(st.integers(1, 3), max_size=2)))
    parts, shapes = [], []
    for _ in range(2):
        letters = draw(st.text("ijk", max_size=3))
        dots = draw(st.booleans())
        place = draw(st.integers(0, len(letters)))
        parts.append(letters[:place] + "..." * dots + letters[place:])
        before = batch[draw(st.integers(0, len(batch))) :] if dots else ()
        sides = {letter: draw(st.sampled_from([size[letter], 1])) for letter in letters}
        shape = [sides[letter] for letter in letters]
        shapes.append((*shape[:place], *before, *shape[place:]))
    if draw(st.booleans()):
        kept = draw(st.permutations(sorted(set("".join(parts)) - {"."})))
        dots = "..." if any("..." in part for part in parts) else ""
        return ",".join(parts) + "->" + dots + "".join(kept[: draw(st.integers(0, 3))]), *shapes
    return ",".join(parts), *shapes


@settings(derandomize=True, max_examples=60, deadline=None)
@given(drawn=einsums(), seed=st.integers(0, 1000))
def test_einsum_of_any_subscripts(drawn, seed):
    subscripts, one, other = drawn
    x, w = numbers(seed, (1, *one)), numbers(seed + 5, other)
    agrees(lambda x, w: np.einsum(subscripts, x[0], w), x, w)


@st.composite
def matrices(draw):
    """Shapes whose matrix product is defined: vectors, matrices, and stacks of them that broadcast."""
    rows, summed, columns = (draw(st.integers(1, 3)) for _ in range(3))
    stack = tuple(draw(st.lists(st.integers(1, 3), max_size=2)))
    one, other = (tuple(draw(st.sampled_from([n, 1])) for n in stack)[draw(st.integers(0, len(stack))) :] for _ in "ab")
    left = draw(st.sampled_from([(summed,), (*one, rows, summed)]))
    return left, draw(st.sampled_from([(summed,), (*other, summed, columns)]))


@pytest.mark.parametrize("function", [np.matmul, np.dot], ids=title)
@settings(derandomize=True, max_examples=20, deadline=None)
@given(shapes=matrices(), seed=st.integers(0, 1000))
def test_products_of_vectors_matrices_and_stacks(function, shapes, seed):
    one, other = shapes
    agrees(function, numbers(seed, one), numbers(seed + 5, other))
    agrees(lambda x, w: function(w, x), numbers(seed, other), numbers(seed + 5, one))


@settings(derandomize=True, max_examples=20, deadline=None)
@given(data=st.data(), seed=st.integers(0, 1000))
def test_tensordot_along_any_axes(data, seed):
    one = tuple(data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    chosen = data.draw(st.lists(st.sampled_from(range(len(one))), unique=True, max_size=2))
    free = data.draw(st.lists(st.integers(1, 3), max_size=2))
    places = data.draw(st.permutations(range(len(chosen) + len(free))))[: len(chosen)]
    other = [0] * (len(chosen) + len(free))
    for place, axis in zip(places, chosen, strict=True):
        other[place] = one[axis]
    left = iter(free)
    other = tuple(side or next(left) for side in other)
    axes = chosen, list(places)
    agrees(lambda x, w: np.tensordot(x, w, axes), numbers(seed, one), numbers(seed + 5, other))


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
