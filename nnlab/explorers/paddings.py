"""What comes before a convolution: five paddings, two that it has itself, three that a layer adds."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlab import arrays
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.explorers.keras_line import Call
from nnlab.layers import Conv2D, ZeroPadding2D
from nnlab.models import Sequential

MODES = ("valid", "same", "full", "causal", "reflect")
OWN = ("valid", "same")  # what Conv2D's own argument can be
Amounts = tuple[tuple[int, int], ...]


class ReflectPadding2D(Layer):
    """Rows and columns mirrored at the edge, which is not repeated: NumPy's "reflect". Keras has no layer for it.

    `padding` is ((top, bottom), (left, right)), each less than the side that is mirrored.

    >>> ReflectPadding2D(((0, 0), (2, 1)))(np.array([1.0, 2, 3]).reshape(1, 1, 3, 1)).ravel()
    array([3., 2., 1., 2., 3., 2.], dtype=float32)
    """

    axes = {"x": "b h w c", "y": "b i j c"}

    def __init__(self, padding: Amounts, **kwargs: Any):
        super().__init__(**kwargs)
        self.padding = padding

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        batch, *sides, channels = input_shape
        if any(max(amounts) >= side for amounts, side in zip(self.padding, sides, strict=True)):
            raise ShapeError(
                f"{self.name}: padding 'reflect' mirrors at most all cells but the edge, expected amounts below "
                f"{tuple(sides)}, received {self.padding}; use a larger input or a smaller kernel."
            )
        return (batch, *(side + sum(amounts) for side, amounts in zip(sides, self.padding, strict=True)), channels)

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        self.compute_output_shape(x.shape)
        return padded("reflect", x, self.padding)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        total = np.zeros(s.x.shape, g.y.dtype)
        rows, columns = mirrored(s.x.shape[1:3], self.padding)
        np.add.at(total, (slice(None), rows[:, None], columns), g.y)
        return total


def mirrored(sides: tuple[int, ...], amounts: Amounts) -> list[np.ndarray]:
    """Which row, and which column, stands at each place after mirroring."""
    return [np.pad(np.arange(n), amount, mode="reflect") for n, amount in zip(sides, amounts, strict=True)]


def padded(padding: str, images: np.ndarray, amounts: Amounts, outside: float = 0) -> np.ndarray:
    """Images (batch, height, width, channels) with those amounts of rows and columns around them."""
    if padding != "reflect":
        return arrays.pad(images, amounts, outside)
    rows, columns = mirrored(images.shape[1:3], amounts)
    return images[:, rows[:, None], columns]


def amounts(padding: str, layer: Conv2D, sides: tuple[int, ...]) -> Amounts:
    """How many rows and columns go before and after: as Keras has it, "reflect" as many as "same".

    "full" adds so many that each cell meets each weight; "causal" puts all of "same" before, as Conv1D does.

    >>> amounts("full", Conv2D(1, 3), (5, 5)), amounts("causal", Conv2D(1, 3), (5, 5))
    (((2, 2), (2, 2)), ((2, 0), (2, 0)))
    """
    axes = zip(sides, layer.kernel_size, layer.strides, layer.dilation_rate, strict=True)
    if padding == "full":
        return tuple((arrays.extent(k, d) - 1,) * 2 for _, k, _, d in axes)
    mode = "same" if padding == "reflect" else padding
    return tuple(arrays.pads(n, k, s, mode, d) for n, k, s, d in axes)


def layers(owner: str, padding: str, sides: tuple[int, ...], **arguments: Any) -> Layer:
    """The Conv2D with one filter and these arguments, after the layer that pads for it if it cannot do so itself."""
    if padding not in MODES:
        known = ", ".join(map(repr, MODES))
        raise ArgumentError(f"{owner}: padding must be one of {known}, received {padding!r:.80}.")
    # Zeros draw nothing from the global random state.
    arguments |= {"filters": 1, "kernel_initializer": "zeros"}
    if padding in OWN:
        return Conv2D(padding=padding, name=owner.lower(), **arguments)
    convolution = Conv2D(name="convolution", **arguments)
    kind = ReflectPadding2D if padding == "reflect" else ZeroPadding2D
    around = kind(amounts(padding, convolution, sides), name="padding")
    return Sequential([around, convolution], name=owner.lower())


def convolution_of(layer: Layer) -> Conv2D:
    """The convolution in what `layers` made."""
    return layer if isinstance(layer, Conv2D) else layer.layers[-1]


def code(padding: str, layer: Conv2D, sides: tuple[int, ...]) -> str:
    """The line of Keras that makes the layer, after the line that pads for it."""
    dilation = f", dilation_rate={layer.dilation_rate}" if max(layer.dilation_rate) > 1 else ""
    line = (
        f"keras.layers.Conv2D(filters=1, kernel_size={layer.kernel_size}, strides={layer.strides}, "
        f'padding="{layer.padding}"{dilation})'
    )
    if padding in OWN:
        return line
    around = amounts(padding, layer, sides)
    if padding == "reflect":
        return f'x = np.pad(x, {((0, 0), *around, (0, 0))}, mode="reflect")\n{line}'
    return f"keras.layers.ZeroPadding2D(padding={around})\n{line}"


def input_size(call: Call) -> dict[str, Any]:
    """The settings of an Input: size and channels."""
    shape = call.layer("InputLayer", shown=("shape",)).batch_shape
    if not (len(shape) == 4 and all(shape[1:])):
        raise ArgumentError(f"{call.owner}: Input takes shape=(rows, columns, channels), received {shape[1:]}.")
    return {"input_size": shape[1:3], "channels": shape[3]}


def read(before: Sequence[Call], layer: Conv2D, sides: tuple[int, ...], current: str) -> str:
    """Which padding the calls before a convolution stand for; of several that are the same here, the current one."""
    if not before:
        return layer.padding
    call = before[-1]
    if len(before) > 1:
        raise ArgumentError(f"{call.owner}: expected one padding before the convolution, received {len(before)}.")
    if layer.padding != "valid":
        raise ArgumentError(f"{call.owner}: after a padding the convolution is 'valid' here, not {layer.padding!r}.")
    mirrors = call.name == "pad" and call.arguments.get("mode") == "reflect"
    around = _pad_width(call) if call.name == "pad" else call.layer("ZeroPadding2D", shown=("padding",)).padding
    modes = ("reflect",) if mirrors else ("full", "causal", "same", "valid")
    known = {mode: amounts(mode, layer, sides) for mode in sorted(modes, key=lambda mode: mode != current)}
    found = next((mode for mode, value in known.items() if value == around), None)
    if found is None:
        expected = " or ".join(f"{value} ({mode})" for mode, value in known.items())
        raise ArgumentError(f"{call.owner}: this padding is not shown here, expected {expected}, received {around}.")
    return found


def _pad_width(call: Call) -> Any:
    """The rows and columns that np.pad puts around images."""
    width, mode = call.arguments.get("pad_width"), call.arguments.get("mode", "constant")
    if mode not in ("constant", "reflect"):
        raise ArgumentError(f"{call.owner}: mode of pad must be 'constant' or 'reflect' here, received {mode!r:.80}.")
    if not isinstance(width, tuple) or len(width) != 4 or (width[0], width[3]) != ((0, 0), (0, 0)):
        raise ArgumentError(
            f"{call.owner}: pad_width of pad must be ((0, 0), (top, bottom), (left, right), (0, 0)), "
            f"received {width!r:.80}."
        )
    return width[1:3]
