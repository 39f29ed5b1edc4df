"""Zeros around an image, by any amount on each side."""

from typing import Any

import numpy as np

from nnlab import arrays
from nnlab.core.arguments import channels_last, integers
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record


class BaseZeroPadding(Layer):
    """What padding of one, two or three spatial axes shares; `rank` counts the axes."""

    rank: int
    keeps_integers = True

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.padding = self._amounts(padding)
        self.data_format = channels_last(type(self).__name__, data_format)

    def _amounts(self, padding: Any) -> tuple[tuple[int, int], ...]:
        """(before, after) for each spatial axis, from one number, one an axis, or a pair an axis."""
        owner = type(self).__name__
        try:
            values = padding if isinstance(padding, tuple | list | np.ndarray) else (padding,) * self.rank
            if len(values) != self.rank:
                raise ArgumentError
            return tuple(integers(owner, "padding", value, 2, minimum=0) for value in values)
        except ArgumentError:
            raise ArgumentError(
                f"{owner}: padding must be an integer of at least 0, {self.rank} of them (one for each spatial axis) "
                f"or {self.rank} pairs (before, after), received {padding!r}."
            ) from None

    def check_input(self, shape: tuple[int, ...]) -> None:
        if len(shape) != self.rank + 2:
            raise ShapeError(
                f"{self._label}: expected an input of {self.rank + 2} axes (batch, {self.rank} spatial, channels), "
                f"received shape {shape}."
            )

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        self.check_input(input_shape)
        spatial = (
            None if n is None else before + n + after
            for n, (before, after) in zip(input_shape[1:-1], self.padding, strict=True)
        )
        return (input_shape[0], *spatial, input_shape[-1])

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        return arrays.pad(x, self.padding)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        return arrays.unpad(g.y, s.x.shape, self.padding)


class ZeroPadding2D(BaseZeroPadding):
    """Rows and columns of zeros around images (batch, height, width, channels).

    `padding` is one number, (rows, columns), or ((top, bottom), (left, right)).

    >>> ZeroPadding2D(((1, 0), (2, 3)))(np.zeros((1, 4, 4, 3))).shape
    (1, 5, 9, 3)
    """

    rank = 2
    axes = {"x": "b h w c", "y": "b i j c"}
