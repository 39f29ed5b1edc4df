"""Gradients of products that sum over shared axes: matmul, einsum, and those that an einsum can write."""

from string import ascii_letters

import numpy as np

from nnlab.core.errors import RecordingError
from nnlab.core.gradients.rules import rule, unbroadcast


@rule(np.matmul)
def _matmul(y, g, a, b):
    a, b = np.asarray(a), np.asarray(b)
    rows = a[None, :] if a.ndim == 1 else a
    columns = b[:, None] if b.ndim == 1 else b
    g = np.expand_dims(g, -1) if b.ndim == 1 else g
    g = np.expand_dims(g, -2) if a.ndim == 1 else g
    of_rows = unbroadcast(g @ columns.swapaxes(-1, -2), rows)
    of_columns = unbroadcast(rows.swapaxes(-1, -2) @ g, columns)
    return of_rows.reshape(a.shape), of_columns.reshape(b.shape)


@rule(np.tensordot)
def _tensordot(y, g, a, b, axes=2):
    a, b = np.asarray(a), np.asarray(b)
    left, right = (range(a.ndim - axes, a.ndim), range(axes)) if np.ndim(axes) == 0 else axes
    left, right = (tuple(axis % array.ndim for axis in np.atleast_1d(side)) for side, array in ((left, a), (right, b)))
    free_a, free_b = (
        tuple(axis for axis in range(array.ndim) if axis not in side) for side, array in ((left, a), (right, b))
    )
    rows, columns = a.transpose(*free_a, *left), b.transpose(*right, *free_b)
    summed = np.prod([a.shape[axis] for axis in left], dtype=int)
    tall, wide = rows.reshape(-1, summed), columns.reshape(summed, -1)
    g = np.reshape(g, (len(tall), wide.shape[1]))
    of_a = (g @ wide.T).reshape(rows.shape).transpose(np.argsort(free_a + left))
    return of_a, (tall.T @ g).reshape(columns.shape).transpose(np.argsort(right + free_b))


@rule(np.dot)
def _dot(y, g, a, b):
    if 0 in (np.ndim(a), np.ndim(b)):
        return unbroadcast(g * b, a), unbroadcast(g * a, b)
    return _tensordot(y, g, a, b, (-1, -min(2, np.ndim(b))))


@rule(np.inner)
def _inner(y, g, a, b):
    return _dot(y, g, a, b) if 0 in (np.ndim(a), np.ndim(b)) else _tensordot(y, g, a, b, (-1, -1))


@rule(np.vdot)
def _flat_dot(y, g, a, b):
    return g * np.reshape(b, np.shape(a)), g * np.reshape(a, np.shape(b))


@rule(np.outer)
def _outer(y, g, a, b):
    return (g @ np.ravel(b)).reshape(np.shape(a)), (np.ravel(a) @ g).reshape(np.shape(b))


@rule(np.einsum)
def _einsum(y, g, subscripts, *operands, optimize=False):
    operands = [np.asarray(operand) for operand in operands]
    inputs, output = letters(subscripts, operands)
    gradients = []
    for place, (mine, operand) in enumerate(zip(inputs, operands, strict=True)):
        others = [part for other, part in enumerate(inputs) if other != place]
        values = [part for other, part in enumerate(operands) if other != place]
        once = "".join(dict.fromkeys(mine))  # 'ii' takes a diagonal
        found = "".join(letter for letter in once if letter in output or any(letter in part for part in others))
        part = np.einsum(",".join([output, *others]) + "->" + found, g, *values, optimize=len(values) > 1)
        part = np.expand_dims(part, [axis for axis, letter in enumerate(once) if letter not in found])
        gradient = np.zeros(operand.shape, part.dtype)
        into = np.einsum(f"{mine}->{once}", gradient) if mine else gradient  # a view
        into[...] = unbroadcast(part, into)
        gradients.append(gradient)
    return None, *gradients


def letters(subscripts, operands):
    """The letters of each operand and of the result, with letters for the axes of an ellipsis.

    >>> letters("...i,ij", [np.ones((2, 3)), np.ones((3, 4))])
    (['Zi', 'ij'], 'Zj')
    """
    if not isinstance(subscripts, str):
        raise RecordingError("np.einsum is recorded with its subscripts as a string, such as 'bi,ij->bj'.")
    left, arrow, output = subscripts.replace(" ", "").partition("->")
    inputs = left.split(",")
    free = [letter for letter in reversed(ascii_letters) if letter not in subscripts]
    longest = 0
    for place, (part, operand) in enumerate(zip(inputs, operands, strict=True)):
        if "..." in part:
            count = operand.ndim - len(part) + 3
            longest = max(longest, count)
            inputs[place] = part.replace("...", "".join(free[:count][::-1]))
    ellipsis = "".join(free[:longest][::-1])
    if not arrow:
        once = [letter for letter in left if letter.isalpha() and left.count(letter) == 1]
        output = "..." * ("..." in left) + "".join(sorted(once))
    return inputs, output.replace("...", ellipsis)
