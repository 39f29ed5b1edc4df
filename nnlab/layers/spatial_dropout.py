"""Spatial dropout: whole channels are dropped, since neighbouring places of one say much the same."""

from typing import Any

from nnlab.core.errors import ShapeError
from nnlab.layers.data_format import CHANNELS_FIRST, CHANNELS_LAST, checked_format
from nnlab.layers.dropout import Dropout


class SpatialDropout(Dropout):
    """In training, drop each channel of each sample with probability `rate`, at all its places at once.

    The channels that are kept are multiplied by 1 / (1 - rate), as in Dropout. Tompson et al., arXiv:1411.4280.
    """

    rank: int
    data_format = CHANNELS_LAST

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any):
        super().__init__(rate, None, seed, **kwargs)

    def check_input(self, shape: tuple[int, ...]) -> None:
        if len(shape) != self.rank + 2:
            raise ShapeError(
                f"{self._label}: expected an input with {self.rank + 2} axes (batch, channels and {self.rank} more), "
                f"received shape {shape}."
            )

    def _drawn(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        channels = 1 if self.data_format == CHANNELS_FIRST else len(shape) - 1
        return tuple(size if axis in (0, channels) else 1 for axis, size in enumerate(shape))


class SpatialDropout1D(SpatialDropout):
    """Drop whole features of series (batch, time, features).

    >>> SpatialDropout1D(0.5, seed=0)([[[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]], training=True)
    array([[[2., 0., 0.],
            [4., 0., 0.]]], dtype=float32)
    """

    rank = 1


class SpatialDropout2D(SpatialDropout):
    """Drop whole channels of images (batch, height, width, channels); with "channels_first" those of axis 1."""

    rank = 2

    def __init__(self, rate: float, data_format: str | None = None, seed: int | None = None, **kwargs: Any):
        super().__init__(rate, seed, **kwargs)
        self.data_format = checked_format(type(self).__name__, data_format)


class SpatialDropout3D(SpatialDropout2D):
    """Drop whole channels of volumes (batch, height, width, depth, channels), as SpatialDropout2D those of images."""

    rank = 3
