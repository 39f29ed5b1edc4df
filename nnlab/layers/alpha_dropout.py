"""Alpha dropout: dropout for nets of SELU, which keep mean 0 and variance 1 from layer to layer, and go on to do so."""

from typing import Any

import numpy as np

from nnlab.activations.rectifiers import SELU_ALPHA, SELU_SCALE
from nnlab.core.errors import ArgumentError
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.layers.dropout import Dropout

LOWEST = -SELU_SCALE * SELU_ALPHA  # what SELU tends to, far below zero


class AlphaDropout(Dropout):
    """In training, put with probability `rate` SELU's lowest value in the place of a number, and scale and shift all.

    So that numbers of mean 0 and variance 1 keep both. Klambauer et al., Self-normalizing neural networks,
    arXiv:1706.02515.

    >>> AlphaDropout(0.5, seed=0)([[1.0, -1.0, 1.0]], training=True).round(3)
    array([[ 1.666, -0.779, -0.779]], dtype=float32)
    """

    steps = {
        "mask": Dropout.steps["mask"],
        "replaced": Step(
            "...",
            r"r = m\, x + (1 - m)\, \alpha', \quad y = a r + b",
            r"\bar r = a\, \bar y",
            "alpha' is the lowest value of SELU; a and b bring mean and variance back to 0 and 1",
        ),
    }

    def __init__(
        self,
        rate: float,
        noise_shape: tuple[int | None, ...] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(rate, noise_shape, seed, **kwargs)
        if self.rate == 1:
            raise ArgumentError(f"AlphaDropout: rate must be less than 1, received {rate!r}.")

    @property
    def a(self) -> float:
        return ((1 - self.rate) * (1 + self.rate * LOWEST**2)) ** -0.5

    @property
    def b(self) -> float:
        return -self.a * LOWEST * self.rate

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        if not s.training:
            return x
        s.mask = np.broadcast_to(s.rng.random(self._drawn(x.shape)) >= self.rate, x.shape)
        s.replaced = x * s.mask + x.dtype.type(LOWEST) * ~s.mask
        return self.a * s.replaced + self.b

    def backward(self, s: Record, g: Record) -> np.ndarray:
        if not s.training:
            return g.y
        g.replaced = self.a * g.y
        return g.replaced * s.mask
