"""Pooling: one number for each window, who wins it, what an average divides by, and what a shift by one changes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from nnlab.core.arguments import boolean, integers, one_of
from nnlab.core.errors import ArgumentError
from nnlab.core.trace import Trace
from nnlab.explorers.explorer import Explorer
from nnlab.explorers.keras_line import Call
from nnlab.explorers.pooling_gradients import gradients
from nnlab.explorers.settings import Setting, Settings
from nnlab.explorers.sheets import by, drawn, gradient_of, numbers, single
from nnlab.explorers.windows import counts, side_formula
from nnlab.layers import AveragePooling2D, GlobalAveragePooling2D, GlobalMaxPooling2D, MaxPooling2D
from nnlab.widgets import decimals
from nnlab.widgets.accounts import Account, Terms
from nnlab.widgets.scene import Grid, Mark, Scene

MOST = 12  # cells a side of the input
WIDEST = 6  # cells a side of the window
NUMBERS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
KINDS = {
    "max": MaxPooling2D,
    "average": AveragePooling2D,
    "global max": GlobalMaxPooling2D,
    "global average": GlobalAveragePooling2D,
}
DEFAULTS = {
    "kind": "max",
    "pool_size": 2,
    "strides": None,
    "padding": "valid",
    "input_size": 6,
    "shift": False,
}


class Pooling(Explorer):
    """The windows of a pooling layer: the largest number or the mean of each, and the gradient's way back.

    x: rows and columns of numbers, at most 12 each; without it, it is drawn from the seed with `input_size` cells a
    side. `kind` is "max", "average", "global max" or "global average"; `strides` is `pool_size` where it is None.
    `shift=True` moves the picture one pixel to the right and counts the outputs that change.

    >>> explorer = Pooling(x=[[1, 3, 2, 0], [4, 2, 1, 1]])
    >>> explorer.trace["y"].value[0, :, :, 0].tolist()
    [[4.0, 2.0]]
    >>> explorer.kind = "average"
    >>> explorer.trace["y"].value[0, :, :, 0].tolist()
    [[2.5, 1.0]]
    """

    controls = ("kind", "pool_size", "strides", "padding", "input_size", "shift", "gradient")
    choices = ("kind", "padding")
    ahead = ("kind", "pool_size", "strides", "padding", "gradient")

    x = Setting()
    grad = Setting()
    kind = Setting()
    pool_size = Setting()
    strides = Setting()
    padding = Setting()
    input_size = Setting()
    shift = Setting()

    def __init__(
        self,
        x: Any = None,
        kind: str = "max",
        pool_size: int | tuple[int, int] = 2,
        strides: int | tuple[int, int] | None = None,
        padding: str = "valid",
        input_size: int | tuple[int, int] | None = None,
        shift: bool = False,
        grad: Any = None,
        hide: tuple[str, ...] = (),
        seed: int = 0,
        **unknown: Any,
    ):
        settings = {name: value for name, value in locals().items() if name in self.setting_names()}
        super().__init__(**settings, **unknown)

    # ---- the settings

    def prepare(self, current: Mapping[str, Any], changes: Mapping[str, Any]) -> Settings:
        owner = "Pooling"
        given = {name: value for name, value in changes.items() if value is not None or name == "strides"}
        settings = {**DEFAULTS, **current, **given}
        fresh = "seed" in given or "x" not in current
        if "x" in given:
            settings["x"] = numbers(owner, "x", given["x"], MOST, (0, 3))
        elif fresh or "input_size" in given:
            sizes = integers(owner, "input_size", settings["input_size"], 2)
            if max(sizes) > MOST:
                raise ArgumentError(f"{owner}: input_size can be at most {MOST}, received {settings['input_size']!r}.")
            sheet = drawn(NUMBERS, MOST, (settings["seed"], MOST)) if fresh else self._sheet
            settings["x"] = sheet[: sizes[0], : sizes[1]].copy()
        settings["x"].flags.writeable = False
        settings["input_size"] = single(settings["x"].shape)
        settings["kind"] = one_of(owner, "kind", settings["kind"], tuple(KINDS))
        for name in ("pool_size", "strides"):
            if settings[name] is not None:
                settings[name] = single(integers(owner, name, settings[name], 2))
        if max(integers(owner, "pool_size", settings["pool_size"], 2)) > WIDEST:
            raise ArgumentError(f"{owner}: pool_size can be at most {WIDEST}, received {settings['pool_size']!r}.")
        settings["padding"] = one_of(owner, "padding", settings["padding"], ("valid", "same"))
        settings["shift"] = boolean(owner, "shift", settings["shift"])
        shape = self.layer(settings).compute_output_shape((1, *settings["x"].shape, 1))[1:3]
        settings["grad"] = gradient_of(owner, given, current, shape)
        return settings

    def accept(self, call: Call) -> Settings:
        """The settings of a pooling layer."""
        kinds = {layer.__name__: kind for kind, layer in KINDS.items()}
        shown = ("pool_size", "strides", "padding", "keepdims")
        layer = call.layer(*kinds, shown=shown)
        changes = {"kind": kinds[call.name]}
        return changes | {name: getattr(layer, name) for name in shown[:3] if hasattr(layer, name)}

    def remember(self, settings: Settings) -> None:
        """Keep the numbers that a learner set, so that a size made smaller and larger again brings them back."""
        if getattr(self, "_seed", None) != settings["seed"]:
            self._sheet, self._seed = drawn(NUMBERS, MOST, (settings["seed"], MOST)), settings["seed"]
        rows, columns = settings["x"].shape
        self._sheet[:rows, :columns] = settings["x"]

    def candidates(self, name: str, settings: Settings) -> Iterable[Any]:
        options = {
            "kind": tuple(KINDS),
            "padding": ("valid", "same"),
            "shift": (False, True),
            "pool_size": range(1, WIDEST + 1),
            "strides": (None, *range(1, WIDEST + 1)),
        }
        return options.get(name, range(1, MOST + 1))

    def layer(self, settings: Settings) -> Any:
        kind = settings["kind"]
        if kind.startswith("global"):
            return KINDS[kind](keepdims=True, name="pooling")
        layer = KINDS[kind](settings["pool_size"], settings["strides"], settings["padding"], name="pooling")
        layer.compute_output_shape((1, *settings["x"].shape, 1))
        return layer

    # ---- the picture

    def draw(self, settings: Settings) -> tuple[Scene, Trace]:
        layer = self.layer(settings)
        x = self._picture(settings)
        y_shape = layer.compute_output_shape((1, *x.shape, 1))[1:3]
        grad = np.ones(y_shape) if settings["grad"] is None else settings["grad"]
        trace = layer.trace(x[None, :, :, None], grad=grad[None, :, :, None])
        y = trace["y"].value[0, :, :, 0]
        links = reading(layer, x.shape)
        inside = links >= 0
        terms = np.where(inside, x.ravel()[links], np.nan)
        average = settings["kind"].endswith("average")
        account = Terms(
            {"x": links},
            ("x",),
            terms,
            x.shape if settings["kind"].startswith("global") else layer.pool_size,
            decimals.of(x),
            operation="mean" if average else "max",
            count=inside.sum(1) if average else None,
        )
        grids = [
            Grid(
                "x",
                "Input",
                x,
                "input",
                ("h", "w"),
                source=True,
                editable=True,
                marks=tuple(self._marks(x, y, links, average)),
            ),
        ]
        if average and settings["padding"] == "same":
            divisor = inside.sum(1).reshape(y.shape)
            grids.append(Grid("count", "Divides by", divisor, "count", ("i", "j"), scale="count"))
        grids.append(Grid("y", "Output", y, "output", ("i", "j"), before="="))
        accounts: dict[str, Account] = {"y": account}
        if settings["gradient"]:
            backward = gradients(trace, links)
            grids, accounts = [*grids, *backward[0]], accounts | backward[1]
        scene = Scene(
            title=f"{settings['kind'].capitalize()} pooling",
            formula="" if "formula" in settings["hide"] else formula(layer, x.shape),
            parts=tuple(grids),
            accounts=accounts,
            result="y",
            controls=tuple(self.control(name, settings) for name in self._shown(settings)),
            notes=self._notes(layer, settings, y, links),
            code=code(layer),
            hide=settings["hide"],
        )
        first = f"{scene.title} of {by(x.shape)} numbers."
        return replace(scene, text="\n".join([first, *scene.notes, *(grid.text() for grid in grids)])), trace

    def _picture(self, settings: Settings) -> np.ndarray:
        """The input, one pixel further to the right if it is shifted; what goes out comes in again on the left."""
        return np.roll(settings["x"], 1, axis=1) if settings["shift"] else settings["x"]

    def _shown(self, settings: Settings) -> list[str]:
        whole = settings["kind"].startswith("global")
        return [name for name in self.controls if not (whole and name in ("pool_size", "strides", "padding"))]

    def _marks(self, x: np.ndarray, y: np.ndarray, links: np.ndarray, average: bool) -> list[Mark]:
        unread = counts(links, x.shape) == 0
        marks = [Mark("unread", "read by no window", unread)]
        if not average:
            won = np.zeros(x.size, bool)
            best = np.where(links >= 0, x.ravel()[links], -np.inf) == y.reshape(-1, 1)
            won[links[best]] = True
            marks.append(Mark("winner", "the largest of a window", won.reshape(x.shape)))
        return marks

    def _notes(self, layer: Any, settings: Settings, y: np.ndarray, links: np.ndarray) -> tuple[str, ...]:
        notes = []
        other = np.roll(settings["x"], 0 if settings["shift"] else 1, axis=1)
        moved = layer(other[None, :, :, None])[0, :, :, 0]
        changed = int((moved != y).sum())
        notes.append(f"Shifting the picture by one pixel changes {changed} of {y.size} outputs.")
        if settings["kind"] == "max":
            best = np.where(links >= 0, self._picture(settings).ravel()[links], -np.inf) == y.reshape(-1, 1)
            ties = int((best.sum(1) > 1).sum())
            if ties:
                notes.append(
                    f"{ties} window{'s have' if ties > 1 else ' has'} a tie: the first winner, row by row, "
                    "gets all of the gradient."
                )
        return tuple(notes)

    def edited(self, name: str, values: np.ndarray) -> Settings:
        """A number of the shifted picture is one of x."""
        return {name: np.roll(values, -1, axis=1) if self.settings["shift"] else values}


def reading(layer: Any, shape: tuple[int, int]) -> np.ndarray:
    """For each output, which cells of the input its window reads; -1 beyond the edge.

    The same function that cuts the layer's windows cuts them here, from an array that holds the numbers of its cells.
    """
    cells = np.arange(shape[0] * shape[1])
    if not hasattr(layer, "pool_size"):
        return cells[None]
    return layer.windows(cells.reshape(1, *shape, 1), outside=-1).reshape(-1, int(np.prod(layer.pool_size)))


def formula(layer: Any, shape: tuple[int, int]) -> str:
    """The output's size, computed with this picture's numbers; rows and columns apart where they differ."""
    if not hasattr(layer, "pool_size"):
        return "output size: 1"
    axes = [
        side_formula(n, size, stride, 1, layer.padding)
        for n, size, stride in zip(shape, layer.pool_size, layer.strides, strict=True)
    ]
    return f"output size: {axes[0]}" if axes[0] == axes[1] else f"rows: {axes[0]}; columns: {axes[1]}"


def code(layer: Any) -> str:
    """The line of Keras that makes the layer."""
    name = type(layer).__name__
    if not hasattr(layer, "pool_size"):
        return f"keras.layers.{name}(keepdims=True)"
    return f'keras.layers.{name}(pool_size={layer.pool_size}, strides={layer.strides}, padding="{layer.padding}")'
