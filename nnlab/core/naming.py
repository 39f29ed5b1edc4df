"""Names for layers that were given none: dense, dense_1, conv2d, as Keras makes them."""

import re
from collections import Counter
from typing import Any

from nnlab.core.errors import ArgumentError

_used: Counter[str] = Counter()


def snake_case(name: str) -> str:
    """A class's name as Keras writes it.

    >>> [snake_case(name) for name in ("Dense", "Conv2D", "MaxPooling2D", "ReLU", "BatchNormalization")]
    ['dense', 'conv2d', 'max_pooling2d', 're_lu', 'batch_normalization']
    """
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def checked_name(owner: str, name: Any) -> str | None:
    """`name` if it can be part of a path, or None."""
    if name is not None and (not isinstance(name, str) or not name or "/" in name):
        raise ArgumentError(f"{owner}: name must be a string without '/', received {name!r}.")
    return name


def unique_name(class_name: str) -> str:
    """The class's name in snake case, numbered from its second use on."""
    name = snake_case(class_name)
    _used[name] += 1
    return name if _used[name] == 1 else f"{name}_{_used[name] - 1}"


def clear_session() -> None:
    """Start the numbering again."""
    _used.clear()
