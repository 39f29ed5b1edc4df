"""Convolution: the same small kernel at every place of the input.

What Keras and this field call convolution is a cross-correlation: the kernel is not flipped. The layer lays every
window of the padded input out as a row and multiplies the rows by the kernel, so all places share one product.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab import arrays
from nnlab.core.arguments import integer
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.layers.base_convolution import PADDED, WINDOWS, BaseConvolution


class BaseConv(BaseConvolution):
    """What convolutions over one, two or three spatial axes share; `rank` counts the axes.

    With `groups` the channels and the filters are cut into as many equal parts, and each filter reads the channels of
    its own part only.
    """

    axes = {"x": "b h w c", "kernel": "u v c f", "bias": "f", "y": "b i j f"}
    steps = {
        "padded": PADDED,
        "windows": WINDOWS._replace(grad=r"\bar X_{bijuvc} = \sum_f \bar z_{bijf} W_{uvcf}"),
        "z": Step(
            "b i j f",
            r"z_{bijf} = \sum_{uvc} X_{bijuvc} W_{uvcf} + b_f",
            r"\bar W_{uvcf} = \sum_{bij} X_{bijuvc}\, \bar z_{bijf}, \quad \bar b_f = \sum_{bij} \bar z_{bijf}",
            "products of window and kernel, summed, plus the bias",
        ),
    }

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
        super().__init__(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, **kwargs)
        owner = type(self).__name__
        self.filters, self.groups = integer(owner, "filters", filters), integer(owner, "groups", groups)
        if self.filters % self.groups:
            raise ArgumentError(
                f"{owner}: filters must be a multiple of groups, received filters={filters} and groups={groups}."
            )
        self.store_weight("kernel", kernel_initializer, kernel_regularizer)
        self.store_weight("bias", bias_initializer, bias_regularizer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        channels = self.channels(input_shape)
        if channels % self.groups:
            raise ShapeError(
                f"{self._label}: the number of channels must be a multiple of groups={self.groups}, "
                f"received an input of shape {input_shape}."
            )
        self.kernel = self.add_stored_weight("kernel", (*self.kernel_size, channels // self.groups, self.filters))
        self.add_bias(self.filters)

    def check_input(self, shape: tuple[int, ...]) -> None:
        self.check_channels(shape, self.kernel.shape[-2] * self.groups)

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        s.padded = arrays.pad(self.to_last(x), self.pads(x.shape))
        s.windows = arrays.windows(s.padded, self.kernel_size, self.strides, self.dilation_rate)
        z = self._by_groups(arrays.correlate, s.windows, s.kernel)
        s.z = np.add(z, s.bias, out=z) if self.use_bias else z
        return self.activated(s)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        g.z = self.unactivated(s, g)
        if self.use_bias:
            g.bias = arrays.total(g.z)
        g.kernel = self._by_groups(arrays.kernel_gradient, s.windows, g.z)
        g.windows = self._by_groups(arrays.Products, g.z, s.kernel)
        g.padded = arrays.Later(arrays.fold, g.windows, s.padded.shape, self.strides, self.dilation_rate)
        return arrays.Later(self.unpadded, g.padded, s.x.shape)

    def _by_groups(self, product: Callable, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """The product of each group's part of the last axis; side by side again."""
        if self.groups == 1:
            return product(first, second)
        pairs = zip(*(np.split(values, self.groups, -1) for values in (first, second)), strict=True)
        return np.concatenate([product(one, other) for one, other in pairs], -1)


class Conv1D(BaseConv):
    """Convolution over series: input (batch, steps, channels), output (batch, places, filters).

    kernel (kernel steps, channels / groups, filters), bias (filters,). With "causal" padding all zeros go before, so
    that an output sees no later input (van den Oord et al., WaveNet, arXiv:1609.03499).

    >>> Conv1D(8, 3, padding="causal", dilation_rate=2)(np.zeros((4, 10, 2))).shape
    (4, 10, 8)
    """

    rank = 1
    paddings = ("valid", "same", "causal")


class Conv2D(BaseConv):
    """Convolution over images: input (batch, height, width, channels), output (batch, rows, columns, filters).

    kernel (kernel height, kernel width, channels / groups, filters), bias (filters,).
    With "valid" padding the output has floor((n - k) / stride) + 1 rows, with "same" ceil(n / stride).
    With data_format="channels_first" input and output have the channels after the batch; the steps keep them last.
    Dumoulin and Visin, A guide to convolution arithmetic for deep learning, arXiv:1603.07285.

    >>> Conv2D(2, 3, activation="relu")(np.zeros((4, 28, 28, 3))).shape
    (4, 26, 26, 2)
    >>> Conv2D(2, 3, data_format="channels_first")(np.zeros((4, 3, 28, 28))).shape
    (4, 2, 26, 26)
    >>> Conv2D(32, (3, 3), padding="same")(np.zeros((1, 5, 6, 3))).shape
    (1, 5, 6, 32)
    """

    rank = 2


class Conv3D(BaseConv):
    """Convolution over volumes: input (batch, height, width, depth, channels), output the same with filters last.

    kernel (kernel height, width, depth, channels / groups, filters), bias (filters,).

    >>> Conv3D(2, 3)(np.zeros((4, 9, 8, 7, 1))).shape
    (4, 7, 6, 5, 2)
    """

    rank = 3
