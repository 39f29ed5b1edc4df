"""The record that watches: it keeps everything, freezes it, notes source lines and applies patches.

A patch replaces one step by a function of the learner's. Its arguments are filled by name: from the values of the
record so far (`x`, `kernel`, `windows`), then from the layer (`strides`, `epsilon`). In the gradient of a step
("grad:z") a plain name is the value, `grad_z` the gradient that has arrived at z.
"""

import inspect
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nnlab.core.errors import NnlabError, PatchError
from nnlab.core.record import Call, Record

if TYPE_CHECKING:
    from nnlab.core.layer import Layer

HOUSEKEEPING = ("call", "layer", "path", "lines", "values")


class Patched(NamedTuple):
    """A step that was replaced: what the layer itself computes from the same inputs, and the replacement."""

    own: Any
    value: Any


class TracingRecord(Record):
    """A record for `trace`. `values` is the forward record if this one holds gradients."""

    __slots__ = ("lines", "path", "values")

    def __init__(self, call: Call, layer: "Layer", path: str = "", values: "TracingRecord | None" = None):
        super().__init__(call, layer)
        self.path, self.lines, self.values = path, {}, values

    def child(self, name: str, layer: "Layer") -> "TracingRecord":
        child = self.__dict__[name + "/"] = TracingRecord(self.call, layer, f"{self.path}{name}/")
        return child

    def undo(self, name: str, layer: "Layer", s: Record, dy: Any) -> "TracingRecord":
        values = s.__dict__[name + "/"]
        gradients = TracingRecord(self.call, layer, f"{self.path}{name}/", values)
        self.__dict__[name + "/"] = gradients
        layer.unapply(values, gradients, dy)
        return gradients

    def __setattr__(self, name: str, value: Any) -> None:
        if name in HOUSEKEEPING:
            object.__setattr__(self, name, value)
            return
        if self.call.patches:
            key = f"{'' if self.values is None else 'grad:'}{self.path}{name}"
            if key in self.call.patches:
                value = self._patched(key, value)
        caller = sys._getframe(1)
        if caller.f_globals.get("__name__") != "nnlab.core.layer":  # weights, x and y are stored there
            self.lines[name] = (caller.f_code.co_filename, caller.f_lineno)
        self.__dict__[name] = frozen(value)

    def _patched(self, key: str, own: Any) -> Any:
        patch, done = self.call.patches[key]
        value = self._call_patch(key, patch) if callable(patch) else patch
        if isinstance(own, np.ndarray | np.generic):
            value = as_step(key, value, own)
        done[key] = Patched(frozen(own), frozen(value))
        return value

    def _call_patch(self, key: str, patch: Callable) -> Any:
        arguments = self._arguments(key, patch)
        try:
            return patch(**arguments)
        except NnlabError:
            raise
        except Exception as error:
            raise PatchError(f"the patch of {key!r} raised {type(error).__name__}: {error}") from error

    def _arguments(self, key: str, patch: Callable) -> dict[str, Any]:
        forward = vars(self if self.values is None else self.values)
        backward = {} if self.values is None else vars(self)
        found = {}
        for name, parameter in inspect.signature(patch).parameters.items():
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


def as_step(key: str, value: Any, own: np.ndarray) -> np.ndarray:
    """The value of a patch as an array that can stand for the layer's `own`."""
    if not isinstance(value, np.ndarray | np.generic | int | float):
        raise PatchError(f"the patch of {key!r} returned a {type(value).__name__}, expected an array.")
    value = np.asarray(value)
    if value.shape != own.shape:
        raise PatchError(f"the patch of {key!r} returned shape {value.shape}, expected {own.shape}.")
    return value.astype(own.dtype, copy=False) if own.dtype.kind in "fc" else value


def frozen(value: Any) -> Any:
    """The same values, read-only."""
    if isinstance(value, tuple):
        return tuple(frozen(part) for part in value)
    if isinstance(value, np.ndarray):
        value = value.view()
        value.flags.writeable = False
    return value
