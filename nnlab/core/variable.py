"""A weight: an array with a name that can be assigned, and that NumPy's functions take as an array."""

from contextvars import ContextVar
from typing import Any

import numpy as np

from nnlab.core.array_methods import ArrayMethods
from nnlab.core.errors import ArgumentError, RecordingError, ShapeError

# The tape of the custom `call` that is running, if any: a weight that is used there joins it (recorded.py).
TAPE: ContextVar[Any] = ContextVar("tape", default=None)


class Variable(ArrayMethods):
    """A weight of a layer.

    >>> kernel = Variable(np.ones((2, 3), "float32"), "kernel")
    >>> (np.ones(2) @ kernel).shape, kernel.T.shape
    ((3,), (3, 2))
    >>> kernel.assign([[1, 2, 3], [4, 5, 6]]); kernel[1]
    array([4., 5., 6.], dtype=float32)
    """

    def __init__(self, value: Any, name: str, trainable: bool = True, regularizer: Any = None, owner: str = ""):
        self._value = np.asarray(value)
        self.name, self.trainable, self.regularizer, self.owner = name, trainable, regularizer, owner

    @property
    def value(self) -> Any:
        """The array itself; inside the `call` of a custom layer what is recorded of it."""
        return self._value if (tape := TAPE.get()) is None else tape.leaf(self)

    @value.setter
    def value(self, value: np.ndarray) -> None:
        self._value = value

    @property
    def shape(self) -> tuple[int, ...]:
        return self._value.shape

    @property
    def dtype(self) -> np.dtype:
        return self._value.dtype

    @property
    def ndim(self) -> int:
        return self._value.ndim

    @property
    def size(self) -> int:
        return self._value.size

    @property
    def path(self) -> str:
        """The layer's name and the weight's: `dense/kernel`."""
        return f"{self.owner}/{self.name}" if self.owner else self.name

    def numpy(self) -> np.ndarray:
        """A copy of the values."""
        self._refuse_inside_call("numpy()")
        return self._value.copy()

    def assign(self, value: Any) -> None:
        """Set the values: a new array is made, so what a trace holds of the old one stays as it was.

        In the `call` of a custom layer a weight that is not trainable can be set, such as a moving statistic: as in
        `commit` only a real call changes it, at its end.
        """
        if (tape := TAPE.get()) is not None:
            tape.assign(self, value)
        else:
            self._value = self.fitting(value)

    def assign_add(self, value: Any) -> None:
        """Set the values to the sum of them and `value`."""
        self.assign(self + value)

    def assign_sub(self, value: Any) -> None:
        """Set the values to what remains of them without `value`."""
        self.assign(self - value)

    def fitting(self, value: Any) -> np.ndarray:
        """A copy of `value` as an array of this weight's dtype, or an error if it does not have its shape."""
        try:
            value = np.array(value, self.dtype)
        except (TypeError, ValueError) as error:
            raise ArgumentError(f"{self.path}: expected numbers of shape {self.shape}: {error}") from None
        if value.shape != self.shape:
            raise ShapeError(f"{self.path}: expected shape {self.shape}, received {value.shape}.")
        return value

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        self._refuse_inside_call("np.asarray")
        return np.array(self._value, dtype, copy=True if copy is None else copy)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if any(part is self for part in kwargs.get("out") or ()) or method == "at":
            raise ArgumentError(f"{self.path}: a weight is not written into, as with +=; set it by assign(values).")
        return getattr(ufunc, method)(*unwrapped(inputs), **unwrapped(kwargs))

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return function(*unwrapped(args), **unwrapped(kwargs))

    def __getitem__(self, key: Any) -> np.ndarray:
        tape = TAPE.get()
        return self._value[key].copy() if tape is None else tape.leaf(self)[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        raise ArgumentError(f"{self.path}: a weight is not written into; set all of it by assign(values).")

    def __len__(self) -> int:
        return len(self._value)

    def _refuse_inside_call(self, what: str) -> None:
        if (tape := TAPE.get()) is not None and tape.keep:
            raise RecordingError(f"{self.path}: {what} would lose the gradient; use the weight itself, as an array.")

    def __float__(self) -> float:
        self._refuse_inside_call("float()")
        return float(self._value)

    def __int__(self) -> int:
        self._refuse_inside_call("int()")
        return int(self._value)

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:  # identity: a weight is a key in the gradients of a call
        return self is other

    def __repr__(self) -> str:
        return f"<Variable {self.path}, shape={self.shape}, dtype={self.dtype}>"


def unwrapped(value: Any) -> Any:
    """The same with arrays in the place of variables, inside lists and tuples too."""
    if isinstance(value, Variable):
        return value.value
    if isinstance(value, dict):
        return {key: unwrapped(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(unwrapped(part) for part in value)
    return value
