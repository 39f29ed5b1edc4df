"""What the explorers of convolution share: one input, one filter, one bias, and the real Conv2D that joins them."""

import itertools
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, ClassVar

import numpy as np

from nnlab import arrays
from nnlab.core.arguments import boolean, integer, integers, number
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.layer import Layer
from nnlab.core.trace import Trace
from nnlab.explorers import convolution_picture, gridding, paddings
from nnlab.explorers.block import Block
from nnlab.explorers.explorer import Explorer
from nnlab.explorers.keras_line import Call
from nnlab.explorers.settings import Setting, Settings
from nnlab.explorers.sheets import LARGEST, channels_last, single, two_sides, upstream, volume
from nnlab.explorers.windows import Pass
from nnlab.widgets.scene import Scene

MOST = {"x": 12, "kernel": 7}  # cells a side: more could not be read
FARTHEST = 37  # cells that a dilated kernel reaches over: 7 weights at rate 6
CHANNELS = 3
SIZES = {"x": "input_size", "kernel": "kernel_size"}
SHOWN = ("kernel_size", "strides", "padding", "dilation_rate")  # in the line of Keras, beside the filters


class ConvolutionExplorer(Explorer):
    """The base of Stride, Padding and their kin: the same layer with other controls and notes."""

    title: ClassVar[str] = ""
    choices = ("padding", "rates")

    blocks = (
        Block("x", (-3, -2, -1, 0, 1, 2, 3, 4, 5), MOST["x"], CHANNELS, ones=(0,)),
        Block("kernel", (-2, -1, 1, 2), MOST["kernel"], CHANNELS, ones=(3,)),
        Block("grad", (1,), MOST["x"] + FARTHEST),  # no output has more
    )

    x: Any = Setting(None)
    kernel: Any = Setting(None)
    strides: int | tuple[int, int] = Setting(1)
    padding: str = Setting("valid")
    dilation_rate: int | tuple[int, int] = Setting(1)
    input_size: int | tuple[int, int] = Setting(7)
    kernel_size: int | tuple[int, int] = Setting(3)
    channels: int = Setting(1)
    bias: float = Setting(1.0)
    compare: bool = Setting(False)
    rates: Any = Setting(gridding.NONE)
    grad: Any = Setting(None)

    def notes(self, shown: Pass) -> list[str]:
        """What is worth saying about this picture, before what all convolutions say."""
        return []

    # ---- the settings

    def prepare(self, settings: Settings, given: Mapping[str, Any]) -> Settings:
        owner = type(self).__name__
        own = {name: self._memory.read(name, given[name]) for name in SIZES if name in given}
        settings["channels"] = self._channels(settings["channels"], given, own)
        for name, size in SIZES.items():
            if name in own and size in given and integers(owner, size, given[size], 2) != own[name].shape[:2]:
                shape = own[name].shape
                raise ShapeError(f"{owner}: {size}={given[size]} does not fit {name} of shape {shape}; give one.")
            array = self._memory.array(name, settings, given, partial(self._shape, name, settings))
            settings |= {name: array, size: single(array.shape[:2])}
        bias = settings["bias"]
        bias = bias.item() if isinstance(bias, np.ndarray) and bias.size == 1 else bias
        settings["bias"] = number(owner, "bias", bias, -LARGEST, LARGEST)
        settings["compare"] = boolean(owner, "compare", settings["compare"])
        settings["rates"] = gridding.normal(owner, settings["rates"], settings["kernel"].shape[:2])
        layer = self.layer(settings)
        reach = max(map(arrays.extent, settings["kernel"].shape, paddings.convolution_of(layer).dilation_rate))
        if reach > FARTHEST:
            raise ArgumentError(f"{owner}: the kernel reaches over {reach} cells, expected at most {FARTHEST}.")
        settings["grad"] = self._upstream(layer, settings, given)
        convolution = paddings.convolution_of(layer)
        return settings | {name: single(getattr(convolution, name)) for name in ("strides", "dilation_rate")}

    def _channels(self, channels: Any, given: Mapping[str, Any], own: Mapping[str, np.ndarray]) -> int:
        """How many there are, whether the arrays or the setting say so."""
        owner = type(self).__name__
        said = {name: volume(array).shape[2] for name, array in own.items()}
        said |= {"channels": integer(owner, "channels", given["channels"])} if "channels" in given else {}
        if len(set(said.values())) > 1:
            listed = ", ".join(f"{name}: {count}" for name, count in said.items())
            raise ShapeError(f"{owner}: x, kernel and channels must agree on the channels, received {listed}.")
        channels = next(iter(said.values()), channels)
        if channels > CHANNELS:
            raise ArgumentError(f"{owner}: channels can be at most {CHANNELS}, received {channels}.")
        return channels

    def _shape(self, name: str, settings: Settings) -> tuple[int, ...]:
        """How large an array is to be."""
        size = SIZES[name]
        return (*two_sides(type(self).__name__, size, settings[size], MOST[name]), settings["channels"])

    def _upstream(self, layer: Layer, settings: Settings, given: Mapping[str, Any]) -> np.ndarray | None:
        """The gradient of the output, if it is not all ones: as given, or what a learner made of it before."""
        shape = output_shape(layer, settings)
        if "grad" in given:
            array = upstream(type(self).__name__, given["grad"], shape, ones=(0, 3))
        else:
            array = self._memory.corner("grad", (*shape, 1), settings["seed"])
        array.flags.writeable = False
        return None if (array == 1).all() else array

    def remember(self, settings: Settings) -> None:
        super().remember({**settings, "grad": self._grad(settings)})

    def _grad(self, settings: Settings) -> np.ndarray:
        given = settings["grad"]
        return np.ones(output_shape(self.layer(settings), settings)) if given is None else given

    def edited(self, name: str, values: np.ndarray) -> Settings:
        """The channels of an array come last, in a picture first."""
        return {name: channels_last(values)}

    def accept(self, *calls: Call) -> Settings:
        """The settings of an Input, a padding and a Conv2D with one filter, or of a stack of them with rates."""
        owner, size = type(self).__name__, {}
        if calls and calls[0].name == "InputLayer":
            size, calls = paddings.input_size(calls[0]), calls[1:]
        if not calls:
            raise ArgumentError(f"{owner}: expected one layer, received 0.")
        if sum(call.name == "Conv2D" for call in calls) > 1:
            return size | gridding.read(calls, self.settings["rates"])
        *before, call = calls
        layer = call.layer("Conv2D", shown=("filters", *SHOWN))
        if layer.filters != 1:
            raise ArgumentError(f"{call.owner}: one filter is shown here, received filters={layer.filters}.")
        sides = integers(owner, "input_size", size.get("input_size", self.settings["input_size"]), 2)
        padding = paddings.read(before, layer, sides, self.settings["padding"])
        return size | {name: getattr(layer, name) for name in SHOWN} | {"padding": padding, "rates": gridding.NONE}

    def candidates(self, name: str, settings: Settings) -> Iterable[Any]:
        """Beyond these a control would change nothing that can be seen, or show more than can be read."""
        if name == "strides":
            return range(1, self._longest_stride(settings) + 1)
        most = {"input_size": MOST["x"], "kernel_size": MOST["kernel"], "dilation_rate": 4, "channels": CHANNELS}
        known = {"padding": paddings.MODES, "rates": gridding.OFFERED}
        return known[name] if name in known else range(1, most[name] + 1)

    def _longest_stride(self, settings: Settings) -> int:
        """The first stride that leaves a single window."""
        rates = integers("Conv2D", "dilation_rate", settings["dilation_rate"], 2)
        sides = list(zip(settings["x"].shape[:2], settings["kernel"].shape[:2], rates, strict=True))
        padding = settings["padding"]
        if padding == "full":
            sides = [(n + 2 * (arrays.extent(k, d) - 1), k, d) for n, k, d in sides]

        def windows(stride: int) -> list[int | None]:
            mode = "valid" if padding in ("valid", "full") else "same"
            return [arrays.output_length(n, k, stride, mode, d) for n, k, d in sides]

        return next(stride for stride in itertools.count(1) if max(windows(stride)) <= 1)

    def layer(self, settings: Settings) -> Layer:
        layer = paddings.layers(
            type(self).__name__,
            settings["padding"],
            settings["x"].shape[:2],
            kernel_size=settings["kernel"].shape[:2],
            strides=settings["strides"],
            dilation_rate=settings["dilation_rate"],
        )
        output_shape(layer, settings)
        return layer

    # ---- the picture

    def draw(self, settings: Settings) -> tuple[Scene, Trace]:
        shown = self.convolved(settings)
        if settings["rates"] != gridding.NONE:
            return gridding.scene(self.title, settings), shown.trace
        if settings["compare"]:
            others = {mode: self._attempt(settings | {"padding": mode, "grad": None}) for mode in paddings.MODES}
            return convolution_picture.comparison(self.title, shown, others), shown.trace
        return convolution_picture.scene(self.title, shown, self.notes(shown), settings["gradient"]), shown.trace

    def convolved(self, settings: Settings) -> Pass:
        """The layer of the settings on its way over the input."""
        x, kernel, bias = (settings[name] for name in ("x", "kernel", "bias"))
        return Pass(settings["padding"], self.layer(settings), x, kernel, bias, self._grad(settings))

    def _attempt(self, settings: Settings) -> Pass | str:
        """The pass, or the sentence with which the layer refuses it."""
        try:
            return self.convolved(settings)
        except (ArgumentError, ShapeError) as error:
            return str(error)

    def shown(self, settings: Settings) -> tuple[str, ...]:
        if settings["rates"] != gridding.NONE:
            return tuple(name for name in self.controls if name in ("kernel_size", "rates"))
        return tuple(name for name in self.controls if not (settings["compare"] and name == "gradient"))


def output_shape(layer: Layer, settings: Mapping[str, Any]) -> tuple[int, ...]:
    """Rows and columns of what the layer makes of the input; raises if it refuses it."""
    return layer.compute_output_shape((1, *volume(settings["x"]).shape))[1:3]
