"""Random configurations of the layers that merge and rearrange against naive loops, forward and backward."""

import numpy as np
import oracles
from hypothesis import given, settings
from hypothesis import strategies as st
from loops import numbers, of_rank

from nnlab import gradcheck, layers

upto = st.integers
images = st.tuples(upto(1, 2), upto(1, 6), upto(1, 7), upto(1, 3))
at_leisure = settings(deadline=None)


def close(value, expected):
    np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-9)


@st.composite
def fitting(draw):
    """Shapes of arrays that can be merged, and that of the output: some sides are 1, some axes are missing."""
    batch, *sides = draw(st.lists(upto(1, 3), min_size=2, max_size=4))
    shapes = [(batch, *sides)]
    for _ in range(draw(upto(1, 2))):
        kept = sides[draw(upto(0, len(sides) - 1)) :]
        shapes.append((batch, *(draw(st.sampled_from([1, side])) for side in kept)))
    return draw(st.permutations(shapes)), (batch, *sides)


@at_leisure
@given(fitting(), st.sampled_from(["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"]), st.booleans())
def test_merging_equals_the_loops(drawn, kind, ties):
    shapes, shape = drawn
    shapes = shapes[:2] if kind == "Subtract" and len(shapes) == 2 else shapes
    kind = "Add" if kind == "Subtract" and len(shapes) > 2 else kind
    x = [numbers(k, each) for k, each in enumerate(shapes)]
    x = [np.rint(part) for part in x] if ties else x
    layer, dy = getattr(layers, kind)(dtype="float64"), numbers(9, shape)
    y, gradients = oracles.merged(kind, x, shape, dy)
    trace = layer.trace(x, grad=dy)
    assert layer.compute_output_shape(shapes) == shape
    close(trace["y"].value, y)
    for value, expected in zip(trace["x"].grad, gradients, strict=True):
        close(value, expected)


@at_leisure
@given(images, st.lists(upto(1, 3), min_size=1, max_size=3), upto(-3, 3).filter(bool))
def test_concatenation_is_undone_by_cutting(shape, lengths, axis):
    place = axis % 4
    x = [numbers(k, (*shape[:place], length, *shape[place + 1 :])) for k, length in enumerate(lengths)]
    layer = layers.Concatenate(axis, dtype="float64")
    y = layer(x)
    assert layer.compute_output_shape([part.shape for part in x]) == y.shape
    trace = layer.trace(x, grad=y)
    begin = 0
    for part, gradient in zip(x, trace["x"].grad, strict=True):
        cut = y.take(range(begin, begin + part.shape[place]), place)
        np.testing.assert_array_equal(cut, part)
        np.testing.assert_array_equal(gradient, part)
        begin += part.shape[place]


@st.composite
def dotted(draw):
    """Two shapes with the same batch and an axis of the same size each, and these axes."""
    shapes = [[draw(upto(1, 3)) for _ in range(draw(upto(1, 3)))] for _ in range(2)]
    axes = [draw(upto(1, len(sides))) for sides in shapes]
    shapes[1][axes[1] - 1] = shapes[0][axes[0] - 1]
    batch = draw(upto(1, 2))
    return [(batch, *sides) for sides in shapes], axes


@at_leisure
@given(dotted(), st.booleans(), upto(0, 2**32))
def test_dot_sums_the_products_of_each_example(drawn, normalize, seed):
    shapes, axes = drawn
    first, second = (numbers(seed + k, shape) for k, shape in enumerate(shapes))
    layer = layers.Dot(axes, normalize, dtype="float64")
    y = layer([first, second])
    assert y.shape == layer.compute_output_shape(tuple(shapes))
    if normalize:
        first, second = (
            x / np.linalg.norm(x, axis=k, keepdims=True) for x, k in zip((first, second), axes, strict=True)
        )
    for got, one, other in zip(y, first, second, strict=True):
        close(got, np.tensordot(one, other, (axes[0] - 1, axes[1] - 1)).reshape(got.shape))
    assert gradcheck(layer, [first, second])


