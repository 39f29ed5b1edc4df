"""Cropping: the edges of a series, an image or a volume cut away; what zero padding does, backwards."""

from typing import Any

import numpy as np

from nnlab import arrays
from nnlab.core.errors import ShapeError
from nnlab.core.record import Record
from nnlab.layers.spatial import SpatialLayer, edges


class BaseCropping(SpatialLayer):
    """What cropping of one, two or three spatial axes shares; `rank` counts the axes."""

    keeps_integers = True
    axes = {"x": "b h w c", "y": "b i j c"}

    def __init__(self, cropping: Any = 1, data_format: str | None = None, **kwargs: Any):
        super().__init__(data_format=data_format, **kwargs)
        self.around = edges(type(self).__name__, "cropping", cropping, self.rank)  # (before, after) for each axis
        self.cropping = self.around[0] if self.rank == 1 else self.around

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        batch, sides, channels = self.split(input_shape)
        spatial = tuple(
            None if n is None else n - before - after for n, (before, after) in zip(sides, self.around, strict=True)
        )
        if any(n is not None and n <= 0 for n in spatial):
            raise ShapeError(
                f"{self._label}: cropping={self.cropping} leaves nothing of an input of shape {input_shape}; "
                "crop less or use a larger input."
            )
        return self.join(batch, spatial, channels)

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        return self.from_last(arrays.unpad(self.to_last(x), self.around))

    def backward(self, s: Record, g: Record) -> np.ndarray:
        return self.from_last(arrays.pad(self.to_last(g.y), self.around))


class Cropping1D(BaseCropping):
    """Series (batch, steps, channels) without their first and last steps.

    `cropping` is one number or (before, after).

    >>> Cropping1D((1, 2))([[[1.0], [2.0], [3.0], [4.0]]])
    array([[[2.]]], dtype=float32)
    """

    rank = 1

    def __init__(self, cropping: Any = 1, **kwargs: Any):
        super().__init__(cropping, **kwargs)


class Cropping2D(BaseCropping):
    """Images (batch, height, width, channels) without their edges.

    `cropping` is one number, (rows, columns), or ((top, bottom), (left, right)); by default nothing is cut.

    >>> Cropping2D(((1, 0), (2, 3)))(np.zeros((1, 8, 8, 3))).shape
    (1, 7, 3, 3)
    """

    rank = 2

    def __init__(self, cropping: Any = 0, data_format: str | None = None, **kwargs: Any):
        super().__init__(cropping, data_format, **kwargs)


class Cropping3D(BaseCropping):
    """Volumes (batch, height, width, depth, channels) without their edges.

    `cropping` is one number, one for each axis, or a pair (before, after) for each.

    >>> Cropping3D((1, 0, 2))(np.zeros((1, 6, 4, 8, 3))).shape
    (1, 4, 4, 4, 3)
    """

    rank = 3
