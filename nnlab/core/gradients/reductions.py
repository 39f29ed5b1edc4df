"""Gradients of what NumPy sums up along axes: sum, mean, largest, smallest, spread.

Where several elements are the largest they share the gradient, as in JAX.
"""

import numpy as np

from nnlab.core.gradients.rules import rule


def kept(value, axis, keepdims, ndim):
    """`value` with the axes that a reduction dropped, so that it broadcasts against the argument again."""
    if keepdims:
        return value
    if axis is None:
        return np.reshape(value, (1,) * ndim)
    return np.expand_dims(value, axis)


@rule(np.sum)
def _total(y, g, a, axis=None, *, keepdims=False):
    return (np.broadcast_to(kept(g, axis, keepdims, a.ndim), a.shape),)


@rule(np.mean)
def _mean(y, g, a, axis=None, *, keepdims=False):
    return (np.broadcast_to(kept(g, axis, keepdims, a.ndim), a.shape) * (np.size(y) / a.size),)


@rule(np.max, np.min, np.amax, np.amin)
def _extreme(y, g, a, axis=None, *, keepdims=False):
    winners = a == kept(y, axis, keepdims, a.ndim)
    return (kept(g, axis, keepdims, a.ndim) * winners / winners.sum(axis, keepdims=True, dtype=a.dtype),)


@rule(np.var)
def _variance(y, g, a, axis=None, *, ddof=0, keepdims=False):
    count = a.size / np.size(y) - ddof
    return (kept(g, axis, keepdims, a.ndim) * 2 * (a - a.mean(axis, keepdims=True)) / count,)


@rule(np.std)
def _deviation(y, g, a, axis=None, *, ddof=0, keepdims=False):
    return _variance(y, np.divide(g, np.multiply(2, y)), a, axis, ddof=ddof, keepdims=keepdims)


@rule(np.cumsum)
def _cumulated(y, g, a, axis=None):
    if axis is None:
        return (np.flip(np.cumsum(np.flip(g))).reshape(a.shape),)
    return (np.flip(np.cumsum(np.flip(g, axis), axis), axis),)


@rule(np.argmax, np.argmin, np.any, np.all)
def _chosen(y, g, a, axis=None, *, keepdims=False):
    return (None,)
