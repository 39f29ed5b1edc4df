"""Layer normalization: the features of each sample, or of each time, to mean 0 and variance 1."""

from typing import Any

import numpy as np

from nnlab.core.arguments import integers
from nnlab.core.errors import ArgumentError
from nnlab.layers.sample_normalization import SampleNormalization, normalization_steps


class LayerNormalization(SampleNormalization):
    """gamma * (x - mean) / sqrt(var + epsilon) + beta, with mean and var over the axes that `axis` names.

    `axis` is one axis or several; gamma and beta have their sizes, in ascending order of the axes. Any input with
    at least two axes; the output has its shape. Ba, Kiros and Hinton, Layer Normalization, arXiv:1607.06450.

    >>> LayerNormalization(epsilon=0)([[1.0, 3.0], [10.0, 50.0]])
    array([[-1.,  1.],
           [-1.,  1.]], dtype=float32)
    """

    unsupported = SampleNormalization.unsupported | {"rms_scaling": (False,)}
    axes = {"x": "...", "y": "...", "gamma": "...", "beta": "..."}
    steps = normalization_steps("... d", "... 1", "the axes named by `axis`, which stand last here")

    def _checked_axis(self, axis: Any) -> int | tuple[int, ...]:
        axes = axis if isinstance(axis, tuple | list) else (axis,)
        checked = integers("LayerNormalization", "axis", axes, len(axes), minimum=-32)
        if not checked:
            raise ArgumentError(f"LayerNormalization: axis must name at least one axis, received {axis!r}.")
        return checked if isinstance(axis, tuple | list) else checked[0]

    def _named(self, rank: int) -> tuple[int, ...]:
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        return tuple(sorted(axis + rank if axis < 0 else axis for axis in axes))

    def _laid_out(self, x: np.ndarray) -> np.ndarray:
        return np.moveaxis(x, self._named(x.ndim), self._last())

    def _back(self, y: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        return np.moveaxis(y, self._last(), self._named(y.ndim))

    def _part(self, rank: int) -> tuple[int, ...]:
        return self._last()

    def _last(self) -> tuple[int, ...]:
        return tuple(range(-len(self._sizes), 0))
