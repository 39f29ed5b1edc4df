"""From images to rows: all axes but the batch become one."""

import math
from typing import Any

import numpy as np

from nnlab.core.arguments import channels_last
from nnlab.core.layer import Layer
from nnlab.core.record import Record


class Flatten(Layer):
    """(batch, ...) to (batch, features), the last axis running fastest; (batch,) becomes (batch, 1).

    >>> Flatten()(np.zeros((32, 7, 7, 16))).shape
    (32, 784)
    """

    axes = {"x": "b ...", "y": "b d"}
    keeps_integers = True

    def __init__(self, data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.data_format = channels_last("Flatten", data_format)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        features = input_shape[1:]
        return (input_shape[0], None if None in features else math.prod(features))

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        return x.reshape(self.compute_output_shape(x.shape))

    def backward(self, s: Record, g: Record) -> np.ndarray:
        return g.y.reshape(s.x.shape)
