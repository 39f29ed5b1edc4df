"""Dropout: what is dropped, how the rest makes good, and that a seed repeats it."""

import numpy as np
import pytest

from nnlab import layers
from nnlab.core.errors import ArgumentError

ONES = np.ones((40, 50, 5))


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_a_share_of_about_rate_is_dropped_and_the_expected_sum_stays(rate):
    y = layers.Dropout(rate, seed=0)(ONES, training=True)
    spread = 5 * np.sqrt(rate * (1 - rate) / y.size)
    assert abs((y == 0).mean() - rate) < spread
    assert abs(y.mean() - 1) < spread / (1 - rate)
    np.testing.assert_allclose(y[y != 0], 1 / (1 - rate), rtol=1e-6)


def test_nothing_is_dropped_at_inference_or_at_rate_0_and_all_at_rate_1():
    np.testing.assert_array_equal(layers.Dropout(0.9)(ONES), ONES)
    np.testing.assert_array_equal(layers.Dropout(0.0)(ONES, training=True), ONES)
    np.testing.assert_array_equal(layers.Dropout(1.0)(ONES, training=True), 0 * ONES)


def test_noise_shape_drops_the_same_along_an_axis_of_length_1():
    mask = layers.Dropout(0.5, noise_shape=(None, 1, 5)).trace(ONES, training=True)["mask"].value
    assert mask.shape == ONES.shape
    assert (mask == mask[:, :1]).all()
    assert not (mask == mask[:1]).all()


def test_the_mask_repeats_with_the_same_seed_and_moves_on_with_each_call():
    first, second = layers.Dropout(0.5, seed=3), layers.Dropout(0.5, seed=3)
    np.testing.assert_array_equal(first(ONES, training=True), second(ONES, training=True))
    assert not np.array_equal(first(ONES, training=True), layers.Dropout(0.5, seed=3)(ONES, training=True))


def test_a_nan_that_is_dropped_is_gone_as_in_keras():
    y = layers.Dropout(0.5, seed=0)(np.full((1, 100), np.nan), training=True)
    assert 0 < np.isnan(y).sum() < 100
    assert (np.nan_to_num(y) == 0).all()


def test_alpha_dropout_keeps_mean_0_and_variance_1():
    x = np.random.default_rng(0).normal(size=(200, 1000))
    y = layers.AlphaDropout(0.3, seed=1, dtype="float64")(x, training=True)
    assert abs(y.mean()) < 0.01
    assert y.var() == pytest.approx(1, abs=0.01)
    _, counts = np.unique(y, return_counts=True)
    assert counts.max() == pytest.approx(0.3 * x.size, rel=0.02)  # what is dropped becomes one and the same number


@pytest.mark.parametrize(
    ("layer", "mean", "variance"),
    [(layers.GaussianNoise(0.4, seed=1), 3, 0.16), (layers.GaussianDropout(0.2, seed=1), 3, 9 * 0.25)],
)
def test_gaussian_noise_has_the_mean_and_the_variance_that_are_promised(layer, mean, variance):
    y = layer(np.full((200, 1000), 3.0), training=True)
    assert y.mean() == pytest.approx(mean, rel=0.01)
    assert y.var() == pytest.approx(variance, rel=0.02)


@pytest.mark.parametrize("make", [layers.AlphaDropout, layers.GaussianDropout, layers.GaussianNoise])
def test_noise_repeats_with_the_same_seed_and_ends_with_training(make):
    x = np.ones((3, 5), "float32")
    np.testing.assert_array_equal(make(0.4, seed=3)(x, training=True), make(0.4, seed=3)(x, training=True))
    assert (make(0.4)(x, training=True) != x).any()
    np.testing.assert_array_equal(make(0.4)(x), x)


@pytest.mark.parametrize("make", [layers.AlphaDropout, layers.GaussianDropout])
def test_a_rate_of_1_that_would_leave_nothing_is_refused(make):
    with pytest.raises(ArgumentError, match=rf"^{make.__name__}: rate must be less than 1, received 1\.0\.$"):
        make(1.0)
