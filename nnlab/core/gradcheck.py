"""Are the gradients right? Every input, weight and step of a layer against finite differences.

Each differentiable value v of a trace is moved a little in a random direction d, by patching it; the change of
<grad, y> (and of the activity penalties) must equal <gradient of v, d>. That also fails where a step is computed but
not read back. A step of a loop is moved at each time by itself. The check runs on a float64 copy of the layer.
"""

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from nnlab.core.errors import ArgumentError, GradientError
from nnlab.core.layer import Layer
from nnlab.core.record import parts, shape_of
from nnlab.core.weighted import reachable


class Row(NamedTuple):
    """One value checked: the derivative in a random direction, by backward and by differences."""

    name: str
    backward: float
    differences: float

    @property
    def error(self) -> float:
        """The difference, relative where the derivative is larger than one."""
        return abs(self.backward - self.differences) / max(1.0, abs(self.backward), abs(self.differences))


def gradcheck(
    layer: Layer,
    x: Any,
    training: bool = False,
    seed: int = 0,
    patch: dict[str, Any] | None = None,
    epsilon: float = 1e-6,
    tolerance: float = 1e-6,
    **inputs: Any,
) -> list[Row]:
    """Check the gradient of every input, weight and differentiable step.

    Raises GradientError at the first that differs, in the order of computation; else returns the rows. Where y holds
    NaN or infinity there is nothing to compare, which is an ArgumentError.
    `patch` holds values to keep fixed during the check (a dropout mask, say); `inputs` are further inputs by name.

    >>> from nnlab import layers
    >>> [row.name for row in gradcheck(layers.Dense(2), np.ones((3, 4)))]
    ['kernel', 'bias', 'x', 'z', 'y']
    """
    if not hasattr(layer, "ensure_built"):
        raise ArgumentError(f"gradcheck: expected a layer, received {layer!r}.")
    layer.ensure_built(shape_of(layer.as_input(x)))
    layer, rng, patch = as_float64(layer), np.random.default_rng(seed), dict(patch or {})
    forward = layer.trace(x, training, seed, patch=patch, **inputs)
    y = forward["y"].value
    if not all(np.isfinite(part).all() for part in parts(y)):
        raise ArgumentError(
            f"{layer._label}: a gradient can be checked only where y is finite; "
            f"{forward.first_nonfinite!r} is the first that holds NaN or infinity."
        )
    upstream = tuple(rng.normal(size=part.shape) for part in y) if isinstance(y, tuple) else rng.normal(size=y.shape)
    trace = layer.trace(x, training, seed, upstream, patch, **inputs)

    def objective(moved: dict[str, np.ndarray]) -> float:
        there = layer.trace(x, training, seed, upstream, patch | moved, **inputs)
        pairs = zip(parts(there["y"].value), parts(upstream), strict=True)
        return float(sum((value * weight).sum() for value, weight in pairs) + sum(there.losses))

    entries = [trace.get(piece.row, piece) if piece.kind == "weight" else piece for piece in trace.pieces()]
    return [
        checked(layer, entry, objective, rng.normal(size=entry.shape), epsilon, tolerance)
        for entry in dict.fromkeys(entries)
        if differentiable(entry) and entry.path not in patch and not (entry.path == "x" and positions(entry, x))
    ]


def checked(
    layer: Layer, entry: Any, objective: Callable, direction: np.ndarray, epsilon: float, tolerance: float
) -> Row:
    """The row of one value, or GradientError."""
    if entry.grad is None or np.shape(entry.grad) != entry.shape:
        raise GradientError(
            f"{layer._label}: the gradient of {entry.path!r} has shape "
            f"{None if entry.grad is None else np.shape(entry.grad)}, expected {entry.shape}."
        )
    ahead, behind = (objective({entry.path: entry.value + by * direction}) for by in (epsilon, -epsilon))
    row = Row(entry.path, float((entry.grad * direction).sum()), (ahead - behind) / (2 * epsilon))
    if not row.error <= tolerance:
        raise GradientError(
            f"{layer._label}: the gradient of {row.name!r} is wrong, or the value is not read back: along a "
            f"random direction backward gives {row.backward:.6g}, finite differences give {row.differences:.6g}."
        )
    return row


def differentiable(entry: Any) -> bool:
    """Whether a gradient is expected: of a float, if no step declares otherwise and it is no moving statistic.

    A step that a custom `call` turns into float32, such as a mask, is too coarse for small differences.
    """
    weight = entry.layer._variables.get(entry.name)
    trainable = weight is None or weight.trainable
    return np.asarray(entry.value).dtype == np.float64 and entry.differentiable and trainable


def positions(entry: Any, x: Any) -> bool:
    """Whether this input of a custom `call` held whole numbers, of which it takes only that: no gradient reaches it."""
    whole = not isinstance(x, tuple) and np.asarray(x).dtype.kind in "iub"
    return entry.layer.is_recorded and whole and not np.any(entry.grad)


def as_float64(layer: Layer) -> Layer:
    """A copy of the layer that computes in float64."""
    layer = copy.deepcopy(layer)
    for part in reachable(layer):
        part.dtype = "float64"
    for variable in layer.weights:
        variable.value = variable.value.astype("float64")
    return layer
