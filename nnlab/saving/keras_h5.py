"""Keras's older files, `.h5`: the configuration is an attribute, and each layer of the model has a group of weights.

Keras 2 wrote nothing else, and Keras 3 still does if it is asked. The weights of a layer, and of the layers inside it,
stand in one list: those that are trained, then the others.
"""

import json
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nnlab.core.errors import ArgumentError, FileError
from nnlab.core.layer import Layer
from nnlab.core.variable import Variable
from nnlab.core.weighted import planned
from nnlab.models import Functional, Model, Sequential
from nnlab.models.configuration import deserialized, serialized
from nnlab.models.running import unused
from nnlab.saving import compiling, hdf5, weights
from nnlab.saving.limits import Budget, parsed, reading
from nnlab.saving.older import is_old, modern

KERAS_VERSION = "3.0.0"  # whose format is written: Keras compares no versions, but a reader may


def load(path: Path, compile: bool) -> Model:
    """The model in an `.h5` file."""
    with reading(path, "an .h5 file of Keras"), path.open("rb") as file:
        with hdf5.opened(file, Budget(path.stat().st_size)) as root:
            text = root.text("model_config")
            if text is None:
                raise FileError("it holds no model, only weights perhaps: make the model and call load_weights on it.")
            training = root.text("training_config") if compile else None
            model = made(parsed(text, "the model_config"), root.text("keras_version"))
            read(root, model)
        compiling.restore(model, compiled(training and parsed(training, "the training_config")))
        return model


def made(config: Any, version: Any) -> Model:
    """The model of a configuration by this version of Keras; its weights take no memory yet."""
    with planned():
        model = deserialized(modern(config, is_old(version)))
    if not isinstance(model, Model):
        raise FileError(f"the configuration must be that of a model, and is that of the layer {model._label}.")
    return model


def read(root: hdf5.Group, model: Model) -> None:
    """Give the model the weights of a file: all of them, or none."""
    inside = root.group("model_weights")
    group = root if inside is None else inside
    groups = {name: group.group(name) for name in group.texts("layer_names")}
    names = {name: [] if each is None else each.texts("weight_names") for name, each in groups.items()}
    names = {name: found for name, found in names.items() if found}
    layers = [layer for layer in weights.ordered(model) if layer.weights]
    if {layer.name for layer in layers} != set(names):
        if len(layers) != len(names):
            raise FileError(f"the file has weights for {len(names)} layers, and the model has {len(layers)} with any.")
        names, groups = renamed(names, layers), renamed({name: groups[name] for name in names}, layers)
    values: dict[Variable, np.ndarray] = {}
    for layer in layers:
        variables = listed(layer)
        found = names[layer.name]
        if len(found) != len(variables):
            raise FileError(f"the file has {len(found)} arrays of weights for {layer._label}, not {len(variables)}.")
        for variable, name in zip(variables, found, strict=True):
            values[variable] = variable.fitting(groups[layer.name].array(name, variable.shape, variable.path))
    weights.assign(model, values)


def listed(layer: Layer) -> list[Variable]:
    """The weights of a layer, and of those inside it, in the order of these files."""
    return [*layer.trainable_weights, *layer.non_trainable_weights]


def renamed(by_name: dict[str, Any], layers: list[Layer]) -> dict[str, Any]:
    """The same by the names of these layers, in their order: files of weights alone go by order."""
    return {layer.name: value for layer, value in zip(layers, by_name.values(), strict=True)}


def compiled(config: Any) -> Any:
    """How an `.h5` file says what compile was told, as a `.keras` file says it."""
    if not isinstance(config, dict):
        return config
    found = {key: value for key, value in config.items() if key != "optimizer_config"}
    metrics = found.get("metrics")
    if isinstance(metrics, list) and len(metrics) == 1 and isinstance(metrics[0], list):  # those of the only output
        found["metrics"] = metrics[0]
    return found | {"optimizer": config.get("optimizer_config")}


# ---- writing


def save(model: Model, file: BinaryIO) -> None:
    """Write the model as an `.h5` file."""
    if not isinstance(model, Functional | Sequential):
        raise ArgumentError(f"{model._label}: a model with a call of its own fits no .h5 file; save it as .keras.")
    attributes = {"model_config": as_json(serialized(model)), "keras_version": KERAS_VERSION}
    if (told := compiling.stated(model)) is not None:
        told = compiling.spelled_out(told)
        told["optimizer_config"] = told.pop("optimizer")
        attributes["training_config"] = as_json(told)
    parts = weights.ordered(model)
    listing = {"layer_names": [layer.name for layer in parts], "keras_version": KERAS_VERSION}
    groups: dict[str, Any] = {"/": (attributes, {}), "model_weights": (listing, {})}
    for layer in parts:
        arrays: dict[str, np.ndarray] = {}
        for variable in listed(layer):
            arrays[unused(f"{layer.name}/{variable.path}", arrays)] = variable.value
        groups[f"model_weights/{layer.name}"] = {"weight_names": list(arrays)}, arrays
    hdf5.written(file, groups)


def as_json(config: dict[str, Any]) -> str:
    """A configuration as text, or an error that says what in it is no plain value."""
    try:
        return json.dumps(config, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise FileError(f"a layer's configuration cannot be written: {error}.") from error
