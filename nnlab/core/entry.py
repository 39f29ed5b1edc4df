"""The values of a trace: each array that a record holds, with its gradient and with what the layer declares of it.

What was computed in pieces, at the times of a loop or as the parts of a tuple, is gathered in one row of the trace.
"""

import functools
import linecache
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core.frozen import frozen, stacked
from nnlab.core.record import Scan
from nnlab.core.rendered import Rendered
from nnlab.core.tracing import TracingRecord

if TYPE_CHECKING:
    from nnlab.core.layer import Layer


class Entry(Rendered):
    """One named value of a trace.

    `kind` is "input", "weight", "step" or "output"; `axes`, `latex`, `grad_latex` and `note` are what the layer
    declares of it; `line` and `source` are where the layer computed it (None and "" where it did not).
    """

    def __init__(self, record: TracingRecord, gradients: TracingRecord | None, name: str, part: int | None = None):
        own = name if part is None else f"{name}[{part}]"
        self.path, self.row, self.layer = record.path + own, record.over_time + name, record.layer
        self.times, self.part = record.times, part
        self.value = vars(record)[name]
        self.grad = None if gradients is None else vars(gradients).get(name)
        if part is not None:
            self.value, self.grad = self.value[part], None if self.grad is None else self.grad[part]
        self.kind = kind_of(name, record.layer)
        step = record.layer.steps.get(own) or record.layer.steps.get(name)
        axes = record.layer.axes
        self.axes = step.axes if step else axes.get(own) or axes.get(name, "")
        self.latex = step.latex if step else ""
        self.grad_latex = step.grad if step else ""
        self.note = step.note if step else ""
        by_itself = self.kind != "step" or np.asarray(self.value).dtype.kind == "f"  # a recorded step
        self.differentiable = step.differentiable if step else by_itself
        self.outside = step.outside if step else 0.0
        self.file, self.line = record.lines.get(name, ("", None))

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def source(self) -> str:
        """The line of the layer that computes the value."""
        return linecache.getline(self.file, self.line).strip() if self.line else ""

    @property
    def shape(self) -> Any:
        """The shape of the value; the shapes of its parts, if it is a tuple."""
        return tuple(map(np.shape, self.value)) if isinstance(self.value, tuple) else np.shape(self.value)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.path}: {self.axes or '-'} {self.shape}>"


class Gathered(Entry):
    """What stands in one row of a trace although it was computed in pieces: a step at all times, the parts of a tuple.

    Time is the first axis. A weight is the same at all times; its gradient is the sum over them.
    """

    def __init__(self, pieces: list[Entry]):
        self.__dict__.update({name: part for name, part in vars(pieces[0]).items() if name not in ("value", "grad")})
        self.path, self.pieces, self.times, self.part = self.row, pieces, (), None
        if self.kind != "weight":
            self.axes = " ".join(["t"] * len(pieces[0].times) + [self.axes]).strip()

    @functools.cached_property
    def value(self) -> Any:
        return self._gathered("value")

    @functools.cached_property
    def grad(self) -> Any:
        if any(piece.grad is None for piece in self.pieces):
            return None
        return self._gathered("grad")

    def _gathered(self, side: str) -> Any:
        parts: dict[int | None, dict] = {}
        for piece in self.pieces:
            parts.setdefault(piece.part, {})[piece.times] = getattr(piece, side)
        if self.kind == "weight":
            values = list(parts[None].values())
            return values[0] if side == "value" else frozen(np.sum(values, 0))
        arrays = tuple(stacked(values) if self.pieces[0].times else values[()] for values in parts.values())
        return arrays[0] if None in parts else arrays


def kind_of(name: str, layer: "Layer") -> str:
    """What a name on a record of this layer stands for."""
    if name in layer.steps:
        return "step"
    if name in layer._variables:
        return "weight"
    if name == "y":
        return "output"
    recorded = getattr(layer, "is_recorded", False)  # a loss is traced too, and never recorded
    return "step" if recorded and name not in {"x", *layer.further_inputs} else "input"


def walk(s: TracingRecord, g: TracingRecord | None) -> Iterator[Entry]:
    """The single arrays of a record and of the records under it."""
    gradients = {} if g is None else vars(g)
    for name, value in vars(s).items():
        if isinstance(value, TracingRecord):
            yield from walk(value, gradients.get(name))
        elif isinstance(value, Scan):
            for row, gradients_of_row in zip(value, gradients.get(name) or [None] * len(value), strict=True):
                yield from walk(row, gradients_of_row)
        elif isinstance(value, tuple):
            yield from (Entry(s, g, name, part) for part in range(len(value)))
        else:
            yield Entry(s, g, name)


def gathered(pieces: list[Entry]) -> Iterator[Entry]:
    """The rows of a trace: pieces that belong together in one, in the order in which the first of them came."""
    rows: dict[str, list[Entry]] = {}
    for piece in pieces:
        rows.setdefault(piece.row, []).append(piece)
    for path, together in rows.items():
        if together[0].path == path:
            yield together[0]
        elif len({(piece.times, piece.part) for piece in together}) == math.prod(lengths(together)):
            yield Gathered(together)
        else:  # a step that some times of the loop have and others have not
            yield from together


def lengths(pieces: list[Entry]) -> list[int]:
    """How many times each loop ran, and how many parts there are."""
    places = [(*piece.times, piece.part or 0) for piece in pieces]
    return [last + 1 for last in map(max, zip(*places, strict=True))]
