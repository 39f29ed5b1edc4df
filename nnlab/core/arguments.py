"""Checks of constructor arguments: each returns the value in its normal form or raises in one sentence."""

import functools
import inspect
import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.core.errors import ArgumentError, UnknownArgumentError, unknown_arguments

LIMIT = 2**31  # sizes beyond fit into no memory, and make NumPy's own arithmetic overflow
MOST_AXES = 32  # NumPy allows 64, and a layer may need twice those of its input
MOST_NUMBERS = 2**28  # in one array, a gibibyte in float32: beyond, a slip of the keyboard would end the kernel


def several(value: Any) -> bool:
    """Whether `value` holds values in a row: a tuple, a list, or an array that has axes.

    >>> several((1, 2)), several(np.array([1, 2])), several(np.array(3)), several("12")
    (True, True, False, False)
    """
    return isinstance(value, tuple | list) or (isinstance(value, np.ndarray) and value.ndim > 0)


def boolean(owner: str, name: str, value: Any) -> bool:
    """`value` if it is True or False; 1 and 0 stand for them.

    >>> boolean("Dense", "use_bias", 0)
    False
    """
    if isinstance(value, bool | np.bool_) or (isinstance(value, int | np.integer) and value in (0, 1)):
        return bool(value)
    raise ArgumentError(f"{owner}: {name} must be True or False, received {value!r}.")


def integer(owner: str, name: str, value: Any, minimum: int = 1) -> int:
    """`value` as an int of at least `minimum`.

    >>> integer("Dense", "units", 3)
    3
    >>> integer("Dense", "units", "3")
    Traceback (most recent call last):
    nnlab.core.errors.ArgumentError: Dense: units must be an integer of at least 1, received '3'.
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool | np.bool_) or number < minimum:
        raise ArgumentError(f"{owner}: {name} must be an integer of at least {minimum}, received {value!r}.")
    if number >= LIMIT:
        raise ArgumentError(f"{owner}: {name} must be an integer below 2**31, received {value!r}.")
    return number


def integers(owner: str, name: str, value: Any, length: int, minimum: int = 1) -> tuple[int, ...]:
    """`value` as a tuple of `length` integers; a single integer stands for all of them.

    >>> integers("Conv2D", "kernel_size", 3, 2)
    (3, 3)
    """
    values = value if several(value) else (value,) * length
    try:
        if len(values) != length:
            raise ArgumentError
        return tuple(integer(owner, name, each, minimum) for each in values)
    except ArgumentError:
        raise ArgumentError(
            f"{owner}: {name} must be an integer of at least {minimum} or {length} of them, received {value!r}."
        ) from None


def one_of(owner: str, name: str, value: Any, options: Sequence[str]) -> str:
    """`value` in lower case, if it is one of the `options`."""
    if isinstance(value, str) and value.lower() in options:
        return value.lower()
    listed = ", ".join(repr(option) for option in options)
    raise ArgumentError(f"{owner}: {name} must be one of {listed}, received {value!r}.")


def number(owner: str, name: str, value: Any, low: float = -np.inf, high: float = np.inf) -> float:
    """`value` as a finite float with low <= value <= high."""
    real = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not real or not abs(value) < np.inf or not low <= value <= high:
        bounds = "" if (low, high) == (-np.inf, np.inf) else f" from {low:g} to {high:g}"
        bounds = f" of at least {low:g}" if high == np.inf and low > -np.inf else bounds
        raise ArgumentError(f"{owner}: {name} must be a number{bounds}, received {value!r}.")
    return float(value)


def supported(owner: str, received: Mapping[str, Any], neutral: Mapping[str, Collection[Any]]) -> None:
    """Refuse, by name, what Keras offers and nnlab does not: only the `neutral` values of such an argument pass.

    >>> supported("Conv2D", {"groups": 2}, {"groups": (1,)})
    Traceback (most recent call last):
    nnlab.core.errors.UnknownArgumentError: Conv2D: groups=2 is not supported, expected 1; leave it out.
    """
    for name, value in received.items():
        if not any(
            value is allowed or (type(value) is type(allowed) and value == allowed) for allowed in neutral[name]
        ):
            expected = " or ".join(repr(allowed) for allowed in neutral[name])
            raise UnknownArgumentError(
                f"{owner}: {name}={value!r} is not supported, expected {expected}; leave it out."
            )


def checked_constructor(init: Callable) -> Callable:
    """A constructor that refuses missing, surplus and unknown arguments in a sentence that names its class."""
    signature = inspect.signature(init)
    parameters = list(signature.parameters.values())[1:]
    takes = [parameter.name for parameter in parameters if parameter.kind.name[:3] != "VAR"]
    takes_all = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)

    @functools.wraps(init)
    def checked(self: Any, *args: Any, **kwargs: Any) -> None:
        if not takes_all and (unknown := [name for name in kwargs if name not in takes]):
            raise unknown_arguments(type(self).__name__, unknown, takes)
        try:
            signature.bind(self, *args, **kwargs)
        except TypeError as error:
            known = f" It takes: {', '.join(takes)}." if takes else ""
            raise UnknownArgumentError(f"{type(self).__name__}: {error}.{known}") from None
        init(self, *args, **kwargs)

    return checked
