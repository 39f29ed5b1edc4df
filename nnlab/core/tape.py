"""The tape of a custom `call`: each operation of NumPy, computed, stored on the record as a step, and noted."""

import functools
import inspect
import sys
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nnlab.core.assigned import assigned_name
from nnlab.core.errors import RecordingError
from nnlab.core.gradients import CONSTANT, RULES, SEVERAL
from nnlab.core.record import Record, parts
from nnlab.core.recorded_array import INSTEAD, WAY_OUT, Recorded, flat, nested, places_of, plain, read_only, title
from nnlab.core.variable import TAPE, Variable
from nnlab.core.weighted import reachable

if TYPE_CHECKING:
    from nnlab.core.layer import Layer


class Operation(NamedTuple):
    """One line of the tape: what was computed from what. `places` says which values the arguments are."""

    name: str
    undo: Any  # the rule of an operation, or the layer that was called
    arguments: tuple
    options: dict[str, Any]
    places: Any
    out: Any
    y: Any
    kind: str  # the function's name, or the class of the layer


class Tape:
    """The operations of one `call`, in order. It refers to its record only while `call` runs, so there is no cycle."""

    def __init__(self, s: Record, taken: set[str]):
        self.record: Record | None = s
        self.keep, self.label = s.call.keep, s.layer._label
        self.operations: list[Operation] = []
        self.count = 0  # of values; each has a place
        self.leaves: dict[Variable, int] = {}
        self.assigned: dict[Variable, Any] = {}  # what `call` has assigned, for the end of a real call
        self.losses: list[Any] = []
        self.masks: dict[int, tuple[Any, np.ndarray]] = {}  # of what layers inside returned, by identity
        self.names = set(taken)

    def value(self, array: Any, place: int | None = None) -> "Recorded":
        """An array with a place on the tape, a new one unless it is given."""
        if place is None:
            place, self.count = self.count, self.count + 1
        return Recorded(self, array, place)

    def leaf(self, variable: Variable) -> Any:
        """A weight, as `call` uses it."""
        if variable in self.assigned:
            return self.assigned[variable]
        own = self.record.layer._variables.get(variable.name) is variable
        array = read_only(vars(self.record)[variable.name] if own else variable._value)
        if not self.keep:
            return array
        leaf = self.value(array, self.leaves.get(variable))
        self.leaves[variable] = leaf.place
        return leaf

    def assign(self, variable: Variable, value: Any) -> None:
        """Note the new value of a weight that `call` moves itself; only a real call moves it, at its end."""
        if variable.trainable:
            raise RecordingError(
                f"{self.label}: call assigns to {variable.path}, which training moves; make it with "
                "add_weight(trainable=False) if call is to move it."
            )
        value = with_leaves(value, self)
        fitting = read_only(variable.fitting(plain(value)))
        self.assigned[variable] = value.astype(variable.dtype) if isinstance(value, Recorded) else fitting

    def add_loss(self, layer: "Layer", loss: Any) -> None:
        """Note a penalty, which is summed up if it is an array."""
        if layer is not self.record.layer:
            raise RecordingError(f"{layer._label}: add_loss inside the call of {self.label}; let that layer add it.")
        if not isinstance(loss, Recorded | Variable | np.ndarray | np.generic | float | int):
            raise RecordingError(f"{self.label}: add_loss takes a number, received {type(loss).__name__}.")
        self.losses.append(np.sum(with_leaves(loss, self)))

    def apply(self, function: Any, args: tuple, options: dict[str, Any]) -> Any:
        """Compute an operation of NumPy and note it."""
        args, options = with_leaves(tuple(args), self), with_leaves(options, self)
        values, plain_options = plain(args), plain(options)
        if function in CONSTANT:
            return function(*values, **plain_options)
        called = title(function)
        if any(isinstance(part, Recorded) and part.tape is not TAPE.get() for part in flat([*args, *options.values()])):
            raise RecordingError(
                f"{self.label}: {called} received a value kept from another call; compute it anew, or pass it to the "
                "layer as an input."
            )
        if function in SEVERAL:
            return SEVERAL[function](*args, **options)
        rule = RULES.get(function) or rule_of(function)
        if rule is None:
            raise RecordingError(f"{self.label}: {called} cannot be recorded; {INSTEAD.get(function, WAY_OUT)}.")
        try:
            bound = signature(rule).bind(None, None, *args, **options)
        except TypeError as error:
            raise RecordingError(f"{self.label}: {called} in this form cannot be recorded ({error}).") from None
        if any(isinstance(part, Recorded) and part.dtype.kind == "f" for part in flat(list(bound.kwargs.values()))):
            raise RecordingError(f"{self.label}: {called}: pass recorded values by position, not by keyword.")
        y = np.asarray(function(*values, **plain_options))
        if y.dtype.kind not in "fiub":
            raise RecordingError(f"{self.label}: {called} gave values of dtype {y.dtype}, expected real numbers.")
        frame = caller()
        name = self._unused(assigned_name(frame), function.__name__)
        y = self.value(self.record.store(name, y, frame))
        places, arguments, named = places_of(bound.args[2:]), kept(bound.args[2:]), kept(bound.kwargs)
        self.operations.append(Operation(name, rule, arguments, named, places, y.place, y._array, function.__name__))
        return y

    def run(self, layer: "Layer", x: Any, training: Any, inputs: dict[str, Any]) -> Any:
        """Call a layer inside this one, as a child of the record."""
        if training is not None and bool(training) != self.record.training:
            raise RecordingError(
                f"{self.label}: {layer._label} was called with training={training!r} inside a call with "
                f"training={self.record.training}; leave it out, the layers inside follow."
            )
        _, mask = self.masks.get(id(x), (x, None))
        x, inputs = with_leaves(x, self), with_leaves(inputs, self)
        values = plain(tuple(x) if isinstance(x, list) else x)
        given = layer.as_inputs(plain(inputs)) if inputs else {}
        mask = given.pop("mask", plain(mask))
        name = self._unused_child(layer.name)
        token = TAPE.set(None)  # what happens inside is that layer's own
        try:
            y, after = self.record.run_masked(name, layer, layer.as_input(values), mask, **given)
        finally:
            TAPE.reset(token)
        if layer.weights and not any(layer is each for each in reachable(self.record.layer)):
            raise RecordingError(
                f"{self.label}: call uses {layer._label}, which training would not find; make it in __init__ and keep "
                "it as an attribute, self.inner = ..."
            )
        outputs = tuple(self.value(part) for part in parts(y)) if self.keep else parts(y)
        if self.keep:
            places = places_of(x), {key: places_of(inputs[key]) for key in given}
            shapes = tuple((part.shape, part.dtype) for part in parts(y))
            places_of_y = tuple(output.place for output in outputs)
            kind = type(layer).__name__
            self.operations.append(Operation(name, layer, (), {}, places, places_of_y, shapes, kind))
        if after is not None:
            self.masks[id(outputs[0])] = outputs[0], after
        return outputs if isinstance(y, tuple) else outputs[0]

    def _unused(self, assigned: str | None, function: str) -> str:
        name = function if assigned in (None, "y") else assigned  # y is the output
        return self._numbered(name, "_")

    def _unused_child(self, name: str) -> str:
        return self._numbered(name, "#", "/")

    def _numbered(self, base: str, sign: str, end: str = "") -> str:
        """The name, numbered from its second use on; a child's record stands under it with a "/" at its end."""
        name, number = base, 1
        while name + end in self.names:
            number += 1
            name = f"{base}{sign}{number}"
        self.names.add(name + end)
        return name


