"""Layers among the arguments of another: a cell of RNN, what a wrapper wraps."""

from typing import Any

from nnlab.core.errors import ArgumentError, NnlabError
from nnlab.core.layer import Layer


def inner(owner: str, argument: str, value: Any, kind: type[Layer] = Layer, such_as: str = "Dense(4)") -> Any:
    """The layer that `value` is, or whose configuration (class_name and config) it is.

    >>> inner("TimeDistributed", "layer", {"class_name": "Dense", "config": {"units": 4, "name": "dense"}})
    <Dense dense: units=4>
    """
    from nnlab import layers  # deferred: at import the layers are still being made

    if isinstance(value, dict) and isinstance(cls := getattr(layers, str(value.get("class_name")), None), type):
        try:
            value = cls.from_config(value.get("config", {}))
        except NnlabError as error:
            raise ArgumentError(f"{owner}: {argument}: {error}") from error
    if isinstance(value, kind):
        return value
    hint = "; write it with ()" if isinstance(value, type) else ""
    raise ArgumentError(f"{owner}: {argument} must be a layer such as {such_as}, received {value!r}{hint}.")
