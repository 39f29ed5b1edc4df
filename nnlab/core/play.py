"""Running a function on a tape, and going back through it: what custom layers and losses of one's own share."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core.errors import NnlabError, RecordingError
from nnlab.core.record import Record, parts
from nnlab.core.recorded_array import Recorded, flat, plain
from nnlab.core.tape import Operation, Tape
from nnlab.core.variable import TAPE, Variable

if TYPE_CHECKING:
    from nnlab.core.layer import Layer


def play(layer: Any, tape: Tape, run: Callable[[], Any], least: int = 1) -> Any:
    """What `run` returns while the tape records: an array of so many axes at least, or a tuple of them."""
    token = TAPE.set(tape)
    try:
        y = over_parts(lambda part: part.value if isinstance(part, Variable) else part, run())
    except (ValueError, IndexError, TypeError) as error:
        if (refusal := refused(layer, error)) is not None:
            raise refusal from error
        if not isinstance(error, NnlabError):
            error.add_note(f"This happened inside the call of {layer._label}.")
        raise
    finally:
        TAPE.reset(token)
        tape.record = None
    if any(isinstance(part, Recorded) and part.tape is not tape for part in parts(y)):
        raise RecordingError(f"{layer._label} returned a value kept from another call; compute it anew.")
    arrays = [isinstance(part, Recorded | np.ndarray | np.generic) and np.ndim(part) >= least for part in parts(y)]
    if not arrays or not all(arrays):
        raise RecordingError(
            f"{layer._label} must return an array with the batch first, or a tuple of them, received "
            f"{described(plain(y))}."
        )
    return y


def refused(layer: "Layer", error: Exception) -> RecordingError | None:
    """What to say of an error of NumPy's whose cause is that `call` was given arrays of nnlab's."""
    said = str(error)
    if isinstance(error, ValueError) and "read-only" in said:
        return RecordingError(
            f"{layer._label}: call writes into an array that it was given; make a new one instead, x = x + 1."
        )
    if not isinstance(error, NnlabError) and ("arrays used as indices" in said or "dtype('int64')" in said):
        return RecordingError(
            f"{layer._label}: call takes positions from an array of floats, and inputs arrive as {layer.dtype}; write "
            "x.astype(int), or keeps_integers = True in the class."
        )
    return None


def described(y: Any) -> str:
    """What `call` has returned, for an error."""
    kind = type(y).__name__
    return f"{kind} without axes" if isinstance(y, np.ndarray | np.generic | float | int) else kind


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
            dy = tuple(np.zeros(*form) if arrived[out] is None else arrived[out] for out, form in pairs)
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


def or_zeros(gradient: Any, value: np.ndarray) -> np.ndarray:
    """A gradient of this value, zeros if none has arrived."""
    return np.zeros_like(value) if gradient is None else np.asarray(gradient, value.dtype)


def filled(arrived: list[Any], places: Any, values: Any) -> Any:
    """The gradients of one value or of a tuple."""
    if isinstance(values, tuple):
        return tuple(or_zeros(arrived[place], value) for place, value in zip(places, values, strict=True))
    return or_zeros(arrived[places], values)


def over_parts(change: Any, value: Any) -> Any:
    """`change` of an array, or of each of a tuple; None stays None."""
    if isinstance(value, tuple):
        return tuple(over_parts(change, part) for part in value)
    return None if value is None else change(value)
