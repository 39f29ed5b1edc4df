"""What makes a function of NumPy an activation: its gradient and its formula beside it."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np


def differentiable(gradient: Callable, latex: str) -> Callable[[Callable], Callable]:
    """Give a function f its gradient and its formula.

    `f.gradient(x, y, dy)` returns the gradient of x from that of y = f(x); what f takes beside x, it takes too. So f
    may be used in a custom `call`, where it is recorded by NumPy's own protocol (NEP 18), as np.exp is.
    """

    def decorate(function: Callable) -> Callable:
        @functools.wraps(function)
        def dispatched(x: Any, *args: Any, **options: Any) -> Any:
            if isinstance(x, np.ndarray) or not hasattr(x, "__array_function__"):
                return function(x, *args, **options)
            return x.__array_function__(dispatched, (type(x),), (x, *args), options)

        dispatched.gradient, dispatched.latex = gradient, latex
        return dispatched

    return decorate


def floats(x: Any) -> np.ndarray:
    """x as an array of floats: as it is if it holds some, else in float64."""
    x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype("float64")
