"""Batch normalization: each channel to mean 0 and variance 1 over the batch, then to a learnt scale and place."""

import math
from typing import Any

import numpy as np

from nnlab import arrays
from nnlab.core.arguments import boolean, integers, number
from nnlab.core.errors import ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.core.step import Step


class BatchNormalization(Layer):
    """gamma * (x - mean) / sqrt(var + epsilon) + beta, for each channel (`axis`) by itself.

    In training, mean and variance are those of the batch, and the moving statistics follow them:
    moving = momentum * moving + (1 - momentum) * batch. At inference, and in a layer with trainable=False, the
    moving statistics take their place. gamma, beta (trainable), moving_mean and moving_variance (not): (channels,).
    What a mask (batch, time) makes False counts for no statistics.
    Ioffe and Szegedy, Batch Normalization, arXiv:1502.03167.

    >>> BatchNormalization(epsilon=0)([[1.0, 10.0], [3.0, 50.0]], training=True)
    array([[-1., -1.],
           [ 1.,  1.]], dtype=float32)
    """

    supports_masking = True
    unsupported = {
        "beta_constraint": (None,),
        "gamma_constraint": (None,),
        "renorm": (False,),
        "renorm_clipping": (None,),
        "renorm_momentum": (0.99,),
        "synchronized": (False,),
    }
    axes = {
        **dict.fromkeys(("x", "y"), "... c"),
        "mask": "...",
        **dict.fromkeys(("gamma", "beta", "moving_mean", "moving_variance"), "c"),
    }
    steps = {
        "mean": Step(
            "c",
            r"\mu_c = \frac{1}{m} \sum x_c",
            r"\bar\mu_c = -\sum \bar d_c",
            "of the batch in training, else the moving mean; m values a channel",
        ),
        "centered": Step(
            "... c",
            r"d_c = x_c - \mu_c",
            r"\bar d_c = \bar{\hat x}_c r_c + \tfrac{2}{m} d_c\, \overline{\sigma^2_c}",
        ),
        "var": Step(
            "c",
            r"\sigma^2_c = \frac{1}{m} \sum d_c^2",
            r"\overline{\sigma^2_c} = -\tfrac{1}{2} r_c^3\, \bar r_c",
            "of the batch in training, else the moving variance",
        ),
        "inv_std": Step("c", r"r_c = \frac{1}{\sqrt{\sigma^2_c + \epsilon}}", r"\bar r_c = \sum \bar{\hat x}_c d_c"),
        "x_hat": Step("... c", r"\hat x_c = d_c\, r_c", r"\bar{\hat x}_c = \gamma_c \bar y_c", "normalized"),
    }

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        owner = "BatchNormalization"
        (self.axis,) = integers(owner, "axis", axis, 1, minimum=-32)
        self.momentum = number(owner, "momentum", momentum, 0.0, 1.0)
        self.epsilon = number(owner, "epsilon", epsilon, low=0.0)
        self.center, self.scale = boolean(owner, "center", center), boolean(owner, "scale", scale)
        self.store_weight("beta", beta_initializer, beta_regularizer)
        self.store_weight("gamma", gamma_initializer, gamma_regularizer)
        self.store_weight("moving_mean", moving_mean_initializer)
        self.store_weight("moving_variance", moving_variance_initializer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        shape = (self._channels(input_shape),)
        if shape[0] is None:
            raise ShapeError(f"{self._label}: the size of axis {self.axis} must be known, received {input_shape}.")
        if self.scale:
            self.gamma = self.add_stored_weight("gamma", shape)
        if self.center:
            self.beta = self.add_stored_weight("beta", shape)
        self.moving_mean = self.add_stored_weight("moving_mean", shape, trainable=False)
        self.moving_variance = self.add_stored_weight("moving_variance", shape, trainable=False)

    def check_input(self, shape: tuple[int, ...]) -> None:
        if self._channels(shape) != self.moving_mean.size:
            raise ShapeError(
                f"{self._label}: expected {self.moving_mean.size} channels (axis {self.axis}), "
                f"received an input of shape {shape}."
            )

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        self._channels(input_shape)
        return tuple(input_shape)

    def _channels(self, shape: tuple[int | None, ...]) -> int | None:
        if not -len(shape) < self.axis < len(shape) or self.axis == 0:
            raise ShapeError(
                f"{self._label}: axis {self.axis} must be an axis of the input beside the batch, "
                f"received an input of shape {shape}."
            )
        return shape[self.axis]

    def _counted(self, shape: tuple[int, ...], mask: np.ndarray | None) -> tuple[Any, int]:
        """Which values of each channel make the statistics (all, or those where the mask is True), and how many."""
        if mask is None:
            return True, max(math.prod(shape[:-1]), 1)
        if mask.shape != shape[:-1] or self.axis not in (-1, len(shape) - 1):
            raise ShapeError(
                f"{self._label}: a mask needs the channels on the last axis and the shape {shape[:-1]}, "
                f"received axis={self.axis} and a mask of shape {mask.shape}."
            )
        return mask[..., None], max(int(mask.sum()), 1)

    def forward(self, s: Record, x: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
        x = arrays.batch_last(np.moveaxis(x, self.axis, -1))
        counted, m = self._counted(x.shape, mask)
        learns = s.training and self.trainable
        s.mean = arrays.total(where(counted, x)) / m if learns else s.moving_mean
        s.centered = x - s.mean
        s.var = squares(where(counted, s.centered)) / m if learns else s.moving_variance
        s.inv_std = 1 / np.sqrt(s.var + self.epsilon)
        s.x_hat = s.centered * s.inv_std
        y = s.x_hat * (s.gamma if self.scale else 1)
        if self.center:
            y += s.beta
        return np.moveaxis(y, -1, self.axis)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        y = np.moveaxis(g.y, self.axis, -1)
        counted, m = self._counted(y.shape, vars(s).get("mask"))
        share = 1 / m if counted is True else counted.astype(y.dtype) / m  # of each value in the statistics
        learns = s.training and self.trainable
        if self.center:
            g.beta = arrays.total(y)
        if self.scale:
            g.gamma = arrays.dot(y, s.x_hat)
        g.x_hat = y * s.gamma if self.scale else y
        g.inv_std = arrays.dot(g.x_hat, s.centered)
        g.var = -0.5 * s.inv_std**3 * g.inv_std
        through_x_hat = g.x_hat * s.inv_std
        if learns:
            through_x_hat += s.centered * (2 * share * g.var)
        g.centered = through_x_hat
        g.mean = -arrays.total(g.centered)
        return np.moveaxis(g.centered + g.mean * share if learns else g.centered, -1, self.axis)

    def commit(self, s: Record) -> None:
        if s.training and self.trainable and s.x.size:  # an empty batch says nothing
            kept = self.momentum
            self.moving_mean.assign(s.moving_mean * kept + s.mean * (1 - kept))
            self.moving_variance.assign(s.moving_variance * kept + s.var * (1 - kept))


def where(counted: Any, values: np.ndarray) -> np.ndarray:
    """The values that count, 0 for the others."""
    return values if counted is True else np.where(counted, values, 0)


def squares(values: np.ndarray) -> np.ndarray:
    """The sum of the squares of each channel."""
    return arrays.dot(values, values)
