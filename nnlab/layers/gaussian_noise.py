"""Gaussian noise in training: added to each number, or multiplied with it. At inference nothing happens."""

import math
from typing import Any

import numpy as np

from nnlab.core.arguments import number
from nnlab.core.errors import ArgumentError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.core.step import Step


class BaseGaussian(Layer):
    """What both share: noise from the call's generator, or from one of the layer's own if it has a `seed`."""

    supports_masking = True
    axes = {"x": "...", "y": "..."}

    def __init__(self, seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.store_seed(seed)

    def drawn(self, s: Record, x: np.ndarray, mean: float, stddev: float) -> np.ndarray:
        """A number for each of x."""
        return s.rng.normal(mean, stddev, x.shape).astype(x.dtype)


class GaussianNoise(BaseGaussian):
    """In training, add to each number another one of mean 0 and standard deviation `stddev`.

    A net that must answer the same in spite of it cannot rest on single numbers. Bishop, Training with noise is
    equivalent to Tikhonov regularization, Neural Computation 7, 1995.

    >>> GaussianNoise(0.1, seed=0)([[1.0, 2.0, 3.0]], training=True).round(3)
    array([[1.013, 1.987, 3.064]], dtype=float32)
    >>> GaussianNoise(0.1)([[1.0, 2.0, 3.0]])
    array([[1., 2., 3.]], dtype=float32)
    """

    steps = {"noise": Step("...", r"n \sim \mathcal N(0, \sigma^2), \quad y = x + n", r"\bar n = \bar y", "drawn anew")}

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any):
        super().__init__(seed, **kwargs)
        self.stddev = number("GaussianNoise", "stddev", stddev, 0.0, 1.0)

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        if not s.training:
            return x
        s.noise = self.drawn(s, x, 0.0, self.stddev)
        return x + s.noise

    def backward(self, s: Record, g: Record) -> np.ndarray:
        if s.training:
            g.noise = g.y
        return g.y


class GaussianDropout(BaseGaussian):
    """In training, multiply each number by another one of mean 1 and variance rate / (1 - rate).

    Which is the variance that Dropout's factors have, 0 or 1 / (1 - rate). Srivastava et al., Dropout, JMLR 15, 2014,
    section 10.

    >>> GaussianDropout(0.5, seed=0)([[1.0, 2.0, 3.0]], training=True).round(3)
    array([[1.126, 1.736, 4.921]], dtype=float32)
    """

    steps = {
        "noise": Step(
            "...", r"n \sim \mathcal N(1, \tfrac{p}{1 - p}), \quad y = x\, n", r"\bar n = x\, \bar y", "drawn anew"
        )
    }

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any):
        super().__init__(seed, **kwargs)
        self.rate = number("GaussianDropout", "rate", rate, 0.0, 1.0)
        if self.rate == 1:
            raise ArgumentError(f"GaussianDropout: rate must be less than 1, received {rate!r}.")

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        if not s.training:
            return x
        s.noise = self.drawn(s, x, 1.0, math.sqrt(self.rate / (1 - self.rate)))
        return x * s.noise

    def backward(self, s: Record, g: Record) -> np.ndarray:
        if not s.training:
            return g.y
        g.noise = g.y * s.x
        return g.y * s.noise
