"""Every intermediate value of one call with its gradient: the object that tables, explorers and graders read."""

import copy
import linecache
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core import seed as seeding
from nnlab.core.errors import ArgumentError, PatchError, ShapeError
from nnlab.core.record import Call
from nnlab.core.tracing import Patched, TracingRecord, frozen

if TYPE_CHECKING:
    from nnlab.core.layer import Layer


class Entry:
    """One named value of a trace.

    `kind` is "input", "weight", "step" or "output"; `axes`, `latex`, `grad_latex` and `note` are what the layer
    declares of it; `line` and `source` are where the layer computed it (None and "" where it did not).
    """

    def __init__(self, path: str, name: str, record: TracingRecord, gradients: TracingRecord | None):
        self.path, self.layer = path, record.layer
        self.value = vars(record)[name]
        self.grad = None if gradients is None else vars(gradients).get(name)
        self.kind = kind_of(name, record.layer)
        step = record.layer.steps.get(name)
        self.axes = step.axes if step else record.layer.axes.get(name, "")
        self.latex = step.latex if step else ""
        self.grad_latex = step.grad if step else ""
        self.note = step.note if step else ""
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
    def shape(self) -> tuple[int, ...]:
        return np.shape(self.value)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.path}: {self.axes or '-'} {self.shape}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return rendered(self)


class Trace(Mapping):
    """The values and gradients of one call by path, in the order they were computed.

    >>> from nnlab import layers
    >>> trace = layers.Dense(2, kernel_initializer="ones").trace([[1, 2, 3]])
    >>> [(entry.name, entry.kind, entry.shape) for entry in trace.rows()]  # doctest: +ELLIPSIS
    [('kernel', 'weight', (3, 2)), ('bias', 'weight', (2,)), ('x', 'input', (1, 3)), ('z', 'step', (1, 2)), ...]
    """

    def __init__(self, s: TracingRecord, g: TracingRecord, patched: dict[str, Patched]):
        self.layer, self.training, self.patched = s.layer, s.training, patched
        self.losses = tuple(s.call.losses)
        self.weight_gradients = {variable.path: frozen(v) for variable, v in g.call.gradients.items()}
        self._entries = {entry.path: entry for entry in walk(s, g)}

    @property
    def names(self) -> list[str]:
        """The paths in the order of computation."""
        return list(self._entries)

    def rows(self) -> list[Entry]:
        """The entries in the order of computation."""
        return list(self._entries.values())

    def __getitem__(self, path: str) -> Entry:
        try:
            return self._entries[path]
        except KeyError:
            raise KeyError(f"{path!r}; this trace has: {', '.join(self._entries)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def first_nonfinite(self) -> str | None:
        """The first value that is NaN or infinite, if any; None if all are finite."""
        for entry in self.rows():
            value, step = np.asarray(entry.value), entry.layer.steps.get(entry.name)
            fine = np.isfinite(value) if value.dtype.kind == "f" else np.True_
            if step and np.isinf(step.outside):
                fine |= value == step.outside
            if not fine.all():
                return entry.path
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
    return "output" if name == "y" else "input"


def walk(s: TracingRecord, g: TracingRecord | None) -> Iterator[Entry]:
    """The entries of a record and of the records under it."""
    gradients = {} if g is None else vars(g)
    for name, value in vars(s).items():
        if isinstance(value, TracingRecord):
            yield from walk(value, gradients.get(name))
        else:
            yield Entry(s.path + name, name, s, g)


def run_trace(
    layer: "Layer", x: Any, training: bool, seed: int | None, grad: Any, patch: Mapping[str, Any] | None
) -> Trace:
    """Run `layer` forward and backward on tracing records; `grad` may be a function of them, such as a loss."""
    done: dict[str, Patched] = {}
    patches = {key: (function, done) for key, function in (patch or {}).items()}
    rng = copy.deepcopy(seeding.generator()) if seed is None else np.random.default_rng(seed)
    call = Call(training, rng, keep=True, patches=patches)
    s = TracingRecord(call, layer)
    y = layer.apply(s, x.copy() if isinstance(x, np.ndarray) else x)
    g = TracingRecord(call, layer, values=s)
    layer.unapply(s, g, grad(s, g) if callable(grad) else upstream(layer, y, grad))
    trace = Trace(s, g, done)
    missed = [key for key in patches if key not in done]
    if missed:
        raise PatchError(f"there is no step {missed[0]!r} to patch; this call has: {', '.join(trace.names)}.")
    return trace


def upstream(layer: "Layer", y: np.ndarray, grad: Any) -> np.ndarray:
    """The gradient that arrives at y: ones unless it is given."""
    if grad is None:
        return np.ones_like(y)
    try:
        grad = np.asarray(grad, y.dtype)
    except (TypeError, ValueError):
        raise ArgumentError(f"{layer._label}: grad must hold numbers of the shape of y, {y.shape}.") from None
    if grad.shape != y.shape:
        raise ShapeError(f"{layer._label}: grad must have the shape of y, {y.shape}, received {grad.shape}.")
    return grad
