"""Every activation function against Keras, finite differences and the identities that hold between them."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from activation_cases import CASES, UPSTREAM, X

from nnlab import activations

GOLDEN = Path(__file__).parent / "golden"
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
every_name = pytest.mark.parametrize("name", activations.NAMED)
LEFT_OUT = {"glu", "threshold"}  # one halves an axis, one has no defaults: neither is an activation of a layer


@pytest.fixture(scope="module")
def golden():
    with np.load(GOLDEN / "activations.npz") as archive:
        return dict(archive)


def of(case):
    """The function of a row and its gradient, with the row's arguments."""
    function = getattr(activations, case.name)
    return partial(function, **case.arguments), partial(function.gradient, **case.arguments)


def meets(case):
    """Where the pieces of a row's function meet, or where numbers tie: no finite difference there."""
    threshold = case.arguments.get("threshold", 0.5)
    places = {
        "relu": (0, threshold, case.arguments.get("max_value", 0)),
        "relu6": (0, 6),
        "hard_sigmoid": (-3, 3),
        "hard_silu": (-3, 3),
        "hard_tanh": (-1, 1),
        "hard_shrink": (-threshold, threshold),
        "soft_shrink": (-threshold, threshold),
        "sparse_sigmoid": (-1, 1),
    }
    return np.isin(X, places.get(case.name, (0,)))


@every_case
def test_values_and_gradients_are_those_of_keras(case, golden):
    function, gradient = of(case)
    y = function(X)
    same = np.ones_like(X, bool)
    if case.name == "sparsemax":  # Keras 3.15 adds up cumulative sums, which is right where one number is left only
        same = np.broadcast_to((y > 0).sum(case.arguments.get("axis", -1), keepdims=True) == 1, X.shape)
    if case.name == "sparse_sigmoid":  # at a tie JAX takes half of each slope, nnlab the flatter one
        same = np.abs(X) != 1
    assert same.any()
    for value, expected in (
        (y, golden[f"{case.id}/y"]),
        (gradient(X, y, UPSTREAM), golden[f"{case.id}/grad x"]),
    ):
        assert value.dtype == "float32"
        expected = expected[same]
        np.testing.assert_allclose(value[same], expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("axis", [0, -1])
def test_sparsemax_is_the_nearest_point_whose_coordinates_are_shares(axis):
    def shares(row):
        low, high = row.min() - 1, row.max()
        for _ in range(200):  # halve the interval of what is to be taken from each
            taken = (low + high) / 2
            low, high = (taken, high) if np.maximum(row - taken, 0).sum() > 1 else (low, taken)
        return np.maximum(row - taken, 0)

    x = 0.1 * X.astype("float64")
    np.testing.assert_allclose(activations.sparsemax(x, axis), np.apply_along_axis(shares, axis, x), atol=1e-12)


@every_case
def test_gradient_is_the_finite_difference(case):
    function, gradient = of(case)
    x, dy = X.astype("float64"), UPSTREAM.astype("float64")
    direction = np.where(meets(case), 0, np.cos(np.arange(X.size)).reshape(X.shape))
    difference = dy * (function(x + 1e-6 * direction) - function(x - 1e-6 * direction)) / 2e-6
    along = gradient(x, function(x), dy) * direction
    if case.name in ("softmax", "log_softmax", "sparsemax"):
        axis = case.arguments.get("axis", -1)
        difference, along = difference.sum(axis), along.sum(axis)
    np.testing.assert_allclose(along, difference, rtol=1e-6, atol=1e-6)


def test_the_list_is_that_of_keras():
    assert set(activations.NAMED) | LEFT_OUT == set(json.loads((GOLDEN / "keras.json").read_text())["activations"])


def test_every_function_has_a_row():
    assert {case.name for case in CASES} == {function.__name__ for function in activations.NAMED.values()}


@every_name
def test_a_name_gives_the_function_and_its_formula(name):
    function = activations.get(name)
    assert function is getattr(activations, name)
    assert function.latex
    assert function.__doc__


@pytest.mark.parametrize("name", sorted(LEFT_OUT))
def test_what_is_left_out_is_refused_by_name(name):
    with pytest.raises(ValueError, match=f"Dense: activation must be one of .*, received '{name}'"):
        activations.get(name, "Dense: activation")


@every_name
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numbers_beyond_all_bounds_stay_numbers(name, dtype):
    function = activations.get(name)
    x = np.array([-1e4, -100, -0.0, 0.0, 100, 1e4], dtype)
    y = function(x)
    assert y.dtype == dtype
    assert not np.isnan(y).any()
    if name != "exponential":
        assert np.isfinite(y).all()
        assert np.isfinite(function.gradient(x, y, np.ones_like(x))).all()


@every_name
def test_nan_gives_nan_and_nothing_gives_nothing(name):
    function = activations.get(name)
    with np.errstate(all="ignore"):
        assert np.isnan(function(np.array([np.nan, np.nan]))).all()
        for shape in ((0, 3), (3, 0)):
            y = function(np.zeros(shape))
            assert y.shape == function.gradient(np.zeros(shape), y, y).shape == shape


@every_name
def test_lists_of_integers_count_as_numbers(name):
    np.testing.assert_allclose(activations.get(name)([-2, 0, 3]), activations.get(name)(np.array([-2.0, 0, 3])))


def test_each_is_made_of_others_as_its_definition_says():
    x = X.astype("float64")
    a = activations
    for value, same in (
        (a.silu(x), x * a.sigmoid(x)),
        (a.hard_silu(x), x * a.hard_sigmoid(x)),
        (a.mish(x), x * np.tanh(a.softplus(x))),
        (a.softplus(x) - a.softplus(-x), x),
        (a.log_sigmoid(x), np.log(a.sigmoid(x))),
        (np.exp(a.log_softmax(x)), a.softmax(x)),
        (a.tanh_shrink(x) + a.tanh(x), x),
        (a.relu6(x), a.relu(x, max_value=6)),
        (a.hard_sigmoid(x), a.relu6(x + 3) / 6),
        (a.gelu(x) - a.gelu(-x), x),
        (a.leaky_relu(x, 0.25), a.relu(x) - 0.25 * a.relu(-x)),
        (a.sparsemax(x).sum(-1), np.ones(len(x))),
    ):
        np.testing.assert_allclose(value, same, rtol=1e-12, atol=1e-12)


def test_gelu_keeps_its_precision_far_below_zero():
    tail = 1.8989562465887e-8  # of the normal distribution, beyond 5.5
    assert activations.gelu(np.array([-5.5]))[0] == pytest.approx(-5.5 * tail, rel=1e-12)
