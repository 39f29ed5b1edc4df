"""How many decimals to print, so that what a learner adds up by hand is what stands there, and how."""

import math
from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np

from nnlab.explain import numbers

MOST = 3  # decimals of a number that no few decimals show exactly
WIDE = Context(prec=400)  # room for every digit of every float
TOLERANCE = 1e-6  # a little more than the relative precision of float32


def exact(values: np.ndarray, most: int = MOST) -> int | None:
    """The fewest decimals, at most `most`, that show all finite `values` exactly (to float32); None if none do.

    A table (`explain.numbers`) wants a text that reads back as the very number; here a sum may be off by as much as
    float32 rounds what it is added from.

    >>> exact(np.float32([0.1, -2.5])), exact(np.array([1 / 3]))
    (1, None)
    """
    values = numbers.finite(np.asarray(values, float))
    return numbers.fewest(values, most, lambda shown: np.abs(values - shown) <= TOLERANCE * np.abs(values))


def of(values: np.ndarray) -> int:
    """The decimals to print `values` with: exact if few are enough, else `MOST`."""
    digits = exact(values)
    return MOST if digits is None else digits


def of_products(*factors: np.ndarray, addend: np.ndarray) -> int:
    """The decimals with which products of `factors`, their sum and `addend` print so that they add up.

    Exact factors have exact products with as many decimals as the factors together. Where that is too long to
    read, or a factor is not exact, the view prints `MOST` decimals and a line for what rounding left over.

    >>> of_products(np.array([0.5, 2]), np.array([-0.25]), addend=np.array([1.0]))
    3
    """
    digits = [exact(factor) for factor in factors]
    if None in digits or sum(digits) > MOST + 1:
        return MOST
    return max(sum(digits), of(addend))


def printed(value: float, digits: int) -> Decimal:
    """`value` with that many decimals, as the views print it: a half goes away from zero, as JavaScript has it.

    >>> printed(0.0625, 3), printed(-0.0001, 2)
    (Decimal('0.063'), Decimal('0.00'))
    """
    value = float(value)
    if not math.isfinite(value):
        return Decimal(value)
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, WIDE)
    return rounded if rounded else abs(rounded)


def text(value: float, digits: int) -> str:
    """`printed` in words for people, with a minus sign as in print.

    >>> text(-2.5, 1), text(float("inf"), 1)
    ('−2.5', '∞')
    """
    return signed(printed(value, digits)).replace("Infinity", "∞")


def signed(number: Decimal) -> str:
    """A printed number with a minus sign as in print."""
    return str(number).replace("-", "\N{MINUS SIGN}")
