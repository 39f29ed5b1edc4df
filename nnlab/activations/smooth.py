"""Activations without a kink: the bounded ones (sigmoid, tanh, softsign) and the smooth relatives of ReLU.

Each is written so that it does not overflow, however large |x| is.
"""

import math

import numpy as np

from nnlab.activations.function import differentiable, floats

ERFC = np.vectorize(math.erfc, otypes=["float64"])  # NumPy has none; this one is exact, far below zero too


@differentiable(lambda x, y, dy: dy * y * (1 - y), r"\frac{1}{1 + e^{-x}}")
def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), without overflow for large negative x.

    >>> sigmoid([-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """
    x = floats(x)
    if x.dtype == np.float16:  # whose exponentials are infinite too soon
        return sigmoid(x.astype(np.float32)).astype(np.float16)
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))  # 0 where the exponential is infinite


@differentiable(lambda x, y, dy: dy * sigmoid(-x), r"-\log(1 + e^{-x})")
def log_sigmoid(x: np.ndarray) -> np.ndarray:
    """The logarithm of sigmoid(x), finite where sigmoid(x) is rounded to 0.

    >>> log_sigmoid([-1000.0, -3.0]).round(1)
    array([-1000.,    -3.])
    """
    return -np.logaddexp(-floats(x), 0)


@differentiable(lambda x, y, dy: dy * (1 - y * y), r"\tanh x")
def tanh(x: np.ndarray) -> np.ndarray:
    """The hyperbolic tangent."""
    return np.tanh(x)


@differentiable(lambda x, y, dy: dy * np.square(np.tanh(x)), r"x - \tanh x")
def tanh_shrink(x: np.ndarray) -> np.ndarray:
    """x - tanh(x): next to nothing for small x."""
    return x - np.tanh(x)


@differentiable(lambda x, y, dy: dy / np.square(1 + np.abs(x)), r"\frac{x}{1 + |x|}")
def softsign(x: np.ndarray) -> np.ndarray:
    """x / (1 + |x|): between -1 and 1, which it reaches more slowly than tanh. Bergstra et al. 2009.

    >>> softsign([-1.0, 0.0, 3.0])
    array([-0.5 ,  0.  ,  0.75])
    """
    return x / (1 + np.abs(x))


@differentiable(lambda x, y, dy: dy * sigmoid(x), r"\log(1 + e^x)")
def softplus(x: np.ndarray) -> np.ndarray:
    """log(1 + exp(x)), a smooth ReLU. Dugas et al., NIPS 2000.

    >>> softplus([-1000.0, 1000.0])
    array([   0., 1000.])
    """
    return np.logaddexp(floats(x), 0)


def _squareplus_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, b: float = 4) -> np.ndarray:
    return dy * y / np.sqrt(np.square(x) + b)


@differentiable(_squareplus_gradient, r"\frac{x + \sqrt{x^2 + b}}{2}")
def squareplus(x: np.ndarray, b: float = 4) -> np.ndarray:
    """(x + sqrt(x**2 + b)) / 2, a smooth ReLU without exponentials. Barron, arXiv:2112.11687."""
    x = floats(x)
    return (x + np.sqrt(np.square(x) + b)) / 2


def _silu_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray) -> np.ndarray:
    open_by = sigmoid(x)
    return dy * open_by * (1 + x * (1 - open_by))


@differentiable(_silu_gradient, r"\frac{x}{1 + e^{-x}}")
def silu(x: np.ndarray) -> np.ndarray:
    """x * sigmoid(x), also called swish. Ramachandran et al., arXiv:1710.05941.

    >>> silu([-1000.0, 0.0, 1000.0])
    array([  -0.,    0., 1000.])
    """
    return x * sigmoid(x)


def _gelu_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, approximate: bool = False) -> np.ndarray:
    if approximate:
        curve = np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))
        slope = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x**2)
        return dy * (0.5 * (1 + curve) + 0.5 * x * (1 - curve**2) * slope)
    density = np.exp(-0.5 * np.square(x)) / math.sqrt(2 * math.pi)
    return dy * (_normal_cdf(x) + x * density)


@differentiable(_gelu_gradient, r"x\, \Phi(x)")
def gelu(x: np.ndarray, approximate: bool = False) -> np.ndarray:
    """x times the probability that a unit normal number is below x; `approximate` by a tanh.

    Hendrycks and Gimpel, Gaussian Error Linear Units, arXiv:1606.08415.

    >>> gelu([-1.0, 0.0, 1.0]).round(4)
    array([-0.1587,  0.    ,  0.8413])
    """
    x = floats(x)
    if approximate:
        return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return x * _normal_cdf(x)


def _normal_cdf(x: np.ndarray) -> np.ndarray:
    return (0.5 * ERFC(-x / math.sqrt(2)) if x.size else x).astype(x.dtype)


def _mish_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray) -> np.ndarray:
    curve = np.tanh(np.logaddexp(x, 0))
    return dy * (curve + x * (1 - curve**2) * sigmoid(x))


@differentiable(_mish_gradient, r"x \tanh(\log(1 + e^x))")
def mish(x: np.ndarray) -> np.ndarray:
    """x * tanh(softplus(x)). Misra, arXiv:1908.08681.

    >>> mish([-1.0, 0.0, 1.0]).round(4)
    array([-0.3034,  0.    ,  0.8651])
    """
    x = floats(x)
    return x * np.tanh(np.logaddexp(x, 0))


@differentiable(lambda x, y, dy: dy * y, r"e^x")
def exponential(x: np.ndarray) -> np.ndarray:
    """exp(x): infinite where that is too large for the dtype."""
    with np.errstate(over="ignore"):
        return np.exp(x)
