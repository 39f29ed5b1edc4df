"""The table of rules, and what they share: broadcasting undone, and operations that NumPy has no function for."""

from collections.abc import Callable
from typing import Any

import numpy as np

Rule = Callable[..., tuple]

RULES: dict[Any, Rule] = {}
# What tells shapes and positions: there is no gradient along them, so the result is a plain value and no step.
CONSTANT = {
    *(np.shape, np.ndim, np.size, np.result_type, np.iscomplexobj, np.isscalar),
    *(np.zeros_like, np.ones_like, np.empty_like),
    *(np.nonzero, np.flatnonzero, np.argwhere, np.count_nonzero, np.searchsorted, np.digitize),
    *(np.isclose, np.allclose, np.array_equal),
}


def rule(*operations: Any) -> Callable[[Rule], Rule]:
    """Enter the function that follows as the rule of these operations."""

    def enter(function: Rule) -> Rule:
        for operation in operations:
            RULES[operation] = function
        return function

    return enter


def unbroadcast(gradient: Any, like: Any) -> np.ndarray:
    """`gradient` summed over the axes along which `like` was repeated.

    >>> unbroadcast(np.ones((2, 3)), np.ones((2, 1))), unbroadcast(np.ones((2, 3)), 1.0)
    (array([[3.],
           [3.]]), np.float64(6.0))
    """
    shape, gradient = np.shape(like), np.asarray(gradient)
    if gradient.ndim > len(shape):
        gradient = gradient.sum(tuple(range(gradient.ndim - len(shape))))
    repeated = tuple(axis for axis, size in enumerate(shape) if size == 1 and gradient.shape[axis] != 1)
    return gradient.sum(repeated, keepdims=True) if repeated else gradient


def astype(a: np.ndarray, dtype: Any) -> np.ndarray:
    """`a.astype(dtype)`, as a function."""
    return a.astype(dtype)


def index(a: np.ndarray, key: Any) -> np.ndarray:
    """`a[key]`, as a function."""
    return np.asarray(a[key])
