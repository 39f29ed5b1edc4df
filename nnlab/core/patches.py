"""A patch: one step replaced by a function of the learner's, or by an array.

The arguments of a function are filled by name: from the values of the record so far (`x`, `kernel`, `windows`), then
from the layer (`strides`, `epsilon`). In the gradient of a step ("grad:z") a plain name is the value, `grad_z` the
gradient that has arrived at z.

In a loop over time `t3/z` is the step at one time and `z` the step at all times: a patch of `z` is called at each
time, or is an array with time first.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nnlab.core.errors import NnlabError, PatchError
from nnlab.core.frozen import frozen, stacked

if TYPE_CHECKING:
    from nnlab.core.tracing import TracingRecord


class Patched(NamedTuple):
    """A step that was replaced: what the layer itself computes from the same inputs, and the replacement."""

    own: Any
    value: Any


def patched(record: "TracingRecord", name: str, own: Any) -> Any:
    """What takes the place of `own`: the patch for this time, that for all times, or `own` itself."""
    if isinstance(own, tuple):
        return patched_parts(record, name, own)
    grad = "" if record.values is None else "grad:"
    at_this_time = key = f"{grad}{record.path}{name}"
    if key not in record.call.patches:
        key = f"{grad}{record.over_time}{name}"
    if key not in record.call.patches:
        return own
    patch, done = record.call.patches[key]
    times = () if key == at_this_time else record.times
    if callable(patch):
        value = call_patch(record, key, patch)
    else:
        whole = not times or name in record.layer._variables  # a weight is the same at all times
        value = patch if whole else at_times(key, patch, times, record.lengths)
    if isinstance(own, np.ndarray | np.generic):
        value = as_step(key, value, own)
    done.setdefault(key, {})[times] = Patched(frozen(own), frozen(value))
    return value


def patched_parts(record: "TracingRecord", name: str, own: tuple) -> tuple:
    """The same for each part of a tuple."""
    if (key := f"{'' if record.values is None else 'grad:'}{record.path}{name}") in record.call.patches:
        raise PatchError(f"{key!r} holds {len(own)} arrays; patch them one by one, as {key + '[0]'!r}.")
    return tuple(patched(record, f"{name}[{index}]", part) for index, part in enumerate(own))


def call_patch(record: "TracingRecord", key: str, patch: Callable) -> Any:
    """What the function of a patch returns."""
    given = arguments(record, key, patch)
    try:
        return patch(**given)
    except NnlabError:
        raise
    except Exception as error:
        raise PatchError(f"the patch of {key!r} raised {type(error).__name__}: {error}") from error


def arguments(record: "TracingRecord", key: str, patch: Callable) -> dict[str, Any]:
    """What there is at this point, for the arguments that a patch asks for."""
    values = record if record.values is None else record.values
    forward = values.shared | vars(values)
    backward = {} if record.values is None else vars(record)
    found = {}
    for name, parameter in parameters(key, patch).items():
        if name.startswith("grad_") and name[5:] in backward:
            found[name] = backward[name[5:]]
        elif name in forward:
            found[name] = forward[name]
        elif hasattr(record.layer, name):
            found[name] = getattr(record.layer, name)
        elif parameter.default is parameter.empty and parameter.kind not in (
            parameter.VAR_POSITIONAL,
            parameter.VAR_KEYWORD,
        ):
            known = [n for n in forward if not n.endswith("/")]
            known += [f"grad_{n}" for n in backward if not n.endswith("/")]
            raise PatchError(f"the patch of {key!r} asks for {name!r}; at this point there is: {', '.join(known)}.")
    return found


def parameters(key: str, patch: Callable) -> Mapping[str, inspect.Parameter]:
    """The arguments that a patch asks for."""
    try:
        return inspect.signature(patch).parameters
    except ValueError:
        raise PatchError(f"the patch of {key!r} does not tell its arguments; write a function around it.") from None


def at_times(key: str, value: Any, times: tuple[int, ...], lengths: tuple[int, ...]) -> Any:
    """The part of an array with time first that belongs to these times."""
    if np.shape(value)[: len(lengths)] != lengths:
        counts = " by ".join(map(str, lengths))
        raise PatchError(f"the patch of {key!r} has shape {np.shape(value)}, expected the {counts} times first.")
    return np.asarray(value)[times]


def over_time(done: dict[tuple[int, ...], Patched]) -> Patched:
    """What one patch replaced, time first if it did so at several times."""
    if () in done:
        return done[()]
    return Patched(*(stacked({times: patched[side] for times, patched in done.items()}) for side in (0, 1)))


def as_step(key: str, value: Any, own: np.ndarray) -> np.ndarray:
    """The value of a patch as an array that can stand for the layer's `own`."""
    if not isinstance(value, np.ndarray | np.generic | int | float):
        raise PatchError(f"the patch of {key!r} returned a {type(value).__name__}, expected an array.")
    value = np.asarray(value)
    if value.dtype.kind not in "fiub":
        raise PatchError(f"the patch of {key!r} returned values of dtype {value.dtype}, expected real numbers.")
    if value.shape != own.shape:
        raise PatchError(f"the patch of {key!r} returned shape {value.shape}, expected {own.shape}.")
    step = value.astype(own.dtype, copy=False)
    if own.dtype.kind != "f" and not np.array_equal(step, value):
        kind = "True or False" if own.dtype.kind == "b" else "whole numbers"
        raise PatchError(f"the patch of {key!r} returned {value.dtype} values, expected {kind}.")
    return step
