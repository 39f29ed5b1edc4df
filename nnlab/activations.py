"""Activation functions, each with its gradient. NumPy only.

`f(x)` gives the values, `f.gradient(x, y, dy)` the gradient of x from that of y = f(x), `f.latex` the formula.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab.core.errors import ArgumentError


def differentiable(gradient: Callable, latex: str) -> Callable[[Callable], Callable]:
    """Give a function its gradient and its formula."""

    def decorate(function: Callable) -> Callable:
        function.gradient, function.latex = gradient, latex
        return function

    return decorate


@differentiable(lambda x, y, dy: dy, r"x")
def linear(x: np.ndarray) -> np.ndarray:
    """x itself."""
    return np.asarray(x)


def _relu_gradient(
    x: np.ndarray,
    y: np.ndarray,
    dy: np.ndarray,
    negative_slope: float = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
) -> np.ndarray:
    if max_value is None:
        passed = x > threshold if threshold else x > 0
    else:
        passed = (x > threshold) & (x < max_value)
    if not negative_slope:
        return dy * passed
    return dy * np.where(passed, 1, np.where(x <= threshold, negative_slope, 0)).astype(dy.dtype)


@differentiable(_relu_gradient, r"\max(0, x)")
def relu(
    x: np.ndarray, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> np.ndarray:
    """max(0, x); with the arguments, x between threshold and max_value and a slope below (Keras's definition).

    Where two pieces meet, the gradient is that of the flatter one, so it is 0 for relu(0).

    >>> relu([-3.0, -1.0, 0.0, 2.0]), relu([-3.0, -1.0, 0.0, 2.0], max_value=1.0)
    (array([0., 0., 0., 2.]), array([0., 0., 0., 1.]))
    """
    x = np.asarray(x)
    if negative_slope:
        y = np.where(x <= threshold, negative_slope * (x - threshold), x)
    else:
        y = np.where(x <= threshold, 0, x) if threshold else np.maximum(x, 0)
    return y if max_value is None else np.minimum(y, max_value)


@differentiable(lambda x, y, dy: dy * y * (1 - y), r"\frac{1}{1 + e^{-x}}")
def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), without overflow for large negative x.

    >>> sigmoid([-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """
    x = np.asarray(x)
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


@differentiable(lambda x, y, dy: dy * (1 - y * y), r"\tanh x")
def tanh(x: np.ndarray) -> np.ndarray:
    """The hyperbolic tangent."""
    return np.tanh(x)


def _softmax_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, axis: int = -1) -> np.ndarray:
    return y * (dy - (dy * y).sum(axis, keepdims=True))


@differentiable(_softmax_gradient, r"\frac{e^{x_i}}{\sum_j e^{x_j}}")
def softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """exp(x) divided by its sum along `axis`, shifted by the maximum so that nothing overflows.

    >>> softmax([1000.0, 1000.0])
    array([0.5, 0.5])
    """
    x = np.asarray(x)
    exp = np.exp(x - x.max(axis, keepdims=True))
    return exp / exp.sum(axis, keepdims=True)


NAMED = {function.__name__: function for function in (linear, relu, sigmoid, tanh, softmax)}


def get(identifier: Any, argument: str = "activation") -> Callable:
    """The function for a name, a function with a gradient, or None (linear); errors call it `argument`.

    >>> get("relu") is relu, get(None) is linear
    (True, True)
    """
    if identifier is None:
        return linear
    if isinstance(identifier, str) and identifier in NAMED:
        return NAMED[identifier]
    if callable(identifier) and hasattr(identifier, "gradient"):
        return identifier
    raise ArgumentError(
        f"{argument} must be one of {', '.join(map(repr, NAMED))}, or a function with a gradient "
        f"(see nnlab.activations.differentiable), received {identifier!r}."
    )
