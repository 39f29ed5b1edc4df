"""A trace: what it holds, in which order, and that it says where each value is computed."""

import inspect

import numpy as np
import pytest
from formula import uniform

from nnlab import layers, utils
from nnlab.core.errors import ShapeError

IMAGES = uniform("images", (2, 5, 4, 3))


@pytest.fixture
def trace():
    return layers.Conv2D(2, 3, padding="same", activation="relu", name="conv").trace(IMAGES)


def test_names_come_in_the_order_of_computation(trace):
    expected = ["kernel", "bias", "x", "padded", "windows", "z", "activation/x", "activation/y", "y"]
    assert [name for name in trace.names if name != "activation/x"] == [n for n in expected if n != "activation/x"]


def test_each_entry_knows_its_kind_axes_formula_and_line(trace):
    kinds = {name: trace[name].kind for name in ("kernel", "x", "windows", "y")}
    assert kinds == {"kernel": "weight", "x": "input", "windows": "step", "y": "output"}
    assert trace["windows"].axes == "b i j u v c"
    assert trace["kernel"].axes == "u v c f"
    assert "X_{bijuvc}" in trace["windows"].latex
    assert trace["windows"].source.startswith("s.windows = ")
    source, first = inspect.getsourcelines(layers.convolution.BaseConv.forward)
    assert first < trace["windows"].line < first + len(source)
    assert trace["x"].line is None
    assert trace["x"].source == ""


def test_formulas_of_all_steps_make_one_aligned_display(trace):
    assert trace.latex().startswith(r"\begin{aligned}")
    assert trace.latex().count("&=") == 3


def test_plain_values_for_plans_of_ones_own(trace):
    plain = trace.to_dict()
    assert list(plain) == trace.names
    np.testing.assert_array_equal(plain["z"]["grad"], trace["z"].grad)


def test_an_unknown_name_lists_the_known_ones(trace):
    with pytest.raises(KeyError, match="this trace has: kernel, bias, x"):
        trace["window"]


def test_the_gradient_at_y_is_ones_unless_it_is_given():
    layer = layers.Dense(2)
    np.testing.assert_array_equal(layer.trace(np.ones((3, 4)))["y"].grad, np.ones((3, 2)))
    dy = uniform("dy", (3, 2))
    np.testing.assert_array_equal(layer.trace(np.ones((3, 4)), grad=dy)["y"].grad, dy)
    with pytest.raises(ShapeError, match="grad must have the shape of y"):
        layer.trace(np.ones((3, 4)), grad=dy.T)


def test_a_seed_repeats_a_draw_and_none_shows_the_next_one():
    layer, x = layers.Dropout(0.5), np.ones((1, 40))
    first, second = (layer.trace(x, training=True, seed=3)["mask"].value for _ in range(2))
    np.testing.assert_array_equal(first, second)
    utils.set_random_seed(1)
    seen = layer.trace(x, training=True)["y"].value
    np.testing.assert_array_equal(seen, layer(x, training=True))
    assert not np.array_equal(seen, layer(x, training=True))


def test_a_layer_with_a_seed_of_its_own_repeats_its_draws():
    x = np.ones((1, 40))
    first, second = layers.Dropout(0.5, seed=7), layers.Dropout(0.5, seed=7)
    draws = [first(x, training=True) for _ in range(2)]
    assert not np.array_equal(*draws)
    for draw in draws:
        np.testing.assert_array_equal(second(x, training=True), draw)


def test_the_first_value_that_is_not_finite_is_named():
    layer = layers.Dense(2, activation="softmax")
    layer.build((1, 3))
    assert layer.trace(np.ones((1, 3))).first_nonfinite is None
    layer.kernel.assign(np.full((3, 2), 1e30))
    assert layer.trace(np.full((1, 3), 1e30)).first_nonfinite == "z"
    layer.bias.assign([np.nan, 0])
    assert layer.trace(np.ones((1, 3))).first_nonfinite == "bias"


def test_minus_infinity_around_a_picture_is_no_fault_but_inside_it_is():
    layer = layers.MaxPooling2D(3, strides=1, padding="same")
    trace = layer.trace(-np.abs(IMAGES))
    assert np.isinf(trace["windows"].value).any()
    assert (trace["y"].value <= 0).all()
    assert trace.first_nonfinite is None
    assert layer.trace(np.where(IMAGES > 0, IMAGES, -np.inf)).first_nonfinite == "x"


def test_a_trace_keeps_its_numbers_when_the_layer_and_the_input_move_on():
    layer, x = layers.Dense(2), np.ones((1, 3), "float32")
    trace = layer.trace(x)
    kernel, y = trace["kernel"].value.copy(), trace["y"].value.copy()
    x[:] = 5
    layer.kernel.assign(np.zeros((3, 2)))
    np.testing.assert_array_equal(trace["kernel"].value, kernel)
    np.testing.assert_array_equal(trace["y"].value, y)
    np.testing.assert_array_equal(trace["x"].value, np.ones((1, 3)))
