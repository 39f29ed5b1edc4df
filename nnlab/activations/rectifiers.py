"""ReLU and its kin: x itself where it is positive, little where it is negative.

Where two pieces of a function meet, the gradient is the one that Keras takes (with JAX as its back end).
"""

import numpy as np

from nnlab.activations.function import differentiable, floats

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805  # mean 0 and variance 1 stay as they are


@differentiable(lambda x, y, dy: dy, r"x")
def linear(x: np.ndarray) -> np.ndarray:
    """x itself."""
    return np.asarray(x)


def at_least_zero(x: np.ndarray) -> np.ndarray:
    """max(0, x), of arrays with a slab of zeros, not with one zero: NumPy then takes many numbers at a time."""
    if x.ndim < 2:
        return np.maximum(x, 0)
    batch_first = abs(x.strides[0]) >= abs(x.strides[-1])  # in memory; a slab is one of the outermost axis
    return np.maximum(x, np.zeros_like(x[:1] if batch_first else x[..., :1]))


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
        y = np.where(x <= threshold, 0, x) if threshold else at_least_zero(x)
    return y if max_value is None else np.minimum(y, max_value)


@differentiable(lambda x, y, dy: dy * ((x > 0) & (x < 6)), r"\min(\max(0, x), 6)")
def relu6(x: np.ndarray) -> np.ndarray:
    """ReLU that stops at 6. Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10, 2010.

    >>> relu6([-1.0, 3.0, 8.0])
    array([0., 3., 6.])
    """
    return np.minimum(np.maximum(x, 0), 6)


def _leaky_relu_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, negative_slope: float = 0.2) -> np.ndarray:
    return np.where(x >= 0, dy, negative_slope * dy)


@differentiable(_leaky_relu_gradient, r"\max(x, 0) + a \min(x, 0)")
def leaky_relu(x: np.ndarray, negative_slope: float = 0.2) -> np.ndarray:
    """x, and negative_slope * x below 0; the gradient at 0 is 1. Maas, Hannun and Ng, ICML 2013.

    >>> leaky_relu([-10.0, 0.0, 5.0])
    array([-2.,  0.,  5.])
    """
    x = floats(x)
    return np.where(x >= 0, x, negative_slope * x)


def _elu_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, alpha: float = 1.0) -> np.ndarray:
    return np.where(x > 0, dy, alpha * dy * np.exp(np.minimum(x, 0)))


@differentiable(_elu_gradient, r"x \text{ if } x > 0, \text{ else } \alpha (e^x - 1)")
def elu(x: np.ndarray, alpha: float = 1.0) -> np.ndarray:
    """x, and alpha * (exp(x) - 1) below 0; at 0 the gradient is alpha. Clevert et al., arXiv:1511.07289.

    >>> elu([-1000.0, 0.0, 3.0])
    array([-1.,  0.,  3.])
    """
    x = floats(x)
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


@differentiable(
    lambda x, y, dy: SELU_SCALE * _elu_gradient(x, y, dy, SELU_ALPHA),
    r"\lambda x \text{ if } x > 0, \text{ else } \lambda \alpha (e^x - 1)",
)
def selu(x: np.ndarray) -> np.ndarray:
    """1.0507 * elu(x, 1.6733). Klambauer et al., Self-Normalizing Neural Networks, arXiv:1706.02515.

    >>> selu([-1000.0, 0.0, 1.0]).round(4)
    array([-1.7581,  0.    ,  1.0507])
    """
    return SELU_SCALE * elu(x, SELU_ALPHA)


def _celu_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, alpha: float = 1.0) -> np.ndarray:
    return dy * np.exp(np.minimum(x, 0) / alpha)


@differentiable(_celu_gradient, r"\max(x, 0) + \alpha (e^{\min(x, 0) / \alpha} - 1)")
def celu(x: np.ndarray, alpha: float = 1.0) -> np.ndarray:
    """An elu without a kink whatever alpha is. Barron, arXiv:1704.07483.

    >>> celu([-1000.0, 0.0, 3.0], alpha=2.0)
    array([-2.,  0.,  3.])
    """
    x = floats(x)
    return np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0) / alpha)
