"""How much each example counts in the loss: by a weight of its own, or by that of its class."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.core.arguments import integer, number
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.losses.checks import as_numbers, as_weights


def weights_of(
    owner: str, y: np.ndarray, shape: tuple[int, ...], sample_weight: Any, class_weight: Any
) -> np.ndarray | None:
    """The weights of the examples, if there are any: those given, or that of each example's class.

    `shape` is that of the losses: one for each example, or one for each time of it.
    """
    if class_weight is not None and sample_weight is not None:
        raise ArgumentError(f"{owner}: pass sample_weight or class_weight, not both; multiply them into sample_weight.")
    if class_weight is not None:
        return by_class(owner, y, shape, class_weight)
    if sample_weight is None:
        return None
    weights = as_numbers(owner, "sample_weight", sample_weight)
    if weights.ndim == 0:
        raise ShapeError(f"{owner}: sample_weight must hold one weight for each example, received a single number.")
    as_weights(owner, weights, shape)
    return weights


def by_class(owner: str, y: np.ndarray, shape: tuple[int, ...], class_weight: Any) -> np.ndarray:
    """The weight of each example's class; 1 where the class is not listed, as in Keras."""
    if not isinstance(class_weight, Mapping):
        raise ArgumentError(
            f"{owner}: class_weight must be a dictionary from the number of a class to its weight, such as "
            f"{{0: 1.0, 1: 5.0}}, received {class_weight!r}."
        )
    table = {
        integer(owner, "a class in class_weight", label, minimum=0): number(owner, "a weight in class_weight", weight)
        for label, weight in class_weight.items()
    }
    if len(shape) != 1 or y.ndim > 2:
        raise ArgumentError(
            f"{owner}: class_weight needs one class for each example, received y of shape {y.shape}; pass "
            "sample_weight."
        )
    labels = y if y.ndim == 1 else y[:, 0] if y.shape[1] == 1 else y.argmax(-1)
    return np.array([table.get(int(label), 1.0) for label in np.rint(labels)], np.float32)
