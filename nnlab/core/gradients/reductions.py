"""Gradients of what NumPy sums up along axes: sum, product, mean, largest, smallest, spread, running sums.

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


def count(a, axis, where):
    """How many elements each result is made of, with all axes."""
    return np.sum(np.broadcast_to(where, a.shape), axis, keepdims=True, dtype=a.dtype)


@rule(np.sum)
def _total(y, g, a, axis=None, *, keepdims=False, where=True):
    return (np.broadcast_to(kept(g, axis, keepdims, a.ndim) * where, a.shape),)


@rule(np.mean)
def _mean(y, g, a, axis=None, *, keepdims=False, where=True):
    return (np.broadcast_to(kept(g, axis, keepdims, a.ndim) / count(a, axis, where) * where, a.shape),)


@rule(np.prod)
def _product(y, g, a, axis=None, *, keepdims=False):
    axes = tuple(range(a.ndim)) if axis is None else tuple(np.atleast_1d(axis) % a.ndim)
    front = np.moveaxis(a, axes, range(len(axes)))
    factors = front.reshape(-1, *front.shape[len(axes) :])
    before, after = np.ones_like(factors), np.ones_like(factors)
    before[1:] = np.cumprod(factors[:-1], 0)
    after[:-1] = np.cumprod(factors[:0:-1], 0)[::-1]
    others = np.moveaxis((before * after).reshape(front.shape), range(len(axes)), axes)  # right at 0 too
    return (kept(g, axis, keepdims, a.ndim) * others,)


@rule(np.max, np.min, np.amax, np.amin)
def _extreme(y, g, a, axis=None, *, keepdims=False):
    winners = a == kept(y, axis, keepdims, a.ndim)
    return (kept(g, axis, keepdims, a.ndim) * winners / winners.sum(axis, keepdims=True, dtype=a.dtype),)


@rule(np.var)
def _variance(y, g, a, axis=None, *, ddof=0, keepdims=False, where=True):
    centered = np.where(where, a - a.mean(axis, keepdims=True, where=where), 0)
    return (kept(g, axis, keepdims, a.ndim) * 2 * centered / (count(a, axis, where) - ddof),)


@rule(np.std)
def _deviation(y, g, a, axis=None, *, ddof=0, keepdims=False, where=True):
    half = np.divide(g, 2 * np.where(y == 0, 1, y))  # the spread of equal elements has the gradient 0
    return _variance(y, half, a, axis, ddof=ddof, keepdims=keepdims, where=where)


@rule(np.cumsum)
def _cumulated(y, g, a, axis=None):
    if axis is None:
        return (np.flip(np.cumsum(np.flip(g))).reshape(a.shape),)
    return (np.flip(np.cumsum(np.flip(g, axis), axis), axis),)


@rule(np.diff)
def _differences(y, g, a, n=1, axis=-1):
    for _ in range(n):
        edge = np.zeros_like(np.take(g, [0], axis)) if g.shape[axis] else np.zeros_like(np.take(a, [0], axis))
        g = -np.diff(g, axis=axis, prepend=edge, append=edge)
    return (g,)


@rule(np.argmax, np.argmin, np.any, np.all)
def _chosen(y, g, a, axis=None, *, keepdims=False):
    return (None,)


@rule(np.argsort)
def _ordered(y, g, a, axis=-1):
    return (None,)
