"""Random configurations of the normalizations and dropouts against naive loops, forward and backward."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from loops import agrees, each_cell, numbers
from oracles import grid

from nnlab import layers

upto = st.integers
at_leisure = settings(deadline=None)
seeds = upto(0, 2**31 - 9)
shapes = st.lists(upto(1, 4), min_size=2, max_size=4).map(tuple)
epsilons = st.sampled_from([1e-3, 0.01, 0.5])


def normalized(x, part_of, place_of, v, epsilon, counted=None):
    """Each number less the mean of its part, over the part's deviation, times gamma plus beta at its place."""
    parts = {}
    for cell in grid(x.shape):
        if counted is None or counted(cell):
            parts.setdefault(part_of(cell), []).append(x[cell])

    def value(cell):
        part = parts.get(part_of(cell), [])
        mean = sum(part) / max(len(part), 1)
        variance = sum((number - mean) ** 2 for number in part) / max(len(part), 1)
        y = (x[cell] - mean) / math.sqrt(variance + epsilon)
        y *= v["gamma"][place_of(cell)] if "gamma" in v else 1
        return y + (v["beta"][place_of(cell)] if "beta" in v else 0)

    return each_cell(value, x.shape)


def weights(seed, shape, center, scale):
    drawn = {"gamma": numbers(seed, shape), "beta": numbers(seed + 1, shape)}
    return {name: drawn[name] for name, wanted in (("gamma", scale), ("beta", center)) if wanted}


@at_leisure
@given(shapes, st.data(), epsilons, st.booleans(), st.booleans(), seeds)
def test_batch_normalization_in_training_equals_the_loops(shape, data, epsilon, center, scale, seed):
    axis = data.draw(upto(1, len(shape) - 1))
    masked = axis == len(shape) - 1 and data.draw(st.booleans())
    mask = np.random.default_rng(seed + 4).random(shape[:-1]) < 0.7 if masked else None
    named = axis - len(shape) if data.draw(st.booleans()) else axis
    layer = layers.BatchNormalization(named, 0.9, epsilon, center, scale, dtype="float64")
    channels = (shape[axis],)
    statistics = {"moving_mean": numbers(seed + 5, channels), "moving_variance": numbers(seed + 6, channels) ** 2}
    values = {"x": numbers(seed, shape), **weights(seed + 1, channels, center, scale), **statistics}

    def expected(v):
        counted = (lambda cell: mask[cell[:-1]]) if masked else None
        return normalized(v["x"], lambda cell: cell[axis], lambda cell: cell[axis], v, epsilon, counted)

    agrees(layer, values, expected, seed + 3, training=True, mask=mask)
    layer(values["x"], training=True, mask=mask)
    for c in range(shape[axis]):
        column = [values["x"][cell] for cell in grid(shape) if cell[axis] == c and (not masked or mask[cell[:-1]])]
        mean, variance = (np.mean(column), np.var(column)) if column else (0, 0)
        for name, found in (("moving_mean", mean), ("moving_variance", variance)):
            moved = 0.9 * statistics[name][c] + 0.1 * found
            np.testing.assert_allclose(getattr(layer, name).numpy()[c], moved, rtol=1e-9, atol=1e-9)


@at_leisure
@given(shapes, st.data(), epsilons, st.booleans(), st.booleans(), seeds)
def test_batch_normalization_at_inference_is_one_line_a_channel(shape, data, epsilon, center, scale, seed):
    axis = data.draw(upto(1, len(shape) - 1))
    layer = layers.BatchNormalization(axis, epsilon=epsilon, center=center, scale=scale, dtype="float64")
    channels = (shape[axis],)
    statistics = {"moving_mean": numbers(seed + 5, channels), "moving_variance": numbers(seed + 6, channels) ** 2}
    values = {"x": numbers(seed, shape), **weights(seed + 1, channels, center, scale), **statistics}

    def expected(v):
        def value(cell):
            c = cell[axis]
            y = (v["x"][cell] - v["moving_mean"][c]) / math.sqrt(v["moving_variance"][c] + epsilon)
            return y * (v["gamma"][c] if scale else 1) + (v["beta"][c] if center else 0)

        return each_cell(value, shape)

    agrees(layer, values, expected, seed + 3)


@at_leisure
@given(shapes, st.data(), epsilons, st.booleans(), st.booleans(), seeds)
def test_layer_normalization_over_any_axes_equals_the_loops(shape, data, epsilon, center, scale, seed):
    axes = sorted(data.draw(st.lists(upto(1, len(shape) - 1), min_size=1, unique=True)))
    named = [axis - len(shape) if data.draw(st.booleans()) else axis for axis in axes]
    layer = layers.LayerNormalization(named if len(named) > 1 else named[0], epsilon, center, scale, dtype="float64")
    own = weights(seed + 1, tuple(shape[axis] for axis in axes), center, scale)

    def expected(v):
        def others(cell):
            return tuple(n for axis, n in enumerate(cell) if axis not in axes)

        return normalized(v["x"], others, lambda cell: tuple(cell[axis] for axis in axes), v, epsilon)

    agrees(layer, {"x": numbers(seed, shape), **own}, expected, seed + 3)


