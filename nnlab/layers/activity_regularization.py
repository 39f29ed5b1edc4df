"""A penalty on what passes by: nothing changes but the loss."""

from typing import Any

import numpy as np

from nnlab.core.arguments import number
from nnlab.core.errors import UnknownArgumentError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.regularizers import L1L2


class ActivityRegularization(Layer):
    """x itself; l1 * sum |x| + l2 * sum x**2, divided by the size of the batch, is added to the losses.

    >>> layer = ActivityRegularization(l1=0.5)
    >>> layer([[1.0, -3.0]]), layer.losses
    (array([[ 1., -3.]], dtype=float32), [2.0])
    """

    supports_masking = True
    axes = {"x": "...", "y": "..."}

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any):
        if "activity_regularizer" in kwargs:
            raise UnknownArgumentError(
                "ActivityRegularization: activity_regularizer cannot be given, the layer makes its own from l1 and l2."
            )
        self.l1 = number("ActivityRegularization", "l1", l1, low=0.0)
        self.l2 = number("ActivityRegularization", "l2", l2, low=0.0)
        super().__init__(activity_regularizer=L1L2(self.l1, self.l2), **kwargs)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["activity_regularizer"]
        return config

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        return x

    def backward(self, s: Record, g: Record) -> np.ndarray:
        return g.y
