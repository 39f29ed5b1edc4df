"""Keras's older files, `.h5`: the configuration is an attribute, and each layer of the model has a group of weights.

Keras 2 wrote nothing else, and Keras 3 still does if it is asked. The weights of a layer, and of the layers inside it,
stand in one list: those that are trained, then the others.
"""

from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import FileError
from nnlab.core.layer import Layer
from nnlab.core.variable import Variable
from nnlab.core.weighted import planned
from nnlab.models import Model
from nnlab.models.configuration import deserialized
from nnlab.saving import compiling, hdf5, weights
from nnlab.saving.limits import Budget, parsed, reading
from nnlab.saving.older import is_old, modern


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
        variables = [*layer.trainable_weights, *layer.non_trainable_weights]
        found = names[layer.name]
        if len(found) != len(variables):
            raise FileError(f"the file has {len(found)} arrays of weights for {layer._label}, not {len(variables)}.")
        for variable, name in zip(variables, found, strict=True):
            values[variable] = variable.fitting(groups[layer.name].array(name, variable.shape, variable.path))
    weights.assign(model, values)


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
