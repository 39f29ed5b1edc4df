"""The one comparison: what differs is named in the order in which a person would look."""

import numpy as np
import pytest

from nnlab.grading.compare import compare, describe
from nnlab.grading.excerpt import excerpt

ONE = np.array([[1.0, -2.0, 3.0]])


@pytest.mark.parametrize(
    ("got", "kind", "says"),
    [
        ([[1.0, -2.0, 3.0]], "type", "returned a list, expected a NumPy array"),
        (None, "type", "returned None, expected a NumPy array: is a return missing?"),
        (np.ma.array(ONE), "type", "returned a MaskedArray, expected a NumPy array"),
        (np.float64(1), "type", "returned a float64"),
        (ONE.astype(int), "dtype", "the dtype is int64, expected real numbers"),
        (ONE.astype(complex), "dtype", "the dtype is complex128"),
        (ONE.astype(object), "dtype", "the dtype is object"),
        (ONE.astype(str), "dtype", "the dtype is <U32"),
        (ONE[0], "shape", "the shape is (3,), expected (1, 3)"),
        (ONE.T, "shape", "the shape is (3, 1), expected (1, 3)"),
        (np.array([[1.0, np.nan, np.inf]]), "finite", "the value at [0, 1] is nan, expected -2; 2 of 3 values are not"),
        (np.array([[1.0, -2.0, 3.001]]), "value", "the value at [0, 2] is 3.001, expected 3; 1 of 3 values differ"),
        (np.array([[-1.0, -2.0, 5.0]]), "value", "2 of 3 values differ, by 2 at most"),
    ],
)
def test_array_that_differs_is_described(got, kind, says):
    difference = compare(ONE, got)
    assert (difference.kind, says in difference.problem) == (kind, True), difference


@pytest.mark.parametrize("got", [ONE, ONE.astype("float32"), ONE + 1e-5, np.asfortranarray(ONE), ONE[:, ::1]])
def test_array_of_another_precision_or_layout_agrees(got):
    assert compare(ONE, got) is None


def test_small_values_are_measured_against_the_largest():
    expected = np.array([1000.0, 0.0])
    assert compare(expected, np.array([1000.0, 0.005])) is None
    assert compare(expected, np.array([1000.0, 0.05])).index == (1,)


def test_not_a_number_where_it_is_expected_agrees():
    expected = np.array([np.nan, np.inf, 1.0])
    assert compare(expected, expected.copy()) is None
    assert compare(expected, np.array([np.nan, -np.inf, 1.0])).index == (1,)


def test_empty_arrays_of_one_shape_agree():
    assert compare(np.zeros((0, 3)), np.ones((0, 3))) is None


@pytest.mark.parametrize(
    ("expected", "got", "says"),
    [
        (3, 4, "returned 4, expected 3"),
        (3, 3.0, "returned the float 3.0, expected a whole number"),
        (3, True, "returned True, expected a whole number"),
        (3, "3", "returned '3', expected a whole number"),
        (3, None, "returned None, expected a whole number: is a return missing?"),
        (3, [3], "returned [3], expected a whole number"),
        (3, object(), "returned an object, expected a whole number"),
        (0.5, float("nan"), "returned nan, expected 0.5"),
        (0.5, 0.6, "returned 0.6, expected 0.5"),
        (0.5, 0.5j, "returned a complex, expected a number"),
        ("same", "valid", "returned 'valid', expected 'same'"),
        (True, 1, "returned 1, expected a bool"),
        ((1, 2), (1, 3), "returned (1, 3), expected (1, 2)"),
        ((1, 2), (1, 2, 3), "returned 3 values (1, 2, 3), expected 2: (1, 2)"),
        ((1, 2), 1, "returned 1, expected a tuple of 2"),
        ((1, 2), (1, 2.5), "in part 1, returned the float 2.5"),
        ((ONE, ONE), (ONE, ONE + 1), "in part 1, the value at [0, 0] is 2"),
    ],
)
def test_number_text_or_tuple_that_differs_is_described(expected, got, says):
    assert says in compare(expected, got).problem


@pytest.mark.parametrize(
    ("expected", "got"), [(3, np.int64(3)), (0.5, np.float32(0.5)), (0.5, np.array(0.5)), ((1, 2), [1, 2]), (2.0, 2)]
)
def test_equal_value_of_a_near_type_agrees(expected, got):
    assert compare(expected, got) is None


def test_object_that_claims_to_equal_everything_does_not_agree():
    class Equal:
        shape = ()

        def __eq__(self, other):
            return True

        __hash__ = None

    assert compare(3, Equal()).kind == "type"
    assert compare(ONE, Equal()).kind == "type"


def test_description_is_short_and_has_no_address():
    assert describe(np.zeros((2, 3))) == "an array of shape (2, 3) and dtype float64"
    assert describe(object()) == "an object"
    assert len(describe(tuple(range(1000)))) == 60


def test_excerpt_shows_picture_axes_around_the_first_wrong_value():
    expected = np.zeros((2, 9, 8, 3))
    got = expected.copy()
    got[1, 7, 2, 0] = 5
    part = excerpt(expected, got, (1, 7, 2, 0), "b h w c", 1e-5)
    assert part.where == "[1, 4:9, 0:5, 0]"
    assert [(r, c) for r, row in enumerate(part.wrong) for c, flag in enumerate(row) if flag] == [(3, 2)]
    assert part.got[3][2] == "5"
    assert part.expected[3][2] == "0"
