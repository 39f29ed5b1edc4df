"""Pooling: one number for each window of the input, its largest or its average, each channel by itself."""

from typing import Any

import numpy as np

from nnlab import arrays
from nnlab.core.arguments import integers, one_of
from nnlab.core.errors import ShapeError
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.layers.spatial import SpatialLayer


class BasePooling(SpatialLayer):
    """What pooling over one, two or three spatial axes shares; `rank` counts the axes."""

    axes = {"x": "b h w c", "y": "b i j c"}

    def __init__(
        self,
        pool_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(data_format=data_format, **kwargs)
        owner = type(self).__name__
        self.pool_size = integers(owner, "pool_size", pool_size, self.rank)
        self.strides = self.pool_size if strides is None else integers(owner, "strides", strides, self.rank)
        self.padding = one_of(owner, "padding", padding, ("valid", "same"))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        batch, sides, channels = self.split(input_shape)
        spatial = tuple(
            arrays.output_length(n, size, stride, self.padding)
            for n, size, stride in zip(sides, self.pool_size, self.strides, strict=True)
        )
        if 0 in spatial:
            raise ShapeError(
                f"{self._label}: the window covers {self.pool_size} cells but the input has only "
                f"{sides}; use a larger input, a smaller pool_size or padding='same'."
            )
        return self.join(batch, spatial, channels)

    def pads(self, shape: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """How many cells go before and after each spatial axis of an input of this shape."""
        _, sides, _ = self.split(shape)
        return tuple(
            arrays.pads(n, size, stride, self.padding)
            for n, size, stride in zip(sides, self.pool_size, self.strides, strict=True)
        )

    def windows(self, x: np.ndarray, outside: float) -> np.ndarray:
        """Every window of `x`, cells beyond its edge holding `outside`."""
        padded = arrays.pad(self.to_last(x), self.pads(x.shape), outside)
        return arrays.windows(padded, self.pool_size, self.strides)

    def unwindows(self, windows: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """Every window added back into its place in an array of `shape`: the adjoint of `windows`."""
        (batch, sides, channels), pads = self.split(shape), self.pads(shape)
        padded = [before + n + after for n, (before, after) in zip(sides, pads, strict=True)]
        total = arrays.fold(windows, (batch, *padded, channels), self.strides)
        return self.from_last(arrays.unpad(total, pads))


class MaxPooling(BasePooling):
    """The largest number of each window. Of equal ones the first wins, row by row, and gets all of the gradient."""

    steps = {
        "windows": Step(
            "b i j u v c",
            r"X_{bijuvc} = x_{b,\ is + u,\ jt + v,\ c}",
            r"\bar X_{bijuvc} = \bar y_{bijc}\ [uv = m_{bijc}]",
            "the cells of the window at each place; s, t are the strides; beyond the edge stands minus infinity",
            outside=-np.inf,
        ),
        "winner": Step(
            "b i j c",
            r"m_{bijc} = \arg\max_{uv} X_{bijuvc}",
            note="which cell of the window is the largest, counted row by row from 0",
            differentiable=False,
        ),
    }

    def __init__(
        self,
        pool_size: int | tuple[int, ...] = 2,
        strides: int | tuple[int, ...] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(pool_size, strides, padding, data_format, **kwargs)

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        s.windows = self.windows(x, outside=-np.inf)
        s.winner = arrays.Winner(s.windows)
        return self.from_last(arrays.pick(s.windows, s.winner))

    def backward(self, s: Record, g: Record) -> np.ndarray:
        g.windows = arrays.Unpicked(self.to_last(g.y), s.winner, self.pool_size)
        return self.unwindows(g.windows, s.x.shape)


class AveragePooling(BasePooling):
    """The mean of each window, over the cells that exist: padding does not count."""

    steps = {
        "windows": Step(
            "b i j u v c",
            r"X_{bijuvc} = x_{b,\ is + u,\ jt + v,\ c}",
            r"\bar X_{bijuvc} = \bar y_{bijc} / n_{ij}",
            "the cells of the window at each place; s, t are the strides; beyond the edge stands 0",
        ),
        "count": Step(
            "i j",
            r"n_{ij} = \text{cells of the window inside } x",
            note="how many cells the window has at each place",
            differentiable=False,
        ),
    }

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        s.windows = self.windows(x, outside=0.0)
        _, sides, _ = self.split(x.shape)
        exists = self.windows(np.ones(self.join(1, sides, 1), int), outside=0)
        s.count = sum(arrays.cells(exists))[0, ..., 0]
        return self.from_last(sum(arrays.cells(s.windows)) / s.count[..., None].astype(x.dtype))

    def backward(self, s: Record, g: Record) -> np.ndarray:
        share = self.to_last(g.y) / s.count[..., None].astype(g.y.dtype)
        around = tuple(range(self.rank + 1, 2 * self.rank + 1))
        g.windows = np.broadcast_to(np.expand_dims(share, around), s.windows.shape)
        return self.unwindows(g.windows, s.x.shape)


class MaxPooling1D(MaxPooling):
    """Max pooling of series: input (batch, steps, channels), output (batch, places, channels).

    `strides` is `pool_size` where it is not given. `winner` counts the cells of a window from 0.

    >>> MaxPooling1D(2)([[[1.0], [3.0], [2.0], [0.0]]])[0, :, 0]
    array([3., 2.], dtype=float32)
    """

    rank = 1


class MaxPooling2D(MaxPooling):
    """Max pooling of images: input (batch, height, width, channels), output (batch, rows, columns, channels).

    `strides` is `pool_size` where it is not given. `winner` counts the cells of a window row by row from 0.

    >>> MaxPooling2D(2)(np.arange(16.0).reshape(1, 4, 4, 1))[0, :, :, 0]
    array([[ 5.,  7.],
           [13., 15.]], dtype=float32)
    """

    rank = 2


class MaxPooling3D(MaxPooling):
    """Max pooling of volumes: input (batch, height, width, depth, channels), output the same with fewer places.

    `strides` is `pool_size` where it is not given. `winner` counts the cells of a window row by row from 0.

    >>> MaxPooling3D((2, 3, 1))(np.zeros((4, 8, 9, 5, 2))).shape
    (4, 4, 3, 5, 2)
    """

    rank = 3


class AveragePooling1D(AveragePooling):
    """Average pooling of series: input (batch, steps, channels), output (batch, places, channels).

    `strides` is `pool_size` where it is not given. With "same" padding a window at the edge has fewer cells.

    >>> AveragePooling1D(2)([[[1.0], [3.0], [2.0], [0.0]]])[0, :, 0]
    array([2., 1.], dtype=float32)
    """

    rank = 1


class AveragePooling2D(AveragePooling):
    """Average pooling of images: input (batch, height, width, channels), output (batch, rows, columns, channels).

    `strides` is `pool_size` where it is not given. With "same" padding a window at the edge has fewer cells.

    >>> AveragePooling2D(2)(np.arange(16.0).reshape(1, 4, 4, 1))[0, :, :, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]], dtype=float32)
    """

    rank = 2


class AveragePooling3D(AveragePooling):
    """Average pooling of volumes: input (batch, height, width, depth, channels), output the same with fewer places.

    `strides` is `pool_size` where it is not given. With "same" padding a window at the edge has fewer cells.

    >>> AveragePooling3D(2, strides=1, padding="same")(np.zeros((4, 8, 9, 5, 2))).shape
    (4, 8, 9, 5, 2)
    """

    rank = 3
