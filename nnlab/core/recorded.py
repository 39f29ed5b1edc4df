"""Custom layers in Keras's own style: a `call` in plain NumPy, recorded as it runs and differentiated by rules.

`call` receives `Recorded` values, and every operation on one is a step on the record and a line of the tape;
`backward` goes through the tape from the end. The weights of the layer join the tape where `call` uses them, the
layers that it calls become children of the record. At inference there is no tape: `call` gets read-only arrays.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core.play import add, filled, or_zeros, over_parts, play, unplay
from nnlab.core.record import Call, Record, parts, shape_of
from nnlab.core.recorded_array import places_of, plain, read_only
from nnlab.core.tape import Tape

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
        setattr(g, name, or_zeros(None if place is None else arrived[place], vars(s)[name]))
    for variable, place in outside.items():  # a weight of another layer, used here
        g.call.add_gradient(variable, or_zeros(arrived[place], variable.value))
    for name, place in given.items():
        if all(part is not None and part.dtype.kind == "f" for part in parts(vars(s)[name])):
            setattr(g, name, filled(arrived, place, vars(s)[name]))
    return filled(arrived, x, s.x)


def output_shape(self: "Layer", input_shape: Any, **further: Any) -> Any:
    """The shape of the output, found by trying: sizes of the input that may be any are tried with two numbers.

    `further` are the shapes of further inputs, by name.
    """
    one, other = (tried(self, input_shape, further, size) for size in (16, 32))
    if isinstance(one[0], tuple):
        return tuple(map(common, one, other))
    return common(one, other)


output_shape.by_trial = True  # functools.wraps passes it on


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
