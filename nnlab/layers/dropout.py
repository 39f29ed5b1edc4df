"""Dropout: in training, each number is dropped with a probability and the others are scaled up to make good."""

from typing import Any

import numpy as np

from nnlab.core.arguments import integer, number, several
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.core.step import Step


class Dropout(Layer):
    """In training, drop each number with probability `rate` and multiply the others by 1 / (1 - rate).

    So the expected value stays as it was. At inference nothing happens. `noise_shape` has 1 for an axis along which
    the same is dropped, None (or the size) for the others. With a `seed` the layer draws from a generator of its own.
    Srivastava et al., Dropout, JMLR 15, 2014.

    >>> Dropout(0.5, seed=0)(np.ones((1, 6)), training=True)
    array([[2., 0., 0., 0., 2., 2.]], dtype=float32)
    >>> Dropout(0.5)(np.ones((1, 3)))
    array([[1., 1., 1.]], dtype=float32)
    """

    supports_masking = True
    axes = {"x": "...", "y": "..."}
    steps = {
        "mask": Step(
            "...", r"m \sim \operatorname{Bernoulli}(1 - p)", note="true where x is kept", differentiable=False
        ),
        "scale": Step(
            "", r"k = \frac{1}{1 - p}", r"\bar k = \sum m\, x\, \bar y", "what is kept is multiplied by this"
        ),
    }

    def __init__(
        self,
        rate: float,
        noise_shape: tuple[int | None, ...] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        owner = type(self).__name__
        self.rate = number(owner, "rate", rate, 0.0, 1.0)
        self.noise_shape = _checked_noise_shape(owner, noise_shape)
        self.store_seed(seed)

    def check_input(self, shape: tuple[int, ...]) -> None:
        noise = self.noise_shape
        if noise is not None and (
            len(noise) != len(shape) or any(n not in (None, 1, size) for n, size in zip(noise, shape, strict=True))
        ):
            raise ShapeError(
                f"{self._label}: noise_shape={noise} does not fit an input of shape {shape}; "
                "each axis takes 1, its size or None."
            )

    def _drawn(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of what is drawn for an input of this shape: 1 along an axis where all share one draw."""
        return shape if self.noise_shape is None else tuple(map(_or, self.noise_shape, shape))

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        if not s.training:
            return x
        s.mask = np.broadcast_to(s.rng.random(self._drawn(x.shape)) >= self.rate, x.shape)
        s.scale = x.dtype.type(1 / (1 - self.rate) if self.rate < 1 else 0)
        return np.where(s.mask, x * s.scale, 0)  # selected, not multiplied: a NaN that is dropped is gone, as in Keras

    def backward(self, s: Record, g: Record) -> np.ndarray:
        if not s.training:
            return g.y
        kept = np.where(s.mask, g.y, 0)
        g.scale = (kept * s.x).sum()
        return kept * s.scale


def _or(size: int | None, length: int) -> int:
    return length if size is None else size


def _checked_noise_shape(owner: str, noise_shape: Any) -> tuple[int | None, ...] | None:
    try:
        if noise_shape is None:
            return None
        if not several(noise_shape):
            raise ArgumentError
        return tuple(None if size is None else integer(owner, "noise_shape", size) for size in noise_shape)
    except ArgumentError:
        raise ArgumentError(
            f"{owner}: noise_shape must hold an integer of at least 1 or None for each axis, received {noise_shape!r}."
        ) from None
