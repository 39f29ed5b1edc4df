"""Layers as Keras writes them into a file: a class's name and its arguments, and back.

Nothing in a configuration is ever imported or evaluated: a class is found by its name in a table of nnlab's own
layers, or among those that the caller names in `custom_objects`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from nnlab import initializers, layers, regularizers
from nnlab.core.config import COMMON, arguments
from nnlab.core.errors import ArgumentError, NnlabError
from nnlab.core.layer import Layer

INNER = ("layer", "backward_layer", "cell", "cells")  # arguments that hold layers
LIBRARIES = ("keras", "tf_keras", "tensorflow", "nnlab")  # whose classes a file may name
WITHOUT_TRAINABLE = ("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")  # Keras's take no such argument
MODELS = {"Sequential": "keras", "Functional": "keras.src.models.functional"}  # where Keras has them
OLD_NAMES = {"Model": "Functional"}

_custom: ContextVar[Mapping[str, type[Layer]] | None] = ContextVar("custom", default=None)


@contextmanager
def custom_objects(classes: Mapping[str, type[Layer]] | None) -> Iterator[None]:
    """Let configurations that are read inside name these classes too."""
    for name, cls in (classes or {}).items():
        if not isinstance(cls, type) or not issubclass(cls, Layer):
            raise ArgumentError(f"custom_objects: {name!r} must be a class of layers, received {cls!r}.")
    token = _custom.set({**(_custom.get() or {}), **(classes or {})})
    try:
        yield
    finally:
        _custom.reset(token)


# ---- from a layer


def serialized(layer: Layer) -> dict[str, Any]:
    """The layer's class and configuration in Keras 3's format.

    >>> found = serialized(layers.Flatten(name="flatten"))
    >>> found["module"], found["class_name"], found["config"]["name"]
    ('keras.layers', 'Flatten', 'flatten')
    """
    cls = type(layer)
    registered = None
    if cls.__module__.startswith("nnlab.models."):
        module, registered = MODELS[cls.__name__], "Functional" if cls.__name__ == "Functional" else None
    elif getattr(layers, cls.__name__, None) is cls:
        module = "keras.layers"
    else:
        module, registered = cls.__module__, cls.__name__
    config = stated(layer.get_config())
    for name in COMMON:
        if name == "input_shape" or (name == "trainable" and cls.__name__ in WITHOUT_TRAINABLE):
            config.pop(name, None)
    found = {"module": module, "class_name": cls.__name__, "config": config, "registered_name": registered}
    if (shapes := getattr(layer, "_shapes", None)) is not None:  # a model of one's own, whose `call` says no shape
        found["build_config"] = {"input_shape": stated(shapes[0])}
    return found


def stated(value: Any, argument: str = "") -> Any:
    """A configuration with the module of each class in it, and lists for tuples, as JSON has them."""
    if isinstance(value, Mapping):
        if set(value) == {"class_name", "config"}:
            return _with_module(value, argument)
        return {key: stated(part, key) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [stated(part, argument) for part in value]
    return value


def _with_module(value: Mapping[str, Any], argument: str) -> dict[str, Any]:
    name = value["class_name"]
    if argument not in INNER and name in regularizers.NAMED:
        module = "keras.regularizers"
    elif argument not in INNER and name in initializers.CLASSES:
        module = "keras.initializers"
    else:
        module = "keras.layers"
    return {"module": module, "class_name": name, "config": stated(value["config"]), "registered_name": None}


def clone_model(model: Layer) -> Layer:
    """A model like this one, from its configuration: the same layers and names, new weights, not compiled.

    >>> from nnlab import Input, Sequential
    >>> twin = clone_model(Sequential([Input((2,)), layers.Dense(3, name="dense")]))
    >>> twin.get_layer("dense"), twin.output_shape
    (<Dense dense: units=3>, (None, 3))
    """
    if not isinstance(model, Layer):
        raise ArgumentError(f"clone_model: expected a model, received {model!r}.")
    with custom_objects({type(each).__name__: type(each) for each in everything(model) if is_own(type(each))}):
        return deserialized(serialized(model))


def everything(layer: Layer) -> Iterator[Layer]:
    """The layer and all layers inside it."""
    yield layer
    for part in layer.sublayers():
        yield from everything(part)


def is_own(cls: type[Layer]) -> bool:
    """Whether a class is not nnlab's, but somebody's own."""
    return cls.__name__ not in MODELS and getattr(layers, cls.__name__, None) is not cls


# ---- to a layer


def deserialized(part: Any) -> Layer:
    """The layer, not built, of a class's name and a configuration that Keras or nnlab has written.

    >>> deserialized({"class_name": "Dense", "config": {"name": "dense", "units": 4, "activation": "relu"}})
    <Dense dense: units=4>
    """
    from nnlab import models  # deferred: models are made from what stands here

    name, config = class_and_config(part)
    cls = class_named(part)
    try:
        if issubclass(cls, models.Sequential | models.Functional):
            return cls.from_config(config)
        layer = cls.from_config(usable(cls, config))
        if issubclass(cls, models.Model) and (shape := (part.get("build_config") or {}).get("input_shape")):
            layer.build(as_shape(shape))
        return layer
    except NnlabError:
        raise
    except Exception as error:  # whatever a constructor makes of nonsense
        raise ArgumentError(f"{name} {config.get('name')!r}: the configuration does not fit: {error}") from error


def class_and_config(part: Any) -> tuple[str, dict[str, Any]]:
    """What a part of a configuration states: the name of a class, and the arguments for it."""
    if not isinstance(part, Mapping) or not isinstance(part.get("class_name"), str):
        raise ArgumentError(f"expected a layer's class_name and config, received {shortened(part)}.")
    config = part.get("config")
    if not isinstance(config, Mapping):
        raise ArgumentError(f"{part['class_name']}: config must hold arguments by name, received {shortened(config)}.")
    return part["class_name"], dict(config)


def class_named(part: Mapping[str, Any]) -> type[Layer]:
    """The class that a part of a configuration names, if it is one of those that may be named."""
    name = OLD_NAMES.get(part["class_name"], part["class_name"])
    custom = _custom.get() or {}
    registered = part.get("registered_name")
    for known in (registered, name):
        if isinstance(known, str) and (cls := custom.get(known.rpartition(">")[2])) is not None:
            return cls
    module = part.get("module", "keras")
    own = isinstance(module, str) and module.partition(".")[0] in LIBRARIES and registered in (None, name)
    if own and name in MODELS:
        from nnlab import models  # deferred: models are made from what stands here

        return getattr(models, name)
    cls = getattr(layers, name, None) if own and name in layers.__all__ else None
    if not isinstance(cls, type) or cls is Layer:
        whose = "" if own else f" of {shortened(module)}"
        whose += f", registered as {shortened(registered)}," if not own and registered else ""
        raise ArgumentError(
            f"the class {shortened(name)}{whose} is not one of nnlab's layers, and no code is run from a file; if it "
            f"is a layer of your own, pass custom_objects={{{shortened(name)}: the class}}."
        )
    return cls


def usable(cls: type[Layer], config: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as this class takes them: dtypes by name, inner layers made, unused ones that it lacks left out."""
    known = {*arguments(cls), *COMMON, *cls.unsupported, "autocast", "zero_output_for_mask"}
    found = {}
    for key, value in config.items():
        if value is None and key not in known:
            continue  # something that nnlab has not, and the file does not use
        if key == "dtype":
            value = dtype_named(value)
        elif key in INNER and value is not None:
            value = [deserialized(each) for each in value] if isinstance(value, list) else deserialized(value)
        elif isinstance(value, Mapping) and {"class_name", "config"} <= set(value):
            value = plain_argument(value)
        found[key] = value
    return found


def plain_argument(value: Mapping[str, Any]) -> dict[str, Any]:
    """The class and configuration of an initializer or a regularizer, without what only Keras has and is not used."""
    name, config = class_and_config(value)
    return {"class_name": name, "config": {key: part for key, part in config.items() if part is not None}}


def dtype_named(value: Any) -> Any:
    """The name of a dtype, or of a policy whose numbers all have one dtype."""
    if isinstance(value, Mapping):
        name, config = class_and_config(value)
        value = config.get("name")
        if name not in ("DTypePolicy", "FloatDTypePolicy", "Policy"):
            raise ArgumentError(f"the dtype policy {name!r} ({value}) is not supported; nnlab computes in one dtype.")
    return value


def as_shape(shape: Any) -> Any:
    """A shape, or several, as tuples."""
    return tuple(map(as_shape, shape)) if isinstance(shape, list) else shape


def shortened(value: Any, most: int = 80) -> str:
    """What a person needs to see of a value from a file."""
    text = f"{type(value).__name__} of {len(value)}" if isinstance(value, list | Mapping) else repr(value)
    return text if len(text) <= most else f"{text[:most]}..."
