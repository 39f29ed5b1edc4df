"""Random configurations of convolution and pooling against naive loops, forward and backward, in float64."""

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as any_array

from nnlab import layers

upto = st.integers
pairs = st.tuples(upto(1, 3), upto(1, 4))
images = st.tuples(upto(1, 2), upto(1, 6), upto(1, 7), upto(1, 3))
paddings = st.sampled_from(["valid", "same"])
ONE = (1, 1)
at_leisure = settings(deadline=None)  # how long a draw takes depends on the machine


def close(value, expected):
    np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-9)


def numbers(seed, shape):
    return np.random.default_rng(seed).normal(size=shape)


def reach(size, dilation):
    return [(n - 1) * d + 1 for n, d in zip(size, dilation, strict=True)]


@at_leisure
@given(images, pairs, pairs, paddings, upto(1, 3), st.booleans(), upto(0, 2**32))
def test_convolution_equals_the_loops(shape, size, steps, padding, filters, dilated, seed):
    strides, dilation = (ONE, steps) if dilated else (steps, ONE)
    layer = layers.Conv2D(filters, size, strides, padding, dilation_rate=dilation, dtype="float64")
    x, kernel, bias = numbers(seed, shape), numbers(seed + 1, (*size, shape[3], filters)), numbers(seed + 2, filters)
    layer.build(shape)
    layer.set_weights([kernel, bias])
    if padding == "valid" and any(n < k for n, k in zip(shape[1:3], reach(size, dilation), strict=True)):
        with pytest.raises(ValueError, match="kernel reaches over"):
            layer(x)
        return
    y = oracles.conv2d(x, kernel, bias, strides, padding, dilation)
    dy = numbers(seed + 3, y.shape)
    dx, dkernel, dbias = oracles.conv2d_gradients(x, kernel, strides, padding, dilation, dy)
    trace = layer.trace(x, grad=dy)
    assert trace["y"].shape == layer.compute_output_shape(shape)
    for name, expected in (("x", dx), ("kernel", dkernel), ("bias", dbias)):
        close(trace[name].grad, expected)
    close(trace["y"].value, y)


@at_leisure
@given(images, pairs, pairs, paddings, st.booleans(), upto(0, 2**32))
def test_pooling_equals_the_loops(shape, size, strides, padding, ties, seed):
    x = numbers(seed, shape)
    x = np.rint(x) if ties else x
    for cls, oracle in (
        (layers.MaxPooling2D, oracles.max_pool2d),
        (layers.AveragePooling2D, oracles.average_pool2d),
    ):
        layer = cls(size, strides, padding, dtype="float64")
        if padding == "valid" and (shape[1] < size[0] or shape[2] < size[1]):
            with pytest.raises(ValueError, match="window covers"):
                layer(x)
            continue
        dy = numbers(seed + 1, layer.compute_output_shape(shape))
        y, dx = oracle(x, size, strides, padding, dy)
        trace = layer.trace(x, grad=dy)
        close(trace["y"].value, y)
        close(trace["x"].grad, dx)


@at_leisure
@given(upto(2, 9), upto(1, 4), upto(0, 2**32))
def test_batch_normalization_equals_its_closed_form(rows, channels, seed):
    layer = layers.BatchNormalization(epsilon=0.01, dtype="float64")
    layer.build((rows, channels))
    x, dy = numbers(seed, (rows, channels)), numbers(seed + 1, (rows, channels))
    gamma, beta = numbers(seed + 2, channels), numbers(seed + 3, channels)
    layer.set_weights([gamma, beta, np.zeros(channels), np.ones(channels)])
    y, dx, dgamma, dbeta = oracles.batch_normalization(x, gamma, beta, 0.01, dy)
    trace = layer.trace(x, training=True, grad=dy)
    close(trace["y"].value, y)
    for name, expected in (("x", dx), ("gamma", dgamma), ("beta", dbeta)):
        close(trace[name].grad, expected)


@at_leisure
@given(any_array("float64", (2, 5), elements=st.floats(-700, 700)))
def test_softmax_rows_are_positive_and_sum_to_one(x):
    y = layers.Softmax(dtype="float64")(x)
    assert (y >= 0).all()
    close(y.sum(-1), np.ones(2))


@at_leisure
@given(images, st.tuples(st.tuples(upto(0, 3), upto(0, 3)), st.tuples(upto(0, 3), upto(0, 3))))
def test_zero_padding_puts_zeros_around_and_nothing_else(shape, padding):
    x = numbers(0, shape)
    y = layers.ZeroPadding2D(padding, dtype="float64")(x)
    np.testing.assert_array_equal(y, np.pad(x, ((0, 0), *padding, (0, 0))))
