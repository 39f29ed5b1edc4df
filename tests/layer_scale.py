"""Layer scale: each channel times a learnt number of its own."""

from typing import Any

import numpy as np

from nnlab.core.errors import ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record


class LayerScale(Layer):
    """scale * x, one number a channel (the last axis). Touvron et al., arXiv:2103.17239.

    >>> LayerScale("ones")([[1.0, 2.0]])
    array([[1., 2.]], dtype=float32)
    """

    supports_masking = True
    axes = {"x": "... c", "scale": "c", "y": "... c"}

    def __init__(self, scale_initializer: Any = "ones", **kwargs: Any):
        super().__init__(**kwargs)
        self.store_weight("scale", scale_initializer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.scale = self.add_stored_weight("scale", (input_shape[-1],))

    def check_input(self, shape: tuple[int, ...]) -> None:
        if shape[-1] != self.scale.size:
            raise ShapeError(f"{self._label}: expected {self.scale.size} channels, received an input of shape {shape}.")

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        return x * s.scale

    def backward(self, s: Record, g: Record) -> np.ndarray:
        g.scale = (g.y * s.x).sum(tuple(range(g.y.ndim - 1)))
        return g.y * s.scale
