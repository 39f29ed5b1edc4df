"""ReLU as a layer, with the three numbers that turn it into its variants."""

from typing import Any

import numpy as np

from nnlab import activations
from nnlab.core.arguments import number
from nnlab.core.layer import Layer
from nnlab.core.record import Record


class ReLU(Layer):
    """max(0, x); or x from `threshold` to `max_value`, and negative_slope * (x - threshold) below.

    Where two pieces meet, the gradient is that of the flatter one.

    >>> ReLU()([-3.0, -1.0, 0.0, 2.0])
    array([0., 0., 0., 2.], dtype=float32)
    >>> ReLU(max_value=1.0, negative_slope=0.5)([-3.0, -1.0, 0.0, 2.0])
    array([-1.5, -0.5,  0. ,  1. ], dtype=float32)
    """

    supports_masking = True
    axes = {"x": "...", "y": "..."}

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.max_value = None if max_value is None else number("ReLU", "max_value", max_value, low=0.0)
        self.negative_slope = number("ReLU", "negative_slope", negative_slope, low=0.0)
        self.threshold = number("ReLU", "threshold", threshold, low=0.0)

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        return activations.relu(x, self.negative_slope, self.max_value, self.threshold)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        return activations.relu.gradient(s.x, s.y, g.y, self.negative_slope, self.max_value, self.threshold)
