"""Numbers as printed: what is read back is the number, to the digits that are shown."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnlab.explain import numbers

FLOATS = hnp.arrays(np.float32, hnp.array_shapes(max_dims=2, max_side=6), elements=st.floats(width=32))


@given(FLOATS)
def test_printed_numbers_read_back_to_half_a_unit_of_the_last_digit(array):
    for value, text in zip(array.astype(float).flat, numbers.format_array(array).flat, strict=True):
        if not math.isfinite(value):
            assert text == str(value)
            continue
        exponent = Decimal(text).as_tuple().exponent
        assert abs(Decimal(text) - Decimal(value)) <= Decimal(10) ** exponent / 2


@given(FLOATS)
@example(np.float32([1, 1e-9, -1e-9]))
def test_a_number_reads_as_zero_only_if_it_is_zero_and_keeps_its_sign(array):
    for value, text in zip(array.astype(float).flat, numbers.format_array(array).flat, strict=True):
        if math.isfinite(value):
            assert math.copysign(1, float(text)) * (float(text) != 0) == np.sign(value)
            assert text.startswith("-") == (value < 0)


@given(hnp.arrays(np.float32, 5, elements=st.floats(-1000, 1000, width=32)))
def test_rounded_says_whether_a_text_is_not_its_number(array):
    texts = numbers.format_array(array)
    assert numbers.rounded(array, texts) == any(
        np.float32(text) != value for text, value in zip(texts, array, strict=True)
    )


def test_numbers_line_up():
    texts = numbers.format_array(np.array([1 / 3, 12.5, -2.0, 0.0]))
    assert {len(text.partition(".")[2]) for text in texts} == {2}


def test_short_numbers_are_printed_exactly_even_in_float32():
    assert numbers.format_array(np.float32([0.1, -0.25, 3])).tolist() == ["0.10", "-0.25", "3.00"]


def test_numbers_that_differ_look_different():
    assert numbers.format_array(np.array([1.000012, 1.000031])).tolist() == ["1.00001", "1.00003"]


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.array([True, False]), ["True", "False"]),
        (np.array([7, -12]), ["7", "-12"]),
        (np.float32([1e12, 0]), ["1.000e+12", "0"]),
        (np.array([1e-12, 0.0]), ["1.000e-12", "0"]),
        (np.array([np.nan, np.inf, -np.inf]), ["nan", "inf", "-inf"]),
        (np.array([]), []),
        (np.array(2.5), "2.5"),
    ],
    ids=["booleans", "integers", "large", "tiny", "not finite", "empty", "0-d"],
)
def test_arrays_of_every_kind_are_printed(array, expected):
    assert numbers.format_array(array).tolist() == expected


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.zeros((0, 3)), "no numbers"),
        (np.array([np.nan, np.nan]), "2 of 2 are NaN"),
        (np.array([1.0, np.inf]), "min 1, mean 1, max 1; 1 of 2 is infinite"),
        (np.array([3, 5]), "min 3, mean 4, max 5"),
    ],
)
def test_a_summary_counts_what_it_leaves_out(array, expected):
    assert numbers.summary(array) == expected
