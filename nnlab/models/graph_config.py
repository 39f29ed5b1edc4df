"""The graph of a functional model as Keras writes it into a file.

Each layer stands there once, with its calls: a call states which tensors it reads, each by the name of the layer that
makes it, the number of that layer's call, and the place among its outputs. `graph_reading.py` goes the other way.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nnlab.core.layer import Layer
from nnlab.core.symbolic import SymbolicTensor
from nnlab.models import keras_order
from nnlab.models.configuration import serialized

if TYPE_CHECKING:
    from nnlab.models.functional import Functional


def graph_config(model: "Functional") -> dict[str, Any]:
    """The layers and calls of the graph in Keras 3's format."""
    calls: Counter[Layer] = Counter()
    places = {tensor: (tensor.name, 0, 0) for tensor in model.inputs}
    nodes = defaultdict(list)
    for node in model._nodes:
        for index, tensor in enumerate(node.outputs):
            places.setdefault(tensor, (node.layer.name, calls[node.layer], index))
        calls[node.layer] += 1
        stated = {name: structure(value, places) for name, value in node.given.items()}
        nodes[node.layer].append({"args": [structure(node.x, places)], "kwargs": stated})
    entries = []
    for each in keras_order.operations(model):
        part = input_entry(each) if isinstance(each, SymbolicTensor) else serialized(each)
        entries.append(part | {"name": each.name, "inbound_nodes": nodes[each]})
    inside = {layer.name for layer in model.layers if hasattr(layer, "inputs")}  # there the calls count from 1
    outputs = [[name, call + (name in inside), place] for name, call, place in map(places.get, model.outputs)]
    inputs = [list(places[tensor]) for tensor in model.inputs]
    ends = outputs if len(outputs) > 1 else outputs[0]
    if model.output_keys is not None:
        ends = dict(zip(model.output_keys, outputs, strict=True))
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": entries,
        "input_layers": inputs if len(inputs) > 1 else inputs[0],
        "output_layers": ends,
    }


def input_entry(tensor: SymbolicTensor) -> dict[str, Any]:
    """An input as a layer of a configuration."""
    config = {"batch_shape": list(tensor.shape), "dtype": tensor.dtype, "name": tensor.name}
    return {"module": "keras.layers", "class_name": "InputLayer", "config": config, "registered_name": None}


def structure(tensors: Any, places: Mapping[SymbolicTensor, tuple[str, int, int]]) -> Any:
    """A tensor, or each of several, as Keras states it."""
    if isinstance(tensors, tuple):
        return [structure(tensor, places) for tensor in tensors]
    config = {"shape": list(tensors.shape), "dtype": tensors.dtype, "keras_history": list(places[tensors])}
    return {"class_name": "__keras_tensor__", "config": config}
