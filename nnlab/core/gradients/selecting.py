"""Gradients of what takes some elements and leaves others: indexing, take, where, select; and splitting, by index."""

import itertools

import numpy as np

from nnlab.core.gradients.rules import index, rule, unbroadcast


@rule(index)
def _indexed(y, g, a, key):
    gradient = np.zeros(a.shape, np.asarray(g).dtype)
    if all(part is None or part is ... or isinstance(part, int | np.integer | slice) for part in parts(key)):
        gradient[key] = g
    else:
        np.add.at(gradient, key, g)  # an element that was taken twice gets both gradients
    return (gradient,)


def parts(key):
    """What an index says of each axis."""
    return key if isinstance(key, tuple) else (key,)


@rule(np.take)
def _taken(y, g, a, indices, axis=None):
    if axis is None:
        return (_indexed(y, g, np.ravel(a), indices)[0].reshape(a.shape),)
    return _indexed(y, g, a, (slice(None),) * (axis % a.ndim) + (indices,))


@rule(np.where)
def _chosen(y, g, condition, x, y_):
    return None, unbroadcast(np.where(condition, g, 0), x), unbroadcast(np.where(condition, 0, g), y_)


@rule(np.select)
def _selected(y, g, condlist, choicelist, default=0):
    left, gradients = np.True_, []
    for condition, choice in zip(condlist, choicelist, strict=True):
        gradients.append(unbroadcast(np.where(left & condition, g, 0), choice))
        left = left & np.logical_not(condition)
    return None, gradients, unbroadcast(np.where(left, g, 0), default)


def split(cut, ary, indices_or_sections, axis):
    """The pieces that `cut` makes of an axis, each by indexing."""
    pieces = cut(np.arange(ary.shape[axis]), indices_or_sections)
    ends = np.cumsum([0, *map(len, pieces)]).tolist()
    ahead = (slice(None),) * (axis % ary.ndim)
    return [ary[(*ahead, slice(*pair))] for pair in itertools.pairwise(ends)]


# Operations with several results: functions that make them of recorded ones.
SEVERAL = {
    np.split: lambda ary, indices_or_sections, axis=0: split(np.split, ary, indices_or_sections, axis),
    np.array_split: lambda ary, indices_or_sections, axis=0: split(np.array_split, ary, indices_or_sections, axis),
    np.vsplit: lambda ary, indices_or_sections: split(np.split, ary, indices_or_sections, 0),
    np.hsplit: lambda ary, indices_or_sections: split(np.split, ary, indices_or_sections, min(1, ary.ndim - 1)),
    np.dsplit: lambda ary, indices_or_sections: split(np.split, ary, indices_or_sections, 2),
}
