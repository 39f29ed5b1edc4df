"""Transposed convolution: each input cell stamps the kernel onto a larger output, where the stamps add up.

It is what carries a gradient back through a convolution (Dumoulin and Visin, arXiv:1603.07285, chapter 4).
"""

from typing import Any

import numpy as np

from nnlab import arrays
from nnlab.core.arguments import integer, integers
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.record import Record
from nnlab.core.step import Step
from nnlab.layers.base_convolution import BaseConvolution


class BaseConvTranspose(BaseConvolution):
    """What transposed convolutions over one, two or three spatial axes share; `rank` counts the axes.

    With stride s and a kernel that reaches over k cells, n input cells become (n - 1) s + max(k, s) with "valid" and
    n s with "same" padding; with `output_padding` they become (n - 1) s + k + output_padding and
    (n - 1) s + k mod 2 + output_padding.
    """

    axes = {"x": "b h w c", "kernel": "u v f c", "bias": "f", "y": "b i j f"}
    steps = {
        "stamps": Step(
            "b h w u v f",
            r"T_{bhwuvf} = \sum_c x_{bhwc} W_{uvfc}",
            r"\bar T_{bhwuvf} = \bar F_{b,\ hs + ud,\ wt + ve,\ f}, \quad "
            r"\bar W_{uvfc} = \sum_{bhw} \bar T_{bhwuvf}\, x_{bhwc}",
            "the kernel times each input cell",
        ),
        "full": Step(
            "b i j f",
            r"F_{bijf} = \sum_{hs + ud = i,\ wt + ve = j} T_{bhwuvf}",
            r"\bar F = \operatorname{pad}(\bar z)",
            "the stamps laid out and added up; s, t are the strides and d, e the dilation rates",
        ),
        "z": Step(
            "b i j f",
            r"z = \operatorname{crop}(F) + b",
            r"\bar b_f = \sum_{bij} \bar z_{bijf}",
            "without the edge that the padding takes away, plus the bias",
        ),
    }

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = 1,
        padding: str = "valid",
        output_padding: int | tuple[int, ...] | None = None,
        data_format: str | None = None,
        dilation_rate: int | tuple[int, ...] = 1,
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
        self.filters, self.output_padding = integer(owner, "filters", filters), None
        if output_padding is not None:
            self.output_padding = integers(owner, "output_padding", output_padding, self.rank, minimum=0)
            if any(more >= stride for more, stride in zip(self.output_padding, self.strides, strict=True)):
                raise ArgumentError(
                    f"{owner}: output_padding must be less than the stride of each axis, received "
                    f"output_padding={self.output_padding} and strides={self.strides}."
                )
        self.store_weight("kernel", kernel_initializer, kernel_regularizer)
        self.store_weight("bias", bias_initializer, bias_regularizer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        shape = (*self.kernel_size, self.filters, self.channels(input_shape))
        self.kernel = self.add_stored_weight("kernel", shape)
        self.add_bias(self.filters)

    def check_input(self, shape: tuple[int, ...]) -> None:
        self.check_channels(shape, self.kernel.shape[-1])

    def stretches(self) -> list[int]:
        """How many output cells the last input cell accounts for, along each axis."""
        more = self.output_padding or (None,) * self.rank
        axes = zip(self.kernel_size, self.strides, self.dilation_rate, more, strict=True)
        return [arrays.stretch(k, s, self.padding, d, output_padding) for k, s, d, output_padding in axes]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        batch, sides, _ = self.split(input_shape)
        axes = zip(sides, self.strides, self.stretches(), strict=True)
        spatial = tuple(None if n is None else (n - 1) * s + last for n, s, last in axes)
        if 0 in sides or 0 in spatial:
            raise ShapeError(f"{self._label}: there would be no output for an input of shape {tuple(input_shape)}.")
        return self.join(batch, spatial, self.filters)

    def crops(self) -> tuple[tuple[int, int], ...]:
        """How many cells of `full` go before and after each spatial axis; of an odd number the smaller half before."""
        reaches = map(arrays.extent, self.kernel_size, self.dilation_rate)
        surplus = [max(reach - last, 0) for reach, last in zip(reaches, self.stretches(), strict=True)]
        return tuple((cells // 2, cells - cells // 2) for cells in surplus)

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        batch, sides, filters = self.split(self.compute_output_shape(x.shape))
        s.stamps = np.tensordot(self.to_last(x), s.kernel, (-1, -1))
        whole = [before + n + after for n, (before, after) in zip(sides, self.crops(), strict=True)]
        s.full = arrays.fold(s.stamps, (batch, *whole, filters), self.strides, self.dilation_rate)
        z = arrays.unpad(s.full, self.crops())
        s.z = z + s.bias if self.use_bias else z
        return self.activated(s)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        g.z = self.unactivated(s, g)
        places = tuple(range(self.rank + 1))
        if self.use_bias:
            g.bias = g.z.sum(places)
        g.full = arrays.pad(g.z, self.crops())
        g.stamps = arrays.windows(g.full, self.kernel_size, self.strides, self.dilation_rate)
        g.kernel = np.tensordot(g.stamps, self.to_last(s.x), (places, places))
        return self.from_last(np.tensordot(g.stamps, s.kernel, self.rank + 1))


class Conv1DTranspose(BaseConvTranspose):
    """Transposed convolution over series: input (batch, steps, channels), output (batch, places, filters).

    kernel (kernel steps, filters, channels), bias (filters,).

    >>> Conv1DTranspose(8, 3, strides=2)(np.zeros((4, 10, 2))).shape
    (4, 21, 8)
    """

    rank = 1


class Conv2DTranspose(BaseConvTranspose):
    """Transposed convolution over images: input (batch, height, width, channels), filters last in the output.

    kernel (kernel height, kernel width, filters, channels), bias (filters,).

    >>> Conv2DTranspose(2, 3, strides=2, padding="same")(np.zeros((4, 7, 7, 3))).shape
    (4, 14, 14, 2)
    """

    rank = 2


class Conv3DTranspose(BaseConvTranspose):
    """Transposed convolution over volumes: input (batch, height, width, depth, channels), filters last in the output.

    kernel (kernel height, width, depth, filters, channels), bias (filters,). Keras has `data_format` before
    `output_padding` here.

    >>> Conv3DTranspose(2, 3)(np.zeros((4, 5, 5, 5, 1))).shape
    (4, 7, 7, 7, 2)
    """

    rank = 3

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        output_padding: int | tuple[int, ...] | None = None,
        dilation_rate: int | tuple[int, ...] = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            *(filters, kernel_size, strides, padding, output_padding, data_format, dilation_rate),
            *(activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer),
            **kwargs,
        )
