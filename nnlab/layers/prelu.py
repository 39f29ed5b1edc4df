"""PReLU: a ReLU whose slope below zero is learnt, for each feature by itself."""

from typing import Any

import numpy as np

from nnlab.core.arguments import integers
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.core.step import Step


class PReLU(Layer):
    """x where it is positive, alpha * x where it is negative.

    alpha has the shape of one sample, with 1 along `shared_axes` (counted from 1, the batch being 0): (1, 2) gives
    an image one alpha a channel. At 0 the gradient is 0, as in Keras.
    He et al., Delving Deep into Rectifiers, arXiv:1502.01852.

    >>> PReLU(alpha_initializer="ones")([[-3.0, 2.0]])
    array([[-3.,  2.]], dtype=float32)
    """

    supports_masking = True
    unsupported = {"alpha_constraint": (None,)}
    axes = {"x": "...", "y": "...", "alpha": "..."}
    steps = {
        "positive": Step("...", r"p = \max(x, 0)", r"\bar p = \bar y"),
        "negative": Step("...", r"n = \min(x, 0)", r"\bar n = \alpha\, \bar y", "y is p + alpha n"),
    }

    def __init__(
        self, alpha_initializer: Any = "Zeros", alpha_regularizer: Any = None, *, shared_axes: Any = None, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.store_weight("alpha", alpha_initializer, alpha_regularizer)
        if shared_axes is not None:
            shared = shared_axes if isinstance(shared_axes, tuple | list) else (shared_axes,)
            shared_axes = integers("PReLU", "shared_axes", shared, len(shared), minimum=-32)
            if 0 in shared_axes:
                raise ArgumentError(f"PReLU: shared_axes counts from 1, the batch is axis 0; received {shared_axes}.")
        self.shared_axes = shared_axes

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        shape = self._alpha_shape(input_shape)
        if None in shape:
            raise ShapeError(
                f"{self._label}: the sizes of axes that do not share alpha must be known, received {input_shape}."
            )
        self.alpha = self.add_stored_weight("alpha", shape)

    def _alpha_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        rank = len(shape)
        shared = {axis + rank if axis < 0 else axis for axis in self.shared_axes or ()}
        if not all(0 < axis < rank for axis in shared):
            raise ShapeError(
                f"{self._label}: shared_axes={self.shared_axes} must be axes beside the batch, "
                f"received an input of shape {shape}."
            )
        return tuple(1 if axis in shared else size for axis, size in enumerate(shape) if axis)

    def check_input(self, shape: tuple[int, ...]) -> None:
        if self._alpha_shape(shape) != self.alpha.shape:
            raise ShapeError(
                f"{self._label}: alpha has shape {self.alpha.shape} and does not fit an input of shape {shape}."
            )

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        s.positive = np.maximum(x, 0)
        s.negative = np.minimum(x, 0)
        return s.positive + s.alpha * s.negative

    def backward(self, s: Record, g: Record) -> np.ndarray:
        g.positive = g.y
        g.negative = g.y * s.alpha
        own = g.y * s.negative
        shared = tuple(axis for axis, size in enumerate(s.alpha.shape, 1) if size == 1)
        g.alpha = own.sum((0, *shared), keepdims=True)[0]
        return g.positive * (s.x > 0) + g.negative * (s.x < 0)
