"""Say how an answer differs from what was expected: one comparison for notebook, marker and tests.

The order is the order in which a person would look: the type, the dtype's kind, the exact shape (nothing is
broadcast), values that are not finite, and at last the values themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np

KINDS = {
    "b": "booleans",
    "i": "whole numbers",
    "u": "whole numbers",
    "f": "real numbers",
    "c": "complex numbers",
}


@dataclass(frozen=True)
class Difference:
    """The first thing that is wrong with an answer: `kind` names what, `problem` says it in a sentence."""

    kind: str  # "type" | "dtype" | "shape" | "finite" | "value"
    problem: str
    index: tuple[int, ...] | None = None
    largest: float | None = None


def compare(expected: Any, got: Any, tolerance: float = 1e-5) -> Difference | None:
    """Compare `got` with `expected` and return the first difference, or None where they agree.

    An array agrees where `|got - expected| <= tolerance * (|expected| + max |expected|)`; whole numbers,
    text and booleans must be equal. A tuple is compared part by part; a list is as good as a tuple, not as
    an array.

    >>> compare(np.array([1.0, 2.0]), np.array([1.0, 2.5])).problem
    'the value at [1] is 2.5, expected 2; 1 of 2 values differ, by 0.5 at most'
    >>> compare((3, 3), [3, 3]) is None
    True
    """
    if isinstance(expected, np.ndarray):
        return _compare_arrays(expected, got, tolerance)
    if isinstance(expected, tuple):
        return _compare_tuples(expected, got, tolerance)
    return _compare_scalars(expected, got, tolerance)


def number(value: Any) -> str:
    """Write one number shortly and always in the same way: whole numbers in full, others to 5 digits."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        return f"{float(value):.5g}"
    return describe(value)


def describe(value: Any, limit: int = 60) -> str:
    """Name a value in a few words, without an address in memory or a line break."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if isinstance(value, tuple | list):
        inside = ", ".join(number(v) for v in value)
        brackets = "()" if isinstance(value, tuple) else "[]"
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return _shorten(f"{brackets[0]}{inside}{comma}{brackets[1]}", limit)
    if isinstance(value, str):
        return _shorten(repr(value), limit)
    if isinstance(value, Real):
        return number(value)
    return f"{_article(type(value).__name__)} {type(value).__name__}"


def _compare_arrays(expected: np.ndarray, got: Any, tolerance: float) -> Difference | None:
    if type(got) is not np.ndarray:
        mend = ": is a return missing?" if got is None else ""
        what = f"{_article(type(got).__name__)} {type(got).__name__}" if got is not None else "None"
        return Difference("type", f"returned {what}, expected a NumPy array{mend}")
    if _kind(got) != _kind(expected):
        wanted = KINDS.get(_kind(expected), str(expected.dtype))
        return Difference("dtype", f"the dtype is {got.dtype}, expected {wanted} such as {expected.dtype}")
    if got.shape != expected.shape:
        return Difference("shape", f"the shape is {got.shape}, expected {expected.shape}")
    if expected.size == 0:
        return None
    wrong = ~agree(expected, got, tolerance)
    if not wrong.any():
        return None
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    want, have = expected[index].item(), got[index].item()
    problem = f"the value at {list(index)} is {number(have)}, expected {number(want)}"
    if not np.isfinite(got[wrong & np.isfinite(expected)]).all():
        lost = int((~np.isfinite(got) & np.isfinite(expected)).sum())
        return Difference("finite", f"{problem}; {lost} of {got.size} values are not finite", index)
    largest = float(np.max(np.abs(_wide(got) - _wide(expected))[wrong]))
    if got.size > 1:
        problem += f"; {int(wrong.sum())} of {got.size} values differ, by {number(largest)} at most"
    return Difference("value", problem, index, largest)


def agree(expected: np.ndarray, got: np.ndarray, tolerance: float) -> np.ndarray:
    """Where two arrays of one shape agree, as booleans; not-a-number and infinity agree with themselves."""
    want, have = _wide(expected), _wide(got)
    finite = np.isfinite(want)
    size = np.max(np.abs(want[finite]), initial=0.0)
    with np.errstate(invalid="ignore"):
        near = np.abs(have - want) <= tolerance * (np.abs(want) + size)
    return np.where(finite, near, (have == want) | (np.isnan(have) & np.isnan(want)))


def _wide(array: np.ndarray) -> np.ndarray:
    return array.astype(np.result_type(array.dtype, np.float64))


def _compare_tuples(expected: tuple, got: Any, tolerance: float) -> Difference | None:
    if not isinstance(got, tuple | list):
        mend = ": is a return missing?" if got is None else ""
        return Difference("type", f"returned {describe(got)}, expected a tuple of {len(expected)} values{mend}")
    if len(got) != len(expected):
        return Difference(
            "shape",
            f"returned {len(got)} values {describe(got)}, expected {len(expected)}: {describe(expected)}",
        )
    for place, (want, have) in enumerate(zip(expected, got, strict=True)):
        difference = compare(want, have, tolerance)
        if difference is not None and difference.kind == "value" and not isinstance(want, np.ndarray):
            return Difference("value", f"returned {describe(got)}, expected {describe(expected)}", (place,))
        if difference is not None:
            return Difference(difference.kind, f"in part {place}, {difference.problem}", difference.index)
    return None


def _compare_scalars(expected: Any, got: Any, tolerance: float) -> Difference | None:
    if isinstance(got, np.generic) or (type(got) is np.ndarray and got.ndim == 0):
        got = got.item()
    whole = isinstance(expected, Integral) and not isinstance(expected, bool)
    real = isinstance(expected, Real) and not isinstance(expected, bool)
    wanted = "a whole number" if whole else "a number" if real else f"a {type(expected).__name__}"
    if got is None:
        return Difference("type", f"returned None, expected {wanted}: is a return missing?")
    if not real:
        if type(got) is not type(expected):
            return Difference("type", f"returned {describe(got)}, expected {wanted}")
        same = got == expected
    elif isinstance(got, bool) or not isinstance(got, Real):
        return Difference("type", f"returned {describe(got)}, expected {wanted}")
    elif whole and not isinstance(got, Integral):
        return Difference("dtype", f"returned the float {float(got)!r}, expected a whole number (an int)")
    else:
        same = got == expected if whole else abs(got - expected) <= 2 * tolerance * abs(expected)
    if same:
        return None
    problem = f"returned {describe(got)}, expected {describe(expected)}"
    if not real:
        return Difference("value", problem)
    largest = abs(float(got) - float(expected))
    kind = "finite" if largest != largest or largest == float("inf") else "value"
    return Difference(kind, problem, None, largest)


def _kind(array: np.ndarray) -> str:
    return "i" if array.dtype.kind == "u" else array.dtype.kind


def _article(word: str) -> str:
    return "an" if word[:1].lower() in "aeiou" else "a"


def _shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 3] + "..."
