"""Dot product: two arrays multiplied and summed along an axis of each, example by example."""

import math
from typing import Any

import numpy as np

from nnlab.core.arguments import boolean, integers, several
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.layers.merge import Arrays, Merge

SHORTEST = 1e-7  # a vector of a smaller length is divided by this instead, as in Keras


class Dot(Merge):
    """The sum of products along `axes`: one axis for both arrays, or one for each. Other axes stay, the first's first.

    With `normalize` the vectors along the axis have length 1 before, so that y is the cosine of their angle.

    >>> Dot(axes=1)([[[1.0, 2.0]], [[3.0, 4.0]]])
    array([[11.]], dtype=float32)
    >>> Dot(axes=(1, 2))([np.zeros((4, 3, 5)), np.zeros((4, 10, 3))]).shape
    (4, 5, 10)
    """

    takes_two = True
    stored_as = {"axes": "summed_axes"}  # `axes` are the letters of a layer's arrays
    steps = {
        "length": Step(
            "...",
            r"\ell = \sqrt{\sum_k x_k^2}",
            r"\bar\ell = -\sum_k \bar u_k u_k / \ell",
            "of each vector along the axis that is summed",
        ),
        "unit": Step("...", r"u_k = x_k / \ell", r"\bar u = \bar y\, v", "vectors of length 1; v is the other array's"),
    }

    def __init__(self, axes: int | tuple[int, int], normalize: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        pair = integers("Dot", "axes", axes, 2, minimum=-32)
        if 0 in pair:
            raise ArgumentError(f"Dot: axes counts from the batch, axis 0, which cannot be summed; received {axes!r}.")
        self.summed_axes = pair if several(axes) else pair[0]
        self.normalize = boolean("Dot", "normalize", normalize)

    @property
    def keeps_integers(self) -> bool:
        """A length needs fractions."""
        return not self.normalize

    def along(self, shapes: Any) -> tuple[int, int]:
        """The axis of each array that is summed, counted from the front."""
        wanted = self.summed_axes if several(self.summed_axes) else (self.summed_axes,) * 2
        for axis, shape in zip(wanted, shapes, strict=True):
            if not -len(shape) < axis < len(shape):
                raise ShapeError(f"{self._label}: axis {axis} is none of an input of shape {shape} beside the batch.")
        first, second = (axis % len(shape) for axis, shape in zip(wanted, shapes, strict=True))
        return first, second

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        shapes = first, second = self.shapes(input_shape)
        one, other = self.along(shapes)
        if any(len({a, b} - {None}) > 1 for a, b in ((first[0], second[0]), (first[one], second[other]))):
            raise ShapeError(
                f"{self._label}: the batches, and the sizes of axis {one} of the first array and axis {other} of the "
                f"second, must be the same, received shapes {shapes}."
            )
        batch = second[0] if first[0] is None else first[0]
        kept = (*first[1:one], *first[one + 1 :], *second[1:other], *second[other + 1 :])
        return (batch, *(kept or (1,)))

    def forward(self, s: Record, x: Arrays) -> np.ndarray:
        vectors, along = x, self.along([part.shape for part in x])
        if self.normalize:
            pairs = list(zip(x, along, strict=True))
            s.length = tuple(np.sqrt(np.square(part).sum(axis, keepdims=True)) for part, axis in pairs)
            s.unit = tuple(part / np.maximum(length, SHORTEST) for part, length in zip(x, s.length, strict=True))
            vectors = s.unit
        rows, columns = matrices(vectors, along)
        return (rows @ columns).reshape(self.compute_output_shape([part.shape for part in x]))

    def backward(self, s: Record, g: Record) -> Arrays:
        along = self.along([part.shape for part in s.x])
        rows, columns = matrices(s.unit if self.normalize else s.x, along)
        dy = g.y.reshape(len(rows), rows.shape[1], columns.shape[2])
        gradients = unmatrices((dy @ columns.mT, rows.mT @ dy), s.x, along)
        if not self.normalize:
            return gradients
        g.unit = gradients
        clipped = [np.maximum(length, SHORTEST) for length in s.length]
        g.length = tuple(
            np.where(length > SHORTEST, -(du * unit).sum(axis, keepdims=True) / c, 0)
            for du, unit, length, c, axis in zip(g.unit, s.unit, s.length, clipped, along, strict=True)
        )
        return tuple(du / c + dl * unit for du, c, dl, unit in zip(g.unit, clipped, g.length, s.unit, strict=True))

    def mask_after(self, s: Record, mask: Any) -> None:
        """A sum over an axis has no times, as in Keras."""


def matrices(x: Arrays, along: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """(batch, rows, summed) and (batch, summed, columns), all other axes counted as one.

    >>> [part.shape for part in matrices((np.zeros((4, 3, 5)), np.zeros((4, 10, 3))), (1, 2))]
    [(4, 5, 3), (4, 3, 10)]
    """
    first, second = np.moveaxis(x[0], along[0], -1), np.moveaxis(x[1], along[1], 1)
    rows = first.reshape(len(first), math.prod(first.shape[1:-1]), first.shape[-1])
    return rows, second.reshape(*second.shape[:2], math.prod(second.shape[2:]))


def unmatrices(pair: tuple[np.ndarray, np.ndarray], x: Arrays, along: tuple[int, int]) -> Arrays:
    """The matrices in the shapes of the arrays that they were made of."""
    first, second = np.moveaxis(x[0], along[0], -1).shape, np.moveaxis(x[1], along[1], 1).shape
    return np.moveaxis(pair[0].reshape(first), -1, along[0]), np.moveaxis(pair[1].reshape(second), 1, along[1])
