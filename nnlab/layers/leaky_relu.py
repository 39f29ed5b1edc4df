"""LeakyReLU: what is negative passes too, made small."""

from typing import Any

import numpy as np

from nnlab import activations
from nnlab.core.arguments import number
from nnlab.core.layer import Layer
from nnlab.core.record import Record


class LeakyReLU(Layer):
    """x, and negative_slope * x where x is negative. Maas, Hannun and Ng 2013.

    >>> LeakyReLU(negative_slope=0.5)([-3.0, 0.0, 2.0])
    array([-1.5,  0. ,  2. ], dtype=float32)
    """

    supports_masking = True
    axes = {"x": "...", "y": "..."}

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any):
        super().__init__(**kwargs)
        self.negative_slope = number("LeakyReLU", "negative_slope", negative_slope, low=0.0)

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        return activations.leaky_relu(x, self.negative_slope)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        return activations.leaky_relu.gradient(s.x, s.y, g.y, self.negative_slope)
