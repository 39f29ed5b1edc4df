"""Where a layer writes what it computes: the whole fast path of the contract.

A layer's `forward(s, x)` stores each step on the record `s` (`s.windows = ...`) and reads it back through `s`;
`backward(s, g)` stores the gradient of each under the same name on `g`. A plain record costs an attribute store.
`trace()` passes a `TracingRecord` (tracing.py) instead; the layer never asks which one it was given.
"""

import copy
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from nnlab.core.layer import Layer
    from nnlab.core.variable import Variable

LOOP = "t/"  # where a record keeps those of its loop over time


class Call:
    """What all records of one call share.

    `keep`: values are needed after forward, for a backward pass. `live`: the call is real, so statistics
    and random state move; a trace is not. `losses`: activity penalties. `gradients`: of each weight, summed.
    """

    __slots__ = ("_copies", "gradients", "keep", "live", "losses", "patches", "rng", "training")

    def __init__(
        self,
        training: bool = False,
        rng: np.random.Generator | None = None,
        keep: bool = False,
        live: bool = False,
        patches: dict[str, Any] | None = None,
    ):
        self.training, self.rng, self.keep, self.live, self.patches = training, rng, keep, live, patches
        self.losses: list[float] = []
        self.gradients: dict[Variable, np.ndarray] = {}
        self._copies: dict[Layer, np.random.Generator] = {}

    def add_gradient(self, variable: "Variable", gradient: np.ndarray) -> None:
        """Sum what several uses of a weight find; out of place, since others may hold the same array."""
        summed = self.gradients
        summed[variable] = summed[variable] + gradient if variable in summed else gradient

    def generator(self, layer: "Layer") -> np.random.Generator:
        """The generator that `layer` draws from: its own if it has a seed, which only a live call moves on."""
        own = layer.generator
        if own is None:
            return self.rng
        if self.live:
            return own
        return self._copies.setdefault(layer, copy.deepcopy(own))


class Record:
    """The values of one layer in one call, in the order they were computed: weights, x, the steps, y."""

    __slots__ = ("__dict__", "call", "layer", "tape")  # housekeeping stays out of vars(record)

    def __init__(self, call: Call, layer: "Layer | None" = None):
        self.call, self.layer = call, layer

    @property
    def training(self) -> bool:
        return self.call.training

    @property
    def rng(self) -> np.random.Generator:
        return self.call.generator(self.layer)

    def store(self, name: str, value: Any, caller: Any) -> Any:
        """Take a step of a recorded `call`: what stands for it. Only a trace keeps it; the tape has its own."""
        return value

    def child(self, name: str, layer: "Layer") -> "Record":
        """The record of a sublayer. It is kept under "name/", which cannot meet a step's name."""
        child = layer.record(self.call)
        if self.call.keep:
            self.__dict__[name + "/"] = child
        return child

    def run(self, name: str, layer: "Layer", x: Any, **inputs: Any) -> Any:
        """Call a sublayer: its output."""
        return layer.apply(self.child(name, layer), x, **inputs)

    def run_masked(self, name: str, layer: "Layer", x: Any, mask: Any, **inputs: Any) -> tuple[Any, Any]:
        """Call a sublayer with the mask of its input, if it takes one: its output, and the mask of that.

        As in Keras, a sublayer that is given further inputs, such as states, takes no mask unless it is one of them.
        """
        child = self.child(name, layer)
        if mask is not None and layer.takes_mask and not inputs:
            inputs["mask"] = mask
        y = layer.apply(child, x, **inputs)
        return y, layer.mask_after(child, inputs.get("mask", mask))

    def undo(self, name: str, layer: "Layer", s: "Record", dy: Any) -> "Record":
        """Pass a gradient back through a sublayer that `s` has run: the record of the sublayer's gradients.

        What the sublayer kept is dropped on the way, so that a training step frees memory as it goes back.
        """
        values = s.__dict__.pop(name + "/")
        gradients = layer.record(self.call)
        layer.unapply(values, gradients, dy)
        return gradients

    def unrun(self, name: str, layer: "Layer", s: "Record", dy: Any) -> Any:
        """Pass a gradient back through a sublayer: the gradient of its input."""
        return self.undo(name, layer, s, dy).x

    def scan(self, layer: "Layer", length: int) -> Iterable["Row"]:
        """A record for each time of a loop. Where nothing is kept, only one of them lives at a time."""
        shared = dict(vars(self))
        rows = (layer.row(self.call, shared) for _ in range(length))
        if self.call.keep:
            self.__dict__[LOOP] = rows = Scan(rows)
        return rows

    def rescan(self, s: "Record") -> Iterator[tuple["Row", "Row"]]:
        """Back through the loop of `s`: the values and the gradients of each time, the last first."""
        for row in reversed(s.loop):
            yield row, row.layer.row(self.call, {})

    @property
    def loop(self) -> "Scan":
        """The records of the loop that this record has kept."""
        return self.__dict__[LOOP]


def parts(value: Any) -> tuple:
    """The arrays of a value: of a tuple each, else the one."""
    return value if isinstance(value, tuple) else (value,)


def shape_of(x: Any) -> Any:
    """The shape of an array, or the shapes of several."""
    return tuple(part.shape for part in x) if isinstance(x, tuple) else x.shape


class Row(Record):
    """The record of one time of a loop. What the loop has in common (weights, masks) is read through it."""

    __slots__ = ("shared",)

    def __init__(self, call: Call, layer: "Layer", shared: dict[str, Any]):
        self.call, self.layer, self.shared = call, layer, shared

    def __getattr__(self, name: str) -> Any:
        return read_shared(self, name)


class Scan(list):
    """The records of a loop, in the order of time."""

    def stack(self, name: str) -> np.ndarray:
        """A value at all times, time first."""
        return np.stack([vars(row)[name] for row in self])


def read_shared(row: Any, name: str) -> Any:
    """What a record of one time does not hold itself."""
    try:
        return row.shared[name]
    except KeyError:
        raise AttributeError(f"{row.layer._label}: there is no {name!r} on the record at this point.") from None
