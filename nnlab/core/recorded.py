"""Custom layers in Keras's own style: a `call` in plain NumPy, recorded as it runs and differentiated by rules.

`call` receives `Recorded` values, and every operation on one is a step on the record and a line of the tape;
`backward` goes through the tape from the end. The weights of the layer join the tape where `call` uses them, the
layers that it calls become children of the record. At inference there is no tape: `call` gets read-only arrays.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core.errors import NnlabError, RecordingError
from nnlab.core.record import Call, Record, parts, shape_of
from nnlab.core.recorded_array import Recorded, flat, places_of, plain, read_only
from nnlab.core.tape import Operation, Tape
from nnlab.core.variable import TAPE, Variable

if TYPE_CHECKING:
    from nnlab.core.layer import Layer


def forward(self: "Layer", s: Record, x: Any, **inputs: Any) -> Any:
    """Run `call`, on a tape where something is kept."""
    tape = Tape(s, {"x", "y", *inputs, *self._variables})
    wrap = tape.value if tape.keep else read_only
    given = {name: over_parts(wrap, value) for name, value in inputs.items()}
    x = over_parts(wrap, x)
    if given.get("mask") is not None:
        tape.masks[id(x)] = x, given["mask"]
    if "training" in self.takes:
        given["training"] = s.training
    y = play(self, tape, lambda: self.call(x, **given))
    s.call.losses += [float(plain(loss)) for loss in tape.losses]
    if s.call.live:
        for variable, value in tape.assigned.items():
            variable.assign(plain(value))
    if tape.keep:
        own = {name: tape.leaves.get(variable) for name, variable in self._variables.items()}
        outside = {v: place for v, place in tape.leaves.items() if self._variables.get(v.name) is not v}
        given = {name: places_of(value) for name, value in given.items() if name != "training"}
        ends = places_of(y), places_of(tape.losses)
        s.tape = (tape.operations, tape.count, places_of(x), given, ends, own, outside)
    return over_parts(lambda part: as_output(self, part), plain(y))


def play(self: Any, tape: Tape, run: Callable[[], Any], least: int = 1) -> Any:
    """What `run` returns while the tape records: an array of so many axes at least, or a tuple of them."""
    token = TAPE.set(tape)
    try:
        y = over_parts(lambda part: part.value if isinstance(part, Variable) else part, run())
    except (ValueError, IndexError, TypeError) as error:
        if (refusal := refused(self, error)) is not None:
            raise refusal from error
        if not isinstance(error, NnlabError):
            error.add_note(f"This happened inside the call of {self._label}.")
        raise
    finally:
        TAPE.reset(token)
        tape.record = None
    if any(isinstance(part, Recorded) and part.tape is not tape for part in parts(y)):
        raise RecordingError(f"{self._label} returned a value kept from another call; compute it anew.")
    arrays = [isinstance(part, Recorded | np.ndarray | np.generic) and np.ndim(part) >= least for part in parts(y)]
    if not arrays or not all(arrays):
        raise RecordingError(
            f"{self._label} must return an array with the batch first, or a tuple of them, received "
            f"{described(plain(y))}."
        )
    return y


def refused(self: "Layer", error: Exception) -> RecordingError | None:
    """What to say of an error of NumPy's whose cause is that `call` was given arrays of nnlab's."""
    said = str(error)
    if isinstance(error, ValueError) and "read-only" in said:
        return RecordingError(
            f"{self._label}: call writes into an array that it was given; make a new one instead, x = x + 1."
        )
    if not isinstance(error, NnlabError) and ("arrays used as indices" in said or "dtype('int64')" in said):
        return RecordingError(
            f"{self._label}: call takes positions from an array of floats, and inputs arrive as {self.dtype}; write "
            "x.astype(int), or keeps_integers = True in the class."
        )
    return None


def described(y: Any) -> str:
    """What `call` has returned, for an error."""
    kind = f"{type(y).__name__}"
    return f"{kind} without axes" if isinstance(y, np.ndarray | np.generic | float | int) else kind


def as_output(self: "Layer", y: np.ndarray) -> np.ndarray:
    """An output in the dtype of the layer (NumPy makes float64 of a float32 by np.sqrt(2), say), and writable."""
    y = np.asarray(y)
    y = y.astype(self.dtype, copy=False) if y.dtype.kind == "f" else y
    return y if y.flags.writeable else y.copy()


def backward(self: "Layer", s: Record, g: Record) -> Any:
    """Go back through the tape to the inputs and the weights."""
    operations, count, x, given, (y, losses), own, outside = s.tape
    arrived: list[Any] = [None] * count
    add(arrived, y, g.y)
    add(arrived, losses, [np.ones((), self.dtype)] * len(losses))
    unplay(operations, arrived, s, g)
    for name, place in own.items():
        setattr(g, name, like(None if place is None else arrived[place], vars(s)[name]))
    for variable, place in outside.items():  # a weight of another layer, used here
        gradient, summed = like(arrived[place], variable.value), g.call.gradients
        summed[variable] = summed[variable] + gradient if variable in summed else gradient
    for name, place in given.items():
        if all(part is not None and part.dtype.kind == "f" for part in parts(vars(s)[name])):
            setattr(g, name, filled(arrived, place, vars(s)[name]))
    return filled(arrived, x, s.x)


def unplay(operations: list[Operation], arrived: list[Any], s: Record, g: Record) -> None:
    """Go through the operations from the end, and free them on the way: each adds to what has arrived at others."""
    while operations:
        step = operations.pop()
        if not hasattr(step.undo, "ensure_built"):
            dy = arrived[step.out]
            dy = np.zeros_like(step.y) if dy is None else np.asarray(dy, step.y.dtype)
            dy = g.store(step.name, dy, None)
            if step.y.dtype.kind == "f":
                gradients = step.undo(step.y, dy, *step.arguments, **step.options)
                check_none_is_lost(s.layer, step, len(gradients))
                add(arrived, step.places, gradients, step.arguments)
        else:
            pairs = zip(step.out, step.y, strict=True)
            dy = tuple(np.zeros(*like) if arrived[out] is None else arrived[out] for out, like in pairs)
            child = g.undo(step.name, step.undo, s, dy if len(dy) > 1 else dy[0])
            add(arrived, step.places[0], child.x)
            for name, place in step.places[1].items():
                add(arrived, place, vars(child).get(name))
        for out in step.out if isinstance(step.out, tuple) else (step.out,):
            arrived[out] = None


def check_none_is_lost(layer: Any, step: Operation, known: int) -> None:
    """Raise if the operation has recorded numbers for arguments along which its rule knows no gradient."""
    for place, value in zip(flat(step.places[known:]), flat(step.arguments[known:]), strict=True):
        if place is not None and value.dtype.kind == "f":
            raise RecordingError(
                f"{layer._label}: the step {step.name!r} has no gradient along an argument that is recorded; pass a "
                "plain number there."
            )


def output_shape(self: "Layer", input_shape: Any, **further: Any) -> Any:
    """The shape of the output, found by trying: sizes of the input that may be any are tried with two numbers.

    `further` are the shapes of further inputs, by name.
    """
    one, other = (tried(self, input_shape, further, size) for size in (16, 32))
    if isinstance(one[0], tuple):
        return tuple(map(common, one, other))
    return common(one, other)


output_shape.takes_further = True  # functools.wraps passes it on


def tried(self: "Layer", input_shape: Any, further: dict[str, Any], size: int) -> Any:
    """The shape of the output for zeros, with `size` where the shape says None."""

    def zeros(shape: Any, dtype: Any) -> Any:
        if shape and isinstance(shape[0], tuple):
            return tuple(zeros(part, dtype) for part in shape)
        return np.zeros([size if n is None else n for n in shape], dtype)

    kind = int if self.keeps_integers else self.dtype
    given = {name: zeros(shape, bool if name == "mask" else kind) for name, shape in further.items()}
    with np.errstate(all="ignore"):
        y = self.apply(Record(Call(rng=np.random.default_rng(0)), self), zeros(input_shape, kind), **given)
    return shape_of(y)


def common(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int | None, ...]:
    """The sizes on which both agree."""
    return tuple(a if a == b else None for a, b in zip(one, other, strict=True))


def over_parts(change: Any, value: Any) -> Any:
    """`change` of an array, or of each of a tuple; None stays None."""
    if isinstance(value, tuple):
        return tuple(over_parts(change, part) for part in value)
    return None if value is None else change(value)


def add(arrived: list[Any], places: Any, gradients: Any, arguments: Any = None) -> None:
    """Add gradients to what has arrived at these places; never in place, since others may hold the same array."""
    if gradients is None:
        return
    if isinstance(places, list | tuple):
        for number, (place, gradient) in enumerate(zip(places, gradients, strict=False)):
            add(arrived, place, gradient, None if arguments is None else arguments[number])
    elif places is not None:
        if arguments is not None:
            if np.asarray(arguments).dtype.kind != "f":
                return
            gradients = np.asarray(gradients, arguments.dtype)
        arrived[places] = gradients if arrived[places] is None else arrived[places] + gradients


def like(gradient: Any, value: np.ndarray) -> np.ndarray:
    """A gradient of this value, zeros if none has arrived."""
    return np.zeros_like(value) if gradient is None else np.asarray(gradient, value.dtype)


def filled(arrived: list[Any], places: Any, values: Any) -> Any:
    """The gradients of one value or of a tuple."""
    if isinstance(values, tuple):
        return tuple(like(arrived[place], value) for place, value in zip(places, values, strict=True))
    return like(arrived[places], values)
