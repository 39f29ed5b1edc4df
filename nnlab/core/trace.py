"""Every intermediate value of one call with its gradient: the object that tables, explorers and graders read."""

import copy
import functools
import linecache
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core import seed as seeding
from nnlab.core.arguments import integer
from nnlab.core.errors import ArgumentError, PatchError, ShapeError
from nnlab.core.record import Call, Scan
from nnlab.core.tracing import Patched, TracingRecord, frozen, over_time, stacked

if TYPE_CHECKING:
    from nnlab.core.layer import Layer


class Entry:
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

    def __str__(self) -> str:
        return rendered(self)["text/plain"]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return rendered(self)


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


class Trace(Mapping):
    """The values and gradients of one call by path, in the order they were computed.

    A loop over time is told once: `trace["lstm/i"]` is the step at all times, time first; `trace["lstm/t3/i"]` is it
    at one time. Of a tuple, `trace["y[0]"]` is the first part.

    >>> from nnlab import layers
    >>> trace = layers.Dense(2, kernel_initializer="ones").trace([[1, 2, 3]])
    >>> [(entry.name, entry.kind, entry.shape) for entry in trace.rows()]  # doctest: +ELLIPSIS
    [('kernel', 'weight', (3, 2)), ('bias', 'weight', (2,)), ('x', 'input', (1, 3)), ('z', 'step', (1, 2)), ...]
    """

    def __init__(self, s: TracingRecord, g: TracingRecord, patched: dict[str, Patched]):
        self.layer, self.training, self.patched = s.layer, s.training, patched
        self._pieces = {piece.path: piece for piece in walk(s, g)}
        self.losses = tuple(s.call.losses)
        self.weight_gradients = {variable.path: frozen(v) for variable, v in g.call.gradients.items()}
        self._entries = {entry.path: entry for entry in gathered(self.pieces())}

    @property
    def names(self) -> list[str]:
        """The paths in the order of computation."""
        return list(self._entries)

    def rows(self) -> list[Entry]:
        """The entries in the order of computation."""
        return list(self._entries.values())

    def pieces(self) -> list[Entry]:
        """The single arrays in the order of computation: each time of a loop and each part of a tuple by itself."""
        return list(self._pieces.values())

    def __getitem__(self, path: str) -> Entry:
        found = self._entries.get(path) or self._pieces.get(path)
        if found is None:
            raise KeyError(f"{path!r}; this trace has: {', '.join(self._entries)}")
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def first_nonfinite(self) -> str | None:
        """The first value that is NaN or infinite, if any; None if all are finite."""
        for piece in self.pieces():
            value = np.asarray(piece.value)
            fine = np.isfinite(value) if value.dtype.kind == "f" else np.True_
            if np.isinf(piece.outside):
                fine |= value == piece.outside
            if not fine.all():
                return piece.path
        return None

    def latex(self) -> str:
        """The formulas of the steps, one a line, aligned."""
        formulas = [entry.latex.replace("=", "&=", 1) for entry in self.rows() if entry.latex]
        return "\\begin{aligned}\n" + " \\\\\n".join(formulas) + "\n\\end{aligned}"

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Plain values for your own plans: path -> kind, axes, latex, line, value and grad (arrays)."""
        names = ("kind", "axes", "latex", "note", "line", "value", "grad")
        return {entry.path: {name: getattr(entry, name) for name in names} for entry in self.rows()}

    def __repr__(self) -> str:
        return f"<Trace of {self.layer!r}: {len(self)} values>"

    def __str__(self) -> str:
        return rendered(self)["text/plain"]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return rendered(self)


def rendered(shown: Trace | Entry) -> dict[str, str]:
    """A trace or an entry for the terminal and for the notebook."""
    from nnlab.explain import table  # deferred: rendering is a room above this one

    return {"text/plain": table.text(shown), "text/html": table.html(shown)}


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


def run_trace(
    layer: "Layer",
    x: Any,
    training: bool,
    seed: int | None,
    grad: Any,
    patch: Mapping[str, Any] | None,
    inputs: Mapping[str, Any] | None = None,
) -> Trace:
    """Run `layer` forward and backward on tracing records; `grad` may be a function of them, such as a loss."""
    done: dict[str, dict] = {}
    if patch is not None and not isinstance(patch, Mapping):
        raise ArgumentError(f"{layer._label}: patch must be a dict from steps to functions, received {patch!r}.")
    if seed is not None:
        seed = integer(layer._label, "seed", seed, minimum=0)
    patches = {key: (function, done) for key, function in (patch or {}).items()}
    rng = copy.deepcopy(seeding.generator()) if seed is None else np.random.default_rng(seed)
    call = Call(training, rng, keep=True, patches=patches)
    s = TracingRecord(call, layer)
    y = layer.apply(s, copied(x), **{name: copied(value) for name, value in (inputs or {}).items()})
    g = s.gradients()
    layer.unapply(s, g, grad(s, g) if callable(grad) else upstream(layer, y, grad))
    trace = Trace(s, g, {key: over_time(replaced) for key, replaced in done.items()})
    missed = [key for key in patches if key not in done]
    if missed:
        raise PatchError(f"there is no step {missed[0]!r} to patch; this call has: {', '.join(trace.names)}.")
    return trace


def copied(value: Any) -> Any:
    """A copy, so that a trace holds the numbers of its own moment."""
    if isinstance(value, tuple):
        return tuple(map(copied, value))
    return value.copy() if isinstance(value, np.ndarray) else value


def upstream(layer: "Layer", y: Any, grad: Any) -> Any:
    """The gradient that arrives at y, or at each part of a tuple: ones unless it is given."""
    if isinstance(y, tuple):
        grads = [None] * len(y) if grad is None else grad
        if not isinstance(grads, list | tuple) or len(grads) != len(y):
            raise ShapeError(f"{layer._label}: y is a tuple of {len(y)} arrays, so grad must hold {len(y)} too.")
        return tuple(upstream(layer, part, each) for part, each in zip(y, grads, strict=True))
    if grad is None:
        return np.ones_like(y)
    try:
        grad = np.asarray(grad, y.dtype)
    except (TypeError, ValueError):
        raise ArgumentError(f"{layer._label}: grad must hold numbers of the shape of y, {y.shape}.") from None
    if grad.shape != y.shape:
        raise ShapeError(f"{layer._label}: grad must have the shape of y, {y.shape}, received {grad.shape}.")
    return grad
