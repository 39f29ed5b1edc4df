"""Zeros around a series, an image or a volume, by any amount on each side."""

from typing import Any

import numpy as np

from nnlab import arrays
from nnlab.core.record import Record
from nnlab.layers.spatial import SpatialLayer, edges


class BaseZeroPadding(SpatialLayer):
    """What padding of one, two or three spatial axes shares; `rank` counts the axes."""

    keeps_integers = True
    axes = {"x": "b h w c", "y": "b i j c"}

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any):
        super().__init__(data_format=data_format, **kwargs)
        self.around = edges(type(self).__name__, "padding", padding, self.rank)  # (before, after) for each axis
        self.padding = self.around[0] if self.rank == 1 else self.around

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        batch, sides, channels = self.split(input_shape)
        spatial = (
            None if n is None else before + n + after for n, (before, after) in zip(sides, self.around, strict=True)
        )
        return self.join(batch, spatial, channels)

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        return self.from_last(arrays.pad(self.to_last(x), self.around))

    def backward(self, s: Record, g: Record) -> np.ndarray:
        return self.from_last(arrays.unpad(self.to_last(g.y), self.around))


class ZeroPadding1D(BaseZeroPadding):
    """Zeros before and after series (batch, steps, channels).

    `padding` is one number or (before, after).

    >>> ZeroPadding1D((2, 0))(np.ones((1, 2, 1)))[0, :, 0]
    array([0., 0., 1., 1.], dtype=float32)
    """

    rank = 1


class ZeroPadding2D(BaseZeroPadding):
    """Rows and columns of zeros around images (batch, height, width, channels).

    `padding` is one number, (rows, columns), or ((top, bottom), (left, right)).

    >>> ZeroPadding2D(((1, 0), (2, 3)))(np.zeros((1, 4, 4, 3))).shape
    (1, 5, 9, 3)
    """

    rank = 2


class ZeroPadding3D(BaseZeroPadding):
    """Zeros around volumes (batch, height, width, depth, channels).

    `padding` is one number, one for each axis, or a pair (before, after) for each.

    >>> ZeroPadding3D((1, 0, 2))(np.zeros((1, 4, 4, 4, 3))).shape
    (1, 6, 4, 8, 3)
    """

    rank = 3
