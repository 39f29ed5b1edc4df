"""THE table of layer configurations. The contract, the gradients and the golden values of Keras all run over it.

It names classes and arguments that nnlab and Keras share, so that both can read it; it imports neither at the top.
Sides are small, odd and all different, so that no two axes can be confused; weights (biases and gammas too) are
drawn, never zero or one.
"""

import zlib
from typing import Any, NamedTuple

import numpy as np
from formula import uniform


class Case(NamedTuple):
    """One configuration: `layer` with `arguments`, an input of `shape` (batch first), called with `training`."""

    layer: str
    arguments: dict[str, Any]
    shape: tuple[int, ...]
    training: bool = False

    @property
    def id(self) -> str:
        stated = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"{self.layer}({stated}){' in training' if self.training else ''} on {self.shape}"

    @property
    def key(self) -> str:
        """The row's name in the file of golden values: short, and another one once the row changes."""
        return f"{self.layer}-{zlib.crc32(self.id.encode()):08x}"

    @property
    def batch_matters(self) -> bool:
        """Whether a sample's output depends on the others, or on a draw for each."""
        return self.training and self.layer in ("BatchNormalization", "Dropout")

    def x(self, dtype: str = "float32") -> np.ndarray:
        return uniform(f"{self.id} x", self.shape, -2, 2).astype(dtype)

    def upstream(self, shape: tuple[int, ...]) -> np.ndarray:
        """The gradient that arrives at y."""
        return uniform(f"{self.id} upstream", shape)

    def weight(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        """A value for this weight: of either sign and never near zero; a variance is positive."""
        value = uniform(f"{self.id} {name}", shape, 0.3, 1.3)
        sign = 1 if "variance" in name else np.sign(uniform(f"{self.id} sign of {name}", shape))
        return np.float32(sign * value)

    def make(self, **more: Any) -> Any:
        """The nnlab layer of this row, built, with its weights set."""
        from nnlab import layers

        layer = getattr(layers, self.layer)(**self.arguments, **more)
        layer.build(self.shape)
        for variable in layer.weights:
            variable.assign(self.weight(variable.name, variable.shape))
        return layer


IMAGES = (3, 7, 5, 2)
ROWS = (3, 5)

CASES = [
    Case("InputLayer", {"shape": (7, 5, 2)}, IMAGES),
    Case("InputLayer", {"batch_shape": (3, None)}, ROWS),
    Case("Dense", {"units": 4}, ROWS),
    Case("Dense", {"units": 4, "activation": "relu"}, ROWS),
    Case("Dense", {"units": 4, "activation": "softmax"}, ROWS),
    Case("Dense", {"units": 1, "activation": "sigmoid", "use_bias": False}, (3, 7, 5)),
    Case("Dense", {"units": 6, "activation": "tanh"}, IMAGES),
    Case("Dense", {"units": 4, "kernel_regularizer": "l2", "bias_regularizer": "l1"}, ROWS),
    Case("Dense", {"units": 4, "activation": "tanh", "activity_regularizer": "l2"}, ROWS),
    Case("Activation", {"activation": "linear"}, ROWS),
    Case("Activation", {"activation": "relu"}, ROWS),
    Case("Activation", {"activation": "sigmoid"}, ROWS),
    Case("Activation", {"activation": "tanh"}, (3, 7, 5)),
    Case("Activation", {"activation": "softmax"}, (3, 7, 5)),
    Case("ReLU", {}, ROWS),
    Case("ReLU", {"max_value": 0.7}, ROWS),
    Case("ReLU", {"negative_slope": 0.3}, (3, 7, 5)),
    Case("ReLU", {"threshold": 0.4}, (3, 7, 5)),
    Case("ReLU", {"max_value": 1.1, "negative_slope": 0.2, "threshold": 0.3}, IMAGES),
    Case("Softmax", {}, ROWS),
    Case("Softmax", {"axis": 1}, (3, 7, 5)),
    Case("Flatten", {}, IMAGES),
    Case("Flatten", {}, (3,)),
    Case("Flatten", {"data_format": "channels_last"}, (1, 5)),
    Case("Conv2D", {"filters": 4, "kernel_size": (3, 2)}, IMAGES),
    Case("Conv2D", {"filters": 4, "kernel_size": 3, "padding": "same", "activation": "relu"}, IMAGES),
    Case("Conv2D", {"filters": 3, "kernel_size": (2, 4), "padding": "same", "strides": (3, 2)}, (2, 8, 5, 1)),
    Case("Conv2D", {"filters": 1, "kernel_size": (3, 2), "strides": (2, 3), "use_bias": False}, IMAGES),
    Case("Conv2D", {"filters": 4, "kernel_size": (3, 2), "dilation_rate": (2, 3), "activation": "tanh"}, IMAGES),
    Case("Conv2D", {"filters": 4, "kernel_size": 3, "dilation_rate": (1, 2), "padding": "same"}, (1, 6, 5, 2)),
    Case("Conv2D", {"filters": 5, "kernel_size": 1, "activation": "softmax"}, IMAGES),
    Case("Conv2D", {"filters": 4, "kernel_size": (9, 7), "padding": "same"}, (2, 5, 3, 1)),
    Case("Conv2D", {"filters": 4, "kernel_size": (7, 5), "activity_regularizer": "l1"}, IMAGES),
    Case("ZeroPadding2D", {}, IMAGES),
    Case("ZeroPadding2D", {"padding": (0, 3)}, IMAGES),
    Case("ZeroPadding2D", {"padding": ((1, 2), (3, 0))}, IMAGES),
    Case("ZeroPadding2D", {"padding": 0}, IMAGES),
    Case("MaxPooling2D", {}, IMAGES),
    Case("MaxPooling2D", {"pool_size": (3, 2), "strides": 1}, IMAGES),
    Case("MaxPooling2D", {"pool_size": (3, 2), "strides": (2, 3), "padding": "same"}, (2, 7, 8, 3)),
    Case("MaxPooling2D", {"pool_size": (9, 4), "strides": 2, "padding": "same"}, IMAGES),
    Case("AveragePooling2D", {"pool_size": 2}, IMAGES),
    Case("AveragePooling2D", {"pool_size": (2, 3), "strides": (3, 1)}, IMAGES),
    Case("AveragePooling2D", {"pool_size": (3, 2), "strides": (2, 3), "padding": "same"}, (2, 7, 8, 3)),
    Case("AveragePooling2D", {"pool_size": (9, 4), "strides": 2, "padding": "same"}, IMAGES),
    Case("Dropout", {"rate": 0.4}, (3, 7, 5), training=True),
    Case("Dropout", {"rate": 0.6, "seed": 1, "noise_shape": (None, 1, 5)}, (3, 7, 5), training=True),
    Case("Dropout", {"rate": 0.0}, ROWS, training=True),
    Case("Dropout", {"rate": 0.4, "seed": 1}, ROWS),
    Case("BatchNormalization", {}, ROWS),
    Case("BatchNormalization", {"momentum": 0.8, "epsilon": 0.01}, ROWS, training=True),
    Case("BatchNormalization", {}, IMAGES, training=True),
    Case("BatchNormalization", {"center": False}, (3, 7, 5), training=True),
    Case("BatchNormalization", {"scale": False, "axis": 1}, IMAGES, training=True),
    Case("BatchNormalization", {"axis": -2}, IMAGES),
    Case("BatchNormalization", {"trainable": False}, ROWS, training=True),
]

# What every textbook names, and so every trace must (DESIGN: "at least").
MINIMUM_STEPS = {
    "Conv2D": ("padded", "windows", "z"),
    "MaxPooling2D": ("windows", "winner"),
    "AveragePooling2D": ("windows", "count"),
    "BatchNormalization": ("mean", "centered", "var", "inv_std", "x_hat"),
    "Softmax": ("shifted", "exp", "sum"),
    "Dropout": ("mask", "scale"),
    "Dense": ("z",),
}
