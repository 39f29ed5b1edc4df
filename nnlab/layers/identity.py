"""The identity: a layer that does nothing, where a layer is asked for."""

import numpy as np

from nnlab.core.layer import Layer
from nnlab.core.record import Record


class Identity(Layer):
    """The input as it is.

    >>> Identity()([[1.0, 2.0]])
    array([[1., 2.]], dtype=float32)
    """

    supports_masking = True
    keeps_integers = True
    axes = {"x": "...", "y": "..."}

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        return x

    def backward(self, s: Record, g: Record) -> np.ndarray:
        return g.y
