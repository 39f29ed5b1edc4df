"""The fully connected layer: every output is a weighted sum of all inputs."""

from typing import Any

import numpy as np

from nnlab import activations, arrays
from nnlab.core.arguments import boolean, integer
from nnlab.core.errors import ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.layers.activation import activation_layer


class Dense(Layer):
    """activation(x @ kernel + bias), on the last axis of x, whatever stands before it.

    Input (..., features), kernel (features, units), bias (units,), output (..., units).

    >>> Dense(128, activation="relu")(np.zeros((32, 64))).shape
    (32, 128)
    >>> Dense(2)(np.zeros((32, 10, 64))).shape
    (32, 10, 2)
    """

    supports_masking = True
    unsupported = {
        "kernel_constraint": (None,),
        "bias_constraint": (None,),
        "lora_rank": (None,),
        "lora_alpha": (None,),
        "quantization_config": (None,),
    }
    axes = {"x": "... d", "kernel": "d f", "bias": "f", "y": "... f"}
    steps = {
        "z": Step(
            "... f",
            r"z_f = \sum_d x_d W_{df} + b_f",
            r"\bar W_{df} = \sum x_d\, \bar z_f, \quad \bar x_d = \sum_f \bar z_f W_{df}",
            "the weighted sums, before the activation",
        )
    }

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.units = integer("Dense", "units", units)
        self.activation = activations.get(activation, "Dense: activation")
        self.use_bias = boolean("Dense", "use_bias", use_bias)
        self.store_weight("kernel", kernel_initializer, kernel_regularizer)
        self.store_weight("bias", bias_initializer, bias_regularizer)
        self._activation = activation_layer(self.activation, self.dtype)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        if len(input_shape) < 2 or not input_shape[-1]:
            raise ShapeError(
                f"{self._label}: expected an input of shape (batch, ..., features), received {input_shape}."
            )
        self.kernel = self.add_stored_weight("kernel", (input_shape[-1], self.units))
        if self.use_bias:
            self.bias = self.add_stored_weight("bias", (self.units,))

    def check_input(self, shape: tuple[int, ...]) -> None:
        if len(shape) < 2 or shape[-1] != self.kernel.shape[0]:
            raise ShapeError(
                f"{self._label}: expected an input of shape (batch, ..., {self.kernel.shape[0]}), received {shape}."
            )

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*input_shape[:-1], self.units)

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        z = x.reshape(-1, x.shape[-1]) @ s.kernel  # one product of matrices, however many axes x has
        z = z.reshape(*x.shape[:-1], self.units)
        s.z = np.add(z, s.bias, out=z) if self.use_bias else z
        return s.run("activation", self._activation, s.z) if self._activation else s.z

    def backward(self, s: Record, g: Record) -> np.ndarray:
        g.z = g.unrun("activation", self._activation, s, g.y) if self._activation else g.y
        z = g.z.reshape(-1, self.units)
        if self.use_bias:
            g.bias = z.sum(0)
        g.kernel = s.x.reshape(-1, s.x.shape[-1]).T @ z
        return arrays.Later(lambda: (z @ s.kernel.T).reshape(s.x.shape))
