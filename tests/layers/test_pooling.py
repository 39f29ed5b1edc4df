"""What pooling does with ties, edges and numbers that are none."""

import numpy as np
import pytest

from nnlab import Sequential, layers


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


@pytest.mark.parametrize("rank", ["1D", "2D", "3D"])
def test_the_names_of_keras_are_the_same_classes(rank):
    names = {
        "MaxPool": "MaxPooling",
        "AvgPool": "AveragePooling",
        "GlobalMaxPool": "GlobalMaxPooling",
        "GlobalAvgPool": "GlobalAveragePooling",
        "Convolution": "Conv",
    }
    for other, name in names.items():
        assert getattr(layers, other + rank) is getattr(layers, name + rank)
    assert getattr(layers, f"Convolution{rank}Transpose") is getattr(layers, f"Conv{rank}Transpose")


@pytest.mark.parametrize("name", ["SeparableConvolution1D", "SeparableConvolution2D"])
def test_separable_convolution_has_another_name_too(name):
    assert getattr(layers, name) is getattr(layers, name.replace("Convolution", "Conv"))


def test_equal_largest_numbers_share_the_gradient_of_global_pooling_as_in_keras():
    trace = layers.GlobalMaxPooling1D().trace([[[3.0], [1.0], [3.0]]], grad=[[4.0]])
    np.testing.assert_array_equal(trace["x"].grad[0, :, 0], [2, 0, 2])
    assert trace["count"].value.item() == 2


def test_global_average_pooling_leaves_out_what_the_mask_leaves_out():
    x, mask = [[[1.0], [5.0], [99.0]]], [[True, True, False]]
    trace = layers.GlobalAveragePooling1D().trace(x, mask=mask)
    assert trace["y"].value.item() == 3
    np.testing.assert_array_equal(trace["x"].grad[0, :, 0], [0.5, 0.5, 0])
    series = Sequential([layers.Masking(), layers.GlobalAveragePooling1D()])
    np.testing.assert_array_equal(series(np.array([[[1.0], [5.0], [0.0]]])), [[3]])
