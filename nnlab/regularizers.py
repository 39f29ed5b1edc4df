"""Penalties on weights or activity, added to the loss, each with its gradient. NumPy only."""

from typing import Any

import numpy as np

from nnlab.core.arguments import checked_constructor, number
from nnlab.core.errors import ArgumentError


class L1L2:
    """l1 * sum |w| + l2 * sum w**2.

    >>> penalty = L1L2(l1=0.5, l2=0.25)
    >>> penalty(np.array([1.0, -2.0])), penalty.gradient(np.array([1.0, -2.0]))
    (2.75, array([ 1. , -1.5]))
    """

    @checked_constructor
    def __init__(self, l1: float = 0.0, l2: float = 0.0):
        owner = type(self).__name__
        self.l1, self.l2 = number(owner, "l1", l1, low=0.0), number(owner, "l2", l2, low=0.0)

    def __call__(self, w: np.ndarray) -> float:
        return float(self.l1 * np.abs(w).sum() + self.l2 * np.square(w).sum())

    def gradient(self, w: np.ndarray) -> np.ndarray:
        return (self.l1 * np.sign(w) + 2 * self.l2 * w).astype(w.dtype)

    def get_config(self) -> dict[str, float]:
        return {"l1": self.l1, "l2": self.l2}

    def __repr__(self) -> str:
        stated = ", ".join(f"{name}={value}" for name, value in self.get_config().items())
        return f"{type(self).__name__}({stated})"


class L1(L1L2):
    """l1 * sum |w|: many weights become exactly 0."""

    @checked_constructor
    def __init__(self, l1: float = 0.01):
        super().__init__(l1=l1)

    def get_config(self) -> dict[str, float]:
        return {"l1": self.l1}


class L2(L1L2):
    """l2 * sum w**2: large weights shrink most."""

    @checked_constructor
    def __init__(self, l2: float = 0.01):
        super().__init__(l2=l2)

    def get_config(self) -> dict[str, float]:
        return {"l2": self.l2}


l1, l2, l1_l2 = L1, L2, L1L2  # Keras's other names of the same classes
NAMED = {"l1": L1, "l2": L2, "l1_l2": L1L2, "L1": L1, "L2": L2, "L1L2": L1L2}


def get(identifier: Any, argument: str = "a regularizer") -> L1L2 | None:
    """The penalty for a name, a configuration, a penalty, or None; errors call it `argument`."""
    if identifier is None or isinstance(identifier, L1L2):
        return identifier
    if isinstance(identifier, dict) and str(identifier.get("class_name")) in NAMED:
        try:
            return NAMED[identifier["class_name"]](**identifier.get("config", {}))
        except (TypeError, ArgumentError) as error:
            raise ArgumentError(f"{argument}: no penalty can be made of {identifier!r}: {error}") from None
    if isinstance(identifier, str) and identifier in NAMED:
        return NAMED[identifier]()
    raise ArgumentError(
        f"{argument} must be None, 'l1', 'l2' or 'l1_l2' or one of their objects, received {identifier!r}."
    )
