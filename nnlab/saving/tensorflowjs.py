"""Models of TensorFlow.js: `model.json`, which holds the configuration and a list of weights, and files of their bytes.

The weights stand one after another in the files of a group ("shards"), in the order of the list. Some are stored in
fewer bits: as 16-bit floats, or as small integers with a scale and a minimum. Only files beside `model.json` are read.
Format: https://github.com/tensorflow/tfjs/tree/master/tfjs-converter (`io.WeightsManifestConfig`).
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.arguments import integers, number
from nnlab.core.errors import FileError
from nnlab.core.layer import Layer
from nnlab.core.variable import Variable
from nnlab.models import Model
from nnlab.models.configuration import shortened
from nnlab.saving import compiling, keras_h5, weights
from nnlab.saving.limits import MOST_CONFIG, parsed, reading

JSON = "model.json"
STORED = {"float32": "<f4", "float16": "<f2", "uint8": "u1", "uint16": "<u2"}


def load(path: Path, compile: bool) -> Model:
    """The model in a folder, or in its `model.json`."""
    path = path / JSON if path.is_dir() else path
    with reading(path, "a model of TensorFlow.js"):
        with path.open("rb") as file:
            content = parsed(file.read(MOST_CONFIG + 1), path.name)
        if not isinstance(content, Mapping) or not isinstance(topology := content.get("modelTopology"), Mapping):
            raise FileError("it has no modelTopology.")
        if content.get("format", "layers-model") != "layers-model":
            raise FileError(
                f"its format is {shortened(content['format'])}, which has no layers; convert the Keras model with "
                "--output_format=tfjs_layers_model."
            )
        model = keras_h5.made(topology.get("model_config", topology), topology.get("keras_version"))
        fill(model, manifest(path.parent, content.get("weightsManifest")))
        if compile:
            compiling.restore(model, keras_h5.compiled(topology.get("training_config")))
        return model


# ---- the list of weights


class Stored:
    """A weight in a file: its shape, how it is stored, and where it begins."""

    def __init__(self, entry: Mapping[str, Any], buffer: list[bytes], begin: int):
        name = self.name = entry["name"]
        self.shape = integers(name, "shape", entry.get("shape"), len(entry.get("shape") or ()), minimum=0)
        self.packed = entry.get("quantization") or {}
        kind = self.packed.get("dtype", entry.get("dtype"))
        if entry.get("dtype") != "float32" or kind not in STORED:
            raise FileError(f"the values of {name!r} must be floats, and are {shortened(kind)}.")
        self.dtype, self.buffer, self.begin = np.dtype(STORED[kind]), buffer, begin
        self.end = begin + math.prod(self.shape) * self.dtype.itemsize

    def values(self) -> np.ndarray:
        """The numbers."""
        found = np.frombuffer(self.buffer[0][self.begin : self.end], self.dtype).reshape(self.shape)
        if self.dtype.kind == "f":
            return found
        scale, low = (number(self.name, key, self.packed.get(key)) for key in ("scale", "min"))
        return found * np.float32(scale) + np.float32(low)


def manifest(folder: Path, groups: Any) -> dict[str, Stored]:
    """Each weight by name, its bytes read from the files beside; their sizes are compared first."""
    found: dict[str, Stored] = {}
    for group in groups if isinstance(groups, list) else ():
        entries, paths = (group.get(key) if isinstance(group, Mapping) else None for key in ("weights", "paths"))
        if not isinstance(entries, list) or not isinstance(paths, list):
            raise FileError("each group of its weightsManifest must have weights and paths.")
        files = [shard(folder, path) for path in paths]
        buffer: list[bytes] = []
        end = 0
        for entry in entries:
            if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str) or entry["name"] in found:
                raise FileError(f"each weight must have a name of its own, received {shortened(entry)}.")
            weight = found[entry["name"]] = Stored(entry, buffer, end)
            end = weight.end
        size = sum(file.stat().st_size for file in files)
        if size != end:
            raise FileError(
                f"its weights take {end:,} bytes, and the files {', '.join(map(str, paths))} have {size:,}."
            )
        buffer.append(b"".join(file.read_bytes() for file in files))
    return found


def shard(folder: Path, name: Any) -> Path:
    """A file beside `model.json`."""
    if not isinstance(name, str) or Path(name).name != name or "\\" in name:
        raise FileError(f"the file of weights {shortened(name)} must lie beside {JSON}.")
    path = folder / name
    if path.is_symlink() or not path.is_file():
        raise FileError(f"there is no file {name!r} beside {JSON}.")
    return path


# ---- by name


def fill(model: Model, stored: Mapping[str, Stored]) -> None:
    """Give the model these weights: all of them, or none."""
    places = defaultdict(set)
    for name, weight in stored.items():
        *owners, last = name.split("/")
        for owner in owners:
            places[owner, last.partition(":")[0]].add(weight)
    values: dict[Variable, np.ndarray] = {}
    for owners, variable in named(model):
        if variable in values:
            continue
        met = [weight for owner in owners for weight in places[owner, variable.name]]
        best = [weight for weight in set(met) if met.count(weight) == max(map(met.count, met))]
        if len(best) != 1:
            said = "no values" if not best else f"{len(best)} arrays that may be the values"
            raise FileError(f"it has {said} for {variable.path}.")
        if best[0].shape != variable.shape:
            raise FileError(
                f"the values of {variable.path} must have shape {variable.shape}, and have shape {best[0].shape}."
            )
        values[variable] = variable.fitting(best[0].values())
    if len(values) != len(stored):
        raise FileError(f"it has {len(stored)} arrays of weights, and the model has {len(values)} weights.")
    weights.assign(model, values)


def named(layer: Layer, owners: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Variable]]:
    """Each weight inside a layer with the names of the layers around it."""
    inside = weights.children(layer)
    if not any(part._variables is layer._variables for _, part in inside):
        yield from ((owners, variable) for variable in layer._variables.values())
    for _, part in inside:
        yield from named(part, (*owners, part.name))
