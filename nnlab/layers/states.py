"""The states that a recurrent layer hands from one time to the next, flat and as Keras groups them."""

from typing import Any

import numpy as np

from nnlab.core.errors import ShapeError
from nnlab.core.layer import Layer

States = tuple[np.ndarray, ...]


def flat(states: Any) -> list[Any]:
    """The arrays of nested lists or tuples of states, one after another."""
    if not isinstance(states, list | tuple):
        return [] if states is None else [states]
    return [state for part in states for state in flat(part)]


def check_states(layer: Layer, states: States, batch: int, sizes: tuple[int, ...]) -> None:
    """Raise unless there is a state (batch, size) of each size."""
    expected, received = [(batch, size) for size in sizes], [np.shape(state) for state in states]
    if expected != received:
        raise ShapeError(f"{layer._label}: expected states of shapes {expected}, received {received}.")
