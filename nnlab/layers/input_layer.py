"""The input of a model as a layer: it states a shape and passes its input on."""

from typing import Any

import numpy as np

from nnlab.core.arguments import supported
from nnlab.core.errors import ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.core.symbolic import Shape, SymbolicTensor, batched_shape, checked_dtype


class InputLayer(Layer):
    """What `Input` stands for, as a layer: arrays of `batch_shape` pass, others are refused.

    >>> layer = InputLayer(shape=(28, 28, 1))
    >>> layer.batch_shape, layer.output.shape, layer(np.zeros((4, 28, 28, 1))).shape
    ((None, 28, 28, 1), (None, 28, 28, 1), (4, 28, 28, 1))
    """

    axes = {"x": "...", "y": "..."}
    keeps_integers = True

    def __init__(
        self,
        shape: Shape | None = None,
        batch_size: int | None = None,
        dtype: str | None = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Shape | None = None,
        input_tensor: Any = None,
        optional: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(name=name, **kwargs)
        received = {"sparse": sparse, "ragged": ragged, "input_tensor": input_tensor, "optional": optional}
        neutral = {"sparse": (None, False), "ragged": (None, False), "input_tensor": (None,), "optional": (False,)}
        supported("InputLayer", received, neutral)
        self.dtype = checked_dtype("InputLayer", dtype)
        self.batch_shape = batched_shape("InputLayer", shape, batch_size, batch_shape)

    @property
    def output(self) -> SymbolicTensor:
        """The symbolic tensor that this layer stands for."""
        return SymbolicTensor(self.batch_shape, self.dtype, self.name)

    def check_input(self, shape: tuple[int, ...]) -> None:
        fits = len(shape) == len(self.batch_shape) and all(
            expected in (None, size) for expected, size in zip(self.batch_shape, shape, strict=True)
        )
        if not fits:
            raise ShapeError(f"{self._label}: expected an input of shape {self.batch_shape}, received {shape}.")

    def get_config(self) -> dict[str, Any]:
        return {"batch_shape": self.batch_shape, "dtype": self.dtype, "name": self.name}

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        return x

    def backward(self, s: Record, g: Record) -> np.ndarray:
        return g.y
