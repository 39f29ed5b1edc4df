"""What a layer does for whoever writes or uses one: weights, sublayers, penalties, names, one door."""

import copy

import numpy as np
import pytest
from formula import uniform

from nnlab import gradcheck, layers
from nnlab.core import naming
from nnlab.core.errors import ArgumentError, NotBuiltError, ShapeError
from nnlab.core.record import Call, Record
from nnlab.core.step import Step

X = uniform("x", (3, 4))


class Affine(layers.Layer):
    """What a course would write: x scaled and shifted."""

    steps = {"scaled": Step("b d", r"a_d = s_d x_d", r"\bar a_d = \bar y_d")}

    def build(self, input_shape):
        self.size = self.add_weight((input_shape[-1],), "ones", name="size")
        self.shift = self.add_weight((input_shape[-1],), "zeros", name="shift")

    def forward(self, s, x):
        s.scaled = s.size * x
        return s.scaled + s.shift

    def backward(self, s, g):
        g.shift, g.scaled = g.y.sum(0), g.y
        g.size = (g.scaled * s.x).sum(0)
        return g.scaled * s.size


class Twice(layers.Layer):
    """One sublayer, run twice: its weights are shared."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = Affine()

    def forward(self, s, x):
        return s.run("second", self.inner, s.run("first", self.inner, x))

    def backward(self, s, g):
        return g.unrun("first", self.inner, s, g.unrun("second", self.inner, s, g.y))


def test_a_layer_of_ones_own_needs_only_build_forward_and_backward():
    layer = Affine()
    np.testing.assert_array_equal(layer(X), X)
    assert [row.name for row in gradcheck(layer, X)] == ["size", "shift", "x", "scaled", "y"]
    assert layer.built


def test_gradients_of_a_shared_weight_are_summed_over_its_uses():
    layer = Twice()
    layer(X)
    layer.inner.size.assign(np.full(4, 3.0))
    trace = layer.trace(X)
    assert {"first/scaled", "second/scaled"} <= set(trace.names)
    (path,) = [path for path in trace.weight_gradients if path.endswith("size")]
    np.testing.assert_allclose(trace.weight_gradients[path], 2 * 3 * X.sum(0), rtol=1e-5)


def test_backward_frees_what_sublayers_kept():
    layer = Twice()
    layer(X)
    call = Call(training=True, keep=True)
    s, g = layer.record(call), layer.record(call)
    layer.apply(s, X)
    assert {"first/", "second/"} <= set(vars(s))
    layer.unapply(s, g, np.ones_like(X))
    assert not {"first/", "second/"} & set(vars(s))


def test_records_hold_values_only_and_inference_keeps_no_children():
    layer = Twice()
    s = layer.record(Call())
    layer.apply(s, X)
    assert list(vars(s)) == ["x", "y"]
    assert isinstance(s, Record)


def test_weights_come_in_the_order_of_their_making_trainable_or_not():
    layer = layers.BatchNormalization(name="norm")
    layer.build((None, 4))
    assert [variable.name for variable in layer.weights] == ["gamma", "beta", "moving_mean", "moving_variance"]
    assert [variable.path for variable in layer.trainable_weights] == ["norm/gamma", "norm/beta"]
    layer.trainable = False
    assert layer.trainable_weights == []
    assert len(layer.non_trainable_weights) == 4
    assert layer.count_params() == 16


def test_setting_weights_changes_all_or_nothing():
    layer = layers.Dense(2)
    layer.build((None, 4))
    before = layer.get_weights()
    with pytest.raises(ShapeError, match="expected weights of shapes"):
        layer.set_weights([np.zeros((4, 2)), np.zeros(3)])
    with pytest.raises(ArgumentError):
        layer.set_weights([np.zeros((4, 2)), np.array(["a", "b"])])
    for now, then in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_penalties_of_weights_come_first_then_that_of_the_last_output():
    layer = layers.Dense(2, kernel_regularizer="l2", activity_regularizer="l1")
    y = layer(X)
    of_kernel, of_output = layer.losses
    assert of_kernel == pytest.approx(0.01 * np.square(layer.kernel.value).sum())
    assert of_output == pytest.approx(0.01 * np.abs(y).sum() / len(y))


def test_weights_work_in_numpy_expressions_and_change_only_by_assign():
    layer = layers.Dense(2)
    layer.build((None, 4))
    np.testing.assert_allclose(X @ layer.kernel + layer.bias, layer(X), rtol=1e-6)
    with pytest.raises(ArgumentError, match=r"layer.kernel.assign\(values\)"):
        layer.kernel = np.zeros((4, 2))
    layer.kernel.assign(np.zeros((4, 2)))
    assert not layer(X).any()


@pytest.mark.parametrize("layer", [layers.Dense(2), layers.Conv2D(2, 3), layers.BatchNormalization(), Affine()])
def test_before_it_is_built_a_layer_says_how_to_get_at_its_weights(layer):
    name = next(iter(set(vars(type(layer)).get("axes", {})) - {"x", "y"}), "kernel")
    with pytest.raises(NotBuiltError) as raised:
        getattr(layer, name)
    assert str(raised.value) == (
        f"{type(layer).__name__} {layer.name!r} has no {name!r}: it is not built yet and so has no weights; "
        "call it once on an input, or build(input_shape), to make them."
    )
    assert not hasattr(layer, name)  # it is an AttributeError too


def test_a_built_layer_has_no_attributes_but_its_own():
    layer = layers.Dense(2)
    layer.build((None, 3))
    with pytest.raises(AttributeError, match=r"^Dense has no attribute 'kernels'$") as raised:
        layer.kernels  # noqa: B018
    assert not isinstance(raised.value, NotBuiltError)


def test_names_are_numbered_from_the_second_on_as_in_keras():
    naming.clear_session()
    assert [layers.Conv2D(1, 1).name for _ in range(3)] == ["conv2d", "conv2d_1", "conv2d_2"]


def test_a_frozen_batch_normalization_uses_and_keeps_its_moving_statistics():
    layer = layers.BatchNormalization()
    layer(X, training=True)
    layer.trainable = False
    before = layer.get_weights()
    np.testing.assert_array_equal(layer(X, training=True), layer(X))
    for now, then in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_deep_copy_trains_apart():
    layer = layers.BatchNormalization()
    layer(X)
    twin = copy.deepcopy(layer)
    twin(X, training=True)
    assert not np.array_equal(twin.moving_mean.numpy(), layer.moving_mean.numpy())
