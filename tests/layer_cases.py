"""THE table of layer configurations. The contract, the gradients and the golden values of Keras all run over it.

It names classes and arguments that nnlab and Keras share, so that both can read it; it imports neither at the top.
Sides are small, odd and all different, so that no two axes can be confused; weights (biases and gammas too) are
drawn, never zero or one.
"""

import zlib
from typing import Any, NamedTuple

import numpy as np
from formula import integers, uniform


class Part(NamedTuple):
    """A layer among the arguments of another: a cell, or what a wrapper wraps."""

    layer: str
    arguments: dict[str, Any]

    def __repr__(self) -> str:
        return f"{self.layer}({', '.join(f'{name}={value!r}' for name, value in self.arguments.items())})"

    def of(self, library: Any, **more: Any) -> Any:
        """The layer as `library` (nnlab.layers or keras.layers) makes it."""
        return getattr(library, self.layer)(**of(self.arguments, library, more), **more)


def of(value: Any, library: Any, more: dict[str, Any]) -> Any:
    """The same with layers in the place of parts."""
    if isinstance(value, Part):
        return value.of(library, **more)
    if isinstance(value, dict):
        return {name: of(each, library, more) for name, each in value.items()}
    return [of(each, library, more) for each in value] if isinstance(value, list) else value


