"""Custom layers in Keras's own style: a `call` in plain NumPy, recorded as it runs and differentiated by rules.

`call` receives `Recorded` values. NumPy hands every operation on one to its `__array_ufunc__` or
`__array_function__` (NEP 13, NEP 18), which computes it, stores it on the record as a step and notes it on the tape;
`backward` goes through the tape from the end. The weights of the layer join the tape where `call` uses them, the
layers that it calls become children of the record. At inference there is no tape: `call` gets read-only arrays.
"""

import functools
import inspect
import itertools
import sys
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nnlab.core.assigned import assigned_name
from nnlab.core.errors import RecordingError
from nnlab.core.gradients import CONSTANT, RULES, astype, index
from nnlab.core.record import Call, Record, parts
from nnlab.core.variable import TAPE, Variable

if TYPE_CHECKING:
    from nnlab.core.layer import Layer

WAY_OUT = "use operations that nnlab knows, or give the layer forward(s, x) and backward(s, g) of its own"
LOST = "would lose the gradient; use NumPy's functions on the recorded value itself"


class Operation(NamedTuple):
    """One line of the tape: what was computed from what. `places` says which values the arguments are."""

    name: str
    function: Any  # of NumPy, or a layer
    arguments: tuple
    options: dict[str, Any]
    places: Any
    out: Any
    y: Any


class Tape:
    """The operations of one `call`, in order. It refers to its record only while `call` runs, so there is no cycle."""

    def __init__(self, s: Record, taken: set[str]):
        self.record: Record | None = s
        self.keep, self.label = s.call.keep, s.layer._label
        self.operations: list[Operation] = []
        self.count = 0  # of values; each has a place
        self.leaves: dict[Variable, int] = {}
        self.names = set(taken)

    def value(self, array: Any, place: int | None = None) -> "Recorded":
        """An array with a place on the tape, a new one unless it is given."""
        if place is None:
            place, self.count = self.count, self.count + 1
        return Recorded(self, array, place)

    def leaf(self, variable: Variable) -> Any:
        """A weight, as `call` uses it."""
        own = self.record.layer._variables.get(variable.name) is variable
        array = read_only(vars(self.record)[variable.name] if own else variable.value)
        if not self.keep:
            return array
        leaf = self.value(array, self.leaves.get(variable))
        self.leaves[variable] = leaf.place
        return leaf

    def apply(self, function: Any, args: tuple, options: dict[str, Any]) -> Any:
        """Compute an operation of NumPy and note it."""
        args, options = with_leaves(tuple(args), self), with_leaves(options, self)
        values, plain_options = plain(args), plain(options)
        if function in CONSTANT:
            return function(*values, **plain_options)
        called = title(function)
        if function is np.split:
            return self._split(*args, **options)
        if function not in RULES:
            raise RecordingError(f"{self.label}: {called} cannot be recorded; {WAY_OUT}.")
        if self.record is None:
            raise RecordingError(f"{self.label}: {called} received a value kept from an earlier call; compute it anew.")
        try:
            bound = signature(function).bind(None, None, *args, **options)
        except TypeError as error:
            raise RecordingError(f"{self.label}: {called} in this form cannot be recorded ({error}).") from None
        y = np.asarray(function(*values, **plain_options))
        frame = caller()
        name = self._unused(assigned_name(frame), function.__name__)
        y = self.value(self.record.store(name, y, frame))
        places = places_of(bound.args[2:]), {key: places_of(value) for key, value in bound.kwargs.items()}
        if any(place is not None for place in flat(list(places[1].values()))):
            raise RecordingError(f"{self.label}: {called}: pass recorded values by position, not by keyword.")
        arguments = plain(bound.args[2:])
        self.operations.append(Operation(name, function, arguments, plain(bound.kwargs), places[0], y.place, y.array))
        return y

    def _split(self, ary: Any, indices_or_sections: Any, axis: int = 0) -> list["Recorded"]:
        pieces = np.split(np.arange(ary.shape[axis]), indices_or_sections)
        ahead = (slice(None),) * (axis % ary.ndim)
        ends = np.cumsum([0, *map(len, pieces)])
        return [ary[(*ahead, slice(int(a), int(b)))] for a, b in itertools.pairwise(ends)]

    def run(self, layer: "Layer", x: Any, training: Any, inputs: dict[str, Any]) -> Any:
        """Call a layer inside this one, as a child of the record."""
        if training is not None and bool(training) != self.record.training:
            raise RecordingError(
                f"{self.label}: {layer._label} was called with training={training!r} inside a call with "
                f"training={self.record.training}; leave it out, the layers inside follow."
            )
        x, inputs = with_leaves(x, self), with_leaves(inputs, self)
        values = plain(tuple(x) if isinstance(x, list) else x)
        given = layer.as_inputs(plain(inputs)) if inputs else {}
        name = self._unused_child(layer.name)
        token = TAPE.set(None)  # what happens inside is that layer's own
        try:
            y = self.record.run(name, layer, layer.as_input(values), **given)
        finally:
            TAPE.reset(token)
        if not self.keep:
            return y
        outputs = tuple(self.value(part) for part in parts(y))
        places = places_of(x), {key: places_of(inputs[key]) for key in given}
        shapes = tuple((part.shape, part.dtype) for part in parts(y))
        self.operations.append(
            Operation(name, layer, (), {}, places, tuple(output.place for output in outputs), shapes)
        )
        return outputs if isinstance(y, tuple) else outputs[0]

    def _unused(self, assigned: str | None, function: str) -> str:
        name = function if assigned in (None, "y") else assigned  # y is the output
        return self._numbered(name, "_")

    def _unused_child(self, name: str) -> str:
        return self._numbered(name + "/", "#")[:-1]

    def _numbered(self, name: str, sign: str) -> str:
        base, end = (name[:-1], "/") if name.endswith("/") else (name, "")
        number = 1
        while name in self.names:
            number += 1
            name = f"{base}{sign}{number}{end}"
        self.names.add(name)
        return name


