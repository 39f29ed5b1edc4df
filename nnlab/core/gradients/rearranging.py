"""Gradients of what puts elements elsewhere without changing them: shapes, axes, joining, padding, types."""

import numpy as np

from nnlab.core.errors import RecordingError
from nnlab.core.gradients.rules import astype, rule, unbroadcast


@rule(np.reshape)
def _reshaped(y, g, a, shape):
    return (np.reshape(g, a.shape),)


@rule(np.ravel, np.copy)
def _as_before(y, g, a):
    return (np.reshape(g, a.shape),)


@rule(astype)
def _converted(y, g, a, dtype):
    return (g,)


@rule(np.expand_dims)
def _expanded(y, g, a, axis):
    return (np.reshape(g, a.shape),)


@rule(np.squeeze)
def _squeezed(y, g, a, axis=None):
    return (np.reshape(g, a.shape),)


@rule(np.transpose)
def _transposed(y, g, a, axes=None):
    return (np.transpose(g, None if axes is None else np.argsort([axis % a.ndim for axis in axes])),)


@rule(np.swapaxes)
def _swapped(y, g, a, axis1, axis2):
    return (np.swapaxes(g, axis1, axis2),)


@rule(np.moveaxis)
def _moved(y, g, a, source, destination):
    return (np.moveaxis(g, destination, source),)


@rule(np.broadcast_to)
def _broadcast(y, g, array, shape):
    return (unbroadcast(g, array),)


@rule(np.flip)
def _flipped(y, g, m, axis=None):
    return (np.flip(g, axis),)


@rule(np.concatenate)
def _concatenated(y, g, arrays, axis=0):
    lengths = [array.size if axis is None else array.shape[axis] for array in arrays]
    pieces = np.split(g, np.cumsum(lengths)[:-1], 0 if axis is None else axis)
    return ([piece.reshape(array.shape) for piece, array in zip(pieces, arrays, strict=True)],)


@rule(np.stack)
def _stacked(y, g, arrays, axis=0):
    return (list(np.moveaxis(g, axis, 0)),)


@rule(np.pad)
def _padded(y, g, array, pad_width, mode="constant", *, constant_values=0):
    if mode != "constant":
        raise RecordingError(f"np.pad with mode={mode!r} has no gradient rule; use the constant mode.")
    widths = np.broadcast_to(pad_width, (array.ndim, 2))
    return (g[tuple(slice(before, before + n) for (before, _), n in zip(widths, array.shape, strict=True))],)
