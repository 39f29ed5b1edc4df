"""The record that watches: it keeps everything, freezes it, notes source lines and applies patches.

A patch replaces one step by a function of the learner's. Its arguments are filled by name: from the values of the
record so far (`x`, `kernel`, `windows`), then from the layer (`strides`, `epsilon`). In the gradient of a step
("grad:z") a plain name is the value, `grad_z` the gradient that has arrived at z.

In a loop over time `t3/z` is the step at one time and `z` the step at all times: a patch of `z` is called at each
time, or is an array with time first.
"""

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nnlab.arrays import now
from nnlab.core.errors import NnlabError, PatchError
from nnlab.core.record import LOOP, Call, Record, Scan, read_shared

if TYPE_CHECKING:
    from nnlab.core.layer import Layer

HOUSEKEEPING = ("call", "layer", "lengths", "lines", "over_time", "path", "shared", "tape", "times", "values")


class Patched(NamedTuple):
    """A step that was replaced: what the layer itself computes from the same inputs, and the replacement."""

    own: Any
    value: Any


class TracingRecord(Record):
    """A record for `trace`. `values` is the forward record if this one holds gradients.

    `path` leads to one time of each loop on the way (`lstm/t3/`), `over_time` to all of them (`lstm/`); `times` says
    which, of how many in `lengths`. `shared` is what the loop has in common.
    """

    __slots__ = ("lengths", "lines", "over_time", "path", "shared", "times", "values")

    def __init__(
        self,
        call: Call,
        layer: "Layer",
        path: str = "",
        over_time: str = "",
        times: tuple[int, ...] = (),
        lengths: tuple[int, ...] = (),
        shared: dict[str, Any] | None = None,
        values: "TracingRecord | None" = None,
    ):
        super().__init__(call, layer)
        self.path, self.over_time, self.times, self.lengths = path, over_time, times, lengths
        self.shared, self.lines, self.values = shared or {}, {}, values

    def gradients(self) -> "TracingRecord":
        """A record for the gradients of these values."""
        place = self.path, self.over_time, self.times, self.lengths
        return TracingRecord(self.call, self.layer, *place, values=self)

    def child(self, name: str, layer: "Layer") -> "TracingRecord":
        path, over_time = f"{self.path}{name}/", f"{self.over_time}{name}/"
        child = TracingRecord(self.call, layer, path, over_time, self.times, self.lengths)
        self.__dict__[name + "/"] = child
        return child

    def undo(self, name: str, layer: "Layer", s: Record, dy: Any) -> "TracingRecord":
        values = s.__dict__[name + "/"]
        gradients = self.__dict__[name + "/"] = values.gradients()
        layer.unapply(values, gradients, dy)
        return gradients

    def scan(self, layer: "Layer", length: int) -> Scan:
        shared = {name: value for name, value in vars(self).items() if not name.endswith("/")}
        lengths = (*self.lengths, length)
        rows = self.__dict__[LOOP] = Scan(
            TracingRecord(self.call, layer, f"{self.path}t{t}/", self.over_time, (*self.times, t), lengths, shared)
            for t in range(length)
        )
        return rows

    def rescan(self, s: Record) -> Iterator[tuple["TracingRecord", "TracingRecord"]]:
        rows = self.__dict__[LOOP] = Scan(row.gradients() for row in s.loop)
        yield from zip(reversed(s.loop), reversed(rows), strict=True)

    def __getattr__(self, name: str) -> Any:
        return read_shared(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in HOUSEKEEPING:
            object.__setattr__(self, name, value)
            return
        self.store(name, value, sys._getframe(1))

    def store(self, name: str, value: Any, caller: Any) -> Any:
        value = now(value)
        if self.call.patches:
            value = self._patched(name, value)
        if (
            caller is not None and caller.f_globals.get("__name__") != "nnlab.core.layer"
        ):  # weights, x and y are stored there
            self.lines[name] = (caller.f_code.co_filename, caller.f_lineno)
        self.__dict__[name] = stored = frozen(value)
        return stored

    def _patched(self, name: str, own: Any) -> Any:
        """What takes the place of `own`: the patch for this time, that for all times, or `own` itself."""
        if isinstance(own, tuple):
            return self._patched_parts(name, own)
        grad = "" if self.values is None else "grad:"
        at_this_time = key = f"{grad}{self.path}{name}"
        if key not in self.call.patches:
            key = f"{grad}{self.over_time}{name}"
        if key not in self.call.patches:
            return own
        patch, done = self.call.patches[key]
        times = () if key == at_this_time else self.times
        if callable(patch):
            value = self._call_patch(key, patch)
        else:
            whole = not times or name in self.layer._variables  # a weight is the same at all times
            value = patch if whole else at_times(key, patch, times, self.lengths)
        if isinstance(own, np.ndarray | np.generic):
            value = as_step(key, value, own)
        done.setdefault(key, {})[times] = Patched(frozen(own), frozen(value))
        return value

    def _patched_parts(self, name: str, own: tuple) -> tuple:
        if (key := f"{'' if self.values is None else 'grad:'}{self.path}{name}") in self.call.patches:
            raise PatchError(f"{key!r} holds {len(own)} arrays; patch them one by one, as {key + '[0]'!r}.")
        return tuple(self._patched(f"{name}[{index}]", part) for index, part in enumerate(own))

    def _call_patch(self, key: str, patch: Callable) -> Any:
        arguments = self._arguments(key, patch)
        try:
            return patch(**arguments)
        except NnlabError:
            raise
        except Exception as error:
            raise PatchError(f"the patch of {key!r} raised {type(error).__name__}: {error}") from error

    def _arguments(self, key: str, patch: Callable) -> dict[str, Any]:
        values = self if self.values is None else self.values
        forward = values.shared | vars(values)
        backward = {} if self.values is None else vars(self)
        found = {}
        for name, parameter in parameters(key, patch).items():
            if name.startswith("grad_") and name[5:] in backward:
                found[name] = backward[name[5:]]
            elif name in forward:
                found[name] = forward[name]
            elif hasattr(self.layer, name):
                found[name] = getattr(self.layer, name)
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


def stacked(values: dict[tuple[int, ...], np.ndarray]) -> np.ndarray:
    """Values at all times of a loop, or of a loop in a loop, as one array with time first."""
    lengths = tuple(last + 1 for last in map(max, zip(*values, strict=True)))
    rows = np.stack([values[times] for times in np.ndindex(*lengths)])
    return frozen(rows.reshape(*lengths, *rows.shape[1:]))


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


def frozen(value: Any) -> Any:
    """The same values, read-only."""
    if isinstance(value, tuple):
        return tuple(frozen(part) for part in value)
    if isinstance(value, np.ndarray):
        value = value.view()
        value.flags.writeable = False
    return value
