"""An activation function as a layer; Dense and the convolutions run one under the name `activation`."""

from typing import Any

import numpy as np

from nnlab import activations
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.layers.softmax import Softmax


def activation_layer(activation: Any, dtype: str) -> "Activation | None":
    """The layer that runs an activation function inside another layer; None for the linear one."""
    if activation is activations.linear:
        return None
    return Activation(activation, name="activation", dtype=dtype)


class Activation(Layer):
    """Apply an activation function, given by name or as a function with a gradient.

    >>> Activation("relu")([[-1.0, 2.0]])
    array([[0., 2.]], dtype=float32)
    """

    supports_masking = True
    axes = {"x": "...", "y": "..."}
    steps = {name: Softmax.steps[name] for name in ("shifted", "exp", "sum")}  # of the one function that has some

    def __init__(self, activation: Any, **kwargs: Any):
        super().__init__(**kwargs)
        self.activation = activations.get(activation, "Activation: activation")
        self.axis = -1  # of softmax

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        if self.activation is activations.softmax:
            return Softmax.forward(self, s, x)
        return self.activation(x)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        if self.activation is activations.softmax:
            return Softmax.backward(self, s, g)
        return self.activation.gradient(s.x, s.y, g.y)
