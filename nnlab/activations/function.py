"""What makes a function of NumPy an activation: its gradient and its formula beside it."""

from collections.abc import Callable
from typing import Any

import numpy as np


def differentiable(gradient: Callable, latex: str) -> Callable[[Callable], Callable]:
    """Give a function f its gradient and its formula.

    `f.gradient(x, y, dy)` returns the gradient of x from that of y = f(x); what f takes beside x, it takes too.
    """

    def decorate(function: Callable) -> Callable:
        function.gradient, function.latex = gradient, latex
        return function

    return decorate


def floats(x: Any) -> np.ndarray:
    """x as an array of floats: as it is if it holds some, else in float64."""
    x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype("float64")