def kept(arguments: Any) -> Any:
    """Arguments as backward will need them: of a plain array a copy, since `call` may write into it later."""
    return nested(
        lambda part: part.copy() if isinstance(part, np.ndarray) and part.flags.writeable else part, plain(arguments)
    )


def with_leaves(value: Any, tape: Tape) -> Any:
    """The same with the places of weights taken by their leaves on the tape."""
    return nested(lambda part: tape.leaf(part) if isinstance(part, Variable) else part, value)


@functools.cache
def rule_of(function: Any) -> Any:
    """The rule of a function that brings its own gradient (`nnlab.activations.differentiable`), or None."""
    if not hasattr(function, "gradient"):
        return None

    def rule(y: Any, g: Any, x: Any, *args: Any, **options: Any) -> tuple:  # nothing but x has a gradient
        return (function.gradient(x, y, g, *args, **options),)

    return rule


@functools.cache
def signature(rule: Any) -> inspect.Signature:
    """What may be passed to an operation: what its rule names."""
    return inspect.signature(rule)


MACHINERY = ("numpy", "nnlab.core.")


def caller() -> FrameType:
    """The frame of `call`, or of a function that it calls, in which an operation stands."""
    frame = sys._getframe(2)
    while frame.f_globals.get("__name__", "").startswith(MACHINERY):
        frame = frame.f_back
    return frame
