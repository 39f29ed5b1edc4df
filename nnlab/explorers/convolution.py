"""What the explorers of convolution share: one input, one kernel, one bias, and the real Conv2D that joins them."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from nnlab import arrays
from nnlab.core.arguments import integers, number
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.trace import Trace
from nnlab.explorers.convolution_gradients import gradients
from nnlab.explorers.explorer import Explorer
from nnlab.explorers.keras_line import Call
from nnlab.explorers.settings import Setting, Settings
from nnlab.explorers.sheets import LARGEST, by, drawn, numbers, single
from nnlab.explorers.windows import cell_numbers, counts, formula, plane, ring
from nnlab.layers import Conv2D
from nnlab.widgets import decimals
from nnlab.widgets.accounts import Terms
from nnlab.widgets.scene import Grid, Mark, Scene

MOST = {"x": 12, "kernel": 7}  # cells a side: more could not be read
SIZES = {"x": "input_size", "kernel": "kernel_size"}
ONES = {"x": (0, 3), "kernel": (2, 3)}  # batch and channels of an image, channels and filters of a kernel
NUMBERS = {"x": (-3, -2, -1, 0, 1, 2, 3, 4, 5), "kernel": (-2, -1, 1, 2)}


class ConvolutionExplorer(Explorer):
    """The base of Stride, Padding and their kin: the same layer with other controls, grids and notes."""

    title: ClassVar[str] = ""
    defaults: ClassVar[Mapping[str, Any]] = {
        "bias": 1.0,
        "strides": 1,
        "padding": "valid",
        "dilation_rate": 1,
        "input_size": 7,
        "kernel_size": 3,
    }
    choices = ("padding",)

    x = Setting()
    kernel = Setting()
    bias = Setting()
    grad = Setting()
    strides = Setting()
    padding = Setting()
    dilation_rate = Setting()
    input_size = Setting()
    kernel_size = Setting()

    def extra_grids(self, used: Mapping[str, np.ndarray]) -> tuple[Grid, ...]:
        """Grids of the input's shape beside the layer's own; `used` counts the windows that read each cell."""
        return ()

    def notes(self, layer: Conv2D, trace: Trace, used: Mapping[str, np.ndarray]) -> tuple[str, ...]:
        """What is worth saying about this picture."""
        return ()

    # ---- the settings

    def prepare(self, current: Mapping[str, Any], changes: Mapping[str, Any]) -> Settings:
        owner = type(self).__name__
        given = {name: value for name, value in changes.items() if value is not None}
        settings = {**self.defaults, **current, **given}
        for name in SIZES:
            settings |= self._sized(name, settings, given, fresh="seed" in given or name not in current)
        bias = settings["bias"]
        bias = bias.item() if isinstance(bias, np.ndarray) and bias.size == 1 else bias
        settings["bias"] = number(owner, "bias", bias, -LARGEST, LARGEST)
        layer = self._convolution(settings)
        settings["grad"] = self._upstream(layer, settings, given)
        rates = {"strides": single(layer.strides), "dilation_rate": single(layer.dilation_rate)}
        return settings | rates | {"padding": layer.padding}

    def _sized(self, name: str, settings: Settings, given: Mapping[str, Any], fresh: bool) -> Settings:
        """An array and its size, whichever of the two was given."""
        owner, size = type(self).__name__, SIZES[name]
        if name in given:
            array = numbers(owner, name, given[name], MOST[name], ONES[name])
            if size in given and integers(owner, size, given[size], 2) != array.shape:
                raise ShapeError(f"{owner}: {size}={given[size]} does not fit {name} of shape {array.shape}; give one.")
        elif size in given or fresh:
            shape = integers(owner, size, settings[size], 2)
            if max(shape) > MOST[name]:
                raise ArgumentError(f"{owner}: {size} can be at most {MOST[name]}, received {settings[size]!r}.")
            sheet = sheet_of(name, settings["seed"]) if fresh else self._sheets[name]
            array = sheet[: shape[0], : shape[1]].copy()
        else:
            array = settings[name]
        array.flags.writeable = False  # a number set in place would not reach the picture
        return {name: array, size: single(array.shape)}

    def _upstream(self, layer: Conv2D, settings: Settings, given: Mapping[str, Any]) -> np.ndarray | None:
        """The gradient of the output, if it is not all ones: as given, or what a learner made of it before."""
        owner, shape = type(self).__name__, layer.compute_output_shape((1, *settings["x"].shape, 1))[1:3]
        if "grad" in given:
            array = numbers(owner, "grad", given["grad"], MOST["x"], ONES["x"])
            if array.shape != shape:
                raise ShapeError(f"{owner}: grad has shape {array.shape}, expected that of the output, {shape}.")
        else:
            array = self._sheets["grad"][: shape[0], : shape[1]].copy() if hasattr(self, "_sheets") else np.ones(shape)
        array.flags.writeable = False
        return None if (array == 1).all() else array

    def _grad(self, settings: Settings) -> np.ndarray:
        shape = self.layer(settings).compute_output_shape((1, *settings["x"].shape, 1))[1:3]
        return np.ones(shape) if settings["grad"] is None else settings["grad"]

    def accept(self, call: Call) -> Settings:
        """The settings of a Conv2D with one filter."""
        layer = call.layer("Conv2D", shown=("filters", "kernel_size", "strides", "padding", "dilation_rate"))
        if layer.filters != 1:
            raise ArgumentError(f"{call.owner}: one filter is shown here, received filters={layer.filters}.")
        return {name: getattr(layer, name) for name in ("kernel_size", "strides", "padding", "dilation_rate")}

    def remember(self, settings: Settings) -> None:
        """Keep the numbers that a learner set, so that a size made smaller and larger again brings them back."""
        same_seed = getattr(self, "_seed", None) == settings["seed"]
        fresh = {"grad": np.ones((MOST["x"], MOST["x"]))}
        fresh |= {name: sheet_of(name, settings["seed"]) for name in SIZES}
        sheets = self._sheets if same_seed else fresh
        for name, sheet in sheets.items():
            array = self._grad(settings) if name == "grad" else settings[name]
            rows, columns = array.shape
            sheet[:rows, :columns] = array
        self._sheets, self._seed = sheets, settings["seed"]

    def candidates(self, name: str, settings: Settings) -> Iterable[Any]:
        """Beyond these a control would change nothing that can be seen, or show more than can be read."""
        if name == "padding":
            return ("valid", "same")
        if name == "strides":
            return range(1, self._longest_stride(settings) + 1)
        return range(1, {"input_size": MOST["x"], "kernel_size": MOST["kernel"], "dilation_rate": 4}[name] + 1)

    def _longest_stride(self, settings: Settings) -> int:
        """The first stride that leaves a single window."""
        rates = integers("Conv2D", "dilation_rate", settings["dilation_rate"], 2)
        sides = list(zip(settings["x"].shape, settings["kernel"].shape, rates, strict=True))

        def windows(stride: int) -> list[int | None]:
            return [arrays.output_length(n, k, stride, settings["padding"], d) for n, k, d in sides]

        return next(stride for stride in itertools.count(1) if max(windows(stride)) <= 1)

    def layer(self, settings: Settings) -> Conv2D:
        layer = self._convolution(settings)
        layer.compute_output_shape((1, *settings["x"].shape, 1))
        return layer

    def _convolution(self, settings: Settings) -> Conv2D:
        return Conv2D(
            filters=1,
            kernel_size=settings["kernel"].shape,
            strides=settings["strides"],
            padding=settings["padding"],
            dilation_rate=settings["dilation_rate"],
            kernel_initializer="zeros",  # draws nothing from the global random state
            name=type(self).__name__.lower(),
        )

    # ---- the picture

    def draw(self, settings: Settings) -> tuple[Scene, Trace]:
        layer = self.layer(settings)
        layer.build((1, *settings["x"].shape, 1))
        layer.set_weights([settings["kernel"][:, :, None, None], [settings["bias"]]])
        trace = layer.trace(settings["x"][None, :, :, None], seed=0, grad=self._grad(settings)[None, :, :, None])
        links = cell_numbers(layer, trace)
        used = {name: counts(links[name], plane(trace, name).shape) for name in ("x", "padded")}
        grids = [*self._grids(trace, used), *self.extra_grids(used)]
        links |= {grid.name: links["x"] for grid in self.extra_grids(used)}
        if trace["padded"].shape == trace["x"].shape:
            del links["padded"]
        factors = ("padded" if "padded" in links else "x", "kernel")
        weights = plane(trace, "kernel").astype(float)  # products of float32 numbers are exact in float64
        terms = np.reshape(trace["windows"].value, links["x"].shape) * weights.ravel()
        accounts = {"y": Terms(links, factors, terms, weights.shape, digits(trace), addends=("bias",))}
        if settings["gradient"]:
            backward = gradients(trace, links)
            grids, accounts = [*grids, *backward[0]], accounts | backward[1]
        scene = Scene(
            title=self.title,
            formula="" if "formula" in settings["hide"] else formula(layer, trace),
            parts=tuple(grids),
            accounts=accounts,
            result="y",
            controls=tuple(self.control(name, settings) for name in self.controls),
            notes=self.notes(layer, trace, used),
            code=code(layer),
            hide=settings["hide"],
        )
        return replace(scene, text=self._text(layer, scene)), trace

    def _grids(self, trace: Trace, used: Mapping[str, np.ndarray]) -> list[Grid]:
        """Input, padded input where there is padding, kernel, bias and output."""
        unread = {name: Mark("unread", "read by no window", count == 0) for name, count in used.items()}
        image = ("h", "w")
        grids = [
            Grid("x", "Input", plane(trace, "x"), "input", image, source=True, editable=True, marks=(unread["x"],))
        ]
        if trace["padded"].shape != trace["x"].shape:
            marks = (*ring(trace), unread["padded"])
            grids[0] = replace(grids[0], mirrors="padded")
            grids.append(
                Grid(
                    "padded",
                    "Padded input",
                    plane(trace, "padded"),
                    "padded input",
                    image,
                    "→",
                    source=True,
                    marks=marks,
                )
            )
        grids.append(Grid("kernel", "Kernel", plane(trace, "kernel"), "weight", ("u", "v"), "∗", editable=True))
        grids.append(Grid("bias", "Bias", trace["bias"].value.reshape(1, 1), "bias", before="+", editable=True))
        grids.append(Grid("y", "Output", plane(trace, "y"), "output", ("i", "j"), "=", digits=digits(trace)))
        return grids

    def _text(self, layer: Conv2D, scene: Scene) -> str:
        sizes = {grid.name: by(grid.values.shape) for grid in scene.grids}
        padded = f"padded to {sizes['padded']}" if "padded" in sizes else "without padding"
        dilated = f", dilation rate {by(layer.dilation_rate)}" if max(layer.dilation_rate) > 1 else ""
        first = (
            f"{self.title}: an input of {sizes['x']} cells, {padded}; a kernel of {sizes['kernel']}, "
            f"moved by {by(layer.strides)} cells{dilated}; an output of {sizes['y']}."
        )
        return "\n".join([first, *scene.notes, *(grid.text() for grid in scene.grids)])


def sheet_of(name: str, seed: int) -> np.ndarray:
    """Numbers for the largest input or kernel."""
    return drawn(NUMBERS[name], MOST[name], (seed, MOST[name]))


def digits(trace: Trace) -> int:
    """The decimals with which products, bias and output are printed."""
    return decimals.of_products(plane(trace, "x"), plane(trace, "kernel"), addend=trace["bias"].value)


def code(layer: Conv2D) -> str:
    """The line of Keras that makes the layer."""
    dilation = f", dilation_rate={layer.dilation_rate}" if max(layer.dilation_rate) > 1 else ""
    return (
        f"keras.layers.Conv2D(filters=1, kernel_size={layer.kernel_size}, strides={layer.strides}, "
        f'padding="{layer.padding}"{dilation})'
    )
