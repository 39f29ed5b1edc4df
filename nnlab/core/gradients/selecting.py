"""Gradients of what takes some elements and leaves others: indexing, take, where, triangles."""

import numpy as np

from nnlab.core.gradients.rules import index, rule, unbroadcast


@rule(index)
def _indexed(y, g, a, key):
    gradient = np.zeros(a.shape, np.asarray(g).dtype)
    np.add.at(gradient, key, g)  # an element that was taken twice gets both gradients
    return (gradient,)


@rule(np.take)
def _taken(y, g, a, indices, axis=None):
    if axis is None:
        return (_indexed(y, g, np.ravel(a), indices)[0].reshape(a.shape),)
    return _indexed(y, g, a, (slice(None),) * (axis % a.ndim) + (indices,))


@rule(np.where)
def _chosen(y, g, condition, x, y_):
    return None, unbroadcast(np.where(condition, g, 0), x), unbroadcast(np.where(condition, 0, g), y_)


@rule(np.tril)
def _lower(y, g, m, k=0):
    return (np.tril(g, k),)


@rule(np.triu)
def _upper(y, g, m, k=0):
    return (np.triu(g, k),)
