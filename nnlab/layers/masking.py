"""Masking: times at which there is nothing are marked, so that the layers that follow skip them."""

from typing import Any

import numpy as np

from nnlab.core.arguments import number
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.core.step import Step


class Masking(Layer):
    """Mark the times of x (batch, time, ..., features) whose features all equal `mask_value`, and make them 0.

    >>> layer = Masking()
    >>> layer.compute_mask([[[1.0, 0.0], [0.0, 0.0]]])
    array([[ True, False]])
    """

    supports_masking = True
    axes = {"x": "... d", "y": "... d"}
    steps = {"mask": Step("...", r"\exists d: x_d \ne v", note="where there is something", differentiable=False)}

    def __init__(self, mask_value: float = 0.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.mask_value = number("Masking", "mask_value", mask_value)

    def compute_mask(self, x: Any, mask: Any = None) -> np.ndarray:
        """Where there is something (True) and where nothing (False)."""
        return (np.asarray(x) != self.mask_value).any(-1)

    def mask_after(self, s: Record, mask: np.ndarray | None) -> np.ndarray:
        return s.mask

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        s.mask = self.compute_mask(x)
        return np.where(s.mask[..., None], x, 0)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        return np.where(s.mask[..., None], g.y, 0)
