"""Every intermediate value of one call with its gradient: the object that tables, explorers and graders read."""

import copy
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core import seed as seeding
from nnlab.core.arguments import integer
from nnlab.core.entry import Entry, gathered, walk
from nnlab.core.errors import ArgumentError, PatchError, ShapeError
from nnlab.core.frozen import frozen
from nnlab.core.patches import Patched, over_time
from nnlab.core.record import Call
from nnlab.core.rendered import Rendered
from nnlab.core.tracing import TracingRecord

if TYPE_CHECKING:
    from nnlab.core.layer import Layer


class Trace(Rendered, Mapping):
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
