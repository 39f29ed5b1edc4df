"""The array that a custom `call` receives: NumPy hands every operation on it to the tape (NEP 13, NEP 18).

What cannot be recorded, such as a write in place, is refused here in one sentence with the way out.
"""

import operator
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core.array_methods import ArrayMethods
from nnlab.core.errors import RecordingError
from nnlab.core.gradients import astype, index

if TYPE_CHECKING:
    from nnlab.core.tape import Tape

WAY_OUT = "use operations that nnlab knows, or give the layer forward(s, x) and backward(s, g) of its own"
LOST = "would lose the gradient; use NumPy's functions on the recorded value itself"
WRITES = "it writes into an array; make a new one, with np.where say"
# A way out that is nearer, for some of what cannot be recorded.
INSTEAD = {
    **dict.fromkeys((np.copyto, np.put, np.place, np.putmask, np.fill_diagonal, np.put_along_axis), WRITES),
    **dict.fromkeys((np.append, np.insert, np.block), "use np.concatenate, np.stack, np.hstack or np.vstack"),
    np.average: "write (x * weights).sum(axis) / weights.sum(axis)",
    np.divmod: "use x // n and x % n",
    np.convolve: "use np.lib.stride_tricks.sliding_window_view and a product",
    np.cumprod: "use np.exp(np.cumsum(np.log(x))) where x is positive",
}
NEARER = {
    "strides": "use np.lib.stride_tricks.sliding_window_view, which needs none",
    **dict.fromkeys(("item", "tolist"), "a Python number would lose the gradient, so keep the array"),
}


class UnknownMethodError(RecordingError, AttributeError):
    """A method of arrays that cannot be recorded."""


class Recorded(ArrayMethods):
    """An array inside `call`: it looks like NumPy's, and every operation on it is noted on the tape."""

    __slots__ = ("_array", "place", "tape")

    def __init__(self, tape: "Tape", array: Any, place: int):
        array = np.asarray(array)
        self.tape, self._array, self.place = tape, read_only(array), place

    shape = property(lambda self: self._array.shape)
    dtype = property(lambda self: self._array.dtype)
    ndim = property(lambda self: self._array.ndim)
    size = property(lambda self: self._array.size)

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
        return self.tape.apply(index, (self, plain(key)), {})  # positions: there is no gradient along them

    def _refuse(self, what: str, instead: str) -> Any:
        raise RecordingError(f"{self.tape.label}: {what}; {instead}.")

    def __setitem__(self, key: Any, value: Any) -> None:
        self._refuse("call writes into a recorded value", "make a new array instead, with np.where or np.concatenate")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self.dtype.kind != "f":  # positions, or True and False
            return np.array(self._array, dtype)
        return self._refuse(
            "np.array or np.asarray, or putting it into a plain array, " + LOST, "put several together with np.stack"
        )

    def _number(self, kind: Any) -> Any:
        if self.dtype.kind != "f":
            return kind(self._array)
        return self._refuse("float(), int() and the functions of math " + LOST, "np.exp, say, in the place of math.exp")

    def __float__(self) -> float:
        return self._number(float)

    def __int__(self) -> int:
        return self._number(int)

    def __index__(self) -> int:
        return self._number(operator.index)

    def __complex__(self) -> complex:
        return self._refuse("complex numbers cannot be recorded", "take two real arrays")

    def __bool__(self) -> bool:
        if self.size == 1:  # the branch that is taken is recorded, the question has no gradient
            return bool(self._array)
        return self._refuse(
            f"`if` (or and, or, not, max) needs one number, and this has shape {self.shape}",
            "choose element by element with np.where(x > 0, a, b), or ask (x > 0).all() or .any()",
        )

    def __iter__(self) -> Iterator["Recorded"]:
        return (self[place] for place in range(len(self)))

    def __len__(self) -> int:
        return len(self._array)

    def __deepcopy__(self, memo: Any) -> "Recorded":
        return self  # nothing in it changes

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # Python and NumPy asking what it can do
            raise AttributeError(name)
        raise UnknownMethodError(f"{self.tape.label}: a recorded value has no {name!r}; {NEARER.get(name, WAY_OUT)}.")

    def __format__(self, form: str) -> str:
        return format(self._array.item(), form) if form and self.ndim == 0 else format(self._array, form)

    def __repr__(self) -> str:
        return repr(self._array).replace("array", "recorded", 1)

    def astype(self, dtype: Any, copy: bool = True) -> "Recorded":
        return self.tape.apply(astype, (self, dtype), {})

    def sort(self, axis: int = -1) -> None:
        self._refuse("x.sort() writes into a recorded value", "use np.sort(x), which returns a new array")

    def fill(self, value: Any) -> None:
        self._refuse("x.fill() writes into a recorded value", "use np.full_like(x, value)")


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):

    def _in_place(self: Recorded, other: Any) -> Any:
        return self._refuse(
            "+=, *= and the like write into a recorded value",
            "write x = x + 1 instead of x += 1, or np.where for a part of x",
        )

    setattr(Recorded, f"__i{_name}__", _in_place)


def nested(change: Any, value: Any) -> Any:
    """The same lists, tuples and dicts with `change` made of what they hold."""
    if isinstance(value, dict):
        return {key: nested(change, part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)([nested(change, part) for part in value])
    return change(value)


def plain(value: Any) -> Any:
    """The same with arrays in the place of recorded values."""
    return nested(lambda part: part._array if isinstance(part, Recorded) else part, value)


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


def title(function: Any) -> str:
    """How a function is called in an error."""
    name = getattr(function, "__name__", str(function))
    module = getattr(function, "__module__", None) or "numpy"
    return f"{module.replace('numpy', 'np', 1)}.{name}" if module.startswith("numpy") else name
