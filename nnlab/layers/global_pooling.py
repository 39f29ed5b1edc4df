"""Global pooling: one number for each channel of a series, an image or a volume, its largest or its average."""

from typing import Any

import numpy as np

from nnlab.core.arguments import boolean
from nnlab.core.errors import ShapeError
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.layers.spatial import SpatialLayer


class BaseGlobalPooling(SpatialLayer):
    """What global pooling over one, two or three spatial axes shares; with `keepdims` they stay, with size 1."""

    axes = {"x": "b h w c", "mask": "b h w", "y": "b c"}

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any):
        super().__init__(data_format=data_format, **kwargs)
        self.keepdims = boolean(type(self).__name__, "keepdims", keepdims)
        if self.keepdims:
            self.axes = self.axes | {"y": self.letters("b " + "1 " * self.rank + "c")}

    @property
    def around(self) -> tuple[int, ...]:
        """The spatial axes, channels last."""
        return tuple(range(1, self.rank + 1))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        batch, sides, channels = self.split(input_shape)
        if 0 in sides:
            raise ShapeError(f"{self._label}: there is nothing to pool in an input of shape {input_shape}.")
        return self.join(batch, (1,) * self.rank if self.keepdims else (), channels)

    def shaped(self, values: np.ndarray) -> np.ndarray:
        """One number for each channel (batch, channels) in the shape of the output."""
        return self.from_last(np.expand_dims(values, self.around)) if self.keepdims else values

    def unshaped(self, y: np.ndarray) -> np.ndarray:
        y = self.to_last(y)
        return y.reshape(y.shape[0], y.shape[-1])


class GlobalMaxPooling(BaseGlobalPooling):
    """The largest number of each channel. Equal ones share its gradient, as in Keras."""

    steps = {
        "winner": Step(
            "b h w c",
            r"m_{bhwc} = [x_{bhwc} = \max_{hw} x_{bhwc}]",
            note="true where x is the largest number of its channel",
            differentiable=False,
        ),
        "count": Step(
            "b c",
            r"n_{bc} = \sum_{hw} m_{bhwc}",
            note="how many are the largest; they share the gradient",
            differentiable=False,
        ),
    }

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        x = self.to_last(x)
        s.winner = (x == x.max(self.around, keepdims=True)) | np.isnan(x)
        s.count = s.winner.sum(self.around)
        return self.shaped(np.where(s.winner, x, x.dtype.type(-np.inf)).max(self.around))

    def backward(self, s: Record, g: Record) -> np.ndarray:
        share = self.unshaped(g.y) / s.count.astype(g.y.dtype)
        return self.from_last(s.winner * np.expand_dims(share, self.around))


class GlobalAveragePooling(BaseGlobalPooling):
    """The mean of each channel."""

    steps = {
        "count": Step("b 1", r"n_b = \sum_{hw} 1", note="how many numbers a channel has", differentiable=False),
        "sum": Step("b c", r"S_{bc} = \sum_{hw} x_{bhwc}", r"\bar S_{bc} = \bar y_{bc} / n_b"),
    }

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        return self.average(s, x, np.True_)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        return self.unaverage(s, g, np.True_)

    def average(self, s: Record, x: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """The mean over the places that count."""
        x = self.to_last(x)
        s.count = np.broadcast_to(counts, (*x.shape[:-1], 1)).sum(self.around)
        total = x.sum(1, where=counts)
        for _ in self.around[1:]:  # one axis after another: long runs, and sums that lose fewer digits
            total = total.sum(1)
        s.sum = total
        return self.shaped(s.sum / s.count.astype(x.dtype))

    def unaverage(self, s: Record, g: Record, counts: np.ndarray) -> np.ndarray:
        g.sum = self.unshaped(g.y) / s.count.astype(g.y.dtype)
        spread = np.broadcast_to(np.expand_dims(g.sum, self.around), self.to_last(s.x).shape)
        return self.from_last(spread if counts is np.True_ else spread * counts)


class GlobalMaxPooling1D(GlobalMaxPooling):
    """The largest number of each channel of series: (batch, steps, channels) to (batch, channels).

    >>> GlobalMaxPooling1D()([[[1.0, 5.0], [3.0, 4.0]]])
    array([[3., 5.]], dtype=float32)
    """

    rank = 1


class GlobalMaxPooling2D(GlobalMaxPooling):
    """The largest number of each channel of images: (batch, height, width, channels) to (batch, channels).

    >>> GlobalMaxPooling2D(keepdims=True)(np.zeros((4, 7, 5, 3))).shape
    (4, 1, 1, 3)
    """

    rank = 2


class GlobalMaxPooling3D(GlobalMaxPooling):
    """The largest number of each channel of volumes: (batch, height, width, depth, channels) to (batch, channels).

    >>> GlobalMaxPooling3D()(np.zeros((4, 7, 5, 6, 3))).shape
    (4, 3)
    """

    rank = 3


class GlobalAveragePooling1D(GlobalAveragePooling):
    """The mean of each channel of series: (batch, steps, channels) to (batch, channels).

    With a mask (batch, steps) the mean is over the times that count.

    >>> GlobalAveragePooling1D()([[[1.0, 5.0], [3.0, 4.0]]])
    array([[2. , 4.5]], dtype=float32)
    """

    rank = 1
    supports_masking = True

    def forward(self, s: Record, x: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
        times = self.to_last(x).shape[:2]
        if mask is not None and mask.shape != times:
            raise ShapeError(f"{self._label}: expected a mask of shape {times}, received {mask.shape}.")
        return self.average(s, x, np.True_ if mask is None else mask[:, :, np.newaxis])

    def backward(self, s: Record, g: Record) -> np.ndarray:
        return self.unaverage(s, g, s.mask[:, :, np.newaxis] if "mask" in vars(s) else np.True_)

    def mask_after(self, s: Record, mask: np.ndarray | None) -> None:
        """There are no times any more."""


class GlobalAveragePooling2D(GlobalAveragePooling):
    """The mean of each channel of images: (batch, height, width, channels) to (batch, channels).

    >>> GlobalAveragePooling2D()(np.zeros((4, 7, 5, 3))).shape
    (4, 3)
    """

    rank = 2


class GlobalAveragePooling3D(GlobalAveragePooling):
    """The mean of each channel of volumes: (batch, height, width, depth, channels) to (batch, channels).

    >>> GlobalAveragePooling3D()(np.zeros((4, 7, 5, 6, 3))).shape
    (4, 3)
    """

    rank = 3
