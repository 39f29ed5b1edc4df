"""What the configuration of a graph says of its calls: which tensors each reads, each by reference.

A reference is the name of the layer that makes a tensor, the number of that layer's call, and the place among its
outputs. Keras 3 puts it into a dict that stands for the tensor, its older files write it as a plain list.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from nnlab.core.layer import Layer

MASK_OPERATIONS = ("NotEqual", "Any", "LogicalOr", "ExpandDims", "ZerosLike", "OnesLike", "Concatenate")


class Ref(NamedTuple):
    """A tensor: the name of the layer that makes it, the number of its call, the place among the outputs."""

    name: str
    call: int
    place: int


class Call(NamedTuple):
    """A call of a layer as a file states it: `x` and the values of `given` are a Ref or a list of them."""

    layer: Layer
    number: int
    x: Any
    given: dict[str, Any]

    @property
    def refs(self) -> list[Ref]:
        """What the call reads."""
        return [ref for value in (self.x, *self.given.values()) for ref in flat(value)]


def reference(value: Any) -> bool:
    """Whether this is [name, call, place]."""
    if not isinstance(value, list) or len(value) != 3 or not isinstance(value[0], str):
        return False
    return all(isinstance(number, int) and not isinstance(number, bool) for number in value[1:])


def references(value: Any) -> Any:
    """The same with a Ref for each tensor that stands in it."""
    if isinstance(value, Mapping):
        if value.get("class_name") == "__keras_tensor__":
            config = value.get("config")
            history = config.get("keras_history") if isinstance(config, Mapping) else None
            return Ref(*history) if reference(history) else None
        return {key: references(part) for key, part in value.items()}
    if reference(value):
        return Ref(*value)
    return [references(part) for part in value] if isinstance(value, list) else value


def flat(value: Any) -> list[Any]:
    """Each Ref or tensor in it, in order; anything else is an element by itself, and None is none."""
    if isinstance(value, Mapping):
        return [each for key in sorted(value) for each in flat(value[key])]
    if type(value) in (list, tuple):
        return [each for part in value for each in flat(part)]
    return [] if value is None else [value]


def shift(name: str, calls: list[Call]) -> int:
    """From which number on the calls of a model inside count: Keras 2 counted the making of the model as one."""
    numbers = {ref.call for call in calls for ref in call.refs if ref.name == name}
    return 1 if numbers and 0 not in numbers else 0


def shifted(call: Call, shifts: Mapping[str, int]) -> Call:
    """The same call, reading by numbers that count from 0."""

    def moved(value: Any) -> Any:
        if type(value) is list:
            return [moved(part) for part in value]
        return value._replace(call=value.call - shifts.get(value.name, 0)) if isinstance(value, Ref) else value

    return call._replace(x=moved(call.x), given={key: moved(value) for key, value in call.given.items()})


def calls_inside(layer: Layer) -> int:
    """How many layers run when this one is called."""
    if (nodes := getattr(layer, "_nodes", None)) is not None:
        return sum(calls_inside(node.layer) for node in nodes)
    return sum(map(calls_inside, layer.sublayers())) or 1


def makes_mask(class_name: str, config: Mapping[str, Any], module: Any) -> bool:
    """Whether this is one of the operations with which Keras makes masks; its older files do not say the module."""
    if module is None:
        return class_name in MASK_OPERATIONS and "trainable" not in config  # which every layer states
    return class_name in MASK_OPERATIONS and str(module).startswith("keras.src.ops")
