"""What pooling does with ties, edges and numbers that are none."""

import numpy as np
import pytest

from nnlab import layers


def image(rows):
    return np.array(rows, "float32")[None, :, :, None]


def test_of_equal_numbers_the_first_takes_the_gradient_as_in_keras():
    x = image([[1, 1, 0], [1, 1, 2], [2, 2, 2]])
    trace = layers.MaxPooling2D(2, strides=1, padding="same").trace(x)
    # Keras 3.15 with JAX 0.10 gives the same
    np.testing.assert_array_equal(trace["x"].grad[0, :, :, 0], [[1, 0, 0], [0, 0, 4], [2, 1, 1]])


def test_the_winner_counts_the_cells_of_its_window_row_by_row():
    trace = layers.MaxPooling2D((2, 3)).trace(image([[0, 1, 2], [3, 9, 5]]))
    assert trace["winner"].value.item() == 4
    assert trace["winner"].value.dtype.kind == "i"
    assert trace["winner"].grad is None


def test_padding_never_wins_over_a_negative_number_nor_counts_in_a_mean():
    x = -np.ones((1, 5, 7, 1))
    for cls in (layers.MaxPooling2D, layers.AveragePooling2D):
        np.testing.assert_array_equal(cls(3, strides=2, padding="same")(x), -np.ones((1, 3, 4, 1)))


def test_the_count_is_of_the_cells_inside_the_input():
    trace = layers.AveragePooling2D(3, strides=1, padding="same").trace(np.ones((1, 3, 4, 1)))
    np.testing.assert_array_equal(trace["count"].value, [[4, 6, 6, 4], [6, 9, 9, 6], [4, 6, 6, 4]])


@pytest.mark.parametrize("cls", [layers.MaxPooling2D, layers.AveragePooling2D])
def test_nan_reaches_every_window_that_has_it_and_no_other(cls):
    x = np.zeros((1, 4, 4, 1))
    x[0, 1, 1, 0] = np.nan
    np.testing.assert_array_equal(np.isnan(cls(2)(x))[0, :, :, 0], [[True, False], [False, False]])


def test_the_names_of_keras_are_the_same_classes():
    assert layers.MaxPool2D is layers.MaxPooling2D
    assert layers.AvgPool2D is layers.AveragePooling2D
    assert layers.Convolution2D is layers.Conv2D
