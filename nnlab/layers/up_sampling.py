"""Upsampling: a series, an image or a volume made larger by repeating its cells, or by lines between them."""

from typing import Any

import numpy as np

from nnlab.core.arguments import integer, integers, one_of
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.layers.spatial import SpatialLayer


class BaseUpSampling(SpatialLayer):
    """Each cell repeated along each spatial axis, `size` times; `rank` counts the axes."""

    keeps_integers = True
    axes = {"x": "b h w c", "y": "b i j c"}

    def __init__(self, size: int | tuple[int, ...] = 2, data_format: str | None = None, **kwargs: Any):
        super().__init__(data_format=data_format, **kwargs)
        self.size = self.factors = integers(type(self).__name__, "size", size, self.rank)  # of each spatial axis

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        batch, sides, channels = self.split(input_shape)
        larger = (None if n is None else n * by for n, by in zip(sides, self.factors, strict=True))
        return self.join(batch, larger, channels)

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        y = self.to_last(x)
        for axis, by in enumerate(self.factors, 1):
            y = y.repeat(by, axis)
        return self.from_last(y)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        batch, sides, channels = self.split(s.x.shape)
        cells = (length for side in zip(sides, self.factors, strict=True) for length in side)
        blocks = self.to_last(g.y).reshape(batch, *cells, channels)
        return self.from_last(blocks.sum(tuple(range(2, 2 * self.rank + 1, 2))))


class UpSampling1D(BaseUpSampling):
    """Series (batch, steps, channels) with each step `size` times.

    >>> UpSampling1D(2)([[[1.0], [2.0]]])[0, :, 0]
    array([1., 1., 2., 2.], dtype=float32)
    """

    rank = 1

    def __init__(self, size: int = 2, **kwargs: Any):
        super().__init__(integer("UpSampling1D", "size", size), **kwargs)
        (self.size,) = self.factors


class UpSampling2D(BaseUpSampling):
    """Images (batch, height, width, channels) made larger: `size` is one factor, or (rows, columns).

    With interpolation "nearest" each cell is repeated. With "bilinear" the centres of the cells stay where they are
    and lines go from one to the next, along the height and then along the width.

    >>> UpSampling2D((1, 2), interpolation="bilinear")([[[[0.0], [4.0]]]])[0, 0, :, 0]
    array([0., 1., 3., 4.], dtype=float32)
    """

    rank = 2
    steps = {
        "rows": Step(
            "b i w c",
            r"R_{biwc} = \sum_h A_{ih}\, x_{bhwc}, \quad y_{bijc} = \sum_w B_{jw} R_{biwc}",
            r"\bar R_{biwc} = \sum_j B_{jw}\, \bar y_{bijc}",
            "with the height made larger; A and B hold the shares of the two nearest cells",
        )
    }

    def __init__(
        self,
        size: int | tuple[int, int] = 2,
        data_format: str | None = None,
        interpolation: str = "nearest",
        **kwargs: Any,
    ):
        super().__init__(size, data_format, **kwargs)
        self.interpolation = one_of("UpSampling2D", "interpolation", interpolation, ("nearest", "bilinear"))

    @property
    def keeps_integers(self) -> bool:
        """Lines between integers need fractions."""
        return self.interpolation == "nearest"

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        if self.interpolation == "nearest":
            return super().forward(s, x)
        down, across = self.lines(x)
        s.rows = np.einsum("ih,bhwc->biwc", down, self.to_last(x))
        return self.from_last(np.einsum("jw,biwc->bijc", across, s.rows))

    def backward(self, s: Record, g: Record) -> np.ndarray:
        if self.interpolation == "nearest":
            return super().backward(s, g)
        down, across = self.lines(s.x)
        g.rows = np.einsum("jw,bijc->biwc", across, self.to_last(g.y))
        return self.from_last(np.einsum("ih,biwc->bhwc", down, g.rows))

    def lines(self, x: np.ndarray) -> list[np.ndarray]:
        """What each row of `x` gives to each new one, and each column."""
        _, sides, _ = self.split(x.shape)
        return [shares(n, by).astype(x.dtype) for n, by in zip(sides, self.factors, strict=True)]


class UpSampling3D(BaseUpSampling):
    """Volumes (batch, height, width, depth, channels) with each cell repeated: `size` is one factor or three.

    >>> UpSampling3D((1, 2, 3))(np.zeros((1, 4, 4, 4, 3))).shape
    (1, 4, 8, 12, 3)
    """

    rank = 3


def shares(length: int, by: int) -> np.ndarray:
    """What each of `length` cells gives to each of `length * by` new ones, by the distance of their centres.

    >>> shares(2, 2)
    array([[1.  , 0.  ],
           [0.75, 0.25],
           [0.25, 0.75],
           [0.  , 1.  ]])
    """
    centres = ((np.arange(length * by) + 0.5) / by - 0.5).clip(0, max(length - 1, 0))
    return np.maximum(1 - np.abs(centres[:, np.newaxis] - np.arange(length)), 0)
