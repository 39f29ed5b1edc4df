"""ELU: negative numbers bend smoothly towards -alpha."""

from typing import Any

import numpy as np

from nnlab import activations
from nnlab.core.arguments import number
from nnlab.core.layer import Layer
from nnlab.core.record import Record


class ELU(Layer):
    """x, and alpha * (exp(x) - 1) where x is negative. Clevert, Unterthiner and Hochreiter, arXiv:1511.07289.

    >>> ELU(alpha=2.0)([-1000.0, 0.0, 2.0])
    array([-2.,  0.,  2.], dtype=float32)
    """

    supports_masking = True
    axes = {"x": "...", "y": "..."}

    def __init__(self, alpha: float = 1.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.alpha = number("ELU", "alpha", alpha)

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        return activations.elu(x, self.alpha)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        return activations.elu.gradient(s.x, s.y, g.y, self.alpha)
