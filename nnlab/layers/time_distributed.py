"""TimeDistributed: the same layer at each time of a sequence."""

from typing import Any

import numpy as np

from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.layers.inner import inner


class TimeDistributed(Layer):
    """Apply `layer` to x[:, 0], x[:, 1], ... of an input (batch, time, ...), with the same weights.

    Time by time, so that what looks at the whole batch (BatchNormalization, Dropout) does so at each time by itself.

    >>> from nnlab import layers
    >>> TimeDistributed(layers.Dense(128))(np.ones((32, 10, 64))).shape
    (32, 10, 128)
    >>> TimeDistributed(layers.Dense(128))(np.ones((32, 10, 10, 64))).shape
    (32, 10, 10, 128)
    """

    supports_masking = True
    axes = {"x": "b t ...", "mask": "b t ...", "y": "b t ..."}

    def __init__(self, layer: Any, **kwargs: Any):
        super().__init__(**kwargs)
        self.layer = inner("TimeDistributed", "layer", layer)

    @property
    def keeps_integers(self) -> bool:
        """The layer decides."""
        return self.layer.keeps_integers

    def as_input(self, x: Any, argument: str = "x") -> np.ndarray:
        return self.layer.as_input(x, argument)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.layer.ensure_built(self._at_one_time(input_shape))
        self.compute_output_shape(input_shape)  # refuses a layer with several outputs

    def check_input(self, shape: tuple[int, ...]) -> None:
        self.layer.check_input(self._at_one_time(shape))
        if shape[1] == 0:
            raise ShapeError(f"{self._label}: expected at least one time step, received an input of shape {shape}.")

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        shape = self.layer.compute_output_shape(self._at_one_time(input_shape))
        if isinstance(shape[0], tuple):
            raise ArgumentError(f"{self._label}: the layer must have one output; leave out its return_state.")
        return (shape[0], input_shape[1], *shape[1:])

    def _at_one_time(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        if len(shape) < 3:
            raise ShapeError(f"{self._label}: expected an input of shape (batch, time, ...), received {tuple(shape)}.")
        return (shape[0], *shape[2:])

    def forward(self, s: Record, x: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
        if mask is not None and mask.shape[:2] != x.shape[:2]:
            raise ShapeError(f"{self._label}: expected a mask of shape {x.shape[:2]}, received {mask.shape}.")
        given = mask is not None and self.layer.takes_mask
        outputs = []
        for t, row in enumerate(s.scan(self.layer, x.shape[1])):
            outputs.append(row.run("layer", self.layer, x[:, t], **({"mask": mask[:, t]} if given else {})))
        return np.stack(outputs, 1)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        times = zip(reversed(range(s.x.shape[1])), g.rescan(s), strict=True)
        last_first = [gradients.unrun("layer", self.layer, row, g.y[:, t]) for t, (row, gradients) in times]
        return np.stack(last_first[::-1], 1)
