"""Gradients of what NumPy does element by element: arithmetic, exponentials, comparisons, limits.

Where two arguments of maximum or minimum are equal, each gets half of the gradient, as in JAX; the gradient of abs
at 0 is 0.
"""

from collections.abc import Callable

import numpy as np

from nnlab.core.gradients.rules import rule, unbroadcast


def slope(operation: np.ufunc, derivative: Callable) -> None:
    """Enter an operation of one argument: `derivative(y, a)`."""

    @rule(operation)
    def gradient(y, g, a):
        return (g * derivative(y, a),)


def slopes(operation: np.ufunc, left: Callable, right: Callable) -> None:
    """Enter an operation of two arguments by its partial derivatives `left(y, a, b)` and `right(y, a, b)`."""

    @rule(operation)
    def gradient(y, g, a, b):
        return unbroadcast(g * left(y, a, b), a), unbroadcast(g * right(y, a, b), b)


def share(a, b):
    """How much of the gradient the larger of two takes where it is `a`: 1, a half where both are equal."""
    return np.where(np.equal(a, b), 0.5, np.greater(a, b)).astype(np.result_type(a, b))


def log_of_base(a):
    """log(a), 0 where a is not positive: the slope of a ** b along b, which only a positive a has."""
    return np.log(np.where(np.greater(a, 0), a, 1))


slopes(np.add, lambda y, a, b: 1, lambda y, a, b: 1)
slopes(np.subtract, lambda y, a, b: 1, lambda y, a, b: -1)
slopes(np.multiply, lambda y, a, b: b, lambda y, a, b: a)
slopes(np.divide, lambda y, a, b: 1 / b, lambda y, a, b: -y / b)
slopes(np.hypot, lambda y, a, b: a / y, lambda y, a, b: b / y)
slopes(
    np.arctan2, lambda y, a, b: b / (np.square(a) + np.square(b)), lambda y, a, b: -a / (np.square(a) + np.square(b))
)
slopes(np.remainder, lambda y, a, b: 1, lambda y, a, b: -np.floor_divide(a, b))
slopes(
    np.power,
    # a ** 0 is 1 everywhere, so its slope is 0 also at a = 0
    lambda y, a, b: np.where(np.equal(b, 0), 0, b * np.power(a, np.where(np.equal(b, 0), 1, np.subtract(b, 1)))),
    lambda y, a, b: y * log_of_base(a),
)
slopes(np.maximum, lambda y, a, b: share(a, b), lambda y, a, b: share(b, a))
slopes(np.minimum, lambda y, a, b: share(b, a), lambda y, a, b: share(a, b))
slopes(np.logaddexp, lambda y, a, b: np.exp(a - y), lambda y, a, b: np.exp(b - y))

slope(np.negative, lambda y, a: -1)
slope(np.positive, lambda y, a: 1)
slope(np.absolute, lambda y, a: np.sign(a))
slope(np.square, lambda y, a: 2 * a)
slope(np.sqrt, lambda y, a: 0.5 / y)
slope(np.reciprocal, lambda y, a: -y * y)
slope(np.exp, lambda y, a: y)
slope(np.expm1, lambda y, a: y + 1)
slope(np.exp2, lambda y, a: y * float(np.log(2)))
slope(np.cbrt, lambda y, a: 1 / (3 * y * y))
slope(np.log, lambda y, a: 1 / a)
slope(np.log2, lambda y, a: 1 / (a * float(np.log(2))))
slope(np.log10, lambda y, a: 1 / (a * float(np.log(10))))
slope(np.log1p, lambda y, a: 1 / (1 + a))
slope(np.sin, lambda y, a: np.cos(a))
slope(np.cos, lambda y, a: -np.sin(a))
slope(np.tan, lambda y, a: 1 + y * y)
slope(np.arcsin, lambda y, a: 1 / np.sqrt(1 - a * a))
slope(np.arccos, lambda y, a: -1 / np.sqrt(1 - a * a))
slope(np.arctan, lambda y, a: 1 / (1 + a * a))
slope(np.sinh, lambda y, a: np.cosh(a))
slope(np.cosh, lambda y, a: np.sinh(a))
slope(np.tanh, lambda y, a: 1 - y * y)
slope(np.arcsinh, lambda y, a: 1 / np.sqrt(a * a + 1))
slope(np.arccosh, lambda y, a: 1 / np.sqrt(a * a - 1))
slope(np.arctanh, lambda y, a: 1 / (1 - a * a))
slope(np.sinc, lambda y, a: np.where(a == 0, 0, (np.cos(np.pi * a) - y) / np.where(a == 0, 1, a)).astype(a.dtype))


@rule(
    *(np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal),
    *(np.logical_and, np.logical_or, np.logical_xor, np.bitwise_and, np.bitwise_or, np.bitwise_xor),
    *(np.floor_divide, np.heaviside),
)
def _compared(y, g, a, b):
    return None, None


@rule(
    *(np.sign, np.floor, np.ceil, np.rint, np.trunc, np.signbit),
    *(np.isnan, np.isinf, np.isfinite, np.logical_not, np.invert),
)
def _stepwise(y, g, a):
    return (None,)  # constant wherever it has a slope


@rule(np.round, np.around)
def _rounded(y, g, a, decimals=0):
    return (None,)


@rule(np.nan_to_num)
def _made_finite(y, g, x, *, nan=0.0, posinf=None, neginf=None):
    return (np.where(np.isfinite(x), g, 0),)


@rule(np.full_like)
def _full(y, g, a, fill_value, dtype=None):
    return None, unbroadcast(g, fill_value)


@rule(np.clip)
def _clipped(y, g, a, a_min=None, a_max=None, *, min=None, max=None):
    a_min, a_max = (limit if other is None else other for limit, other in ((a_min, min), (a_max, max)))
    low, high = (limit if limit is not None else side for limit, side in ((a_min, -np.inf), (a_max, np.inf)))
    above, below = np.greater(a, high), np.less(a, low) & ~np.greater(a, high)
    return (
        unbroadcast(np.where(above | below, 0, g), a),
        None if a_min is None else unbroadcast(np.where(below, g, 0), a_min),
        None if a_max is None else unbroadcast(np.where(above, g, 0), a_max),
    )
