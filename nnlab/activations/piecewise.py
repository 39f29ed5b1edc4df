"""Activations of straight (or square) pieces: cheap stand-ins for the smooth ones, and shrinkage.

Where two pieces meet, the gradient is the one that Keras takes, with JAX as its back end (see sparse_sigmoid).
"""

import numpy as np

from nnlab.activations.function import differentiable, floats


@differentiable(lambda x, y, dy: dy * ((x > -3) & (x < 3)) / 6, r"\min(\max(\tfrac{x + 3}{6}, 0), 1)")
def hard_sigmoid(x: np.ndarray) -> np.ndarray:
    """(x + 3) / 6, but no less than 0 and no more than 1. Howard et al., MobileNetV3, arXiv:1905.02244.

    >>> hard_sigmoid([-4.0, 0.0, 1.5])
    array([0.  , 0.5 , 0.75])
    """
    return np.clip(floats(x) + 3, 0, 6) / 6


@differentiable(lambda x, y, dy: dy * (np.abs(x) < 2.5) / 5, r"\min(\max(\tfrac{x}{5} + \tfrac12, 0), 1)")
def hard_sigmoid_2(x: np.ndarray) -> np.ndarray:
    """x / 5 + 1/2, but no less than 0 and no more than 1: what Keras 2 and TensorFlow.js call hard_sigmoid.

    >>> hard_sigmoid_2([-3.0, 0.0, 1.0])
    array([0. , 0.5, 0.7])
    """
    return np.clip(floats(x) / 5 + 0.5, 0, 1)


def _hard_silu_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray) -> np.ndarray:
    return dy * (hard_sigmoid(x) + x * ((x > -3) & (x < 3)) / 6)


@differentiable(_hard_silu_gradient, r"x \min(\max(\tfrac{x + 3}{6}, 0), 1)")
def hard_silu(x: np.ndarray) -> np.ndarray:
    """x * hard_sigmoid(x), also called hard swish. Howard et al., MobileNetV3, arXiv:1905.02244.

    >>> hard_silu([-4.0, -1.5, 4.0])
    array([-0.   , -0.375,  4.   ])
    """
    return x * hard_sigmoid(x)


@differentiable(lambda x, y, dy: dy * (np.abs(x) <= 1), r"\min(\max(x, -1), 1)")
def hard_tanh(x: np.ndarray) -> np.ndarray:
    """x, but no less than -1 and no more than 1; at both the gradient is 1. Collobert 2004.

    >>> hard_tanh([-3.0, 0.5, 2.0])
    array([-1. ,  0.5,  1. ])
    """
    return np.clip(x, -1, 1)


def _shrink_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, threshold: float = 0.5) -> np.ndarray:
    return dy * (np.abs(x) > threshold)


@differentiable(_shrink_gradient, r"x \text{ if } |x| > \lambda, \text{ else } 0")
def hard_shrink(x: np.ndarray, threshold: float = 0.5) -> np.ndarray:
    """x where |x| is above the threshold, else 0. Donoho and Johnstone 1994.

    >>> hard_shrink([-2.0, 0.5, 0.75])
    array([-2.  ,  0.  ,  0.75])
    """
    x = floats(x)
    return np.where(np.abs(x) <= threshold, 0, x)


@differentiable(_shrink_gradient, r"\operatorname{sign}(x) \max(|x| - \lambda, 0)")
def soft_shrink(x: np.ndarray, threshold: float = 0.5) -> np.ndarray:
    """x moved towards 0 by the threshold, and 0 where it would pass it. Donoho and Johnstone 1994.

    >>> soft_shrink([-2.0, 0.5, 0.75])
    array([-1.5 ,  0.  ,  0.25])
    """
    x = floats(x)
    return x - np.clip(x, -threshold, threshold)


@differentiable(lambda x, y, dy: dy * np.clip((x + 1) / 2, 0, 1), r"0, \tfrac{(x + 1)^2}{4}, x")
def sparse_plus(x: np.ndarray) -> np.ndarray:
    """0 up to -1, x from 1, and (x + 1)**2 / 4 between them. Martins and Astudillo, arXiv:1602.02068.

    >>> sparse_plus([-2.0, 0.0, 2.0])
    array([0.  , 0.25, 2.  ])
    """
    x = floats(x)
    return np.where(x >= 1, x, np.square(np.clip(x + 1, 0, 2)) / 4)


@differentiable(lambda x, y, dy: dy * ((x > -1) & (x < 1)) / 2, r"\min(\max(\tfrac{x + 1}{2}, 0), 1)")
def sparse_sigmoid(x: np.ndarray) -> np.ndarray:
    """(x + 1) / 2, but no less than 0 and no more than 1: the slope of sparse_plus.

    At -1 and 1 the gradient is 0; there Keras's depends on its back end.

    >>> sparse_sigmoid([-2.0, 0.0, 2.0])
    array([0. , 0.5, 1. ])
    """
    return np.clip(floats(x) + 1, 0, 2) / 2