class Case(NamedTuple):
    """One configuration: `layer` with `arguments`, an input of `shape` (batch first), called with `training`.

    A layer that is called with a list of arrays has a tuple of shapes.
    `inputs` are the shapes of further inputs by name, or lists of shapes. `below`: x holds integers below it.
    """

    layer: str
    arguments: dict[str, Any]
    shape: Any
    training: bool = False
    inputs: dict[str, Any] = {}
    below: int | None = None

    @property
    def id(self) -> str:
        part = Part(self.layer, self.arguments)
        given = f" with {', '.join(self.inputs)}" if self.inputs else ""
        return f"{part}{' in training' if self.training else ''}{given} on {self.shape}"

    @property
    def key(self) -> str:
        """The row's name in the file of golden values: short, and another one once the row changes."""
        return f"{self.layer}-{zlib.crc32(self.id.encode()):08x}"

    @property
    def batch_matters(self) -> bool:
        """Whether a sample's output depends on the others, or on a draw for each."""
        return self.training and any(word in self.id for word in ("BatchNormalization", "Dropout", "dropout", "Noise"))

    @property
    def batch(self) -> int:
        """How many examples there are."""
        return self.shape[0][0] if isinstance(self.shape[0], tuple) else self.shape[0]

    def x(self, dtype: str = "float32") -> Any:
        if self.below:
            return integers(f"{self.id} x", self.shape, self.below)
        if isinstance(self.shape[0], tuple):
            return [uniform(f"{self.id} x {k}", shape, -2, 2).astype(dtype) for k, shape in enumerate(self.shape)]
        x = uniform(f"{self.id} x", self.shape, -2, 2).astype(dtype)
        if self.layer == "Masking":
            x[0, 1] = x[2, 3:] = np.float32(self.arguments.get("mask_value", 0.0))  # nothing there
        return x

    def given(self, dtype: str = "float32", batch: Any = slice(None)) -> dict[str, Any]:
        """The further inputs, for these examples of the batch: masks are booleans, states are numbers."""

        def values(name: str, shape: Any) -> Any:
            if isinstance(shape, list):
                return [values(f"{name} {k}", each) for k, each in enumerate(shape)]
            value = uniform(f"{self.id} {name}", shape)[batch]
            return value > -0.4 if name == "mask" else value.astype(dtype)

        return {name: values(name, shape) for name, shape in self.inputs.items()}

    def upstream(self, shape: Any) -> Any:
        """The gradient that arrives at y, or at each part of a tuple."""
        if shape and isinstance(shape[0], tuple):
            return tuple(uniform(f"{self.id} upstream {k}", part) for k, part in enumerate(shape))
        return uniform(f"{self.id} upstream", shape)

    def dropped(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        """A mask for dropout inside a recurrent layer, to be used by Keras and by nnlab."""
        return uniform(f"{self.id} {name}", shape) > -0.2

    def weight(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        """A value for this weight: of either sign and never near zero; a variance is positive."""
        value = uniform(f"{self.id} {name}", shape, 0.3, 1.3)
        sign = 1 if "variance" in name else np.sign(uniform(f"{self.id} sign of {name}", shape))
        return np.float32(sign * value)

    def make(self, **more: Any) -> Any:
        """The nnlab layer of this row, built, with its weights set."""
        from nnlab import layers

        layer = Part(self.layer, self.arguments).of(layers, **more)
        layer.build(self.shape)
        for name, variable in numbered(layer.weights).items():
            variable.assign(self.weight(name, variable.shape))
        return layer


def numbered(weights: list[Any]) -> dict[str, Any]:
    """Weights by name; of equal names the second is kernel#2."""
    named: dict[str, Any] = {}
    for weight in weights:
        count = 1 + sum(name.split("#")[0] == weight.name for name in named)
        named[weight.name if count == 1 else f"{weight.name}#{count}"] = weight
    return named


IMAGES = (3, 7, 5, 2)
ROWS = (3, 5)
SERIES = (3, 5, 2)  # batch, time, features
VOLUMES = (2, 5, 4, 3, 2)
MASK, STATE, STATES = {"mask": (3, 5)}, {"initial_state": [(3, 4)]}, {"initial_state": [(3, 4), (3, 4)]}
CELLS = [Part("GRUCell", {"units": 3}), Part("LSTMCell", {"units": 4}), Part("SimpleRNNCell", {"units": 1})]
SEQUENCES = Part("GRU", {"units": 4, "return_sequences": True})
FIRST = {"data_format": "channels_first"}  # batch, channels, places
SAME_FIRST = {"padding": "same"} | FIRST

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
    Case("LeakyReLU", {}, ROWS),
    Case("LeakyReLU", {"negative_slope": 0.1}, (3, 7, 5)),
    Case("ELU", {}, ROWS),
    Case("ELU", {"alpha": 0.4}, (3, 7, 5)),
    Case("PReLU", {}, ROWS),
    Case("PReLU", {"shared_axes": [1, 2], "alpha_regularizer": "l2"}, IMAGES),
    Case("PReLU", {"shared_axes": 1}, (3, 7, 5)),
    Case("Softmax", {}, ROWS),
    Case("Softmax", {"axis": 1}, (3, 7, 5)),
    Case("Softmax", {"axis": (1, -1)}, (3, 7, 5)),
    Case("Softmax", {}, (3, 5), inputs=MASK),
    Case("Softmax", {"axis": 1}, SERIES, inputs={"mask": (3, 5, 1)}),
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
    Case("Conv2D", {"filters": 6, "kernel_size": (3, 2), "groups": 2}, (3, 7, 5, 4)),
    Case("Conv2D", {"filters": 6, "kernel_size": 2, "groups": 3, "padding": "same", "strides": 2}, (2, 5, 7, 3)),
    Case("Conv1D", {"filters": 4, "kernel_size": 3}, (3, 7, 2)),
    Case("Conv1D", {"filters": 4, "kernel_size": 4, "strides": 2, "padding": "same", "activation": "relu"}, (3, 7, 2)),
    Case("Conv1D", {"filters": 4, "kernel_size": 3, "dilation_rate": 2, "padding": "causal"}, (3, 7, 2)),
    Case("Conv1D", {"filters": 3, "kernel_size": 4, "strides": 3, "padding": "causal", "use_bias": False}, (3, 8, 2)),
    Case("Conv1D", {"filters": 6, "kernel_size": 2, "groups": 2, "activation": "tanh"}, (3, 7, 4)),
    Case("Conv3D", {"filters": 3, "kernel_size": (3, 2, 1)}, VOLUMES),
    Case("Conv3D", {"filters": 4, "kernel_size": 3, "strides": (2, 1, 3), "padding": "same", "groups": 2}, VOLUMES),
    Case("Conv3D", {"filters": 1, "kernel_size": 2, "dilation_rate": (3, 1, 2), "activation": "relu"}, VOLUMES),
    Case("Reshape", {"target_shape": (2, 35)}, IMAGES),
    Case("Reshape", {"target_shape": (5, -1, 2)}, IMAGES),
    Case("Reshape", {"target_shape": (-1,)}, (3,)),
    Case("Reshape", {"target_shape": ()}, (3, 1)),
    Case("Permute", {"dims": (2, 1)}, SERIES),
    Case("Permute", {"dims": (3, 1, 2)}, IMAGES),
    Case("RepeatVector", {"n": 4}, ROWS),
    Case("RepeatVector", {"n": 1}, ROWS),
    Case("Cropping1D", {}, SERIES),
    Case("Cropping1D", {"cropping": (0, 3)}, SERIES),
    Case("Cropping2D", {}, IMAGES),
    Case("Cropping2D", {"cropping": (3, 1)}, IMAGES),
    Case("Cropping2D", {"cropping": ((1, 2), (3, 0))}, IMAGES),
    Case("Cropping3D", {}, VOLUMES),
    Case("Cropping3D", {"cropping": ((1, 2), (0, 3), (2, 0))}, VOLUMES),
    Case("UpSampling1D", {}, SERIES),
    Case("UpSampling1D", {"size": 3}, SERIES),
    Case("UpSampling2D", {}, IMAGES),
    Case("UpSampling2D", {"size": (3, 1)}, IMAGES),
    Case("UpSampling2D", {"size": (2, 3), "interpolation": "bilinear"}, IMAGES),
    Case("UpSampling2D", {"size": (4, 1), "interpolation": "bilinear"}, (2, 1, 3, 1)),
    Case("UpSampling3D", {}, VOLUMES),
    Case("UpSampling3D", {"size": (1, 3, 2)}, VOLUMES),
    Case("ZeroPadding1D", {}, SERIES),
    Case("ZeroPadding1D", {"padding": (3, 0)}, SERIES),
    Case("ZeroPadding3D", {}, VOLUMES),
    Case("ZeroPadding3D", {"padding": (0, 3, 1)}, VOLUMES),
    Case("ZeroPadding3D", {"padding": ((1, 2), (3, 0), (0, 1))}, VOLUMES),
    Case("Identity", {}, IMAGES),
    Case("Identity", {}, ROWS),
    Case("Add", {}, (SERIES, SERIES, SERIES)),
    Case("Add", {}, (IMAGES, (3, 1, 5, 1), (3, 2))),
    Case("Subtract", {}, (ROWS, ROWS)),
    Case("Subtract", {}, ((3, 1, 2), SERIES)),
    Case("Multiply", {}, (SERIES, SERIES, (3, 5, 1))),
    Case("Multiply", {}, ((3, 1, 2), SERIES)),
    Case("Average", {}, (ROWS, ROWS, ROWS)),
    Case("Average", {}, (SERIES, (3, 1, 2))),
    Case("Maximum", {}, (SERIES, SERIES, SERIES)),
    Case("Maximum", {}, (SERIES, (3, 1, 2))),
    Case("Minimum", {}, (ROWS, ROWS)),
    Case("Minimum", {}, ((3, 1, 2), SERIES, (3, 2))),
    Case("Concatenate", {}, (SERIES, (3, 5, 4))),
    Case("Concatenate", {"axis": 1}, (SERIES, (3, 1, 2), (3, 4, 2))),
    Case("Dot", {"axes": 1}, (ROWS, ROWS)),
    Case("Dot", {"axes": -1}, (SERIES, (3, 2))),
    Case("Dot", {"axes": (1, 2)}, ((3, 4, 5), (3, 2, 4))),
    Case("Dot", {"axes": (-2, 1), "normalize": True}, ((3, 4, 5, 2), (3, 5, 6))),
    Case("Dot", {"axes": 1, "normalize": True}, (ROWS, (3, 5, 2))),
    Case("ZeroPadding2D", {}, IMAGES),
    Case("ZeroPadding2D", {"padding": (0, 3)}, IMAGES),
    Case("ZeroPadding2D", {"padding": ((1, 2), (3, 0))}, IMAGES),
    Case("ZeroPadding2D", {"padding": 0}, IMAGES),
    Case("Conv1DTranspose", {"filters": 4, "kernel_size": 3}, SERIES),
    Case("Conv1DTranspose", {"filters": 4, "kernel_size": 2, "strides": 3, "activation": "relu"}, SERIES),
    Case("Conv1DTranspose", {"filters": 4, "kernel_size": 4, "dilation_rate": 2, "padding": "same"}, SERIES),
    Case(
        "Conv1DTranspose",
        {"filters": 1, "kernel_size": 4, "strides": 2, "output_padding": 1, "use_bias": False},
        SERIES,
    ),
    Case("Conv2DTranspose", {"filters": 4, "kernel_size": (3, 2), "strides": 2}, (3, 4, 3, 2)),
    Case("Conv2DTranspose", {"filters": 4, "kernel_size": (3, 2), "strides": (2, 3), "padding": "same"}, (3, 4, 3, 2)),
    Case(
        "Conv2DTranspose",
        {"filters": 3, "kernel_size": (5, 4), "strides": (2, 3), "padding": "same", "output_padding": (1, 0)},
        (3, 4, 3, 2),
    ),
    Case("Conv2DTranspose", {"filters": 3, "kernel_size": 2, "dilation_rate": (2, 3), "activation": "tanh"}, IMAGES),
    Case("Conv3DTranspose", {"filters": 3, "kernel_size": (3, 1, 2), "strides": (1, 2, 3)}, VOLUMES),
    Case("Conv3DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"}, (2, 2, 1, 3, 2)),
    Case("DepthwiseConv1D", {"kernel_size": 3, "depth_multiplier": 2, "padding": "same"}, (3, 7, 2)),
    Case("DepthwiseConv1D", {"kernel_size": 2, "strides": 3, "activation": "relu"}, (3, 7, 2)),
    Case("DepthwiseConv2D", {"kernel_size": (3, 2)}, IMAGES),
    Case("DepthwiseConv2D", {"kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 3}, IMAGES),
    Case(
        "DepthwiseConv2D",
        {"kernel_size": (3, 2), "dilation_rate": (2, 3), "activation": "tanh", "depthwise_regularizer": "l2"},
        IMAGES,
    ),
    Case("DepthwiseConv2D", {"kernel_size": 2, "use_bias": False, "depth_multiplier": 2}, (2, 5, 4, 1)),
    Case("SeparableConv1D", {"filters": 4, "kernel_size": 3, "depth_multiplier": 2}, (3, 7, 2)),
    Case("SeparableConv1D", {"filters": 3, "kernel_size": 2, "dilation_rate": 3, "padding": "same"}, (3, 7, 2)),
    Case("SeparableConv2D", {"filters": 4, "kernel_size": (3, 2)}, IMAGES),
    Case(
        "SeparableConv2D",
        {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 3, "activation": "relu"},
        IMAGES,
    ),
    Case(
        "SeparableConv2D",
        {"filters": 1, "kernel_size": 2, "use_bias": False, "pointwise_regularizer": "l1"},
        IMAGES,
    ),
    Case("MaxPooling2D", {}, IMAGES),
    Case("MaxPooling2D", {"pool_size": (3, 2), "strides": 1}, IMAGES),
    Case("MaxPooling2D", {"pool_size": (3, 2), "strides": (2, 3), "padding": "same"}, (2, 7, 8, 3)),
    Case("MaxPooling2D", {"pool_size": (9, 4), "strides": 2, "padding": "same"}, IMAGES),
    Case("AveragePooling2D", {"pool_size": 2}, IMAGES),
    Case("AveragePooling2D", {"pool_size": (2, 3), "strides": (3, 1)}, IMAGES),
    Case("AveragePooling2D", {"pool_size": (3, 2), "strides": (2, 3), "padding": "same"}, (2, 7, 8, 3)),
    Case("AveragePooling2D", {"pool_size": (9, 4), "strides": 2, "padding": "same"}, IMAGES),
    Case("MaxPooling1D", {}, (3, 7, 2)),
    Case("MaxPooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}, (3, 8, 2)),
    Case("MaxPooling3D", {}, VOLUMES),
    Case("MaxPooling3D", {"pool_size": (3, 1, 2), "strides": (1, 2, 3), "padding": "same"}, VOLUMES),
    Case("AveragePooling1D", {"pool_size": 2}, (3, 7, 2)),
    Case("AveragePooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}, (3, 8, 2)),
    Case("AveragePooling3D", {"pool_size": (2, 3, 1)}, VOLUMES),
    Case("AveragePooling3D", {"pool_size": (3, 1, 2), "strides": (1, 2, 3), "padding": "same"}, VOLUMES),
    Case("GlobalMaxPooling1D", {}, SERIES),
    Case("GlobalMaxPooling1D", {"keepdims": True}, SERIES),
    Case("GlobalAveragePooling1D", {}, SERIES),
    Case("GlobalAveragePooling1D", {"keepdims": True}, SERIES),
    Case("GlobalAveragePooling1D", {}, SERIES, inputs=MASK),
    Case("GlobalAveragePooling1D", {"keepdims": True}, SERIES, inputs=MASK),
    Case("GlobalMaxPooling2D", {}, IMAGES),
    Case("GlobalMaxPooling2D", {"keepdims": True}, IMAGES),
    Case("GlobalAveragePooling2D", {}, IMAGES),
    Case("GlobalAveragePooling2D", {"keepdims": True}, IMAGES),
    Case("GlobalMaxPooling3D", {}, VOLUMES),
    Case("GlobalMaxPooling3D", {"keepdims": True}, VOLUMES),
    Case("GlobalAveragePooling3D", {}, VOLUMES),
    Case("GlobalAveragePooling3D", {"keepdims": True}, VOLUMES),
    Case("Dropout", {"rate": 0.4}, (3, 7, 5), training=True),
    Case("Dropout", {"rate": 0.6, "seed": 1, "noise_shape": (None, 1, 5)}, (3, 7, 5), training=True),
    Case("Dropout", {"rate": 0.0}, ROWS, training=True),
    Case("Dropout", {"rate": 0.4, "seed": 1}, ROWS),
    Case("AlphaDropout", {"rate": 0.4}, (3, 7, 5), training=True),
    Case("AlphaDropout", {"rate": 0.3, "noise_shape": (None, 1, 5), "seed": 1}, (3, 7, 5), training=True),
    Case("AlphaDropout", {"rate": 0.4, "seed": 1}, ROWS),
    Case("GaussianDropout", {"rate": 0.4, "seed": 1}, (3, 7, 5), training=True),
    Case("GaussianDropout", {"rate": 0.4}, ROWS),
    Case("GaussianNoise", {"stddev": 0.4, "seed": 1}, (3, 7, 5), training=True),
    Case("GaussianNoise", {"stddev": 0.4}, ROWS),
    Case("BatchNormalization", {}, ROWS),
    Case("BatchNormalization", {"momentum": 0.8, "epsilon": 0.01}, ROWS, training=True),
    Case("BatchNormalization", {}, IMAGES, training=True),
    Case("BatchNormalization", {"center": False}, (3, 7, 5), training=True),
    Case("BatchNormalization", {"scale": False, "axis": 1}, IMAGES, training=True),
    Case("BatchNormalization", {"axis": -2}, IMAGES),
    Case("BatchNormalization", {"trainable": False}, ROWS, training=True),
    Case("BatchNormalization", {}, SERIES, training=True, inputs=MASK),
    Case("SpatialDropout1D", {"rate": 0.4}, (3, 7, 5), training=True),
    Case("SpatialDropout1D", {"rate": 0.4, "seed": 1}, (3, 7, 5)),
    Case("SpatialDropout2D", {"rate": 0.4, "seed": 1}, IMAGES, training=True),
    Case("SpatialDropout2D", {"rate": 0.6, "data_format": "channels_first"}, IMAGES, training=True),
    Case("SpatialDropout2D", {"rate": 0.4}, IMAGES),
    Case("SpatialDropout3D", {"rate": 0.4}, VOLUMES, training=True),
    Case("SpatialDropout3D", {"rate": 0.4}, VOLUMES),
    Case("ActivityRegularization", {"l1": 0.2, "l2": 0.3}, (3, 7, 5)),
    Case("ActivityRegularization", {}, ROWS),
    Case("LayerNormalization", {}, ROWS),
    Case("LayerNormalization", {"axis": 1, "epsilon": 0.01}, IMAGES, training=True),
    Case("LayerNormalization", {"axis": [1, 3]}, IMAGES),
    Case("LayerNormalization", {"axis": (-3, -2, -1), "center": False}, IMAGES),
    Case("LayerNormalization", {"scale": False, "beta_regularizer": "l2"}, SERIES),
    Case("GroupNormalization", {"groups": 2}, (3, 6)),
    Case("GroupNormalization", {"groups": 3, "epsilon": 0.01}, (3, 7, 5, 6), training=True),
    Case("GroupNormalization", {"groups": 1, "scale": False}, IMAGES),
    Case("GroupNormalization", {"groups": -1, "center": False}, IMAGES),
    Case("GroupNormalization", {"groups": 2, "axis": 1, "gamma_regularizer": "l1"}, (3, 4, 7, 5)),
    Case("SimpleRNNCell", {"units": 4}, (3, 2), inputs={"states": [(3, 4)]}),
    Case("SimpleRNNCell", {"units": 4, "dropout": 0.3, "recurrent_dropout": 0.2}, (3, 2), True, {"states": [(3, 4)]}),
    Case("SimpleRNN", {"units": 4}, SERIES),
    Case("SimpleRNN", {"units": 4, "use_bias": False, "return_sequences": True, "activation": "sigmoid"}, SERIES),
    Case("SimpleRNN", {"units": 4, "return_state": True, "go_backwards": True}, SERIES, inputs=MASK | STATE),
    Case("SimpleRNN", {"units": 4, "kernel_regularizer": "l2", "recurrent_regularizer": "l1"}, SERIES, inputs=STATE),
    Case("SimpleRNN", {"units": 4, "stateful": True, "return_sequences": True}, SERIES),
    Case("SimpleRNN", {"units": 4, "dropout": 0.3, "recurrent_dropout": 0.2, "seed": 1}, SERIES, training=True),
    Case("LSTMCell", {"units": 4}, (3, 2), inputs={"states": [(3, 4), (3, 4)]}),
    Case("LSTMCell", {"units": 4, "dropout": 0.3}, (3, 2), True, {"states": [(3, 4), (3, 4)]}),
    Case("LSTMCell", {"units": 4, "recurrent_dropout": 0.2}, (3, 2), True, {"states": [(3, 4), (3, 4)]}),
    Case("LSTM", {"units": 4}, SERIES),
    Case("LSTM", {"units": 4}, SERIES, inputs=MASK),
    Case("LSTM", {"units": 4, "return_sequences": True, "return_state": True}, SERIES, inputs=STATES),
    Case("LSTM", {"units": 4, "return_sequences": True, "go_backwards": True}, SERIES, inputs=MASK | STATES),
    Case("LSTM", {"units": 4, "return_sequences": True, "zero_output_for_mask": True}, SERIES, inputs=MASK | STATES),
    Case("LSTM", {"units": 4, "go_backwards": True, "zero_output_for_mask": True}, SERIES, inputs=MASK),
    Case("LSTM", {"units": 4, "stateful": True, "return_state": True}, SERIES, inputs=MASK),
    Case("LSTM", {"units": 4, "activation": "sigmoid", "recurrent_activation": "tanh", "use_bias": False}, SERIES),
    Case("LSTM", {"units": 4, "unit_forget_bias": False, "activity_regularizer": "l2"}, SERIES),
    Case("LSTM", {"units": 4, "dropout": 0.3}, SERIES, training=True),
    Case("LSTM", {"units": 4, "dropout": 0.3, "recurrent_dropout": 0.2, "seed": 1}, SERIES, True, MASK),
    Case("GRUCell", {"units": 4}, (3, 2), inputs={"states": [(3, 4)]}),
    Case("GRUCell", {"units": 4, "dropout": 0.3, "reset_after": False}, (3, 2), True, {"states": [(3, 4)]}),
    Case("GRUCell", {"units": 4, "dropout": 0.3, "recurrent_dropout": 0.2}, (3, 2), True, {"states": [(3, 4)]}),
    Case("GRU", {"units": 4}, SERIES, inputs=MASK),
    Case("GRU", {"units": 4, "return_sequences": True, "return_state": True}, SERIES, inputs=STATE),
    Case("GRU", {"units": 4, "return_sequences": True, "go_backwards": True}, SERIES, inputs=MASK | STATE),
    Case("GRU", {"units": 4, "reset_after": False, "return_sequences": True}, SERIES, inputs=MASK | STATE),
    Case("GRU", {"units": 4, "reset_after": False, "use_bias": False, "return_state": True}, SERIES),
    Case("GRU", {"units": 4, "use_bias": False, "activation": "sigmoid", "recurrent_activation": "tanh"}, SERIES),
    Case("GRU", {"units": 4, "stateful": True, "bias_regularizer": "l2"}, SERIES, inputs=MASK),
    Case("GRU", {"units": 4, "dropout": 0.3, "recurrent_dropout": 0.2, "seed": 1}, SERIES, training=True),
    Case("GRU", {"units": 4, "recurrent_dropout": 0.2, "reset_after": False}, SERIES, True, MASK),
    Case("RNN", {"cell": Part("SimpleRNNCell", {"units": 4}), "unroll": True}, SERIES),
    Case("RNN", {"cell": Part("LSTMCell", {"units": 4}), "return_sequences": True, "stateful": True}, SERIES),
    Case("RNN", {"cell": [Part("LSTMCell", {"units": 4}), Part("GRUCell", {"units": 3})]}, SERIES, inputs=MASK),
    Case(
        "RNN",
        {"cell": Part("StackedRNNCells", {"cells": CELLS}), "return_sequences": True, "return_state": True},
        SERIES,
        inputs={"initial_state": [[(3, 3)], [(3, 4), (3, 4)], [(3, 1)]]},
    ),
    Case(
        "RNN",
        {"cell": CELLS, "return_sequences": True, "go_backwards": True, "zero_output_for_mask": True},
        SERIES,
        inputs=MASK,
    ),
    Case("StackedRNNCells", {"cells": CELLS}, (3, 2), inputs={"states": [[(3, 3)], [(3, 4), (3, 4)], [(3, 1)]]}),
    Case("StackedRNNCells", {"cells": CELLS[:2]}, (3, 2), inputs={"states": [[(3, 3)], [(3, 4), (3, 4)]]}),
    Case("Bidirectional", {"layer": Part("LSTM", {"units": 4})}, SERIES),
    Case("Bidirectional", {"layer": Part("LSTM", {"units": 4, "return_sequences": True})}, SERIES, inputs=MASK),
    Case("Bidirectional", {"layer": SEQUENCES, "merge_mode": "sum"}, SERIES),
    Case("Bidirectional", {"layer": SEQUENCES, "merge_mode": "mul"}, SERIES, inputs=MASK),
    Case("Bidirectional", {"layer": SEQUENCES, "merge_mode": "ave"}, SERIES),
    Case("Bidirectional", {"layer": SEQUENCES, "merge_mode": None}, SERIES),
    Case("Bidirectional", {"layer": Part("GRU", {"units": 4})}, SERIES, inputs=MASK),
    Case(
        "Bidirectional",
        {
            "layer": Part("LSTM", {"units": 4, "return_state": True}),
            "backward_layer": Part("LSTM", {"units": 3, "return_state": True, "go_backwards": True}),
        },
        SERIES,
        inputs={"initial_state": [(3, 4), (3, 4), (3, 3), (3, 3)]},
    ),
    Case("TimeDistributed", {"layer": Part("Dense", {"units": 4, "activation": "tanh"})}, SERIES),
    Case("TimeDistributed", {"layer": Part("Dense", {"units": 4})}, (3, 5, 7, 2), inputs=MASK),
    Case("TimeDistributed", {"layer": Part("Conv2D", {"filters": 4, "kernel_size": (3, 2)})}, (3, 2, 5, 7, 1)),
    Case("TimeDistributed", {"layer": Part("BatchNormalization", {})}, SERIES, training=True),
    Case("TimeDistributed", {"layer": Part("LSTM", {"units": 4})}, (3, 5, 7, 2), inputs={"mask": (3, 5, 7)}),
    Case("Embedding", {"input_dim": 7, "output_dim": 4}, (3, 5), below=7),
    Case("Embedding", {"input_dim": 3, "output_dim": 4, "mask_zero": True}, (3, 5), below=3),
    Case("Embedding", {"input_dim": 7, "output_dim": 1, "embeddings_regularizer": "l2"}, (3,), below=7),
    Case("Masking", {}, SERIES),
    Case("Masking", {"mask_value": 0.25}, (3, 5, 7, 2)),
    Case("Flatten", FIRST, IMAGES),
    Case("Flatten", FIRST, (3,)),
    Case("Conv1D", {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"} | FIRST, (3, 2, 7)),
    Case("Conv1D", {"filters": 4, "kernel_size": 3, "dilation_rate": 2, "padding": "causal"} | FIRST, (3, 2, 7)),
    Case("Conv2D", {"filters": 4, "kernel_size": (3, 2), "groups": 2, "activation": "relu"} | FIRST, (3, 2, 7, 5)),
    Case("Conv2D", {"filters": 4, "kernel_size": 3, "activation": "softmax", "use_bias": False} | FIRST, (3, 2, 7, 5)),
    Case("Conv3D", {"filters": 3, "kernel_size": (3, 2, 1), "strides": (1, 2, 3)} | FIRST, (2, 2, 5, 4, 3)),
    Case("Conv1DTranspose", {"filters": 4, "kernel_size": 2, "strides": 3} | FIRST, (3, 2, 5)),
    Case("Conv2DTranspose", {"filters": 3, "kernel_size": (3, 2), "strides": 2} | SAME_FIRST, (3, 2, 4, 3)),
    Case("Conv3DTranspose", {"filters": 3, "kernel_size": (3, 1, 2), "strides": (1, 2, 3)} | FIRST, (2, 2, 5, 4, 3)),
    Case("DepthwiseConv1D", {"kernel_size": 3, "depth_multiplier": 2} | SAME_FIRST, (3, 2, 7)),
    Case("DepthwiseConv2D", {"kernel_size": (3, 2), "depth_multiplier": 3, "strides": 2} | FIRST, (3, 2, 7, 5)),
    Case("SeparableConv1D", {"filters": 3, "kernel_size": 2, "dilation_rate": 3} | SAME_FIRST, (3, 2, 7)),
    Case("SeparableConv2D", {"filters": 4, "kernel_size": (3, 2), "activation": "tanh"} | FIRST, (3, 2, 7, 5)),
    Case("ZeroPadding1D", {"padding": (3, 0)} | FIRST, (3, 2, 5)),
    Case("ZeroPadding2D", {"padding": ((1, 2), (3, 0))} | FIRST, (3, 2, 7, 5)),
    Case("ZeroPadding3D", {"padding": (0, 3, 1)} | FIRST, (2, 2, 5, 4, 3)),
    Case("Cropping2D", {"cropping": ((1, 2), (3, 0))} | FIRST, (3, 2, 7, 5)),
    Case("Cropping3D", {"cropping": ((1, 2), (0, 3), (2, 0))} | FIRST, (2, 2, 5, 4, 3)),
    Case("UpSampling2D", {"size": (3, 1)} | FIRST, (3, 2, 7, 5)),
    Case("UpSampling2D", {"size": (2, 3), "interpolation": "bilinear"} | FIRST, (3, 2, 7, 5)),
    Case("UpSampling3D", {"size": (1, 3, 2)} | FIRST, (2, 2, 5, 4, 3)),
    Case("MaxPooling1D", {"pool_size": 3, "strides": 2} | SAME_FIRST, (3, 2, 8)),
    Case("MaxPooling2D", {"pool_size": (3, 2), "strides": (2, 3)} | SAME_FIRST, (2, 3, 7, 8)),
    Case("MaxPooling3D", FIRST, (2, 2, 5, 4, 3)),
    Case("AveragePooling1D", {"pool_size": 2} | FIRST, (3, 2, 7)),
    Case("AveragePooling2D", {"pool_size": (3, 2), "strides": (2, 3)} | SAME_FIRST, (2, 3, 7, 8)),
    Case("AveragePooling3D", {"pool_size": (2, 3, 1)} | FIRST, (2, 2, 5, 4, 3)),
    Case("GlobalMaxPooling1D", {"keepdims": True} | FIRST, (3, 2, 5)),
    Case("GlobalMaxPooling2D", FIRST, (3, 2, 7, 5)),
    Case("GlobalMaxPooling3D", {"keepdims": True} | FIRST, (2, 2, 5, 4, 3)),
    Case("GlobalAveragePooling1D", FIRST, (3, 2, 5), inputs=MASK),
    Case("GlobalAveragePooling2D", {"keepdims": True} | FIRST, (3, 2, 7, 5)),
    Case("GlobalAveragePooling3D", FIRST, (2, 2, 5, 4, 3)),
    Case("SpatialDropout3D", {"rate": 0.4} | FIRST, (2, 3, 5, 4, 2), training=True),
]

# What every textbook names, and so every trace must (DESIGN: "at least").
MINIMUM_STEPS = {
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), ("padded", "windows", "z")),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), ("padded", "windows", "z")),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), ("padded", "windows", "depthwise", "pointwise", "z")),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), ("stamps", "full", "z")),
    **dict.fromkeys(("MaxPooling1D", "MaxPooling2D", "MaxPooling3D"), ("windows", "winner")),
    **dict.fromkeys(("AveragePooling1D", "AveragePooling2D", "AveragePooling3D"), ("windows", "count")),
    "BatchNormalization": ("mean", "centered", "var", "inv_std", "x_hat"),
    "Softmax": ("shifted", "exp", "sum"),
    "Dropout": ("mask", "scale"),
    "Dense": ("z",),
    "SimpleRNN": ("z", "h"),
    "LSTM": ("z", "i", "f", "cand", "o", "c", "tanh_c", "h"),
    "GRU": ("z", "r", "cand", "h"),
    "Bidirectional": ("forward", "backward"),
    "Embedding": ("rows",),
    "Masking": ("mask",),
}
