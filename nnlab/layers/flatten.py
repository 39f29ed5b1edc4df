"""From images to rows: all axes but the batch become one."""

import math
from typing import Any

import numpy as np

from nnlab.core.record import Record
from nnlab.layers.data_format import FormattedLayer


class Flatten(FormattedLayer):
    """(batch, ...) to (batch, features), the last axis running fastest; (batch,) becomes (batch, 1).

    With "channels_first" the channels, axis 1, run fastest: the features are in the same order for both.

    >>> Flatten()(np.zeros((32, 7, 7, 16))).shape
    (32, 784)
    """

    axes = {"x": "b ...", "y": "b d"}
    keeps_integers = True

    def __init__(self, data_format: str | None = None, **kwargs: Any):
        super().__init__(data_format=data_format, **kwargs)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        features = input_shape[1:]
        return (input_shape[0], None if None in features else math.prod(features))

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        return self.to_last(x).reshape(self.compute_output_shape(x.shape))

    def backward(self, s: Record, g: Record) -> np.ndarray:
        return self.from_last(g.y.reshape(self.to_last(s.x).shape))
