"""Weights that are drawn: uniform, normal, cut normal, orthogonal. Given a `seed`, each draw is the same."""

import math

import numpy as np

from nnlab.core.arguments import number
from nnlab.core.errors import ArgumentError
from nnlab.initializers.initializer import Initializer


class Random(Initializer):
    """The base of what is drawn: `seed` makes every draw the same, and else the caller's generator draws."""

    def __init__(self, seed: int | None = None):
        self.seed = seed

    def __call__(self, shape, dtype="float32", rng=None):
        if self.seed is not None or rng is None:
            rng = np.random.default_rng(self.seed)
        return self.draw(rng, shape).astype(dtype)

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        """Values of this shape from the generator."""
        raise NotImplementedError


class RandomUniform(Random):
    """Uniform from `minval` to `maxval`."""

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None):
        super().__init__(seed)
        self.minval = number(type(self).__name__, "minval", minval)
        self.maxval = number(type(self).__name__, "maxval", maxval, low=self.minval)

    def draw(self, rng, shape):
        return rng.uniform(self.minval, self.maxval, shape)


class RandomNormal(Random):
    """Normal with this mean and standard deviation."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None):
        super().__init__(seed)
        self.mean, self.stddev = (
            number(type(self).__name__, "mean", mean),
            number(type(self).__name__, "stddev", stddev, low=0.0),
        )

    def draw(self, rng, shape):
        return rng.normal(self.mean, self.stddev, shape)


class TruncatedNormal(RandomNormal):
    """Normal, but drawn again beyond two `stddev` from the mean, so the spread is 0.88 of `stddev`, as in Keras."""

    def draw(self, rng, shape):
        return self.mean + self.stddev * truncated_normal(rng, shape)


class Orthogonal(Random):
    """Columns (or rows, whichever are fewer) of length `gain` that stand at right angles: for recurrent kernels.

    A product with such a matrix neither grows nor shrinks, however often it is repeated. Saxe et al. 2014,
    arXiv:1312.6120. All axes but the last count as one.

    >>> kernel = Orthogonal(seed=0)((3, 3), "float64")
    >>> np.allclose(kernel @ kernel.T, np.eye(3))
    True
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None):
        super().__init__(seed)
        self.gain = number(type(self).__name__, "gain", gain)

    def draw(self, rng, shape):
        if len(shape) < 2:
            raise ArgumentError("only a weight with at least 2 axes has rows and columns at right angles.")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        q = q * np.sign(np.diag(r))  # so that every orthogonal matrix is equally likely
        return self.gain * (q if rows >= columns else q.T).reshape(shape)


def truncated_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Unit normal values, drawn again where they lie beyond two."""
    values = rng.standard_normal(shape)
    while (beyond := np.abs(values) > 2).any():
        values = np.where(beyond, rng.standard_normal(shape), values)
    return values
