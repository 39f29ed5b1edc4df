"""Random configurations of convolution and pooling against naive loops, forward and backward, in float64."""

from typing import NamedTuple

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as any_array
from loops import numbers, of_rank

from nnlab import layers

upto = st.integers
at_leisure = settings(deadline=None)  # how long a draw takes depends on the machine
LONGEST = (8, 5, 3)  # sides by the number of spatial axes, so that the loops end soon


def close(value, expected):
    np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-9)


def reach(size, dilation):
    return [(n - 1) * d + 1 for n, d in zip(size, dilation, strict=True)]


class Sliding(NamedTuple):
    """What a draw says of a window that slides over an input."""

    rank: int
    shape: tuple[int, ...]
    size: tuple[int, ...]
    strides: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: str
    channels_first: bool
    seed: int

    @property
    def x(self):
        return numbers(self.seed, self.shape)

    @property
    def given(self):
        """The shape of the input as the layer has it; the loops have channels last."""
        batch, *sides, channels = self.shape
        return (batch, channels, *sides) if self.channels_first else self.shape

    @property
    def data_format(self):
        return "channels_first" if self.channels_first else "channels_last"

    def last(self, values):
        """An array of the layer with its channels last."""
        return np.moveaxis(values, 1, -1) if self.channels_first else values

    def traced(self, layer, x, dy, **more):
        """The trace of the layer, its output and the gradient of its input, both with channels last."""
        x, dy = (np.moveaxis(each, -1, 1) if self.channels_first else each for each in (x, dy))
        trace = layer.trace(x, grad=dy, **more)
        assert trace["y"].shape == layer.compute_output_shape(self.given)
        return trace, self.last(trace["y"].value), self.last(trace["x"].grad)

    @property
    def fits(self):
        return all(n >= k for n, k in zip(self.shape[1:-1], reach(self.size, self.dilation), strict=True))

    def make(self, name, *first, **more):
        """The layer of this rank."""
        cls = getattr(layers, f"{name}{self.rank}D")
        more |= {"data_format": self.data_format, "dtype": "float64"}
        return cls(*first, self.size, self.strides, self.padding, **more)


@st.composite
def sliding(draw, channels=1, dilated=True, paddings=("valid", "same")):
    """A rank, an input and a window; `channels` come in multiples."""
    rank = draw(upto(1, 3))
    sides = st.tuples(*[upto(1, LONGEST[rank - 1])] * rank)
    shape = (draw(upto(1, 2)), *draw(sides), channels * draw(upto(1, 2)))
    size = draw(st.tuples(*[upto(1, 3)] * rank))
    one, steps = (1,) * rank, draw(st.tuples(*[upto(1, 3)] * rank))
    strides, dilation = (one, steps) if dilated and draw(st.booleans()) else (steps, one)
    padding = draw(st.sampled_from([*paddings, *(["causal"] if rank == 1 and dilated else [])]))
    return Sliding(rank, shape, size, strides, dilation, padding, draw(st.booleans()), draw(upto(0, 2**32)))


