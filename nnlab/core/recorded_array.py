"""The array that a custom `call` receives: NumPy hands every operation on it to the tape (NEP 13, NEP 18).

What cannot be recorded, an in-place write or an `if`, is refused here in one sentence with the way out.
"""

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core.errors import RecordingError
from nnlab.core.gradients import astype, index

if TYPE_CHECKING:
    from nnlab.core.tape import Tape

WAY_OUT = "use operations that nnlab knows, or give the layer forward(s, x) and backward(s, g) of its own"
LOST = "would lose the gradient; use NumPy's functions on the recorded value itself"


class Recorded(np.lib.mixins.NDArrayOperatorsMixin):
    """An array inside `call`: it looks like NumPy's, and every operation on it is noted on the tape."""

    __slots__ = ("array", "place", "tape")

    def __init__(self, tape: "Tape", array: Any, place: int):
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


def nested(change: Any, value: Any) -> Any:
    """The same lists, tuples and dicts with `change` made of what they hold."""
    if isinstance(value, dict):
        return {key: nested(change, part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)([nested(change, part) for part in value])
    return change(value)


def plain(value: Any) -> Any:
    """The same with arrays in the place of recorded values."""
    return nested(lambda part: part.array if isinstance(part, Recorded) else part, value)


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
    return f"{module.replace('numpy', 'np', 1) if module.startswith('numpy') else 'np'}.{name}"
