"""Gradients of what puts elements elsewhere without changing them: shapes, axes, joining, padding, sorting, types.

Most need one rule: the same operation on the numbers of the elements tells where each of them went, and the gradient
goes back the same way. The common ones have shorter rules of their own, which are faster.
"""

import numpy as np

from nnlab.core.errors import RecordingError
from nnlab.core.gradients.rules import astype, rule, unbroadcast


def numbered(arrays):
    """The numbers of the elements of these arrays, from 1; 0 is what none of them holds, such as a padding."""
    ends = np.cumsum([0, *(np.size(array) for array in arrays)])
    return [np.arange(end - np.size(a), end).reshape(np.shape(a)) + 1 for a, end in zip(arrays, ends[1:], strict=True)]


def brought_back(went, g, arrays):
    """The gradient of each element: the sum of the gradients at the places where its number stands."""
    sizes = [np.size(array) for array in arrays]
    summed = np.bincount(np.ravel(went), np.ravel(g), sum(sizes) + 1)[1:]
    pieces = np.split(summed, np.cumsum(sizes)[:-1])
    return [piece.reshape(np.shape(array)) for piece, array in zip(pieces, arrays, strict=True)]


def moves(operation):
    """Enter an operation that moves, repeats or drops the elements of its first argument."""

    @rule(operation)
    def gradient(y, g, a, *args, **options):
        return brought_back(operation(*numbered([a]), *args, **options), g, [a])


def joins(operation):
    """Enter an operation that puts a list of arrays together."""

    @rule(operation)
    def gradient(y, g, arrays, *args, **options):
        return (brought_back(operation(numbered(arrays), *args, **options), g, arrays),)


for _operation in (
    *(np.repeat, np.tile, np.roll, np.rot90, np.flip, np.fliplr, np.flipud, np.resize),
    *(np.tril, np.triu, np.diag, np.diagonal, np.delete, np.take_along_axis, np.lib.stride_tricks.sliding_window_view),
):
    moves(_operation)
for _operation in (np.vstack, np.hstack, np.dstack, np.column_stack):
    joins(_operation)


@rule(np.reshape)
def _reshaped(y, g, a, shape, order="C"):
    return (np.reshape(g, a.shape, order=order),)


@rule(np.ravel, np.copy, np.atleast_1d, np.atleast_2d, np.atleast_3d)
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


@rule(np.matrix_transpose)
def _matrix_transposed(y, g, x):
    return (np.swapaxes(g, -1, -2),)


@rule(np.swapaxes)
def _swapped(y, g, a, axis1, axis2):
    return (np.swapaxes(g, axis1, axis2),)


@rule(np.moveaxis)
def _moved(y, g, a, source, destination):
    return (np.moveaxis(g, destination, source),)


@rule(np.broadcast_to)
def _broadcast(y, g, array, shape):
    return (unbroadcast(g, array),)


@rule(np.concatenate)
def _concatenated(y, g, arrays, axis=0):
    lengths = [np.size(array) if axis is None else np.shape(array)[axis] for array in arrays]
    pieces = np.split(g, np.cumsum(lengths)[:-1], 0 if axis is None else axis)
    return ([piece.reshape(np.shape(array)) for piece, array in zip(pieces, arrays, strict=True)],)


@rule(np.stack)
def _stacked(y, g, arrays, axis=0):
    return (list(np.moveaxis(g, axis, 0)),)


@rule(np.pad)
def _padded(y, g, array, pad_width, mode="constant", *, constant_values=0):
    if mode == "constant":
        widths = np.broadcast_to(pad_width, (array.ndim, 2))
        return (g[tuple(slice(before, before + n) for (before, _), n in zip(widths, array.shape, strict=True))],)
    if mode not in ("edge", "reflect", "symmetric", "wrap"):
        raise RecordingError(f"np.pad with mode={mode!r} has no gradient rule; use constant, edge, reflect or wrap.")
    return brought_back(np.pad(*numbered([array]), pad_width, mode), g, [array])


@rule(np.sort)
def _sorted(y, g, a, axis=-1):
    return brought_back(np.take_along_axis(*numbered([a]), np.argsort(a, axis), axis), g, [a])