@at_leisure
@given(shapes, st.data(), epsilons, st.booleans(), st.booleans(), seeds)
def test_group_normalization_of_any_groups_equals_the_loops(shape, data, epsilon, center, scale, seed):
    axis = data.draw(upto(1, len(shape) - 1))
    groups, each = data.draw(upto(1, 3)), data.draw(upto(1, 2))
    shape = (*shape[:axis], groups * each, *shape[axis + 1 :])
    asked = -1 if each == 1 and data.draw(st.booleans()) else groups
    layer = layers.GroupNormalization(asked, axis, epsilon, center, scale, dtype="float64")
    own = weights(seed + 1, (groups * each,), center, scale)

    def expected(v):
        return normalized(v["x"], lambda cell: (cell[0], cell[axis] // each), lambda cell: cell[axis], v, epsilon)

    agrees(layer, {"x": numbers(seed, shape), **own}, expected, seed + 3)


def dropped(x, mask, rate):
    """What is left of x where the mask lets it through."""
    return each_cell(lambda cell: x[cell] / (1 - rate) if mask[cell] else 0, x.shape)


@at_leisure
@given(shapes, st.data(), st.sampled_from([0.0, 0.25, 0.5, 0.9]), seeds)
def test_dropout_scales_what_its_mask_keeps(shape, data, rate, seed):
    noise = tuple(data.draw(st.sampled_from([None, 1, size])) for size in shape) if data.draw(st.booleans()) else None
    layer, x = layers.Dropout(rate, noise, seed=seed, dtype="float64"), numbers(seed, shape)
    mask = layer.trace(x, training=True)["mask"].value
    agrees(layer, {"x": x}, lambda v: dropped(v["x"], mask, rate), seed + 1, training=True)
    for cell in grid(shape):
        first = tuple(0 if noise and noise[axis] == 1 else n for axis, n in enumerate(cell))
        assert mask[cell] == mask[first]  # along an axis of 1 all share one draw
    assert mask.all() or rate
    np.testing.assert_array_equal(layer(x), x)


@at_leisure
@given(upto(1, 3), st.data(), st.sampled_from([0.25, 0.5]), st.booleans(), seeds)
def test_spatial_dropout_drops_whole_channels(rank, data, rate, first, seed):
    shape = data.draw(st.tuples(*[upto(1, 4)] * (rank + 2)))
    first = first and rank > 1
    more = {"data_format": "channels_first"} if first else {}
    layer = getattr(layers, f"SpatialDropout{rank}D")(rate, seed=seed, dtype="float64", **more)
    x, channels = numbers(seed, shape), 1 if first else rank + 1
    mask = layer.trace(x, training=True)["mask"].value
    agrees(layer, {"x": x}, lambda v: dropped(v["x"], mask, rate), seed + 1, training=True)
    for cell in grid(shape):
        assert mask[cell] == mask[tuple(n if axis in (0, channels) else 0 for axis, n in enumerate(cell))]


@at_leisure
@given(shapes, st.sampled_from([0.1, 0.5, 0.8]), seeds)
def test_noise_is_added_or_multiplied_as_its_trace_shows(shape, rate, seed):
    x = numbers(seed, shape)
    for name, formula in (("GaussianNoise", lambda x, n: x + n), ("GaussianDropout", lambda x, n: x * n)):
        layer = getattr(layers, name)(rate, seed=seed, dtype="float64")
        noise = layer.trace(x, training=True)["noise"].value

        def expected(v, noise=noise, formula=formula):
            return each_cell(lambda cell: formula(v["x"][cell], noise[cell]), shape)

        agrees(layer, {"x": x}, expected, seed + 1, training=True)
        np.testing.assert_array_equal(layer(x), x)


@at_leisure
@given(shapes, st.sampled_from([0.1, 0.5, 0.8]), seeds)
def test_alpha_dropout_puts_the_lowest_of_selu_where_it_drops(shape, rate, seed):
    layer, x = layers.AlphaDropout(rate, seed=seed, dtype="float64"), numbers(seed, shape)
    mask = layer.trace(x, training=True)["mask"].value
    lowest = -1.6732632423543772 * 1.0507009873554805  # Klambauer et al., Self-normalizing neural networks, 2017
    scale = ((1 - rate) * (1 + rate * lowest**2)) ** -0.5

    def expected(v):
        kept = each_cell(lambda cell: v["x"][cell] if mask[cell] else lowest, shape)
        return scale * kept - scale * rate * lowest

    agrees(layer, {"x": x}, expected, seed + 1, training=True)


@at_leisure
@given(seeds, st.sampled_from([0.1, 0.4, 0.8]))
def test_dropout_drops_about_the_share_it_says(seed, rate):
    y = layers.Dropout(rate, seed=seed)(np.ones(4000), training=True)
    assert abs((y == 0).mean() - rate) < 6 * math.sqrt(rate * (1 - rate) / 4000)  # six deviations of a fair coin's


@at_leisure
@given(shapes, st.floats(0, 1), st.floats(0, 1), seeds)
def test_activity_regularization_adds_the_penalty_and_its_gradient(shape, l1, l2, seed):
    layer, x = layers.ActivityRegularization(l1, l2, dtype="float64"), numbers(seed, shape)
    dy = numbers(seed + 1, shape)
    trace = layer.trace(x, grad=dy)
    np.testing.assert_array_equal(trace["y"].value, x)
    np.testing.assert_array_equal(layer(x), x)
    penalty = sum(l1 * abs(value) + l2 * value**2 for value in x.flat) / len(x)
    np.testing.assert_allclose(sum(layer.losses), penalty, rtol=1e-9, atol=1e-12)
    slope = each_cell(lambda cell: dy[cell] + (l1 * np.sign(x[cell]) + 2 * l2 * x[cell]) / len(x), shape)
    np.testing.assert_allclose(trace["x"].grad, slope, rtol=1e-9, atol=1e-12)
