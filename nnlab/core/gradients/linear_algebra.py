"""Gradients of linear algebra: norm, trace, inverse, determinant, the solution of linear equations."""

import numpy as np

from nnlab.core.errors import RecordingError
from nnlab.core.gradients.rearranging import brought_back, numbered
from nnlab.core.gradients.reductions import _extreme, kept
from nnlab.core.gradients.rules import rule, unbroadcast


@rule(np.linalg.norm)
def _norm(y, g, x, ord=None, axis=None, keepdims=False):
    """The Euclidean norm, of a matrix too (Frobenius), and the 1- and infinity-norm of a vector; 0 has gradient 0."""
    of_a_matrix = x.ndim == 2 if axis is None else np.ndim(axis) == 1 and len(axis) == 2
    if ord is None or ord == ("fro" if of_a_matrix else 2):
        length, g = (kept(value, axis, keepdims, x.ndim) for value in (y, g))
        return (g * x / np.where(length == 0, 1, length),)
    if ord in (1, np.inf) and not of_a_matrix:
        if ord == 1:
            return (kept(g, axis, keepdims, x.ndim) * np.sign(x),)
        return (_extreme(y, g, np.abs(x), axis, keepdims=keepdims)[0] * np.sign(x),)
    raise RecordingError(f"np.linalg.norm with ord={ord!r} has no gradient rule; use ord=None, or 1 for vectors.")


@rule(np.trace)
def _trace(y, g, a, offset=0, axis1=0, axis2=1):
    went = np.diagonal(*numbered([a]), offset, axis1, axis2)
    return brought_back(went, np.broadcast_to(np.expand_dims(g, -1), went.shape), [a])


@rule(np.linalg.inv)
def _inverse(y, g, a):
    turned = y.swapaxes(-1, -2)
    return (-turned @ g @ turned,)


@rule(np.linalg.det)
def _determinant(y, g, a):
    return (np.expand_dims(g * y, (-1, -2)) * np.linalg.inv(a).swapaxes(-1, -2),)


@rule(np.linalg.solve)
def _solution(y, g, a, b):
    g, y = (value[..., None] if np.ndim(b) == 1 else value for value in (g, y))
    of_b = np.linalg.solve(a.swapaxes(-1, -2), g)
    return unbroadcast(-of_b @ y.swapaxes(-1, -2), a), unbroadcast(of_b[..., 0] if np.ndim(b) == 1 else of_b, b)
