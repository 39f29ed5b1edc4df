"""Where an array has its channels: on its last axis or, with data_format="channels_first", right after the batch.

Inside, every layer has them last, so that its steps, their axes and their formulas are the same for both. What comes
in moves at its door, what goes out moves back: `x` and `y` and their gradients are as the user has them.
"""

from typing import Any

import numpy as np

from nnlab.core.arguments import one_of
from nnlab.core.layer import Layer

CHANNELS_LAST, CHANNELS_FIRST = "channels_last", "channels_first"


def checked_format(owner: str, data_format: Any) -> str:
    """`data_format` if it is one; None is "channels_last"."""
    data_format = CHANNELS_LAST if data_format is None else data_format
    return one_of(owner, "data_format", data_format, (CHANNELS_LAST, CHANNELS_FIRST))


class FormattedLayer(Layer):
    """A layer that takes `data_format`."""

    def __init__(self, *, data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.data_format = checked_format(type(self).__name__, data_format)

    @property
    def channels_first(self) -> bool:
        return self.data_format == CHANNELS_FIRST

    def to_last(self, given: np.ndarray) -> np.ndarray:
        """An array as the user has it, with its channels last."""
        return np.moveaxis(given, 1, -1) if self.channels_first and given.ndim > 2 else given

    def from_last(self, values: np.ndarray) -> np.ndarray:
        """An array with its channels last, as the user has it."""
        return np.moveaxis(values, -1, 1) if self.channels_first and values.ndim > 2 else values
