from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnlab.widgets import decimals

TENTHS = st.lists(st.integers(-500, 500).map(lambda n: n / 10), min_size=1, max_size=9)


def printed(value, digits):
    return Decimal(f"{value:.{digits}f}")


def test_whole_numbers_need_no_decimals():
    assert decimals.of(np.array([3.0, -20.0, 0.0])) == 0


def test_float32_tenths_count_as_exact():
    assert decimals.exact(np.float32([0.1, 0.2, -7.3])) == 1


def test_numbers_that_no_few_decimals_show_are_not_exact():
    assert decimals.exact(np.array([1.0, 2 / 3])) is None
    assert decimals.of(np.array([1.0, 2 / 3])) == decimals.MOST


def test_a_small_number_beside_a_large_one_is_not_lost_for_whole():
    assert decimals.exact(np.array([1000.0, 0.25])) == 2
    assert decimals.exact(np.array([9999.0, 0.001])) == 3
    assert decimals.exact(np.array([9999.0, 1 / 3])) is None


def test_nothing_needs_no_decimals():
    assert decimals.of(np.zeros((0, 3))) == 0


@given(TENTHS, TENTHS, st.integers(-300, 300))
def test_products_of_tenths_and_hundredths_add_up_as_printed(x, kernel, hundredths):
    length = min(len(x), len(kernel))
    x, kernel, bias = np.float32(x[:length]), np.float32(kernel[:length]), np.float32(hundredths / 100)
    digits = decimals.of_products(x, kernel, addend=np.array([bias]))
    products = x.astype(float) * kernel.astype(float)
    total = sum(printed(product, digits) for product in products) + printed(bias, digits)
    assert total == printed(products.sum() + float(bias), digits)
    exact = [Decimal(f"{a:.1f}") * Decimal(f"{b:.1f}") for a, b in zip(x, kernel, strict=True)]
    assert exact == [printed(product, digits) for product in products]