# ---- the layer's forward and backward


def forward(self: "Layer", s: Record, x: Any, **inputs: Any) -> Any:
    """Run `call`, on a tape where something is kept."""
    tape = Tape(s, {"x", "y", *inputs, *self._variables})
    wrap = tape.value if tape.keep else read_only
    given = {name: over_parts(wrap, value) for name, value in inputs.items()}
    if "training" in inspect.signature(self.call).parameters:
        given["training"] = s.training
    x = over_parts(wrap, x)
    token = TAPE.set(tape)
    try:
        y = self.call(x, **given)
        if isinstance(y, Variable):
            y = tape.leaf(y)
    except ValueError as error:
        if "read-only" not in str(error):
            raise
        raise RecordingError(
            f"{self._label}: call writes into an array that it was given; make a new one instead, x = x + 1."
        ) from None
    finally:
        TAPE.reset(token)
        tape.record = None
    if not all(isinstance(part, Recorded | np.ndarray | np.generic) and np.ndim(part) for part in parts(y)):
        raise RecordingError(
            f"{self._label}: call must return an array with the batch first, or a tuple of them, received "
            f"{type(y).__name__}{' without axes' if np.ndim(plain(y)) == 0 else ''}."
        )
    if tape.keep:
        own = {name: tape.leaves.get(variable) for name, variable in self._variables.items()}
        outside = {v: place for v, place in tape.leaves.items() if self._variables.get(v.name) is not v}
        given = {name: places_of(value) for name, value in given.items() if name != "training"}
        s.tape = (tape.operations, tape.count, places_of(x), given, places_of(y), own, outside)
    return over_parts(lambda part: part.copy() if not part.flags.writeable else part, plain(y))


