"""Convolution: the same small kernel at every place of the input.

What Keras and this field call convolution is a cross-correlation: the kernel is not flipped. The layer lays every
window of the padded input out as a row and multiplies the rows by the kernel, so all places share one product.
"""

from typing import Any

import numpy as np

from nnlab import activations, arrays, initializers, regularizers
from nnlab.core.arguments import boolean, channels_last, integer, integers, one_of, supported
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.layers.activation import activation_layer


class BaseConv(Layer):
    """What convolutions over one, two or three spatial axes share; `rank` counts the axes."""

    rank: int
    unsupported = {"kernel_constraint": (None,), "bias_constraint": (None,)}

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | tuple[int, ...] = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        owner = type(self).__name__
        self.filters = integer(owner, "filters", filters)
        self.kernel_size = integers(owner, "kernel_size", kernel_size, self.rank)
        self.strides = integers(owner, "strides", strides, self.rank)
        self.padding = one_of(owner, "padding", padding, ("valid", "same"))
        self.data_format = channels_last(owner, data_format)
        self.dilation_rate = integers(owner, "dilation_rate", dilation_rate, self.rank)
        supported(owner, {"groups": groups}, {"groups": (1,)})
        self.groups = 1
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ArgumentError(
                f"{owner}: strides > 1 together with dilation_rate > 1 are not supported (Keras's rule), "
                f"received strides={self.strides} and dilation_rate={self.dilation_rate}; set one of them to 1."
            )
        self.activation = activations.get(activation, f"{owner}: activation")
        self.use_bias = boolean(owner, "use_bias", use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer, f"{owner}: kernel_initializer")
        self.bias_initializer = initializers.get(bias_initializer, f"{owner}: bias_initializer")
        self.kernel_regularizer = regularizers.get(kernel_regularizer, f"{owner}: kernel_regularizer")
        self.bias_regularizer = regularizers.get(bias_regularizer, f"{owner}: bias_regularizer")
        self._activation = activation_layer(self.activation, self.dtype)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self._check_rank(input_shape)
        if input_shape[-1] is None:
            raise ShapeError(f"{self._label}: the number of channels must be known, received {input_shape}.")
        self.kernel = self.add_weight(
            (*self.kernel_size, input_shape[-1], self.filters),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            name="kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(
                (self.filters,), self.bias_initializer, regularizer=self.bias_regularizer, name="bias"
            )

    def check_input(self, shape: tuple[int, ...]) -> None:
        self._check_rank(shape)
        if shape[-1] != self.kernel.shape[-2]:
            raise ShapeError(
                f"{self._label}: expected {self.kernel.shape[-2]} channels (the last axis), "
                f"received an input of shape {shape}."
            )
        self.compute_output_shape(shape)

    def _check_rank(self, shape: tuple[int | None, ...]) -> None:
        if len(shape) != self.rank + 2:
            sides = ", ".join(("height", "width", "depth")[: self.rank]) if self.rank > 1 else "steps"
            raise ShapeError(f"{self._label}: expected an input of shape (batch, {sides}, channels), received {shape}.")

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        self._check_rank(input_shape)
        spatial = tuple(
            arrays.output_length(n, k, s, self.padding, d)
            for n, k, s, d in zip(input_shape[1:-1], self.kernel_size, self.strides, self.dilation_rate, strict=True)
        )
        if 0 in spatial:
            reach = tuple(map(arrays.extent, self.kernel_size, self.dilation_rate))
            raise ShapeError(
                f"{self._label}: the kernel reaches over {reach} cells but the input has only "
                f"{tuple(input_shape[1:-1])}; use a larger input, a smaller kernel or padding='same'."
            )
        return (input_shape[0], *spatial, self.filters)

    def pads(self, shape: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """How many zeros go before and after each spatial axis of an input of this shape."""
        return tuple(
            arrays.pads(n, k, s, self.padding, d)
            for n, k, s, d in zip(shape[1:-1], self.kernel_size, self.strides, self.dilation_rate, strict=True)
        )

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        s.padded = arrays.pad(x, self.pads(x.shape))
        s.windows = arrays.windows(s.padded, self.kernel_size, self.strides, self.dilation_rate)
        z = np.tensordot(s.windows, s.kernel, self.rank + 1)
        s.z = z + s.bias if self.use_bias else z
        return s.run("activation", self._activation, s.z) if self._activation else s.z

    def backward(self, s: Record, g: Record) -> np.ndarray:
        g.z = g.unrun("activation", self._activation, s, g.y) if self._activation else g.y
        places = tuple(range(self.rank + 1))
        if self.use_bias:
            g.bias = g.z.sum(places)
        g.kernel = np.tensordot(s.windows, g.z, (places, places))
        g.windows = np.tensordot(g.z, s.kernel, (-1, -1))
        g.padded = arrays.fold(g.windows, s.padded.shape, self.strides, self.dilation_rate)
        return arrays.unpad(g.padded, s.x.shape, self.pads(s.x.shape))


class Conv2D(BaseConv):
    """Convolution over images: input (batch, height, width, channels), output (batch, rows, columns, filters).

    kernel (kernel height, kernel width, channels, filters), bias (filters,).
    With "valid" padding the output has floor((n - k) / stride) + 1 rows, with "same" ceil(n / stride).
    Dumoulin and Visin, A guide to convolution arithmetic for deep learning, arXiv:1603.07285.

    >>> Conv2D(2, 3, activation="relu")(np.zeros((4, 28, 28, 3))).shape
    (4, 26, 26, 2)
    >>> Conv2D(32, (3, 3), padding="same")(np.zeros((1, 5, 6, 3))).shape
    (1, 5, 6, 32)
    """

    rank = 2
    axes = {"x": "b h w c", "kernel": "u v c f", "bias": "f", "y": "b i j f"}
    steps = {
        "padded": Step(
            "b h w c",
            r"P = \operatorname{pad}(x)",
            r"\bar P_{bhwc} = \sum_{is + ud = h,\ jt + ve = w} \bar X_{bijuvc}",
            "the input with zeros around it",
        ),
        "windows": Step(
            "b i j u v c",
            r"X_{bijuvc} = P_{b,\ is + ud,\ jt + ve,\ c}",
            r"\bar X_{bijuvc} = \sum_f \bar z_{bijf} W_{uvcf}",
            "the cells under the kernel at each place; s, t are the strides and d, e the dilation rates",
        ),
        "z": Step(
            "b i j f",
            r"z_{bijf} = \sum_{uvc} X_{bijuvc} W_{uvcf} + b_f",
            r"\bar W_{uvcf} = \sum_{bij} X_{bijuvc}\, \bar z_{bijf}, \quad \bar b_f = \sum_{bij} \bar z_{bijf}",
            "products of window and kernel, summed, plus the bias",
        ),
    }