@st.composite
def edges(draw):
    """A pair (before, after) for each spatial axis of an input, its data format and shape, and what pads it."""
    around = draw(st.lists(st.tuples(upto(0, 3), upto(0, 3)), min_size=1, max_size=3))
    sides, channels = [draw(upto(1, 4)) for _ in around], draw(upto(1, 2))
    if len(around) > 1 and draw(st.booleans()):
        return around, "channels_first", (draw(upto(1, 2)), channels, *sides), ((0, 0), (0, 0), *around)
    return around, "channels_last", (draw(upto(1, 2)), *sides, channels), ((0, 0), *around, (0, 0))


@at_leisure
@given(edges(), upto(0, 2**32))
def test_zero_padding_and_cropping_undo_each_other(drawn, seed):
    around, data_format, shape, pads = drawn
    x = numbers(seed, shape)
    padding, cropping = (of_rank(name, len(around), around, data_format) for name in ("ZeroPadding", "Cropping"))
    y = padding(x)
    np.testing.assert_array_equal(y, np.pad(x, pads))
    np.testing.assert_array_equal(cropping(y), x)
    dy = numbers(seed + 1, y.shape)
    np.testing.assert_array_equal(padding.trace(x, grad=dy)["x"].grad, cropping(dy))
    np.testing.assert_array_equal(cropping.trace(y, grad=x)["x"].grad, y)


@at_leisure
@given(images, st.tuples(upto(1, 4), upto(1, 4)), upto(0, 2**32))
def test_bilinear_upsampling_equals_the_loops(shape, size, seed):
    layer = layers.UpSampling2D(size, interpolation="bilinear", dtype="float64")
    x, dy = numbers(seed, shape), numbers(seed + 1, layer.compute_output_shape(shape))
    y, dx = oracles.bilinear_up_sampling(x, size, dy)
    trace = layer.trace(x, grad=dy)
    close(trace["y"].value, y)
    close(trace["x"].grad, dx)


@at_leisure
@given(images, st.permutations([1, 2, 3]), upto(0, 2**32))
def test_permuting_moves_each_number_to_its_place(shape, dims, seed):
    x = numbers(seed, shape)
    layer = layers.Permute(dims, dtype="float64")
    trace = layer.trace(x, grad=numbers(seed + 1, layer.compute_output_shape(shape)))
    for cell in oracles.grid(shape):
        place = (cell[0], *(cell[n] for n in dims))
        assert trace["y"].value[place] == x[cell]
        assert trace["x"].grad[cell] == trace["y"].grad[place]


@at_leisure
@given(st.lists(upto(1, 4), min_size=1, max_size=4), st.data(), upto(0, 2**32))
def test_reshaping_and_flattening_keep_the_order_of_the_numbers(shape, data, seed):
    x, left, target = numbers(seed, shape), int(np.prod(shape[1:])), []
    while left > 1 and len(target) < 3:
        target.append(data.draw(st.sampled_from([n for n in range(1, left + 1) if left % n == 0])))
        left //= target[-1]
    target.append(left)
    known = (shape[0], *target)
    if data.draw(st.booleans()):
        target[data.draw(upto(0, len(target) - 1))] = -1
    for layer, expected in (
        (layers.Reshape(target, dtype="float64"), known),
        (layers.Flatten(dtype="float64"), (shape[0], int(np.prod(shape[1:])))),
    ):
        dy = numbers(seed + 1, expected)
        trace = layer.trace(x, grad=dy)
        assert trace["y"].shape == layer.compute_output_shape(x.shape) == expected
        assert trace["y"].value.ravel().tolist() == x.ravel().tolist()
        assert trace["x"].grad.ravel().tolist() == dy.ravel().tolist()


@at_leisure
@given(st.tuples(upto(1, 4), upto(1, 4)), upto(1, 4), upto(0, 2**32))
def test_repeating_a_vector_sums_the_gradients_of_its_copies(shape, n, seed):
    x, layer = numbers(seed, shape), layers.RepeatVector(n, dtype="float64")
    dy = numbers(seed + 1, (shape[0], n, shape[1]))
    trace = layer.trace(x, grad=dy)
    for b, t, d in oracles.grid(dy.shape):
        assert trace["y"].value[b, t, d] == x[b, d]
    for b, d in oracles.grid(shape):
        close(trace["x"].grad[b, d], sum(dy[b, t, d] for t in range(n)))