def backward(self: "Layer", s: Record, g: Record) -> Any:
    """Go back through the tape, and free it on the way."""
    operations, count, x, given, y, own, outside = s.tape
    arrived: list[Any] = [None] * count
    add(arrived, y, g.y)
    while operations:
        step = operations.pop()
        if not hasattr(step.function, "ensure_built"):
            dy = arrived[step.out]
            dy = g.store(step.name, np.zeros_like(step.y) if dy is None else dy, None)
            if step.y.dtype.kind == "f":
                add(
                    arrived,
                    step.places,
                    RULES[step.function](step.y, dy, *step.arguments, **step.options),
                    step.arguments,
                )
        else:
            pairs = zip(step.out, step.y, strict=True)
            dy = tuple(np.zeros(*like) if arrived[out] is None else arrived[out] for out, like in pairs)
            child = g.undo(step.name, step.function, s, dy if len(dy) > 1 else dy[0])
            add(arrived, step.places[0], child.x)
            for name, place in step.places[1].items():
                add(arrived, place, vars(child).get(name))
        for out in step.out if isinstance(step.out, tuple) else (step.out,):
            arrived[out] = None
    for name, place in own.items():
        setattr(g, name, like(None if place is None else arrived[place], vars(s)[name]))
    for variable, place in outside.items():  # a weight of another layer, used here
        gradient, summed = like(arrived[place], variable.value), g.call.gradients
        summed[variable] = summed[variable] + gradient if variable in summed else gradient
    for name, place in given.items():
        if all(part.dtype.kind == "f" for part in parts(vars(s)[name])):
            setattr(g, name, filled(arrived, place, vars(s)[name]))
    return filled(arrived, x, s.x)


def output_shape(self: "Layer", input_shape: tuple[int | None, ...]) -> Any:
    """The shape of the output, found by trying: sizes of the input that may be any are tried with two numbers."""
    one, other = (tried(self, input_shape, size) for size in (16, 32))
    if isinstance(one[0], tuple):
        return tuple(map(common, one, other))
    return common(one, other)


def tried(self: "Layer", input_shape: Any, size: int) -> Any:
    """The shape of the output for zeros, with `size` where the shape says None."""
    several = isinstance(input_shape[0], tuple)
    shapes = [tuple(size if n is None else n for n in shape) for shape in (input_shape if several else [input_shape])]
    x = tuple(np.zeros(shape, self.dtype) for shape in shapes)
    with np.errstate(all="ignore"):
        y = self.apply(Record(Call(rng=np.random.default_rng(0)), self), x if several else x[0])
    return tuple(part.shape for part in y) if isinstance(y, tuple) else y.shape


def common(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int | None, ...]:
    """The sizes on which both agree."""
    return tuple(a if a == b else None for a, b in zip(one, other, strict=True))


# ---- values


class Recorded(np.lib.mixins.NDArrayOperatorsMixin):
    """An array inside `call`: it looks like NumPy's, and every operation on it is noted on the tape."""

    __slots__ = ("array", "place", "tape")

    def __init__(self, tape: Tape, array: Any, place: int):
        array = np.asarray(array)
        self.tape, self.array, self.place = tape, read_only(array), place

    shape = property(lambda self: self.array.shape)
    dtype = property(lambda self: self.array.dtype)
    ndim = property(lambda self: self.array.ndim)
    size = property(lambda self: self.array.size)
    T = property(lambda self: np.transpose(self))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, out: Any = None, **options: Any) -> Any:
        if out is not None or method == "at":
            self._refuse(f"{title(ufunc)} with out=, or in place (+=, ufunc.at), writes into an array", "x = x + 1")
        if method != "__call__":
            self._refuse(f"{title(ufunc)}.{method} cannot be recorded", WAY_OUT)
        return self.tape.apply(ufunc, args, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: dict[str, Any]) -> Any:
        if options.get("out") is not None:
            self._refuse(f"{title(function)} with out= writes into an array", "use what the function returns")
        return self.tape.apply(function, args, options)

    def __getitem__(self, key: Any) -> "Recorded":
        if isinstance(key, Recorded) or (isinstance(key, tuple) and any(isinstance(k, Recorded) for k in key)):
            key = plain(key)  # positions, or True and False: there is no gradient along them
        return self.tape.apply(index, (self, key), {})

    def _refuse(self, what: str, instead: str) -> Any:
        raise RecordingError(f"{self.tape.label}: {what}; {instead}.")

    def __setitem__(self, key: Any, value: Any) -> None:
        self._refuse("call writes into a recorded value", "make a new array instead, with np.where or np.concatenate")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self._refuse("np.asarray (or putting it into a plain array) " + LOST, WAY_OUT)

    def _number(self, *_: Any) -> Any:
        return self._refuse("float(), int() and the functions of math " + LOST, "np.exp, say, in the place of math.exp")

    __float__ = __int__ = __index__ = __complex__ = __round__ = _number

    def __bool__(self) -> bool:
        return self._refuse(
            "`if` (or and, or, not) on a recorded value cannot be differentiated",
            "choose element by element with np.where(x > 0, a, b)",
        )

    def __iter__(self) -> Iterator:
        return self._refuse(
            "iterating over a recorded value is not recorded",
            "use an operation over an axis, or x[:, i] for i in range(x.shape[1])",
        )

    def __len__(self) -> int:
        return len(self.array)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{self.tape.label}: a recorded value has no {name!r}; {WAY_OUT}.")

    def __repr__(self) -> str:
        return f"<Recorded, shape={self.shape}, dtype={self.dtype}>"

    def reshape(self, *shape: Any) -> "Recorded":
        return np.reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> "Recorded":
        return np.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    def astype(self, dtype: Any) -> "Recorded":
        return self.tape.apply(astype, (self, dtype), {})

    def copy(self) -> "Recorded":
        return np.copy(self)

    def flatten(self) -> "Recorded":
        return np.ravel(self)


