"""An array that nobody may ever read: it is computed when somebody does."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


class Later(np.lib.mixins.NDArrayOperatorsMixin):
    """The array that `function` returns for these arguments, computed once, at the first look.

    A trace looks at once. A training step never asks for the gradient of its input, so the products behind it are
    never made; and what reads a value in pieces (see `Products`) never needs the whole.

    >>> later = Later(np.add, np.ones(2), 1)
    >>> later + 1, later.shape
    (array([3., 3.]), (2,))
    """

    _array: np.ndarray | None = None

    def __init__(self, function: Callable[..., np.ndarray], *arguments: Any):
        self._promise: tuple = (function, *arguments)

    def now(self) -> np.ndarray:
        """The array."""
        if self._array is None:
            self._array = self.compute()
            self._promise = ()
        return self._array

    def compute(self) -> np.ndarray:
        """What the first look finds."""
        function, *arguments = self._promise
        return function(*arguments)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.now(), dtype, copy=copy)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return getattr(ufunc, method)(*map(now, inputs), **kwargs)

    def __getitem__(self, key: Any) -> Any:
        return self.now()[key]

    def __len__(self) -> int:
        return len(self.now())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.now(), name)


class InBlocks(Later):
    """An array that can be had in pieces: a subclass says how to make it, some rows of places after another."""

    def __init__(self, *parts: Any, dtype: np.dtype):
        self.parts, self.dtype = parts, dtype

    def blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        """The number of the first row of each piece, and the piece, which the next one may overwrite."""
        raise NotImplementedError(f"{type(self).__name__}: write blocks().")

    def compute(self) -> np.ndarray:
        return np.concatenate([block.copy("K") for _, block in self.blocks()], 1)


def now(value: Any) -> Any:
    """The array, if it was to come later."""
    return value.now() if isinstance(value, Later) else value
