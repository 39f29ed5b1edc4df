"""The product of a series with the kernels of all gates, which stand side by side, and its two gradients.

With dropout each gate may see numbers of its own: `drops` has a row for each mask.
"""

import math

import numpy as np


def split(z: np.ndarray, count: int) -> list[np.ndarray]:
    """The parts of the gates, which stand side by side on the last axis."""
    width = z.shape[-1] // count
    return [z[..., k * width : (k + 1) * width] for k in range(count)]


def rows(x: np.ndarray) -> np.ndarray:
    """All leading axes as one."""
    return x.reshape(math.prod(x.shape[:-1]), x.shape[-1])  # -1 is not known where there are no features


def product(x: np.ndarray, kernel: np.ndarray, drops: np.ndarray | None = None) -> np.ndarray:
    """x @ kernel in one product of matrices; with `drops`, each part of the kernel sees x times a row of them."""
    if drops is None:
        return x @ kernel if x.ndim == 2 else (rows(x) @ kernel).reshape(*x.shape[:-1], kernel.shape[-1])
    pairs = zip(drops, split(kernel, len(drops)), strict=True)
    return np.concatenate([product(x * drop, part) for drop, part in pairs], -1)


def input_gradient(y: np.ndarray, kernel: np.ndarray, drops: np.ndarray | None = None) -> np.ndarray:
    """The gradient of x from that of y = product(x, kernel, drops)."""
    if drops is None:
        return product(y, kernel.T)
    parts = zip(split(y, len(drops)), split(kernel, len(drops)), drops, strict=True)
    return sum(product(gradient, part.T) * drop for gradient, part, drop in parts)


def kernel_gradient(x: np.ndarray, y: np.ndarray, drops: np.ndarray | None = None) -> np.ndarray:
    """The gradient of the kernel from that of y = product(x, kernel, drops)."""
    if drops is None:
        return rows(x).T @ rows(y)
    pairs = zip(drops, split(y, len(drops)), strict=True)
    return np.concatenate([kernel_gradient(x * drop, gradient) for drop, gradient in pairs], -1)
