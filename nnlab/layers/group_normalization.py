"""Group normalization: the channels of each sample in groups, each group to mean 0 and variance 1."""

from typing import Any

import numpy as np

from nnlab.core.arguments import integer
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.layers.sample_normalization import SampleNormalization, normalization_steps


class GroupNormalization(SampleNormalization):
    """gamma * (x - mean) / sqrt(var + epsilon) + beta, with mean and var over each group of neighbouring channels.

    A group reaches over all places of a sample. With one group this is a layer normalization over the whole sample,
    with as many groups as channels (or groups=-1) an instance normalization. `axis` is that of the channels; gamma
    and beta have their size. Wu and He, Group Normalization, arXiv:1803.08494.

    >>> GroupNormalization(groups=2, epsilon=0)([[1.0, 3.0, 10.0, 50.0]])
    array([[-1.,  1., -1.,  1.]], dtype=float32)
    """

    axes = {"x": "...", "y": "...", "gamma": "c", "beta": "c"}
    steps = normalization_steps("b ... n c", "b ... n 1", "a group n, over its places and channels")

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            *(axis, epsilon, center, scale),
            *(beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer),
            **kwargs,
        )
        self.groups = integer("GroupNormalization", "groups", groups, minimum=-1)
        if not self.groups:
            raise ArgumentError("GroupNormalization: groups must be at least 1, or -1 for one a channel, received 0.")

    def sizes(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        (channels,) = super().sizes(shape)
        if channels and (channels < self.groups or channels % self.groups):
            raise ShapeError(
                f"{self._label}: {channels} channels do not part into groups={self.groups} of equal size; "
                "choose a divisor of their number."
            )
        return (channels,)

    def _checked_axis(self, axis: Any) -> int:
        return integer("GroupNormalization", "axis", axis, minimum=-32)

    def _named(self, rank: int) -> tuple[int]:
        return (self.axis + rank if self.axis < 0 else self.axis,)

    def _weights(self) -> tuple[int, int]:
        groups = self._sizes[0] if self.groups == -1 else self.groups
        return groups, self._sizes[0] // groups

    def _laid_out(self, x: np.ndarray) -> np.ndarray:
        x = np.moveaxis(x, self.axis, -1)
        return x.reshape(*x.shape[:-1], *self._weights())

    def _back(self, y: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        return np.moveaxis(y.reshape(*y.shape[:-2], *self._sizes), -1, self.axis)

    def _part(self, rank: int) -> tuple[int, ...]:
        return (*range(1, rank - 2), rank - 1)
