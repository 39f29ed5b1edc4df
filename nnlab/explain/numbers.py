"""Numbers as text that is true: digits chosen for a whole array, so that its values line up and can be told apart.

A number that is not zero never reads as zero, and a number that was rounded can be recognised as such (`rounded`).
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

SIGNIFICANT = 4  # digits of the largest number, where the numbers have no short exact form
MOST_DECIMALS = 8
FEW = 24  # numbers that are read one by one; of more, one sees the pattern
LARGEST_FIXED = 1e7  # above, and where more than MOST_DECIMALS were needed, numbers have an exponent


def digits(array: Any, significant: int = SIGNIFICANT) -> int:
    """How many decimals the numbers of `array` need: few if they are short, else `significant` digits of the largest.

    For few numbers one is added if one would show a single digit, up to three while different ones look the same.

    >>> digits([1, 2, 3]), digits([0.5, 0.25]), digits([1 / 3, 123.4567]), digits([1.00001, 1.00002])
    (0, 2, 2, 5)
    """
    values = finite(array)
    if values.dtype.kind != "f" or not values.any():
        return 0
    wide = values.astype(float)
    exactly = fewest(wide, significant, lambda shown: shown.astype(values.dtype) == values)
    if exactly is not None:
        return exactly
    decimals = significant - 1 - math.floor(math.log10(np.abs(wide).max()))
    decimals = min(max(decimals, 0), MOST_DECIMALS - 1)
    if wide.size > FEW:
        return decimals
    units = np.abs(wide) * 10.0**decimals
    decimals += int(((units >= 0.5) & (units < 9.5)).any())
    different = len(np.unique(wide))
    for more in range(MOST_DECIMALS - decimals + 1)[:3]:
        if len(np.unique(np.round(wide, decimals + more))) == different:
            return decimals + more
    return decimals


def fewest(values: np.ndarray, most: int, same: Callable[[np.ndarray], np.ndarray]) -> int | None:
    """The fewest decimals, at most `most`, with which all `values` are still the `same`; None if none are enough.

    >>> halves = np.array([0.5, -2.5])
    >>> fewest(halves, 3, lambda shown: shown == halves)
    1
    """
    return next((decimals for decimals in range(most + 1) if same(np.round(values, decimals)).all()), None)


def format_array(array: Any, decimals: int | None = None) -> np.ndarray:
    """Each number as text, in an array of the same shape; all with the same `decimals` (default: `digits`).

    >>> format_array([[1, -0.25], [1e-9, float("nan")]]).tolist()
    [['1.000', '-0.250'], ['1e-09', 'nan']]
    """
    array = np.asarray(array)
    out = np.empty(array.shape, object)
    if array.dtype.kind != "f":
        out.flat = [str(value) for value in array.flat]
        return out
    fixed = decimals is not None or not needs_exponent(array)
    decimals = digits(array) if decimals is None else decimals
    out.flat = [format_number(value, decimals, fixed) for value in array.astype(float).flat]
    return out


def format_number(value: float, decimals: int, fixed: bool = True) -> str:
    """One number; with an exponent where `decimals` would make a number that is not zero read as zero.

    >>> format_number(-0.0, 2), format_number(0.004, 2), format_number(float("-inf"), 2)
    ('0.00', '4e-03', '-inf')
    """
    if not math.isfinite(value):
        return str(value)
    if not fixed:
        return f"{value:.{SIGNIFICANT - 1}e}" if value else "0"
    text = f"{value + 0.0:.{decimals}f}"
    if value and not float(text):
        return f"{value:.0e}"
    return text.removeprefix("-") if not float(text) else text


def needs_exponent(array: Any) -> bool:
    """Whether the numbers are too large or all too small for plain decimals.

    >>> needs_exponent([1e-12]), needs_exponent([1e9, 1.0]), needs_exponent([0.1, 1e-12])
    (True, True, False)
    """
    largest = np.abs(finite(array)).max(initial=0)
    return bool(largest >= LARGEST_FIXED or 0 < largest < 10.0 ** (SIGNIFICANT - MOST_DECIMALS))


def exact(value: Any) -> str:
    """The shortest text that reads back as the same number of the same type.

    >>> exact(np.float32(0.1)), exact(np.float64(1) / 3)
    ('0.1', '0.3333333333333333')
    """
    return str(value)


def short(value: Any) -> str:
    """A number for a legend or a sentence.

    >>> short(np.float32(0.123456)), short(3), short(True)
    ('0.1235', '3', 'True')
    """
    return f"{float(value) + 0.0:.{SIGNIFICANT}g}" if np.asarray(value).dtype.kind == "f" else str(value)


def rounded(array: Any, texts: Any) -> bool:
    """Whether some text does not read back as exactly its number.

    >>> rounded([0.5, 0.25], format_array([0.5, 0.25])), rounded([1 / 3], format_array([1 / 3]))
    (False, True)
    """
    array = np.asarray(array)
    if array.dtype.kind != "f":
        return False
    read = np.array([float(text) for text in np.asarray(texts).flat]).astype(array.dtype)
    return not np.array_equal(read, array.ravel(), equal_nan=True)


def finite(array: Any) -> np.ndarray:
    """The numbers that are neither NaN nor infinite, flat."""
    array = np.asarray(array).ravel()
    return array[np.isfinite(array)] if array.dtype.kind in "fc" else array


def summary(array: Any) -> str:
    """An array in one line.

    >>> summary([[1.0, 2.0, float("nan")]])
    'min 1, mean 1.5, max 2; 1 of 3 is NaN'
    >>> summary([True, False, True])
    '2 of 3 are True'
    """
    array = np.asarray(array)
    if array.size == 0:
        return "no numbers"
    if array.dtype.kind == "b":
        return f"{count(int(array.sum()), array.size)} True"
    values = finite(array)
    parts = []
    if values.size:
        mean = values.mean(dtype=float)
        parts.append(f"min {short(values.min())}, mean {short(mean)}, max {short(values.max())}")
    return "; ".join(parts + nonfinite(array))


def nonfinite(array: Any) -> list[str]:
    """How many numbers are NaN and how many infinite, in words.

    >>> nonfinite([float("nan"), float("inf"), 1.0, float("inf")])
    ['1 of 4 is NaN', '2 of 4 are infinite']
    """
    array = np.asarray(array)
    if array.dtype.kind != "f":
        return []
    found = {"NaN": int(np.isnan(array).sum()), "infinite": int(np.isinf(array).sum())}
    return [f"{count(n, array.size)} {word}" for word, n in found.items() if n]


def count(n: int, total: int) -> str:
    """'1 of 4 is', '2 of 4 are'."""
    return f"{n} of {total} {'is' if n == 1 else 'are'}"
