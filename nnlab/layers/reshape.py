"""Reshaping: the same numbers, in the same order, in another shape."""

import math
from typing import Any

import numpy as np

from nnlab.core.arguments import integer, several
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record


class Reshape(Layer):
    """(batch, ...) to (batch, *target_shape), the last axis running fastest; one size may be -1, "what remains".

    >>> Reshape((3, -1))(np.zeros((32, 12))).shape
    (32, 3, 4)
    """

    axes = {"x": "b ...", "y": "b ..."}
    keeps_integers = True

    def __init__(self, target_shape: tuple[int, ...], **kwargs: Any):
        super().__init__(**kwargs)
        try:
            if not several(target_shape):
                raise ArgumentError
            self.target_shape = tuple(integer("Reshape", "target_shape", n, minimum=-1) for n in target_shape)
            if self.target_shape.count(-1) > 1:
                raise ArgumentError
        except ArgumentError:
            raise ArgumentError(
                "Reshape: target_shape must be a tuple of sizes without the batch, of which one may be -1, "
                f"received {target_shape!r}."
            ) from None

    def check_input(self, shape: tuple[int, ...]) -> None:
        self.compute_output_shape(shape)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        known = math.prod(n for n in self.target_shape if n != -1)
        if None in input_shape[1:]:
            return (input_shape[0], *(None if n == -1 else n for n in self.target_shape))
        size = math.prod(input_shape[1:])
        rest = size // known if -1 in self.target_shape and known else 1
        if known * rest != size:
            raise ShapeError(
                f"{self._label}: target_shape={self.target_shape} does not hold the {size} numbers of each sample "
                f"of an input of shape {input_shape}."
            )
        return (input_shape[0], *(rest if n == -1 else n for n in self.target_shape))

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        return x.reshape(self.compute_output_shape(x.shape))

    def backward(self, s: Record, g: Record) -> np.ndarray:
        return g.y.reshape(s.x.shape)
