"""Weights that start without chance: zeros, ones, a constant, the identity."""

import numpy as np

from nnlab.core.arguments import number
from nnlab.core.errors import ArgumentError
from nnlab.initializers.initializer import Initializer


class Zeros(Initializer):
    """All zeros."""

    def __call__(self, shape, dtype="float32", rng=None):
        return np.zeros(shape, dtype)


class Ones(Initializer):
    """All ones."""

    def __call__(self, shape, dtype="float32", rng=None):
        return np.ones(shape, dtype)


class Constant(Initializer):
    """The same number everywhere.

    >>> Constant(2)((3,))
    array([2., 2., 2.], dtype=float32)
    """

    def __init__(self, value: float = 0.0):
        self.value = number(type(self).__name__, "value", value)

    def __call__(self, shape, dtype="float32", rng=None):
        return np.full(shape, self.value, dtype)


class Identity(Initializer):
    """`gain` times the identity matrix: 1 where row and column are the same, else 0. For weights with two axes."""

    def __init__(self, gain: float = 1.0):
        self.gain = number(type(self).__name__, "gain", gain)

    def __call__(self, shape, dtype="float32", rng=None):
        if len(shape) != 2:
            raise ArgumentError("only a weight with 2 axes can be the identity matrix.")
        return (self.gain * np.eye(*shape)).astype(dtype)