def method(function: Any) -> Any:
    """The function of NumPy as a method."""

    @functools.wraps(function)
    def run(self: Recorded, *args: Any, **options: Any) -> Any:
        return function(self, *args, **options)

    return run


for _name in (
    *("sum", "mean", "max", "min", "var", "std", "cumsum", "argmax", "argmin", "any", "all"),
    *("swapaxes", "squeeze", "ravel", "take", "clip", "dot"),
):
    setattr(Recorded, _name, method(getattr(np, _name)))
for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):

    def _in_place(self: Recorded, other: Any) -> Any:
        return self._refuse("+=, *= and the like write into a recorded value", "write x = x + 1 instead of x += 1")

    setattr(Recorded, f"__i{_name}__", _in_place)


# ---- nested arguments


def nested(change: Any, value: Any) -> Any:
    """The same lists, tuples and dicts with `change` made of what they hold."""
    if isinstance(value, dict):
        return {key: nested(change, part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)([nested(change, part) for part in value])
    return change(value)


def over_parts(change: Any, value: Any) -> Any:
    """`change` of an array, or of each of a tuple."""
    return tuple(map(change, value)) if isinstance(value, tuple) else change(value)


def plain(value: Any) -> Any:
    """The same with arrays in the place of recorded values."""
    return nested(lambda part: part.array if isinstance(part, Recorded) else part, value)


def with_leaves(value: Any, tape: Tape) -> Any:
    """The same with the places of weights taken by their leaves on the tape."""
    return nested(lambda part: tape.leaf(part) if isinstance(part, Variable) else part, value)


def places_of(value: Any) -> Any:
    """The same with the place of each recorded value, and None for all else."""
    return nested(lambda part: part.place if isinstance(part, Recorded) else None, value)


def flat(value: Any) -> list[Any]:
    """What nested lists and tuples hold."""
    return [each for part in value for each in flat(part)] if isinstance(value, list | tuple) else [value]


def read_only(array: Any) -> Any:
    """A view that cannot be written to."""
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view


def add(arrived: list[Any], places: Any, gradients: Any, arguments: Any = None) -> None:
    """Add gradients to what has arrived at these places; never in place, since others may hold the same array."""
    if isinstance(places, list | tuple):
        for number, (place, gradient) in enumerate(zip(places, gradients, strict=False)):
            add(arrived, place, gradient, None if arguments is None else arguments[number])
    elif places is not None and gradients is not None:
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


# ---- names


def title(function: Any) -> str:
    """How a function is called in an error."""
    name = getattr(function, "__name__", str(function))
    module = getattr(function, "__module__", None) or "numpy"
    return f"{module.replace('numpy', 'np', 1) if module.startswith('numpy') else 'np'}.{name}"


@functools.cache
def signature(function: Any) -> inspect.Signature:
    """What may be passed to an operation: what its rule names."""
    return inspect.signature(RULES[function])


MACHINERY = ("numpy", "nnlab.core.recorded", "nnlab.core.variable")


def caller() -> FrameType:
    """The frame of `call`, or of a function that it calls, in which an operation stands."""
    frame = sys._getframe(2)
    while frame.f_globals.get("__name__", "").startswith(MACHINERY):
        frame = frame.f_back
    return frame
