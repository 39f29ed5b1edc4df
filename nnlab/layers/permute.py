"""Permuting: the same numbers with their axes in another order."""

from typing import Any

import numpy as np

from nnlab.core.arguments import integer, several
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record


class Permute(Layer):
    """The axes in another order: `dims` are the numbers of the input's axes, the first after the batch being 1.

    >>> Permute((2, 1))(np.zeros((32, 10, 64))).shape
    (32, 64, 10)
    """

    axes = {"x": "b ...", "y": "b ..."}
    keeps_integers = True

    def __init__(self, dims: tuple[int, ...], **kwargs: Any):
        super().__init__(**kwargs)
        try:
            if not several(dims):
                raise ArgumentError
            self.dims = tuple(integer("Permute", "dims", n) for n in dims)
            if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
                raise ArgumentError
        except ArgumentError:
            raise ArgumentError(
                "Permute: dims must hold each of 1, 2, ... once, the axes of the input after the batch, "
                f"received {dims!r}."
            ) from None

    def check_input(self, shape: tuple[int, ...]) -> None:
        self.compute_output_shape(shape)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        if len(input_shape) != len(self.dims) + 1:
            raise ShapeError(
                f"{self._label}: expected {len(self.dims)} axes after the batch, as dims={self.dims} has, "
                f"received an input of shape {input_shape}."
            )
        return (input_shape[0], *(input_shape[n] for n in self.dims))

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        return x.transpose(0, *self.dims)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        return g.y.transpose(np.argsort((0, *self.dims)))
