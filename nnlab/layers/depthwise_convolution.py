"""Depthwise convolution: each channel has kernels of its own, and channels do not mix."""

from typing import Any

import numpy as np

from nnlab import arrays
from nnlab.core.arguments import integer
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.layers.base_convolution import PADDED, WINDOWS, BaseConvolution
from nnlab.layers.spatial import spelled


class BaseDepthwiseConv(BaseConvolution):
    """What depthwise convolutions over one or two spatial axes share; `rank` counts the axes.

    Each channel c has M = `depth_multiplier` kernels; the output of kernel m is the channel f = c M + m.
    """

    unsupported = {"depthwise_constraint": (None,), "bias_constraint": (None,)}
    axes = {"x": "b h w c", "kernel": "u v c m", "bias": "f", "y": "b i j f"}
    steps = {
        "padded": PADDED,
        "windows": WINDOWS._replace(grad=r"\bar X_{bijuvc} = \sum_m \bar z_{bijf} W_{uvcm}, \quad f = cM + m"),
        "z": Step(
            "b i j f",
            r"z_{bijf} = \sum_{uv} X_{bijuvc} W_{uvcm} + b_f, \quad f = cM + m",
            r"\bar W_{uvcm} = \sum_{bij} X_{bijuvc}\, \bar z_{bijf}, \quad \bar b_f = \sum_{bij} \bar z_{bijf}",
            "products of each channel's window and kernels, summed, plus the bias; M kernels a channel",
        ),
    }

    def __init__(
        self,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: int | tuple[int, ...] = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        **kwargs: Any,
    ):
        super().__init__(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, **kwargs)
        self.depth_multiplier = integer(type(self).__name__, "depth_multiplier", depth_multiplier)
        self.store_weight("depthwise", depthwise_initializer, depthwise_regularizer)
        self.store_weight("bias", bias_initializer, bias_regularizer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        channels = self.channels(input_shape)
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.kernel = self.add_stored_weight("depthwise", shape, name="kernel")
        self.add_bias(channels * self.depth_multiplier)

    def check_input(self, shape: tuple[int, ...]) -> None:
        self.check_channels(shape, self.kernel.shape[-2])

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        batch, _, channels = self.split(input_shape)
        return self.join(
            batch, self.places(input_shape), None if channels is None else channels * self.depth_multiplier
        )

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        s.padded = arrays.pad(self.to_last(x), self.pads(x.shape))
        s.windows = arrays.windows(s.padded, self.kernel_size, self.strides, self.dilation_rate)
        z = by_channel(s.windows, s.kernel)
        s.z = z + s.bias if self.use_bias else z
        return self.activated(s)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        g.z = self.unactivated(s, g)
        if self.use_bias:
            g.bias = g.z.sum(tuple(range(self.rank + 1)))
        g.windows, g.kernel = by_channel_gradients(s.windows, s.kernel, g.z)
        g.padded = arrays.fold(g.windows, s.padded.shape, self.strides, self.dilation_rate)
        return self.unpadded(g.padded, s.x.shape)


class DepthwiseConv1D(BaseDepthwiseConv):
    """Depthwise convolution over series: input (batch, steps, channels), output (batch, places, channels * M).

    kernel (kernel steps, channels, M), bias (channels * M,), where M is `depth_multiplier`.

    >>> DepthwiseConv1D(3, depth_multiplier=2)(np.zeros((4, 10, 5))).shape
    (4, 8, 10)
    """

    rank = 1


class DepthwiseConv2D(BaseDepthwiseConv):
    """Depthwise convolution over images: input (batch, height, width, channels), channels * M last in the output.

    kernel (kernel height, kernel width, channels, M), bias (channels * M,), where M is `depth_multiplier`.

    >>> DepthwiseConv2D(3, padding="same")(np.zeros((4, 9, 8, 5))).shape
    (4, 9, 8, 5)
    """

    rank = 2


def by_channel(windows: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Each channel's windows times each of its kernels, summed: (batch, *places, channels * M).

    >>> by_channel(np.ones((1, 5, 3, 2)), np.ones((3, 2, 4))).shape
    (1, 5, 8)
    """
    products = np.einsum(spelled("bijuvc,uvcm->bijcm", kernel.ndim - 2), windows, kernel)
    return products.reshape(*products.shape[:-2], kernel.shape[-2] * kernel.shape[-1])


def by_channel_gradients(windows: np.ndarray, kernel: np.ndarray, dz: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The gradients of the windows and of the kernel."""
    rank, dz = kernel.ndim - 2, dz.reshape(*dz.shape[:-1], *kernel.shape[-2:])
    of_windows = np.einsum(spelled("bijcm,uvcm->bijuvc", rank), dz, kernel)
    return of_windows, np.einsum(spelled("bijuvc,bijcm->uvcm", rank), windows, dz)
