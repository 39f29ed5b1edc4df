"""With channels_first a layer is what it is with channels_last: the same steps between an x and a y that are moved."""

import numpy as np
import pytest
from layer_cases import CASES, numbered

from nnlab import layers, models
from nnlab.core.errors import ShapeError
from nnlab.explorers.costs import multiplications

FIRST = [case for case in CASES if case.arguments.get("data_format") == "channels_first"]
SAME_NUMBERS = [
    case
    for case in FIRST
    if "Dropout" not in case.layer and case.arguments.get("activation") != "softmax" and len(case.shape) > 2
]


def last(values):
    return np.moveaxis(values, 1, -1)


@pytest.mark.parametrize("case", SAME_NUMBERS, ids=lambda case: case.id)
def test_the_steps_are_those_of_channels_last(case):
    layer, batch = case.make(), case.shape[0]
    twin = type(layer).from_config(layer.get_config() | {"data_format": "channels_last"})
    twin.build((batch, *case.shape[2:], case.shape[1]))
    twin.set_weights(layer.get_weights())
    first, other = layer.trace(case.x(), **case.given()), twin.trace(last(case.x()), **case.given())
    assert first.names == other.names
    for piece, own in zip(first.pieces(), other.pieces(), strict=True):
        moves = piece.name in ("x", "y") and piece.value.ndim > 2
        for mine, its in ((piece.value, own.value), (piece.grad, own.grad)):
            if its is not None:
                np.testing.assert_allclose(last(mine) if moves else mine, its, rtol=1e-6, atol=1e-6)


def test_only_x_and_y_have_the_channels_after_the_batch():
    trace = layers.Conv3D(2, 1, data_format="channels_first").trace(np.zeros((1, 4, 5, 6, 7)))
    axes = {name: trace[name].axes for name in ("x", "padded", "z", "y")}
    assert axes == {"x": "b c h w l", "padded": "b h w l c", "z": "b i j k f", "y": "b f i j k"}
    assert trace["x"].grad.shape == (1, 4, 5, 6, 7)


def test_softmax_goes_along_the_last_axis_of_what_comes_out_as_in_keras():
    y = layers.Conv2D(3, 1, activation="softmax", data_format="channels_first")(np.ones((1, 2, 4, 5)))
    np.testing.assert_allclose(y.sum(-1), 1, rtol=1e-6)


def test_flatten_gives_the_features_the_same_order():
    x = np.arange(24.0).reshape(1, 2, 3, 4)
    first, other = layers.Flatten("channels_first")(x), layers.Flatten()(last(x))
    np.testing.assert_array_equal(first, other)


def stack(data_format):
    shape = (1, 8, 8) if data_format == "channels_first" else (8, 8, 1)
    return models.Sequential(
        [
            layers.Input(shape),
            layers.Conv2D(3, 3, padding="same", activation="tanh", data_format=data_format),
            layers.AveragePooling2D(2, data_format=data_format),
            layers.DepthwiseConv2D(2, data_format=data_format),
            layers.Flatten(data_format),
            layers.Dense(2),
        ]
    )


def test_a_model_learns_the_same_in_both_formats():
    x, y = np.random.default_rng(0).normal(size=(6, 1, 8, 8)), np.random.default_rng(1).normal(size=(6, 2))
    first, other = stack("channels_first"), stack("channels_last")
    other.set_weights(first.get_weights())
    for model, images in ((first, x), (other, last(x))):
        model.compile("sgd", "mean_squared_error")
        model.fit(images, y, epochs=3, shuffle=False, verbose=0)
    for name, weight in numbered(first.weights).items():
        np.testing.assert_allclose(weight.numpy(), numbered(other.weights)[name].numpy(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("message", "call"),
    [
        (
            "expected an input of shape (batch, channels, height, width), received (1, 2)",
            lambda: layers.MaxPooling2D(data_format="channels_first")(np.ones((1, 2))),
        ),
        (
            "the kernel reaches over (3, 3) cells but the input has only (4, 2)",
            lambda: layers.Conv2D(1, 3, data_format="channels_first")(np.ones((1, 5, 4, 2))),
        ),
        (
            "the number of channels must be known and at least 1, received (None, None, 4, 4).",
            lambda: layers.Conv2D(1, 3, data_format="channels_first").build((None, None, 4, 4)),
        ),
    ],
)
def test_errors_speak_of_the_shape_as_it_was_given(message, call):
    with pytest.raises(ShapeError) as raised:
        call()
    assert message in str(raised.value)


def test_another_number_of_channels_is_refused_with_the_axis_that_has_them():
    layer = layers.Conv2D(1, 3, data_format="channels_first")
    layer(np.ones((1, 2, 4, 4)))
    with pytest.raises(ShapeError, match=r"expected 2 channels \(axis 1\), received an input of shape \(1, 4, 4, 2\)"):
        layer(np.ones((1, 4, 4, 2)))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("Conv2D", (3, 2)), ("Conv2DTranspose", (3, 2)), ("SeparableConv2D", (3, 2)), ("DepthwiseConv2D", (2,))],
)
def test_a_layer_multiplies_as_often_in_both_formats(name, arguments):
    counts = set()
    for data_format, shape in (("channels_first", (None, 2, 7, 5)), ("channels_last", (None, 7, 5, 2))):
        layer = getattr(layers, name)(*arguments, data_format=data_format)
        layer.build(shape)
        counts.add(multiplications(layer, shape, layer.compute_output_shape(shape)))
    assert len(counts) == 1
