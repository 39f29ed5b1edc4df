"""The configuration of a layer, or of what trains one: the arguments of its constructor, as plain values."""

import functools
import inspect
from typing import Any

COMMON = ("name", "dtype", "trainable", "activity_regularizer", "input_shape")  # what every layer takes


@functools.cache
def arguments(cls: type) -> tuple[str, ...]:
    """The names of a class's own constructor arguments."""
    return tuple(
        name
        for name, parameter in inspect.signature(cls.__init__).parameters.items()
        if name not in ("self", *COMMON) and parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
    )


def kept_arguments(thing: Any) -> dict[str, Any]:
    """What was passed to the constructor of an object, as far as it keeps it under the same names."""
    return {name: getattr(thing, name) for name in arguments(type(thing)) if hasattr(thing, name)}


def required(cls: type) -> list[str]:
    """Those of them that have no default."""
    parameters = inspect.signature(cls.__init__).parameters
    return [name for name in arguments(cls) if parameters[name].default is inspect.Parameter.empty]


def plain(value: Any) -> Any:
    """A value of a configuration as JSON could hold it: objects become their class and config, functions names."""
    if hasattr(value, "get_config"):
        return {"class_name": type(value).__name__, "config": value.get_config()}
    if callable(value):
        return value.__name__
    if isinstance(value, list | tuple):
        return type(value)(plain(part) for part in value)
    return value
