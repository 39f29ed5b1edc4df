"""Clipping: gradients that are too large are shortened, so that no single batch throws the weights far away."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnlab.core.arguments import number
from nnlab.core.errors import ArgumentError

Gradients = Sequence[np.ndarray]
ARGUMENTS = ("clipnorm", "clipvalue", "global_clipnorm")


def checked_clipping(owner: str, **limits: Any) -> dict[str, float]:
    """The one limit that is given, if any; Keras takes no second one beside it."""
    given = {name: number(owner, name, limit, low=0.0) for name, limit in limits.items() if limit is not None}
    if len(given) > 1:
        stated = ", ".join(f"{name}={limit!r}" for name, limit in given.items())
        raise ArgumentError(f"{owner}: set only one of {', '.join(ARGUMENTS)}, received {stated}.")
    for name, limit in given.items():
        if not limit:
            raise ArgumentError(f"{owner}: {name} must be above 0, or nothing would be learnt, received {limit:g}.")
    return given


def by_value(gradients: Gradients, limit: float) -> list[np.ndarray]:
    """Each number moved into the range from -limit to limit.

    >>> by_value([np.array([3.0, -0.5])], 1.0)
    [array([ 1. , -0.5])]
    """
    return [np.clip(gradient, -limit, limit) for gradient in gradients]


def by_norm(gradients: Gradients, limit: float) -> list[np.ndarray]:
    """The gradient of each weight scaled down to this length, if it is longer.

    >>> by_norm([np.array([3.0, 4.0]), np.array([0.5])], 1.0)
    [array([0.6, 0.8]), array([0.5])]
    """
    return [gradient * (limit / np.maximum(length([gradient]), limit)) for gradient in gradients]


def by_global_norm(gradients: Gradients, limit: float) -> list[np.ndarray]:
    """All gradients scaled down together, so that their direction stays, if they are longer than this in all.

    >>> by_global_norm([np.array([3.0]), np.array([4.0])], 1.0)
    [array([0.6]), array([0.8])]
    """
    scale = limit / np.maximum(length(gradients), limit)
    return [gradient * scale for gradient in gradients]


CLIPPING: dict[str, Callable[[Gradients, float], list[np.ndarray]]] = {
    "clipvalue": by_value,
    "clipnorm": by_norm,
    "global_clipnorm": by_global_norm,
}


def length(gradients: Gradients) -> np.ndarray:
    """The length of all these numbers as one vector, in the dtype of the first array."""
    return np.sqrt(sum(np.square(gradient).sum() for gradient in gradients), dtype=gradients[0].dtype)
