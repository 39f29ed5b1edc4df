"""Cases made from a real layer: the reference of a written step is the layer's own, read from its trace."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from nnlab.grading.exercise import Case

MakeLayer = Callable[[np.random.Generator], Iterable[tuple[Any, Any]]]
Given = dict[str, Callable[[Any, Any], Any]]


def layer_step(step: str, arguments: tuple[str, ...], layers: MakeLayer, given: Given | None = None):
    """Make the `make` of a `Check`: the answer must compute `step` of each (layer, input) of `layers`.

    step        "windows" for a value, "grad:kernel" for a gradient (with a random gradient at the output).
    arguments   names as in a patch: a value of the record, `grad_z` for the gradient of z, or an attribute of
                the layer.
    given       for an argument that is none of these: a function of (layer, trace) that computes it.
    """
    name, is_gradient = step.removeprefix("grad:"), step.startswith("grad:")

    def make(rng: np.random.Generator) -> Iterable[Case]:
        for layer, x in layers(rng):
            y = layer(x)
            trace = layer.trace(x, grad=rng.normal(size=y.shape).astype(y.dtype) if is_gradient else None)
            values = {argument: find(argument, layer, trace, given) for argument in arguments}
            entry = trace[name]
            yield Case(values, np.array(entry.grad if is_gradient else entry.value))

    return make


def find(argument: str, layer: Any, trace: Any, given: Given | None = None) -> Any:
    """The value of one argument, filled by name: an array as a writable copy that keeps its gaps."""
    if given and argument in given:
        return given[argument](layer, trace)
    if argument in trace.names:
        return _copy(trace[argument].value)
    if argument.startswith("grad_") and argument[5:] in trace.names:
        return _copy(trace[argument[5:]].grad)
    return getattr(layer, argument)


def with_gaps(array: np.ndarray) -> np.ndarray:
    """The same values in memory that is not contiguous, as a slice of a larger array would be.

    >>> with_gaps(np.zeros((2, 3))).flags.c_contiguous
    False
    """
    wide = np.full((*array.shape, 2), np.nan, array.dtype)
    wide[..., 0] = array
    return wide[..., 0]


def _copy(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    return np.array(value) if value.flags.c_contiguous else with_gaps(value)
