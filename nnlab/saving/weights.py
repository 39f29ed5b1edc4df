"""Weights by path, as Keras's files of weights name them: `layers/dense_1/vars/0`.

A path follows the attributes that hold layers. In a list of layers each is called by its class, numbered from its
second on; the weights of a layer are numbered too, those that are trained first.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import numpy as np

from nnlab.core.errors import FileError
from nnlab.core.layer import Layer
from nnlab.core.naming import snake_case
from nnlab.core.variable import Variable
from nnlab.models import Functional, Model, Sequential
from nnlab.saving import hdf5

OLD_LIST = "_layer_checkpoint_dependencies"  # what the first `.keras` files called the layers of a model


Own = tuple[str, Layer, list[Variable]]


def walk(layer: Layer, stated: bool = False, path: str = "", met: set[int] | None = None) -> Iterator[Own]:
    """Each layer inside this one, with its path and the weights that are its own; a shared layer comes once.

    `stated`: in the order of the file that a graph was read from, whose Keras may have had another rule.
    """
    met = set() if met is None else met
    if id(layer) in met:
        return
    met.add(id(layer))
    inside = children(layer, stated)
    of_cell = [part._variables for _, part in inside]
    own = [] if any(part is layer._variables for part in of_cell) else list(layer._variables.values())
    yield path, layer, [each for each in own if each.trainable] + [each for each in own if not each.trainable]
    for name, part in inside:
        yield from walk(part, stated, f"{path}/{name}" if path else name, met)


def children(layer: Layer, stated: bool = False) -> list[tuple[str, Layer]]:
    """The layers that this one holds, by attribute: Keras goes through a model's list first, then by the alphabet."""
    found = []
    if isinstance(layer, Functional | Sequential):
        found += numbered("layers", ordered(layer, stated))
    for name, value in sorted(vars(layer).items()):
        if name.startswith("_"):
            continue
        if isinstance(value, Layer):
            found.append((name, value))
        elif isinstance(value, list | tuple | dict):
            held = value.values() if isinstance(value, dict) else value
            found += numbered(name, [part for part in held if isinstance(part, Layer)])
    return found


def ordered(model: Model, stated: bool = False) -> list[Layer]:
    """The layers of a model in Keras's order, or in that of the file it was read from."""
    if stated and isinstance(model, Functional) and model.stated_order:
        by_name = {each.name: each for each in model.layers}
        return [by_name[name] for name in model.stated_order if name in by_name]
    return model.layers


def numbered(name: str, layers: list[Layer]) -> list[tuple[str, Layer]]:
    """Each layer of a list under the name that its class has there."""
    times: Counter[str] = Counter()
    found = []
    for layer in layers:
        key = snake_case(type(layer).__name__)
        found.append((f"{name}/{key}_{times[key]}" if times[key] else f"{name}/{key}", layer))
        times[key] += 1
    return found


# ---- reading


def read(root: hdf5.Group, model: Layer) -> None:
    """Give the model the weights of a file: all of them, or none if one is missing, left over, or does not fit."""
    values: dict[Variable, np.ndarray] = {}
    parts = list(walk(model, stated=True))
    for path, layer, variables in parts:
        group = group_at(root, path)
        count = 0 if group is None else len(group)
        if count != len(variables):
            raise FileError(f"the file has {count} arrays of weights for {layer._label}, not {len(variables)}.")
        for index, variable in enumerate(variables):
            values[variable] = variable.fitting(group.array(str(index), variable.shape, variable.path))
    check_nothing_left(root, {path for path, _, _ in parts})
    assign(model, values)


def group_at(root: hdf5.Group, path: str) -> hdf5.Group | None:
    """The group of a layer's own weights, under the name that its path has today, or had first."""
    inside = f"{path}/vars" if path else "vars"
    group = root.group(inside)
    return root.group(inside.replace("layers/", f"{OLD_LIST}/")) if group is None else group


def check_nothing_left(root: hdf5.Group, paths: set[str]) -> None:
    """Raise if the file has weights for a layer that the model does not have."""
    for parent in sorted({path.rpartition("/")[0] for path in paths} - {""}):
        group = root.group(parent)
        for name in () if group is None else group:
            own = group.group(f"{name}/vars") if f"{parent}/{name}" not in paths else None
            if own is not None and len(own):
                raise FileError(f"the file has weights for {parent}/{name}, which the model does not have.")


def assign(model: Layer, values: Mapping[Variable, np.ndarray]) -> None:
    """Set all weights of the model at once."""
    for variable in model.weights:
        if variable not in values:
            raise FileError(f"the file has no values for {variable.path}.")
    for variable, value in values.items():
        variable.value = value


# ---- writing


def write(file: BinaryIO, model: Layer) -> None:
    """Write all weights of the model."""
    groups: dict[str, tuple[dict[str, Any], dict[str, np.ndarray]]] = {}
    for path, layer, variables in walk(model):
        arrays = {str(index): variable.value for index, variable in enumerate(variables)}
        groups[f"{path}/vars" if path else "vars"] = {"name": layer.name}, arrays
    hdf5.written(file, groups)
