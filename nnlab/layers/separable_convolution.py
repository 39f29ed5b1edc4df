"""Separable convolution: first along the image, each channel by itself, then across the channels, each place by itself.

Far fewer weights than a convolution that does both at once (Chollet, Xception, arXiv:1610.02357).
"""

from typing import Any

import numpy as np

from nnlab import arrays
from nnlab.core.arguments import integer
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.layers.base_convolution import PADDED, WINDOWS, BaseConvolution
from nnlab.layers.depthwise_convolution import by_channel, by_channel_gradients


class BaseSeparableConv(BaseConvolution):
    """What separable convolutions over one or two spatial axes share; `rank` counts the axes.

    The depthwise half makes M = `depth_multiplier` channels of each, the pointwise half mixes them at each place.
    """

    unsupported = dict.fromkeys(("depthwise_constraint", "pointwise_constraint", "bias_constraint"), (None,))
    axes = {
        "x": "b h w c",
        "depthwise_kernel": "u v c m",
        "pointwise_kernel": "u v k f",
        "bias": "f",
        "y": "b i j f",
    }
    steps = {
        "padded": PADDED,
        "windows": WINDOWS._replace(grad=r"\bar X_{bijuvc} = \sum_m \bar D_{bijk} W_{uvcm}, \quad k = cM + m"),
        "depthwise": Step(
            "b i j k",
            r"D_{bijk} = \sum_{uv} X_{bijuvc} W_{uvcm}, \quad k = cM + m",
            r"\bar D_{bijk} = \sum_f \bar Z_{bijf} V_{kf}, \quad \bar W_{uvcm} = \sum_{bij} X_{bijuvc} \bar D_{bijk}",
            "each channel by itself; M kernels a channel",
        ),
        "pointwise": Step(
            "b i j f",
            r"Z_{bijf} = \sum_k D_{bijk} V_{kf}",
            r"\bar Z_{bijf} = \bar z_{bijf}, \quad \bar V_{kf} = \sum_{bij} D_{bijk} \bar Z_{bijf}",
            "each place by itself",
        ),
        "z": Step(
            "b i j f", r"z_{bijf} = Z_{bijf} + b_f", r"\bar b_f = \sum_{bij} \bar z_{bijf}", "plus the bias, if any"
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
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        **kwargs: Any,
    ):
        super().__init__(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, **kwargs)
        owner = type(self).__name__
        self.filters = integer(owner, "filters", filters)
        self.depth_multiplier = integer(owner, "depth_multiplier", depth_multiplier)
        self.store_weight("depthwise", depthwise_initializer, depthwise_regularizer)
        self.store_weight("pointwise", pointwise_initializer, pointwise_regularizer)
        self.store_weight("bias", bias_initializer, bias_regularizer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        channels = self.channels(input_shape)
        depthwise = (*self.kernel_size, channels, self.depth_multiplier)
        pointwise = (*(1,) * self.rank, channels * self.depth_multiplier, self.filters)
        self.depthwise_kernel = self.add_stored_weight("depthwise", depthwise, name="depthwise_kernel")
        self.pointwise_kernel = self.add_stored_weight("pointwise", pointwise, name="pointwise_kernel")
        self.add_bias(self.filters)

    def check_input(self, shape: tuple[int, ...]) -> None:
        self.check_channels(shape, self.depthwise_kernel.shape[-2])

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        s.padded = arrays.pad(self.to_last(x), self.pads(x.shape))
        s.windows = arrays.windows(s.padded, self.kernel_size, self.strides, self.dilation_rate)
        s.depthwise = by_channel(s.windows, s.depthwise_kernel)
        s.pointwise = np.tensordot(s.depthwise, self._mixing(s), 1)
        s.z = s.pointwise + s.bias if self.use_bias else s.pointwise
        return self.activated(s)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        g.z = self.unactivated(s, g)
        places = tuple(range(self.rank + 1))
        if self.use_bias:
            g.bias = g.z.sum(places)
        g.pointwise = g.z
        g.pointwise_kernel = np.tensordot(s.depthwise, g.pointwise, (places, places)).reshape(s.pointwise_kernel.shape)
        g.depthwise = np.tensordot(g.pointwise, self._mixing(s), (-1, -1))
        g.windows, g.depthwise_kernel = by_channel_gradients(s.windows, s.depthwise_kernel, g.depthwise)
        g.padded = arrays.fold(g.windows, s.padded.shape, self.strides, self.dilation_rate)
        return self.unpadded(g.padded, s.x.shape)

    def _mixing(self, s: Record) -> np.ndarray:
        """The pointwise kernel as a matrix; it reaches over one place only."""
        return s.pointwise_kernel.reshape(s.pointwise_kernel.shape[-2:])


class SeparableConv1D(BaseSeparableConv):
    """Separable convolution over series: input (batch, steps, channels), output (batch, places, filters).

    depthwise_kernel (kernel steps, channels, M), pointwise_kernel (1, channels * M, filters), bias (filters,).

    >>> SeparableConv1D(8, 3)(np.zeros((4, 10, 5))).shape
    (4, 8, 8)
    """

    rank = 1


class SeparableConv2D(BaseSeparableConv):
    """Separable convolution over images: input (batch, height, width, channels), filters last in the output.

    depthwise_kernel (kernel height, kernel width, channels, M), pointwise_kernel (1, 1, channels * M, filters), bias
    (filters,).

    >>> layer = SeparableConv2D(64, 3, padding="same")
    >>> layer(np.zeros((4, 9, 8, 32))).shape, layer.count_params()
    ((4, 9, 8, 64), 2400)
    """

    rank = 2
