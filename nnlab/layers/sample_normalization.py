"""What LayerNormalization and GroupNormalization share: each sample is normalized by itself, in parts.

The batch plays no role, so training and inference are one, and there are no moving statistics.
"""

import abc
import math
from typing import Any

import numpy as np

from nnlab.core.arguments import boolean, number
from nnlab.core.errors import ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.core.step import Step


def normalization_steps(values: str, statistics: str, part: str) -> dict[str, Step]:
    """The steps, for values and statistics with these axes; `part` is what shares a mean and a variance."""
    return {
        "mean": Step(
            statistics, r"\mu = \frac{1}{m} \sum x", r"\bar\mu = -\sum \bar d", f"of {part}, which holds m values"
        ),
        "centered": Step(values, r"d = x - \mu", r"\bar d = \bar{\hat x}\, r + \tfrac{2}{m} d\, \overline{\sigma^2}"),
        "var": Step(
            statistics, r"\sigma^2 = \frac{1}{m} \sum d^2", r"\overline{\sigma^2} = -\tfrac{1}{2} r^3\, \bar r"
        ),
        "inv_std": Step(statistics, r"r = \frac{1}{\sqrt{\sigma^2 + \epsilon}}", r"\bar r = \sum \bar{\hat x}\, d"),
        "x_hat": Step(values, r"\hat x = d\, r", r"\bar{\hat x} = \gamma\, \bar y", "normalized"),
    }


class SampleNormalization(Layer, abc.ABC):
    """gamma * (x - mean) / sqrt(var + epsilon) + beta, where mean and var are of parts of each sample.

    A subclass says which parts: it lays x out so that the last axes are those of gamma and beta.
    """

    supports_masking = True
    unsupported = {"beta_constraint": (None,), "gamma_constraint": (None,)}

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        owner = type(self).__name__
        self.axis = self._checked_axis(axis)
        self.epsilon = number(owner, "epsilon", epsilon, low=0.0)
        self.center, self.scale = boolean(owner, "center", center), boolean(owner, "scale", scale)
        self.store_weight("beta", beta_initializer, beta_regularizer)
        self.store_weight("gamma", gamma_initializer, gamma_regularizer)
        self._sizes: tuple[int, ...] = ()  # of the axes that `axis` names, once they are known

    @abc.abstractmethod
    def _checked_axis(self, axis: Any) -> Any:
        """`axis` in its normal form, or an error."""

    @abc.abstractmethod
    def _named(self, rank: int) -> tuple[int, ...]:
        """The axes of an array with `rank` axes that `axis` names, counted from 0 and ascending."""

    @abc.abstractmethod
    def _laid_out(self, x: np.ndarray) -> np.ndarray:
        """x with the axes of `_weights` last."""

    @abc.abstractmethod
    def _back(self, y: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """What is laid out as `_laid_out` does, as an array of this shape again."""

    @abc.abstractmethod
    def _part(self, rank: int) -> tuple[int, ...]:
        """The axes, of x laid out in `rank` axes, along which values share a mean and a variance."""

    def _weights(self) -> tuple[int, ...]:
        """The shape of gamma and beta, as x is laid out."""
        return self._sizes

    def sizes(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The sizes of the axes that `axis` names."""
        axes = self._named(len(shape))
        if len(set(axes)) < len(axes) or not all(0 < axis < len(shape) for axis in axes):
            raise ShapeError(
                f"{self._label}: axis={self.axis} must name axes of the input beside the batch, each once, "
                f"received an input of shape {tuple(shape)}."
            )
        return tuple(shape[axis] for axis in axes)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        sizes = self.sizes(input_shape)
        if not all(sizes):
            raise ShapeError(
                f"{self._label}: the size of axis={self.axis} must be known and at least 1, received {input_shape}."
            )
        self._sizes = sizes
        if self.scale:
            self.gamma = self.add_stored_weight("gamma", sizes)
        if self.center:
            self.beta = self.add_stored_weight("beta", sizes)

    def check_input(self, shape: tuple[int, ...]) -> None:
        if self.sizes(shape) != self._sizes:
            raise ShapeError(
                f"{self._label}: expected an input with {self._sizes} along axis={self.axis}, "
                f"received one of shape {shape}."
            )

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        self.sizes(input_shape)
        return tuple(input_shape)

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        shape, weights, x = x.shape, self._weights(), self._laid_out(x)
        part = self._part(x.ndim)
        m = max(math.prod(x.shape[axis] for axis in part), 1)
        s.mean = x.sum(part, keepdims=True) / m
        s.centered = x - s.mean
        s.var = np.square(s.centered).sum(part, keepdims=True) / m
        s.inv_std = 1 / np.sqrt(s.var + self.epsilon)
        s.x_hat = s.centered * s.inv_std
        y = s.x_hat * s.gamma.reshape(weights) if self.scale else s.x_hat
        return self._back(y + s.beta.reshape(weights) if self.center else y, shape)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        weights, y = self._weights(), self._laid_out(g.y)
        part, others = self._part(y.ndim), tuple(range(y.ndim - len(weights)))
        m = max(math.prod(y.shape[axis] for axis in part), 1)
        if self.center:
            g.beta = y.sum(others).reshape(self._sizes)
        if self.scale:
            g.gamma = (y * s.x_hat).sum(others).reshape(self._sizes)
        g.x_hat = y * s.gamma.reshape(weights) if self.scale else y
        g.inv_std = (g.x_hat * s.centered).sum(part, keepdims=True)
        g.var = -0.5 * s.inv_std**3 * g.inv_std
        g.centered = g.x_hat * s.inv_std + 2 / m * s.centered * g.var
        g.mean = -g.centered.sum(part, keepdims=True)
        return self._back(g.centered + g.mean / m, g.y.shape)
