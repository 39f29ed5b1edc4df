"""Activations of all numbers along an axis together: each output depends on all of them."""

import numpy as np

from nnlab.activations.function import differentiable, floats


def _softmax_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, axis: int = -1) -> np.ndarray:
    return y * (dy - (dy * y).sum(axis, keepdims=True))


@differentiable(_softmax_gradient, r"\frac{e^{x_i}}{\sum_j e^{x_j}}")
def softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """exp(x) divided by its sum along `axis`, shifted by the maximum so that nothing overflows.

    >>> softmax([1000.0, 1000.0])
    array([0.5, 0.5])
    """
    x = floats(x)
    exp = np.exp(x - x.max(axis, keepdims=True, initial=-np.inf))
    return exp / exp.sum(axis, keepdims=True)


def _log_softmax_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, axis: int = -1) -> np.ndarray:
    return dy - np.exp(y) * dy.sum(axis, keepdims=True)


@differentiable(_log_softmax_gradient, r"x_i - \log \sum_j e^{x_j}")
def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """The logarithm of softmax(x), finite where softmax(x) is rounded to 0.

    >>> log_softmax([0.0, 1000.0])
    array([-1000.,     0.])
    """
    x = floats(x)
    shifted = x - x.max(axis, keepdims=True, initial=-np.inf)
    return shifted - np.log(np.exp(shifted).sum(axis, keepdims=True))


def _sparsemax_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, axis: int = -1) -> np.ndarray:
    kept = y > 0
    mean = (dy * kept).sum(axis, keepdims=True) / kept.sum(axis, keepdims=True).astype(dy.dtype)
    return (dy - mean) * kept


@differentiable(_sparsemax_gradient, r"\max(x_i - \tau, 0), \quad \textstyle\sum_i y_i = 1")
def sparsemax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """The nearest numbers that sum to one and are not negative: many are exactly 0.

    Martins and Astudillo, arXiv:1602.02068. Keras 3.15 departs from it where several numbers are left above 0: its
    outputs sum to more than one there.

    >>> sparsemax([0.5, 1.0, -1.0])
    array([0.25, 0.75, 0.  ])
    """
    x = np.moveaxis(floats(x), axis, -1)
    falling = -np.sort(-x, -1)
    excess = np.cumsum(falling, -1) - 1  # of the largest k numbers over one, k = 1, 2, ...
    counts = np.arange(1, x.shape[-1] + 1, dtype=x.dtype)
    kept = falling * counts > excess
    count = kept.sum(-1, keepdims=True)
    tau = ((falling * kept).sum(-1, keepdims=True) - 1) / count.astype(x.dtype)
    return np.moveaxis(np.maximum(x - tau, 0), -1, axis)
