"""Repeating: one vector becomes a series in which it stands at each time."""

from typing import Any

import numpy as np

from nnlab.core.arguments import integer
from nnlab.core.errors import ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record


class RepeatVector(Layer):
    """The same vector at each of `n` times: (batch, features) to (batch, n, features).

    >>> RepeatVector(2)([[1.0, 5.0]])
    array([[[1., 5.],
            [1., 5.]]], dtype=float32)
    """

    axes = {"x": "b d", "y": "b t d"}
    keeps_integers = True

    def __init__(self, n: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.n = integer("RepeatVector", "n", n)

    def check_input(self, shape: tuple[int, ...]) -> None:
        self.compute_output_shape(shape)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        if len(input_shape) != 2:
            raise ShapeError(f"{self._label}: expected an input of shape (batch, features), received {input_shape}.")
        return (input_shape[0], self.n, input_shape[1])

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        return x[:, np.newaxis].repeat(self.n, 1)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        return g.y.sum(1)