@at_leisure
@given(upto(1, 3).flatmap(lambda groups: st.tuples(st.just(groups), sliding(groups))), upto(1, 2))
def test_convolution_equals_the_loops(drawn, filters):
    groups, at = drawn
    filters *= groups
    layer = at.make("Conv", filters, dilation_rate=at.dilation, groups=groups)
    layer.build(at.given)
    kernel, bias = numbers(at.seed + 1, (*at.size, at.shape[-1] // groups, filters)), numbers(at.seed + 2, filters)
    layer.set_weights([kernel, bias])
    if at.padding == "valid" and not at.fits:
        with pytest.raises(ValueError, match="kernel reaches over"):
            layer(numbers(at.seed, at.given))
        return
    y = oracles.convolution(at.x, kernel, bias, at.strides, at.padding, at.dilation, groups)
    dy = numbers(at.seed + 3, y.shape)
    gradients = oracles.convolution_gradients(at.x, kernel, at.strides, at.padding, at.dilation, dy, groups)
    trace, value, dx = at.traced(layer, at.x, dy)
    for gradient, expected in zip((dx, trace["kernel"].grad, trace["bias"].grad), gradients, strict=True):
        close(gradient, expected)
    close(value, y)


@at_leisure
@given(sliding(), upto(1, 2), st.booleans(), upto(0, 2))
def test_transposed_convolution_equals_the_loops(at, filters, told, more):
    padding = "same" if at.padding == "causal" else at.padding
    output_padding = tuple(min(more, stride - 1) for stride in at.strides) if told else None
    at = at._replace(padding=padding)
    layer = getattr(layers, f"Conv{at.rank}DTranspose")(
        *(filters, at.size, at.strides, padding),
        dilation_rate=at.dilation,
        output_padding=output_padding,
        data_format=at.data_format,
        dtype="float64",
    )
    layer.build(at.given)
    kernel, bias = numbers(at.seed + 1, (*at.size, filters, at.shape[-1])), numbers(at.seed + 2, filters)
    layer.set_weights([kernel, bias])
    lengths = [
        oracles.transposed_sides(*axis)[0]
        for axis in zip(
            *(at.shape[1:-1], at.size, at.strides, [padding] * at.rank, at.dilation),
            output_padding or [None] * at.rank,
            strict=True,
        )
    ]
    if 0 in lengths:
        with pytest.raises(ValueError, match="there would be no output"):
            layer(numbers(at.seed, at.given))
        return
    y, dx, dkernel = oracles.transposed_convolution(
        *(at.x, kernel, bias, at.strides, padding, at.dilation, output_padding),
        dy=lambda shape: numbers(at.seed + 3, shape),
    )
    dy = numbers(at.seed + 3, y.shape)
    trace, value, gradient = at.traced(layer, at.x, dy)
    close(value, y)
    close(gradient, dx)
    close(trace["kernel"].grad, dkernel)
    close(trace["bias"].grad, [sum(dy[..., f].flat) for f in range(filters)])


def flat(at):
    """The draw with one or two spatial axes and no causal padding: more is not made of depthwise convolutions."""
    return at.rank < 3 and at.padding != "causal" and (at.padding == "same" or at.fits)


@at_leisure
@given(sliding().filter(flat), upto(1, 3))
def test_depthwise_convolution_equals_the_loops(at, multiplier):
    channels = at.shape[-1]
    layer = getattr(layers, f"DepthwiseConv{at.rank}D")(
        *(at.size, at.strides, at.padding, multiplier, at.data_format),
        dilation_rate=at.dilation,
        dtype="float64",
    )
    layer.build(at.given)
    kernel, bias = numbers(at.seed + 1, (*at.size, channels, multiplier)), numbers(at.seed + 2, channels * multiplier)
    layer.set_weights([kernel, bias])
    grouped = oracles.depthwise(kernel)
    y = oracles.convolution(at.x, grouped, bias, at.strides, at.padding, at.dilation, channels)
    dy = numbers(at.seed + 3, y.shape)
    dx, dkernel, dbias = oracles.convolution_gradients(at.x, grouped, at.strides, at.padding, at.dilation, dy, channels)
    trace, value, gradient = at.traced(layer, at.x, dy)
    close(value, y)
    close(gradient, dx)
    close(oracles.depthwise(trace["kernel"].grad), dkernel)
    close(trace["bias"].grad, dbias)


@at_leisure
@given(sliding().filter(flat), upto(1, 3), upto(1, 2))
def test_separable_convolution_equals_the_loops_of_its_halves(at, filters, multiplier):
    channels, one = at.shape[-1], (1,) * at.rank
    layer = at.make("SeparableConv", filters, dilation_rate=at.dilation, depth_multiplier=multiplier)
    layer.build(at.given)
    kernel = numbers(at.seed + 1, (*at.size, channels, multiplier))
    mixing, bias = numbers(at.seed + 2, (*one, channels * multiplier, filters)), numbers(at.seed + 3, filters)
    layer.set_weights([kernel, mixing, bias])
    grouped, nothing = oracles.depthwise(kernel), np.zeros(channels * multiplier)
    middle = oracles.convolution(at.x, grouped, nothing, at.strides, at.padding, at.dilation, channels)
    y = oracles.convolution(middle, mixing, bias, one, "valid", one)
    dy = numbers(at.seed + 4, y.shape)
    dmiddle, dmixing, dbias = oracles.convolution_gradients(middle, mixing, one, "valid", one, dy)
    dx, dkernel, _ = oracles.convolution_gradients(
        at.x, grouped, at.strides, at.padding, at.dilation, dmiddle, channels
    )
    trace, value, gradient = at.traced(layer, at.x, dy)
    close(value, y)
    close(gradient, dx)
    close(oracles.depthwise(trace["depthwise_kernel"].grad), dkernel)
    close(trace["pointwise_kernel"].grad, dmixing)
    close(trace["bias"].grad, dbias)


@at_leisure
@given(sliding(dilated=False), st.booleans())
def test_pooling_equals_the_loops(at, ties):
    x = np.rint(at.x) if ties else at.x
    for name, oracle in (("MaxPooling", oracles.max_pool), ("AveragePooling", oracles.average_pool)):
        layer = at.make(name)
        if at.padding == "valid" and not at.fits:
            with pytest.raises(ValueError, match="window covers"):
                layer(numbers(at.seed, at.given))
            continue
        dy = at.last(numbers(at.seed + 1, layer.compute_output_shape(at.given)))
        y, dx = oracle(x, at.size, at.strides, at.padding, dy)
        _, value, gradient = at.traced(layer, x, dy)
        close(value, y)
        close(gradient, dx)


@at_leisure
@given(sliding(), st.booleans(), st.booleans(), st.booleans())
def test_global_pooling_equals_the_loops(at, ties, masked, keepdims):
    x, dy = np.rint(at.x) if ties else at.x, numbers(at.seed + 1, (at.shape[0], at.shape[-1]))
    mask = numbers(at.seed + 2, at.shape[:2]) > 0
    mask[:, 0] = True  # the mean of nothing is no number
    given = {"mask": mask} if masked and at.rank == 1 else {}
    for name, oracle, more in (
        ("GlobalMaxPooling", oracles.global_max_pool, {}),
        ("GlobalAveragePooling", oracles.global_average_pool, given),
    ):
        y, dx = oracle(x, dy, **more)
        layer = getattr(layers, f"{name}{at.rank}D")(at.data_format, keepdims, dtype="float64")
        around = tuple(range(1, at.rank + 1)) if keepdims else ()
        _, value, gradient = at.traced(layer, x, np.expand_dims(dy, around), **more)
        close(value.squeeze(around), y)
        close(gradient, dx)


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
@given(sliding(dilated=False))
def test_upsampling_equals_the_loops(at):
    at = at._replace(channels_first=at.channels_first and at.rank > 1)  # UpSampling1D takes no data_format
    layer = of_rank("UpSampling", at.rank, at.size, at.data_format)
    dy = at.last(numbers(at.seed + 1, layer.compute_output_shape(at.given)))
    y, dx = oracles.up_sampling(at.x, at.size, dy)
    _, value, gradient = at.traced(layer, at.x, dy)
    close(value, y)
    close(gradient, dx)
