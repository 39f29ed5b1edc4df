"""What all convolutions share: where the kernel lies at each place, the bias and the activation."""

from typing import Any

import numpy as np

from nnlab import activations, arrays
from nnlab.core.arguments import boolean, integers, one_of
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.layers.activation import activation_layer
from nnlab.layers.spatial import SpatialLayer

PADDED = Step(
    "b h w c",
    r"P = \operatorname{pad}(x)",
    r"\bar P_{bhwc} = \sum_{is + ud = h,\ jt + ve = w} \bar X_{bijuvc}",
    "the input with zeros around it",
)
WINDOWS = Step(
    "b i j u v c",
    r"X_{bijuvc} = P_{b,\ is + ud,\ jt + ve,\ c}",
    note="the cells under the kernel at each place; s, t are the strides and d, e the dilation rates",
)


class BaseConvolution(SpatialLayer):
    """A kernel that slides over the input, a bias and an activation; the products are the subclass's."""

    paddings: tuple[str, ...] = ("valid", "same")
    filters: int  # a subclass without it says itself what shape comes out
    unsupported = {"kernel_constraint": (None,), "bias_constraint": (None,)}

    def __init__(
        self,
        kernel_size: Any,
        strides: Any,
        padding: str,
        data_format: str | None,
        dilation_rate: Any,
        activation: Any,
        use_bias: bool,
        **kwargs: Any,
    ):
        super().__init__(data_format=data_format, **kwargs)
        owner = type(self).__name__
        self.kernel_size = integers(owner, "kernel_size", kernel_size, self.rank)
        self.strides = integers(owner, "strides", strides, self.rank)
        self.padding = one_of(owner, "padding", padding, self.paddings)
        self.dilation_rate = integers(owner, "dilation_rate", dilation_rate, self.rank)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ArgumentError(
                f"{owner}: strides > 1 together with dilation_rate > 1 are not supported (Keras's rule), "
                f"received strides={self.strides} and dilation_rate={self.dilation_rate}; set one of them to 1."
            )
        self.activation = activations.get(activation, f"{owner}: activation")
        self.use_bias = boolean(owner, "use_bias", use_bias)
        self._activation = activation_layer(self.activation, self.dtype)

    def channels(self, shape: tuple[int | None, ...]) -> int:
        """The number of channels of an input of this shape, which must be known to build weights."""
        channels = self.split(shape)[-1]
        if not channels:
            raise ShapeError(f"{self._label}: the number of channels must be known and at least 1, received {shape}.")
        return channels

    def add_bias(self, filters: int) -> None:
        if self.use_bias:
            self.bias = self.add_stored_weight("bias", (filters,))

    def check_channels(self, shape: tuple[int, ...], channels: int) -> None:
        """Raise unless an input of this shape has as many channels as the kernel was built for."""
        if self.split(shape)[-1] != channels:
            axis = "axis 1" if self.channels_first else "the last axis"
            raise ShapeError(
                f"{self._label}: expected {channels} channels ({axis}), received an input of shape {shape}."
            )
        self.compute_output_shape(shape)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return self.join(input_shape[0], self.places(input_shape), self.filters)

    def places(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """How many places there are along each spatial axis of an input of this shape."""
        _, sides, _ = self.split(shape)
        spatial = tuple(
            arrays.output_length(n, k, s, self.padding, d)
            for n, k, s, d in zip(sides, self.kernel_size, self.strides, self.dilation_rate, strict=True)
        )
        if 0 in spatial:
            reach = tuple(map(arrays.extent, self.kernel_size, self.dilation_rate))
            raise ShapeError(
                f"{self._label}: the kernel reaches over {reach} cells but the input has only "
                f"{sides}; use a larger input, a smaller kernel or padding='same'."
            )
        return spatial

    def pads(self, shape: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """How many zeros go before and after each spatial axis of an input of this shape."""
        _, sides, _ = self.split(shape)
        return tuple(
            arrays.pads(n, k, s, self.padding, d)
            for n, k, s, d in zip(sides, self.kernel_size, self.strides, self.dilation_rate, strict=True)
        )

    def unpadded(self, padded: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """The gradient of an input of this shape from that of its padded version."""
        return self.from_last(arrays.unpad(padded, self.pads(shape)))

    def activated(self, s: Record) -> np.ndarray:
        """The output: `z` as the user has it, through the activation, which sees the axes in the user's order too."""
        z = self.from_last(s.z)
        return s.run("activation", self._activation, z) if self._activation else z

    def unactivated(self, s: Record, g: Record) -> np.ndarray:
        """The gradient of `z`."""
        return self.to_last(g.unrun("activation", self._activation, s, g.y) if self._activation else g.y)
