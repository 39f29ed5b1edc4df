"""What the explorers of convolution share: one input, one kernel, one bias, and the real Conv2D that joins them."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from nnlab import arrays
from nnlab.core.arguments import integers
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.trace import Trace
from nnlab.explorers.explorer import Explorer, Setting, Settings
from nnlab.layers import Conv2D
from nnlab.widgets import decimals
from nnlab.widgets.scene import Grid, Ledger, Mark, Scene

MOST = {"x": 12, "kernel": 7}  # cells a side: more could not be read
LARGEST = 9999.0  # of a number in a cell: what a learner can read and add up
SIZES = {"x": "input_size", "kernel": "kernel_size"}
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
        settings["bias"] = numbers(owner, "bias", [np.ravel(settings["bias"])], 1).item()
        layer = self._convolution(settings)
        rates = {"strides": single(layer.strides), "dilation_rate": single(layer.dilation_rate)}
        return settings | rates | {"padding": layer.padding}

    def _sized(self, name: str, settings: Settings, given: Mapping[str, Any], fresh: bool) -> Settings:
        """An array and its size, whichever of the two was given."""
        owner, size = type(self).__name__, SIZES[name]
        if name in given:
            array = numbers(owner, name, given[name], MOST[name])
            if size in given and integers(owner, size, given[size], 2) != array.shape:
                raise ShapeError(f"{owner}: {size}={given[size]} does not fit {name} of shape {array.shape}; give one.")
        elif size in given or fresh:
            shape = integers(owner, size, settings[size], 2)
            if max(shape) > MOST[name]:
                raise ArgumentError(f"{owner}: {size} can be at most {MOST[name]}, received {settings[size]!r}.")
            sheet = drawn(name, settings["seed"]) if fresh else self._sheets[name]
            array = sheet[: shape[0], : shape[1]].copy()
        else:
            array = settings[name]
        array.flags.writeable = False  # a number set in place would not reach the picture
        return {name: array, size: single(array.shape)}

    def remember(self, settings: Settings) -> None:
        """Keep the numbers that a learner set, so that a size made smaller and larger again brings them back."""
        same_seed = getattr(self, "_seed", None) == settings["seed"]
        sheets = self._sheets if same_seed else {name: drawn(name, settings["seed"]) for name in SIZES}
        for name, sheet in sheets.items():
            rows, columns = settings[name].shape
            sheet[:rows, :columns] = settings[name]
        self._sheets, self._seed = sheets, settings["seed"]

    def candidates(self, name: str, settings: Settings) -> Iterable[Any]:
        """Beyond these a control would change nothing that can be seen, or show more than can be read."""
        if name == "padding":
            return ("valid", "same")
        if name == "strides":
            sides = sides_of(settings)
            single_window = (s for s in itertools.count(1) if all(windows_on(*side, s) <= 1 for side in sides))
            return range(1, next(single_window) + 1)
        return range(1, {"input_size": MOST["x"], "kernel_size": MOST["kernel"], "dilation_rate": 4}[name] + 1)

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
        trace = layer.trace(settings["x"][None, :, :, None], seed=0)
        links = cell_numbers(layer, trace)
        used = {name: counts(links[name], plane(trace, name).shape) for name in ("x", "padded")}
        grids = [*self._grids(trace, used), *self.extra_grids(used)]
        links |= {grid.name: links["x"] for grid in self.extra_grids(used)}
        if trace["padded"].shape == trace["x"].shape:
            del links["padded"]
        factors = ("padded" if "padded" in links else "x", "kernel")
        terms = np.reshape(trace["windows"].value, links["x"].shape) * plane(trace, "kernel").reshape(1, -1)
        scene = Scene(
            title=self.title,
            formula=formula(layer, trace),
            grids=tuple(grids),
            links=links,
            ledger=Ledger("y", terms, plane(trace, "kernel").shape, factors, digits(trace), addend="bias"),
            controls=tuple(self.control(name, settings) for name in self.controls),
            notes=self.notes(layer, trace, used),
            code=code(layer),
            text=self._text(layer, trace, used),
            hide=settings["hide"],
        )
        return scene, trace

    def _grids(self, trace: Trace, used: Mapping[str, np.ndarray]) -> list[Grid]:
        """Input, padded input where there is padding, kernel, bias and output."""
        unread = {name: Mark("unread", "read by no window", count == 0) for name, count in used.items()}
        image = ("h", "w")
        grids = [Grid("x", "Input", plane(trace, "x"), "input", image, editable=True, marks=(unread["x"],))]
        if trace["padded"].shape != trace["x"].shape:
            marks = (*ring(trace), unread["padded"])
            grids[0] = replace(grids[0], mirrors="padded")
            grids.append(
                Grid("padded", "Padded input", plane(trace, "padded"), "padded input", image, "→", marks=marks)
            )
        grids.append(Grid("kernel", "Kernel", plane(trace, "kernel"), "weight", ("u", "v"), "∗", editable=True))
        grids.append(Grid("bias", "Bias", trace["bias"].value.reshape(1, 1), "bias", before="+", editable=True))
        grids.append(Grid("y", "Output", plane(trace, "y"), "output", ("i", "j"), "=", digits=digits(trace)))
        return grids

    def _text(self, layer: Conv2D, trace: Trace, used: Mapping[str, np.ndarray]) -> str:
        sizes = {name: by(plane(trace, name).shape) for name in ("x", "padded", "kernel", "y")}
        padded = f", padded to {sizes['padded']}" if sizes["padded"] != sizes["x"] else ", without padding"
        dilated = f", dilation rate {by(layer.dilation_rate)}" if max(layer.dilation_rate) > 1 else ""
        moved = f"moved by {by(layer.strides)} cells{dilated}"
        first = f"{type(self).__name__}: an input of {sizes['x']} cells{padded}; a kernel of {sizes['kernel']}, {moved}"
        rows = [
            f"{title}: {'; '.join(' '.join(f'{value:.{places}f}' for value in row) for row in plane(trace, name))}."
            for name, title, places in (
                ("x", "Input", decimals.of(plane(trace, "x"))),
                ("kernel", "Kernel", decimals.of(plane(trace, "kernel"))),
                ("y", "Output", digits(trace)),
            )
        ]
        return "\n".join([f"{first}; an output of {sizes['y']}.", *self.notes(layer, trace, used), *rows])


def drawn(name: str, seed: int) -> np.ndarray:
    """Small whole numbers for the largest input or kernel."""
    rng = np.random.default_rng([seed, len(name)])
    return rng.choice(NUMBERS[name], (MOST[name], MOST[name])).astype(float)


def numbers(owner: str, name: str, value: Any, most: int) -> np.ndarray:
    """`value` as rows and columns of numbers, each short enough to read; batch and channel axes of 1 are dropped."""
    expected = f"expected rows and columns of numbers, at most {most} of each"
    try:
        array = np.asarray(value)
    except ValueError:
        raise ShapeError(f"{owner}: {name} has rows of unequal lengths; {expected}.") from None
    if array.ndim == 4:
        axes = (0, 3) if name == "x" else (2, 3)
        array = array.squeeze(tuple(axis for axis in axes if array.shape[axis] == 1))
    if array.ndim != 2 or not 1 <= min(array.shape) <= max(array.shape) <= most:
        raise ShapeError(f"{owner}: {name} has shape {array.shape}; {expected}.")
    if array.dtype.kind not in "fiub":
        raise ArgumentError(f"{owner}: {name} must hold numbers, received {value!r}; {expected}.")
    array = array.astype(float)
    wrong = array[~(np.abs(array) <= LARGEST)]  # catches NaN as well
    if wrong.size:
        raise ArgumentError(f"{owner}: {name} takes numbers from {-LARGEST:g} to {LARGEST:g}, received {wrong[0]:g}.")
    return array


def single(pair: tuple[int, ...]) -> int | tuple[int, ...]:
    """One number for both axes where they are equal."""
    return pair[0] if len(set(pair)) == 1 else tuple(pair)


def by(shape: tuple[int, ...]) -> str:
    """A shape in words: 3 × 4."""
    return " × ".join(map(str, shape))


def plane(trace: Trace, name: str) -> np.ndarray:
    """The rows and columns of a value with one image, one channel and one filter."""
    value = trace[name].value
    return value[:, :, 0, 0] if name == "kernel" else value[0, :, :, 0]


def digits(trace: Trace) -> int:
    """The decimals with which products, bias and output are printed."""
    return decimals.of_products(plane(trace, "x"), plane(trace, "kernel"), addend=trace["bias"].value)


def cell_numbers(layer: Conv2D, trace: Trace) -> dict[str, np.ndarray]:
    """For each window, which cells of the input (-1: padding), the padded input and the kernel it joins.

    The same function that cuts the layer's windows cuts them here, from arrays that hold the numbers of their cells.
    """
    x, padded, kernel = (np.arange(trace[name].value.size) for name in ("x", "padded", "kernel"))
    x = arrays.pad(x.reshape(trace["x"].shape), layer.pads(trace["x"].shape), value=-1)
    images = {"x": x, "padded": padded.reshape(trace["padded"].shape)}
    tables = {
        name: arrays.windows(image, layer.kernel_size, layer.strides, layer.dilation_rate).reshape(-1, kernel.size)
        for name, image in images.items()
    }
    return {**tables, "kernel": np.tile(kernel, (len(tables["x"]), 1))}


def counts(table: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """How many windows read each cell."""
    return np.bincount(table[table >= 0], minlength=int(np.prod(shape))).reshape(shape)


def ring(trace: Trace) -> tuple[Mark, ...]:
    """The cells that padding added, and among them the extra row or column of an odd total."""
    pads = trace.layer.pads(trace["x"].shape)
    outside = np.ones(plane(trace, "padded").shape, bool)
    rows, columns = arrays.inside(trace["x"].shape, pads)[1:3]
    outside[rows, columns] = False
    extra = np.zeros_like(outside)
    extra[len(extra) - (pads[0][1] - pads[0][0]) :] = True
    extra[:, extra.shape[1] - (pads[1][1] - pads[1][0]) :] = True
    return Mark("padding", "padding: zeros", outside), Mark("extra", "the extra row or column of an odd total", extra)


def sides_of(settings: Settings) -> list[tuple[int, int, str, int]]:
    """Length, kernel size, padding and dilation rate of both axes."""
    rates = integers("Conv2D", "dilation_rate", settings["dilation_rate"], 2)
    sides = zip(settings["x"].shape, settings["kernel"].shape, rates, strict=True)
    return [(n, k, settings["padding"], d) for n, k, d in sides]


def windows_on(n: int, k: int, padding: str, d: int, s: int) -> int:
    """How many windows a stride leaves on one axis."""
    return arrays.output_length(n, k, s, padding, d) or 0


def formula(layer: Conv2D, trace: Trace) -> str:
    """The output's size, computed with this picture's numbers; rows and columns apart where they differ."""
    axes = [
        side_formula(*side, layer.padding)
        for side in zip(plane(trace, "x").shape, layer.kernel_size, layer.strides, layer.dilation_rate, strict=True)
    ]
    return f"output size: {axes[0]}" if axes[0] == axes[1] else f"rows: {axes[0]}; columns: {axes[1]}"


def side_formula(n: int, k: int, s: int, d: int, padding: str) -> str:
    """One axis of it: floor((n - extent) / s) + 1, or ceil(n / s) for "same"."""
    out = arrays.output_length(n, k, s, padding, d)
    if padding == "same":
        return f"⌈{n} / {s}⌉ = {out}"
    reach = f"(({k} − 1) · {d} + 1)" if d > 1 else f"{k}"
    return f"⌊({n} − {reach}) / {s}⌋ + 1 = {out}"


def code(layer: Conv2D) -> str:
    """The line of Keras that makes the layer."""
    dilation = f", dilation_rate={layer.dilation_rate}" if max(layer.dilation_rate) > 1 else ""
    return (
        f"keras.layers.Conv2D(filters=1, kernel_size={layer.kernel_size}, strides={layer.strides}, "
        f'padding="{layer.padding}"{dilation})'
    )
