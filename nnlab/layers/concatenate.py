"""Concatenation: arrays side by side along an axis."""

from typing import Any

import numpy as np

from nnlab.core.arguments import integer
from nnlab.core.errors import ShapeError
from nnlab.core.record import Record
from nnlab.layers.merge import Arrays, Merge


class Concatenate(Merge):
    """The arrays one after another along `axis`; their other axes have the same sizes.

    >>> Concatenate()([[[1.0, 2.0]], [[3.0]]])
    array([[1., 2., 3.]], dtype=float32)
    """

    def __init__(self, axis: int = -1, **kwargs: Any):
        super().__init__(**kwargs)
        self.axis = integer("Concatenate", "axis", axis, minimum=-32)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        first, *others = self.shapes(input_shape)
        if not -len(first) <= self.axis < len(first):
            raise ShapeError(f"{self._label}: axis {self.axis} does not exist in an input of shape {first}.")
        axis = self.axis % len(first)
        around = {shape[:axis] + shape[axis + 1 :] for shape in (first, *others)}
        sides = [set(side) - {None} for side in zip(*around, strict=True)] if len(set(map(len, around))) == 1 else []
        if len(sides) != len(first) - 1 or any(len(sizes) > 1 for sizes in sides):
            raise ShapeError(
                f"{self._label}: all axes but axis {self.axis} must have the same sizes, received shapes {input_shape}."
            )
        lengths = [shape[axis] for shape in (first, *others)]
        together = None if None in lengths else sum(lengths)
        return (*first[:axis], together, *first[axis + 1 :])

    def mask_after(self, s: Record, mask: Any) -> np.ndarray | None:
        """As in Keras: a time counts if it does in one of the arrays; in an array without a mask all of them do."""
        if mask is None or all(part is None for part in mask):
            return None
        spread = [np.broadcast_to(self._aligned(part, each), each.shape) for part, each in zip(mask, s.x, strict=True)]
        return np.concatenate(spread, self.axis).any(-1)

    @staticmethod
    def _aligned(mask: np.ndarray | None, x: np.ndarray) -> np.ndarray:
        """A mask with the axes of `x`."""
        if mask is None:
            return np.True_
        return mask[..., np.newaxis] if mask.ndim < x.ndim else mask

    def forward(self, s: Record, x: Arrays) -> np.ndarray:
        return np.concatenate(x, self.axis)

    def backward(self, s: Record, g: Record) -> Arrays:
        ends = np.cumsum([part.shape[self.axis] for part in s.x])[:-1]
        return tuple(np.split(g.y, ends, self.axis))
