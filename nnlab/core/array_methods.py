"""The operators and methods of an array, each by NumPy's function: what weights and recorded values share."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

METHODS = (
    *("sum", "prod", "mean", "max", "min", "var", "std", "cumsum", "argmax", "argmin", "argsort", "any", "all"),
    *("swapaxes", "squeeze", "ravel", "take", "dot", "repeat", "diagonal", "trace", "round", "nonzero"),
)


class ArrayMethods(np.lib.mixins.NDArrayOperatorsMixin):
    """For a class whose values NumPy's functions take: `x + 1`, `x.T`, `x.mean(axis=0)`."""

    __slots__ = ()

    T = property(lambda self: np.transpose(self))
    mT = property(lambda self: np.matrix_transpose(self))

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, order=order)

    def transpose(self, *axes: Any) -> Any:
        return np.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    def clip(self, min: Any = None, max: Any = None) -> Any:
        return np.clip(self, min, max)

    def copy(self) -> Any:
        return np.copy(self)

    def flatten(self) -> Any:
        return np.copy(np.ravel(self))

    def __round__(self, decimals: int = 0) -> Any:
        return np.round(self, decimals)


def method(function: Callable) -> Callable:
    """The function of NumPy as a method."""

    @functools.wraps(function)
    def run(self: Any, *args: Any, **options: Any) -> Any:
        return function(self, *args, **options)

    return run


for _name in METHODS:
    setattr(ArrayMethods, _name, method(getattr(np, _name)))
