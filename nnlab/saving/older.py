"""What Keras 2 and TensorFlow.js wrote in a configuration, said as Keras 3 says it.

Arguments that only told an implementation how to compute the same are left out; what changed its name is renamed; and
where a name has changed its meaning, the old meaning is kept.
"""

from collections.abc import Mapping
from typing import Any

from nnlab.activations.piecewise import hard_sigmoid_2
from nnlab.core.errors import FileError
from nnlab.models.configuration import INNER, MODELS, OLD_NAMES, class_and_config, shortened

WITHOUT_EFFECT = ("implementation", "input_length", "fused", "virtual_batch_size", "adjustment")
NEUTRAL = {"time_major": False, "renorm": False}
RENAMED = {("LeakyReLU", "alpha"): "negative_slope", ("InputLayer", "batch_input_shape"): "batch_shape"}
SAID_BY_NONE = ("merge_mode",)  # the argument whose None is not the same as leaving it out
DISTRIBUTIONS = {"normal": "truncated_normal"}  # of the initializer VarianceScaling


def is_old(version: Any) -> bool:
    """Whether this version of Keras, or what wrote its format, came before Keras 3."""
    return not str(version).startswith("3")


def modern(part: Any, old: bool = True) -> dict[str, Any]:
    """A layer's class and configuration, with those inside it, in today's words.

    >>> modern({"class_name": "LeakyReLU", "config": {"name": "leak", "alpha": 0.5}})["config"]
    {'name': 'leak', 'negative_slope': 0.5}
    """
    if isinstance(part, Mapping) and isinstance(part.get("config"), list):  # a row of layers, before Keras 2.2
        part = {**part, "config": {"name": None, "layers": part["config"]}}
    name, config = class_and_config(part)
    if OLD_NAMES.get(name, name) in MODELS:
        return {**part, "config": {**config, "layers": modern_layers(name, config.get("layers"), old)}}
    found = {"reset_after": False} if old and name in ("GRU", "GRUCell") else {}  # as it was where nothing is said
    for key, value in config.items():
        if key in WITHOUT_EFFECT or (key in NEUTRAL and value == NEUTRAL[key]):
            continue
        if (key == "batch_input_shape" and name != "InputLayer") or (
            old and value is None and key not in SAID_BY_NONE
        ):  # the shape is said by an input of its own, see below
            continue
        found[RENAMED.get((name, key), key)] = argument(name, key, value, old)
    return {**part, "config": found}


def modern_layers(name: str, parts: Any, old: bool) -> list[Any]:
    """The layers of a model; in a row of them, what the first says of its input becomes an input."""
    if not isinstance(parts, list):
        raise FileError(f"{name}: expected a list of layers, received {shortened(parts)}.")
    layers = [modern(part, old) for part in parts]
    first = parts[0].get("config") if parts else None
    shape = first.get("batch_input_shape") if isinstance(first, Mapping) else None
    if name == "Sequential" and shape is not None and parts[0]["class_name"] != "InputLayer":
        config = {"batch_shape": shape, "name": f"{first.get('name')}_input"}
        layers.insert(0, {"class_name": "InputLayer", "config": config})
    return layers


def argument(name: str, key: str, value: Any, old: bool) -> Any:
    """An argument in today's words."""
    if key in INNER:
        return [modern(each, old) for each in value] if isinstance(value, list) else value and modern(value, old)
    if old and key in ("activation", "recurrent_activation") and value == "hard_sigmoid":
        return hard_sigmoid_2.__name__
    if name == "BatchNormalization" and key == "axis" and isinstance(value, list) and len(value) == 1:
        return value[0]
    if isinstance(value, Mapping) and isinstance(value.get("config"), Mapping) and key.endswith("_initializer"):
        config = {each: part for each, part in value["config"].items() if each != "dtype"}
        if "distribution" in config:
            config["distribution"] = DISTRIBUTIONS.get(str(config["distribution"]), config["distribution"])
        named = str(value.get("class_name")).removesuffix("Initializer")  # OrthogonalInitializer, in Keras 3.0
        return {**value, "class_name": named, "config": config}
    return value
