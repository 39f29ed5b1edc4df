"""Pooling: one number for each window, the largest or the mean; the settings of its explorer."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from nnlab.core.arguments import boolean, integer, integers, one_of
from nnlab.core.errors import ArgumentError
from nnlab.core.trace import Trace
from nnlab.explorers.block import Block
from nnlab.explorers.explorer import Explorer
from nnlab.explorers.keras_line import Call
from nnlab.explorers.pooling_picture import scene
from nnlab.explorers.settings import Setting, Settings
from nnlab.explorers.sheets import channels_last, gradient_of, sheets, single, two_sides, volume
from nnlab.layers import AveragePooling2D, GlobalAveragePooling2D, GlobalMaxPooling2D, MaxPooling2D
from nnlab.widgets.scene import Scene

MOST = 12  # cells a side of the input
WIDEST = 6  # cells a side of the window
CHANNELS = 3
AS_WIDE = "pool_size"  # how far a window moves where strides are None
NUMBERS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
KINDS = {
    "max": MaxPooling2D,
    "average": AveragePooling2D,
    "global max": GlobalMaxPooling2D,
    "global average": GlobalAveragePooling2D,
}


class Pooling(Explorer):
    """The windows of a pooling layer: the largest number or the mean of each, and the gradient's way back.

    x: rows and columns of numbers, at most 12 each, or (rows, columns, channels) with up to 3 channels; without it, it
    is drawn from the seed with `input_size` cells a side. `kind` is "max", "average", "global max" or "global
    average"; `strides=None` is read as "pool_size". `shift=True` moves the picture one pixel to the right, and marks
    the outputs that change.

    >>> explorer = Pooling(x=[[1, 3, 2, 0], [4, 2, 1, 1]])
    >>> explorer.trace["y"].value[0, :, :, 0].tolist()
    [[4.0, 2.0]]
    >>> explorer.kind = "average"
    >>> explorer.trace["y"].value[0, :, :, 0].tolist()
    [[2.5, 1.0]]
    """

    controls = ("kind", "pool_size", "strides", "padding", "input_size", "channels", "shift", "gradient")
    choices = ("kind", "padding")
    ahead = ("kind", "pool_size", "strides", "padding", "gradient")

    blocks = (Block("x", NUMBERS, MOST, CHANNELS, ones=(0,)),)

    x: Any = Setting(None)
    kind: str = Setting("max")
    pool_size: int | tuple[int, int] = Setting(2)
    strides: int | tuple[int, int] | str | None = Setting(AS_WIDE, allow_none=True)
    padding: str = Setting("valid")
    input_size: int | tuple[int, int] = Setting(6)
    channels: int = Setting(1)
    shift: bool = Setting(False)
    grad: Any = Setting(None)

    # ---- the settings

    def prepare(self, settings: Settings, given: Mapping[str, Any]) -> Settings:
        owner = "Pooling"

        def shape() -> tuple[int, ...]:
            return (*two_sides(owner, "input_size", settings["input_size"], MOST), settings["channels"])

        if integer(owner, "channels", settings["channels"]) > CHANNELS:
            raise ArgumentError(f"{owner}: channels can be at most {CHANNELS}, received {settings['channels']}.")
        settings["x"] = self._memory.array("x", settings, given, shape)
        settings["input_size"] = single(settings["x"].shape[:2])
        settings["channels"] = volume(settings["x"]).shape[2]
        settings["kind"] = one_of(owner, "kind", settings["kind"], tuple(KINDS))
        settings["pool_size"] = single(two_sides(owner, "pool_size", settings["pool_size"], WIDEST))
        if isinstance(settings["strides"], str | None) and settings["strides"] in (None, AS_WIDE):
            settings["strides"] = AS_WIDE
        else:
            settings["strides"] = single(integers(owner, "strides", settings["strides"], 2))
        settings["padding"] = one_of(owner, "padding", settings["padding"], ("valid", "same"))
        settings["shift"] = boolean(owner, "shift", settings["shift"])
        settings["grad"] = gradient_of(owner, settings, given, self._shape(settings))
        return settings

    def _shape(self, settings: Settings) -> tuple[int, ...]:
        """The shape of the output, with channels where there are several."""
        rows, columns, channels = self.layer(settings).compute_output_shape((1, *volume(settings["x"]).shape))[1:]
        return (rows, columns) if channels == 1 else (rows, columns, channels)

    def accept(self, call: Call) -> Settings:
        """The settings of a pooling layer."""
        kinds = {layer.__name__: kind for kind, layer in KINDS.items()}
        shown = ("pool_size", "strides", "padding", "keepdims")
        layer = call.layer(*kinds, shown=shown)
        changes = {"kind": kinds[call.name]}
        return changes | {name: getattr(layer, name) for name in shown[:3] if hasattr(layer, name)}

    def candidates(self, name: str, settings: Settings) -> Iterable[Any]:
        options = {
            "kind": tuple(KINDS),
            "padding": ("valid", "same"),
            "pool_size": range(1, WIDEST + 1),
            "strides": (AS_WIDE, *range(1, WIDEST + 1)),
            "channels": range(1, CHANNELS + 1),
        }
        return options.get(name, range(1, MOST + 1))

    def layer(self, settings: Settings) -> Any:
        kind = settings["kind"]
        if kind.startswith("global"):
            return KINDS[kind](keepdims=True, name="pooling")
        strides = None if settings["strides"] == AS_WIDE else settings["strides"]
        layer = KINDS[kind](settings["pool_size"], strides, settings["padding"], name="pooling")
        layer.compute_output_shape((1, *volume(settings["x"]).shape))
        return layer

    # ---- the picture

    def draw(self, settings: Settings) -> tuple[Scene, Trace]:
        layer, x = self.layer(settings), volume(self._picture(settings))[None]
        grad = np.ones(self._shape(settings)) if settings["grad"] is None else settings["grad"]
        trace = layer.trace(x, grad=volume(grad)[None])
        others = layer(np.roll(x, 1 - 2 * settings["shift"], axis=2))[0]
        return scene(layer, trace, sheets(others), settings), trace

    def _picture(self, settings: Settings) -> np.ndarray:
        """The input, one pixel further to the right if it is shifted; what goes out comes in again on the left."""
        return np.roll(settings["x"], 1, axis=1) if settings["shift"] else settings["x"]

    def shown(self, settings: Settings) -> list[str]:
        whole = settings["kind"].startswith("global")
        return [name for name in self.controls if not (whole and name in ("pool_size", "strides", "padding"))]

    def edited(self, name: str, values: np.ndarray) -> Settings:
        """A number of the shifted picture is one of x, whose channels come last."""
        values = channels_last(values)
        return {name: np.roll(values, -1, axis=1) if name == "x" and self.settings["shift"] else values}
