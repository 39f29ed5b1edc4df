"""`utils` does what `keras.utils` does, and refuses what Keras lets through by accident."""

import numpy as np
import pytest

from nnlab import utils
from nnlab.core.errors import ArgumentError
from nnlab.core.seed import generator


def test_one_hot_rows_have_a_one_at_the_label():
    rows = utils.to_categorical([2, 0, 1, 2], num_classes=4)
    assert rows.tolist() == [[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]
    assert rows.dtype == np.float64


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.float32])
def test_any_number_type_with_whole_values_is_accepted(dtype):
    labels = np.array([0, 3, 1], dtype)
    assert utils.to_categorical(labels).argmax(-1).tolist() == [0, 3, 1]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((5,), (5, 4)), ((5, 1), (5, 4)), ((2, 3), (2, 3, 4)), ((2, 3, 1), (2, 3, 4)), ((), (4,))],
)
def test_classes_become_the_last_axis(shape, expected):
    assert utils.to_categorical(np.zeros(shape, int), 4).shape == expected


def test_number_of_classes_is_the_largest_label_plus_one():
    assert utils.to_categorical([0, 6]).shape == (2, 7)


def test_no_labels_give_no_rows():
    assert utils.to_categorical([], 3).shape == (0, 3)


@pytest.mark.parametrize(
    ("labels", "classes", "message"),
    [
        ([0, 10], 10, r"received the label 10, expected 0 to 9 for num_classes=10"),
        ([0, -1], 3, r"received the label -1, expected 0 to 2"),
        ([0, -1], None, r"received the label -1, expected 0 to 0"),
        ([0.5], None, r"expected integer labels, received 0\.5"),
        ([np.nan], 3, r"expected integer labels"),
        (["cat", "dog"], None, r"expected integer labels in one array, received \['cat', 'dog'\]"),
        (["1", "2"], None, r"expected integer labels"),
        ([[0], [1, 2]], None, r"expected integer labels"),
        (None, None, r"expected integer labels in one array, received None"),
        ([], None, r"pass num_classes"),
        ([0], 0, r"num_classes must be an integer of at least 1, received 0"),
        ([0], "3", r"num_classes must be an integer of at least 1, received '3'"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(labels, classes, message):
    with pytest.raises(ArgumentError, match=message) as caught:
        utils.to_categorical(labels, classes)
    assert "\n" not in str(caught.value)


def test_one_seed_restarts_nnlab_and_numpy():
    def draws():
        utils.set_random_seed(5)
        return generator().random(), np.random.random()  # noqa: NPY002 (students may still use it)

    assert draws() == draws()


@pytest.mark.parametrize("seed", ["a", None, -1, 0.5, 2**33])
def test_a_seed_that_starts_nothing_is_refused_and_the_draws_go_on(seed):
    before = generator()
    with pytest.raises(ArgumentError, match=r"^set_random_seed: seed must be an integer"):
        utils.set_random_seed(seed)
    assert generator() is before
