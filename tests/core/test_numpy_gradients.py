"""Every operation of NumPy that a custom layer may use, against finite differences on random shapes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab import gradcheck, layers
from nnlab.core.gradients import RULES, astype, index


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


quick = settings(derandomize=True, max_examples=12, deadline=None)
shapes = st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple)
seeds = st.integers(0, 1000)

ONE = [
    *(np.negative, np.positive, np.absolute, np.square, np.reciprocal, np.exp, np.expm1, np.sin, np.cos, np.tan),
    *(np.arctan, np.sinh, np.cosh, np.tanh, np.sign, np.floor, np.ceil, np.rint),
]
ONE_POSITIVE = [np.sqrt, np.log, np.log2, np.log10, np.log1p]
TWO = [np.add, np.subtract, np.multiply, np.divide, np.maximum, np.minimum, np.logaddexp]
COMPARING = [np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal]
LOGICAL = [np.logical_and, np.logical_or, np.logical_xor, np.bitwise_and, np.bitwise_or]
TESTING = [np.isnan, np.isinf, np.isfinite]


@pytest.mark.parametrize("function", ONE, ids=lambda f: f.__name__)
@quick
@given(shape=shapes, seed=seeds)
def test_functions_of_one_array(function, shape, seed):
    agrees(lambda x, w: function(x * 0.9) * x, numbers(seed, shape))


@pytest.mark.parametrize("function", ONE_POSITIVE, ids=lambda f: f.__name__)
@quick
@given(shape=shapes, seed=seeds)
def test_functions_of_a_positive_array(function, shape, seed):
    agrees(lambda x, w: function(x), numbers(seed, shape, positive=True))


@st.composite
def broadcast_pairs(draw):
    """Two shapes that broadcast: some sides are 1, the second has fewer axes or more."""
    full = draw(shapes)
    one = tuple(draw(st.sampled_from([n, 1])) for n in full)
    other = tuple(draw(st.sampled_from([n, 1])) for n in full)[draw(st.integers(0, len(full))) :]
    return one, other


@pytest.mark.parametrize("function", TWO, ids=lambda f: f.__name__)
@quick
@given(pair=broadcast_pairs(), seed=seeds)
def test_functions_of_two_arrays_with_broadcasting(function, pair, seed):
    agrees(function, numbers(seed, pair[0]), numbers(seed + 5, pair[1]) + 0.013)
    agrees(lambda x, w: function(w, x), numbers(seed, pair[0]), numbers(seed + 5, pair[1]) + 0.013)


@quick
@given(pair=broadcast_pairs(), seed=seeds)
def test_powers(pair, seed):
    agrees(np.power, numbers(seed, pair[0], positive=True), numbers(seed + 5, pair[1]))
    for power in (0, 1, 2, 3, -1):
        agrees(lambda x, w, power=power: x**power, numbers(seed, pair[0]))


@pytest.mark.parametrize("function", [*COMPARING, *LOGICAL], ids=lambda f: f.__name__)
def test_comparisons_choose_and_have_no_gradient(function):
    x, w = numbers(1, (3, 4)), numbers(2, (4,)) + 0.013
    if function in COMPARING:
        agrees(lambda x, w: np.where(function(x, w), x * w, w), x, w)
    else:
        agrees(lambda x, w: np.where(function(x > 0.1, w < 0.2), x * w, w), x, w)


@pytest.mark.parametrize("function", TESTING, ids=lambda f: f.__name__)
def test_tests_of_numbers_choose(function):
    agrees(lambda x, w: np.where(np.logical_not(~function(x)), 0.0, x * w), numbers(1, (3, 4)), np.array(0.7))


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("function", [np.sum, np.mean, np.max, np.min, np.var, np.std], ids=lambda f: f.__name__)
@quick
@given(data=st.data(), seed=seeds)
def test_reductions(function, keepdims, data, seed):
    shape = data.draw(st.lists(st.integers(2, 3), min_size=1, max_size=3).map(tuple))
    every = [None, *range(-len(shape), len(shape)), *([(0, -1)] if len(shape) > 1 else [])]
    axis = data.draw(st.sampled_from(every))
    agrees(lambda x, w: function(x, axis=axis, keepdims=keepdims), numbers(seed, shape))
    agrees(lambda x, w: getattr(x, function.__name__)(axis, keepdims=keepdims), numbers(seed, shape))


def test_equal_largest_elements_share_the_gradient():
    layer = Calls(lambda x, w: np.max(x, axis=-1))
    np.testing.assert_array_equal(layer.trace([[2.0, 2.0, 1.0]])["x"].grad, [[0.5, 0.5, 0]])


@pytest.mark.parametrize("axis", [None, 0, -1])
def test_cumulative_sums_and_chosen_places(axis):
    agrees(lambda x, w: np.cumsum(x, axis) * 2.0, numbers(3, (2, 3)))
    agrees(lambda x, w: x * np.argmax(x, axis=axis, keepdims=True), numbers(3, (2, 3)))
    agrees(lambda x, w: x * np.argmin(x, axis=axis, keepdims=True), numbers(3, (2, 3)))
    agrees(lambda x, w: np.where(np.any(x > 0.5, axis) | np.all(x > -9, axis), x, 0), numbers(3, (3, 3)))


PRODUCTS = [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((2, 2, 3), (3, 4)), ((2, 3), (2, 3, 2))]
MATMULS = [*PRODUCTS, ((2, 1, 2, 3), (4, 3, 2)), ((3,), (2, 3, 2)), ((2, 2, 3), (3,)), ((1, 2, 3), (2, 3, 1))]


@pytest.mark.parametrize(("one", "other"), MATMULS)
def test_matmul(one, other):
    agrees(np.matmul, numbers(1, one), numbers(2, other))
    agrees(lambda x, w: x @ w, numbers(1, one), numbers(2, other))


@pytest.mark.parametrize(("one", "other"), [*PRODUCTS, ((2, 3), ()), ((2, 2, 3), (2, 3, 2)), ((3,), (2, 3, 2))])
def test_dot(one, other):
    agrees(np.dot, numbers(1, one), numbers(2, other))
    agrees(lambda x, w: x.dot(w), numbers(1, one), numbers(2, other))


EINSUMS = [
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij,jk", (2, 3), (3, 4)),
    ("bij, bkj -> bik", (2, 3, 4), (2, 2, 4)),
    ("...i,ij->...j", (2, 2, 3), (3, 4)),
    ("...ij,...jk", (2, 1, 2, 3), (3, 3, 2)),
    ("ij,k->i", (2, 3), (4,)),
    ("ij,ij->", (2, 3), (2, 3)),
    ("i,j->ji", (2,), (3,)),
]


@pytest.mark.parametrize(("subscripts", "one", "other"), EINSUMS)
def test_einsum(subscripts, one, other):
    agrees(lambda x, w: np.einsum(subscripts, x, w), numbers(1, one), numbers(2, other))
    agrees(
        lambda x, w: np.einsum("ij->j", np.reshape(np.einsum(subscripts, x, w), (1, -1))),
        *map(numbers, (1, 2), (one, other)),
    )


REARRANGED = {
    "reshape": lambda x, w: np.reshape(x, (4, -1)),
    "reshape as a method": lambda x, w: x.reshape(3, 8) * x.reshape((3, 8)),
    "ravel": lambda x, w: np.ravel(x) * x.ravel() * x.flatten(),
    "copy": lambda x, w: x.copy() * np.copy(x),
    "astype": lambda x, w: x.astype("float64") * (x > 0).astype("float64"),
    "expand_dims": lambda x, w: np.expand_dims(x, (0, -1)) * np.expand_dims(x, 0)[..., None],
    "squeeze": lambda x, w: np.squeeze(x[:1]) * np.squeeze(x[:1], axis=0),
    "transpose": lambda x, w: np.transpose(x) * x.T * x.transpose() * x.transpose(2, 1, 0),
    "transpose of some axes": lambda x, w: np.transpose(x, (1, -1, 0)) * x.transpose((1, 2, 0)),
    "swapaxes": lambda x, w: np.swapaxes(x, 0, -1) * x.swapaxes(0, 2),
    "moveaxis": lambda x, w: np.moveaxis(x, 0, -1) * np.moveaxis(x, [0, 1], [-1, 0]),
    "broadcast_to": lambda x, w: np.broadcast_to(x[:, :1], (5, 2, 3, 4)) * w,
    "flip": lambda x, w: np.flip(x, 1) * np.flip(x) * x[::-1],
    "concatenate": lambda x, w: np.concatenate([x, x * w, np.ones((2, 3, 1))], axis=-1),
    "concatenate flat": lambda x, w: np.concatenate((x, np.ones(2), w.T.T[None]), axis=None),
    "stack": lambda x, w: np.stack([x, x * w], axis=1) * np.stack([x, x], -3),
    "split": lambda x, w: np.multiply(*np.split(x, 2, axis=-1)),
    "split at places": lambda x, w: np.split(x, [1, 3], axis=2)[1] * np.split(x, 2)[0][:, :, :2],
    "pad": lambda x, w: np.pad(x, ((1, 0), (0, 2), (1, 1)), constant_values=2.0),
    "pad alike": lambda x, w: np.pad(x, 1) * 2,
    "index": lambda x, w: x[0, 1:, ::2] * x[..., 0, :2],
    "index by a list": lambda x, w: x[:, [0, 0, 2]],
    "index by a mask": lambda x, w: np.where(x > 0, x, 0) + np.sum(x[np.ones((2, 3, 4)) > 0]),
    "index of the largest": lambda x, w: x[0][np.argmax(x[0], 0), [0, 1, 2, 3]],
    "take": lambda x, w: np.take(x, [1, 1, 0], axis=1) * x.take([2, 0, 0], -2),
    "take flat": lambda x, w: np.take(x, [[1, 5], [5, 0]]),
    "where": lambda x, w: np.where(x > w, x, w) * np.where(np.ones(4) > 0, 2.0, x),
    "clip": lambda x, w: np.clip(x, -0.501, 0.723) + x.clip(None, 0.3011) + np.clip(x, w, None),
    "tril": lambda x, w: np.tril(x) + np.triu(x, 1) * 2 + np.tril(x, -1),
    "shapes": lambda x, w: x * (np.shape(x)[0] + x.ndim + len(x) + np.ndim(x) + np.size(x)) + np.zeros_like(x),
}


@pytest.mark.parametrize("function", REARRANGED.values(), ids=REARRANGED)
def test_what_moves_and_selects(function):
    agrees(function, numbers(4, (2, 3, 4)), np.array(0.31))


def test_every_rule_has_a_test_above():
    tested = {*ONE, *ONE_POSITIVE, *TWO, *COMPARING, *LOGICAL, *TESTING, np.power, np.logical_not, np.invert}
    tested |= {np.sum, np.mean, np.max, np.min, np.amax, np.amin, np.var, np.std, np.cumsum, np.argmax, np.argmin}
    tested |= {np.any, np.all, np.matmul, np.dot, np.einsum, astype, index, np.triu}
    tested |= {function for name in REARRANGED if (function := getattr(np, name.split()[0], None))}
    assert set(RULES) - tested == set()
