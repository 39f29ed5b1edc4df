"""Dropout: what is dropped, how the rest makes good, and that a seed repeats it."""

import numpy as np
import pytest

from nnlab import layers

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
