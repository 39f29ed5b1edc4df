"""Optimizers: how weights move along their gradients. The numbers are Keras's, to the last place of float32."""

from collections.abc import Mapping
from typing import Any

from nnlab.core.errors import ArgumentError
from nnlab.optimizers import schedules
from nnlab.optimizers.adagrad import Adagrad
from nnlab.optimizers.adam import Adam, AdamW
from nnlab.optimizers.optimizer import Optimizer
from nnlab.optimizers.rmsprop import RMSprop
from nnlab.optimizers.sgd import SGD

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "get", "schedules"]

CLASSES = (SGD, RMSprop, Adagrad, Adam, AdamW)
NAMED = {cls.__name__.lower(): cls for cls in CLASSES}


def get(identifier: Any) -> Optimizer:
    """The optimizer for a name, a class, a configuration, or an optimizer.

    >>> get("adam")
    Adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07)
    """
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Optimizer):
        return identifier()
    if isinstance(identifier, str) and identifier.lower() in NAMED:
        return NAMED[identifier.lower()]()
    if isinstance(identifier, Mapping) and str(identifier.get("class_name")).lower() in NAMED:
        return NAMED[identifier["class_name"].lower()](**identifier.get("config", {}))
    raise ArgumentError(
        f"optimizer must be one of {', '.join(map(repr, NAMED))} or an Optimizer, received {identifier!r}."
    )
