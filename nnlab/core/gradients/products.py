"""Gradients of products that sum over shared axes: matmul, dot, einsum."""

from string import ascii_letters

import numpy as np

from nnlab.core.errors import RecordingError
from nnlab.core.gradients.rules import rule, unbroadcast


@rule(np.matmul)
def _matmul(y, g, a, b):
    rows = a[None, :] if a.ndim == 1 else a
    columns = b[:, None] if b.ndim == 1 else b
    g = np.expand_dims(g, -1) if b.ndim == 1 else g
    g = np.expand_dims(g, -2) if a.ndim == 1 else g
    of_rows = unbroadcast(g @ columns.swapaxes(-1, -2), rows)
    of_columns = unbroadcast(rows.swapaxes(-1, -2) @ g, columns)
    return of_rows.reshape(a.shape), of_columns.reshape(b.shape)


@rule(np.dot)
def _dot(y, g, a, b):
    if 0 in (np.ndim(a), np.ndim(b)):
        return unbroadcast(g * b, a), unbroadcast(g * a, b)
    summed = a.shape[-1]
    moved = b if b.ndim == 1 else np.moveaxis(b, -2, 0)
    rows, columns = a.reshape(-1, summed), moved.reshape(summed, -1)
    g = np.reshape(g, (rows.shape[0], columns.shape[1]))
    of_b = (rows.T @ g).reshape(moved.shape)
    return (g @ columns.T).reshape(a.shape), of_b if b.ndim == 1 else np.moveaxis(of_b, 0, -2)


@rule(np.einsum)
def _einsum(y, g, subscripts, *operands):
    inputs, output = letters(subscripts, operands)
    gradients = []
    for place, (mine, operand) in enumerate(zip(inputs, operands, strict=True)):
        others = [part for other, part in enumerate(inputs) if other != place]
        values = [part for other, part in enumerate(operands) if other != place]
        found = "".join(letter for letter in mine if letter in output or any(letter in part for part in others))
        gradient = np.einsum(",".join([output, *others]) + "->" + found, g, *values)
        alone = tuple(axis for axis, letter in enumerate(mine) if letter not in found)  # summed up by themselves
        gradient = np.expand_dims(gradient, alone)
        full = [size if axis in alone else gradient.shape[axis] for axis, size in enumerate(operand.shape)]
        gradients.append(unbroadcast(np.broadcast_to(gradient, full), operand))
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
        if len(set(inputs[place])) < len(inputs[place]):
            raise RecordingError(f"np.einsum with a letter twice in one operand ({part!r}) has no gradient rule here.")
    ellipsis = "".join(free[:longest][::-1])
    if not arrow:
        once = [letter for letter in left if letter.isalpha() and left.count(letter) == 1]
        output = "..." + "".join(sorted(once))
    return inputs, output.replace("...", ellipsis)
