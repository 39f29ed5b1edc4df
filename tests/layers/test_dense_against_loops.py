"""Random configurations of Dense, Embedding and the activation layers against naive loops, forward and backward."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loops import agrees, each_cell, numbers, off_kinks
from oracles import grid, sigmoid

from nnlab import activations, layers

upto = st.integers
at_leisure = settings(deadline=None)
seeds = upto(0, 2**31 - 9)
shapes = st.lists(upto(1, 4), min_size=2, max_size=4).map(tuple)
tenths = upto(0, 12).map(lambda n: n / 10)

SCALAR = {  # activations of one number, as a textbook writes them
    "linear": lambda x: x,
    "relu": lambda x: max(x, 0.0),
    "relu6": lambda x: min(max(x, 0.0), 6.0),
    "leaky_relu": lambda x: x if x > 0 else 0.2 * x,
    "elu": lambda x: x if x > 0 else math.exp(x) - 1,
    "sigmoid": sigmoid,
    "tanh": math.tanh,
    "silu": lambda x: x * sigmoid(x),
    "softplus": lambda x: math.log(1 + math.exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "exponential": math.exp,
    "gelu": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    "mish": lambda x: x * math.tanh(math.log(1 + math.exp(x))),
    "hard_sigmoid": lambda x: min(max(x / 6 + 0.5, 0.0), 1.0),
    "log_sigmoid": lambda x: -math.log(1 + math.exp(-x)),
    "tanh_shrink": lambda x: x - math.tanh(x),
    "selu": lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * (math.exp(x) - 1)),
    "celu": lambda x: x if x > 0 else math.exp(x) - 1,
    "hard_silu": lambda x: x * min(max(x / 6 + 0.5, 0.0), 1.0),
    "hard_tanh": lambda x: min(max(x, -1.0), 1.0),
    "hard_shrink": lambda x: x if abs(x) > 0.5 else 0.0,
    "soft_shrink": lambda x: math.copysign(max(abs(x) - 0.5, 0.0), x),
    "squareplus": lambda x: (x + math.sqrt(x**2 + 4)) / 2,
    "sparse_plus": lambda x: max(x, 0.0) if abs(x) >= 1 else (x + 1) ** 2 / 4,
    "sparse_sigmoid": lambda x: min(max((x + 1) / 2, 0.0), 1.0),
}
SMOOTH = ("linear", "sigmoid", "tanh", "silu", "softplus", "gelu")


def softmax(x, axes):
    def value(cell):
        line = [x[other] for other in grid(x.shape) if all(a in axes or other[a] == n for a, n in enumerate(cell))]
        return math.exp(x[cell]) / sum(map(math.exp, line))

    return each_cell(value, x.shape)


@at_leisure
@given(shapes, upto(1, 4), st.booleans(), st.sampled_from([None, "softmax", *SMOOTH]), seeds)
def test_dense_equals_the_loops(shape, units, use_bias, activation, seed):
    layer = layers.Dense(units, activation, use_bias, dtype="float64")
    values = {"x": numbers(seed, shape), "kernel": numbers(seed + 1, (shape[-1], units))}
    if use_bias:
        values["bias"] = numbers(seed + 2, (units,))

    def expected(v):
        def z(cell):
            *place, f = cell
            products = (v["x"][(*place, d)] * v["kernel"][d, f] for d in range(shape[-1]))
            return sum(products) + (v["bias"][f] if use_bias else 0)

        z = each_cell(z, (*shape[:-1], units))
        if activation == "softmax":
            return softmax(z, [z.ndim - 1])
        return each_cell(lambda cell: SCALAR[activation or "linear"](z[cell]), z.shape)

    agrees(layer, values, expected, seed + 3)


@pytest.mark.parametrize("name", SCALAR)
@at_leisure
@given(shapes, seeds)
def test_an_activation_equals_its_textbook_formula(name, shape, seed):
    x = off_kinks(3 * numbers(seed, shape))

    def expected(v):
        return each_cell(lambda cell: SCALAR[name](v["x"][cell]), shape)

    agrees(layers.Activation(name, dtype="float64"), {"x": x}, expected, seed + 1)


def test_every_activation_of_one_number_has_its_formula_here():
    along_an_axis = {"softmax", "log_softmax", "sparsemax"}
    assert set(SCALAR) | along_an_axis == {function.__name__ for function in activations.NAMED.values()}


@at_leisure
@given(shapes, st.none() | tenths, tenths, tenths, seeds)
def test_relu_equals_its_three_pieces(shape, largest, slope, threshold, seed):
    threshold = threshold if largest is None else min(threshold, largest)
    layer = layers.ReLU(largest, slope, threshold, dtype="float64")

    def value(x):
        if largest is not None and x >= largest:
            return largest
        return x if x >= threshold else slope * (x - threshold)

    def expected(v):
        return each_cell(lambda cell: value(v["x"][cell]), shape)

    agrees(layer, {"x": off_kinks(numbers(seed, shape))}, expected, seed + 1)


@at_leisure
@given(shapes, tenths, seeds)
def test_leaky_relu_and_elu_equal_their_two_pieces(shape, slope, seed):
    x = off_kinks(numbers(seed, shape))
    below = {"LeakyReLU": lambda x: slope * x, "ELU": lambda x: slope * (math.exp(x) - 1)}
    for name, piece in below.items():

        def expected(v, piece=piece):
            return each_cell(lambda cell: v["x"][cell] if v["x"][cell] > 0 else piece(v["x"][cell]), shape)

        agrees(getattr(layers, name)(slope, dtype="float64"), {"x": x}, expected, seed + 1)


@at_leisure
@given(shapes, st.data(), seeds)
def test_prelu_learns_a_slope_for_each_place_that_shares_none(shape, data, seed):
    shared = data.draw(st.lists(upto(1, len(shape) - 1), unique=True))
    layer = layers.PReLU(shared_axes=shared or None, dtype="float64")
    alpha = numbers(seed + 1, tuple(1 if axis in shared else size for axis, size in enumerate(shape) if axis))

    def expected(v):
        def value(cell):
            place = tuple(0 if axis in shared else n for axis, n in enumerate(cell) if axis)
            return v["x"][cell] * (1 if v["x"][cell] > 0 else v["alpha"][place])

        return each_cell(value, shape)

    agrees(layer, {"x": off_kinks(numbers(seed, shape)), "alpha": alpha}, expected, seed + 2)


@at_leisure
@given(shapes, st.data(), seeds)
def test_softmax_along_any_axes_equals_the_loops(shape, data, seed):
    axes = data.draw(st.lists(upto(0, len(shape) - 1), min_size=1, unique=True))
    named = [axis - len(shape) if data.draw(st.booleans()) else axis for axis in axes]
    layer = layers.Softmax(named if len(named) > 1 else named[0], dtype="float64")
    again = layers.Softmax.from_config(layer.get_config())
    assert again.axis == layer.axis
    agrees(layer, {"x": numbers(seed, shape)}, lambda v: softmax(v["x"], axes), seed + 1)


@at_leisure
@given(st.lists(upto(1, 4), min_size=1, max_size=3).map(tuple), upto(1, 5), upto(1, 3), st.booleans(), seeds)
def test_embedding_looks_up_rows_and_sums_their_gradients(shape, words, features, mask_zero, seed):
    layer = layers.Embedding(words, features, mask_zero=mask_zero, dtype="float64")
    x = np.random.default_rng(seed).integers(0, words, shape)
    values = {"x": x, "embeddings": numbers(seed + 1, (words, features))}

    def expected(v):
        return each_cell(lambda cell: v["embeddings"][x[cell[:-1]], cell[-1]], (*shape, features))

    trace = agrees(layer, values, expected, seed + 2)
    if mask_zero:
        assert trace["mask"].value.tolist() == (x != 0).tolist()


@at_leisure
@given(st.lists(upto(1, 4), min_size=2, max_size=4).map(tuple), upto(0, 2), seeds)
def test_masking_keeps_a_time_that_holds_anything_else(shape, mask_value, seed):
    x = np.random.default_rng(seed).integers(0, 3, shape).astype("float64")
    dy = numbers(seed + 1, shape)
    trace = layers.Masking(mask_value, dtype="float64").trace(x, grad=dy)
    for *place, d in np.ndindex(shape):
        time = tuple(place)
        something = any(x[(*time, k)] != mask_value for k in range(shape[-1]))
        assert trace["mask"].value[time] == something
        assert trace["y"].value[(*time, d)] == (x[(*time, d)] if something else 0)
        assert trace["x"].grad[(*time, d)] == (dy[(*time, d)] if something else 0)
