"""What a model is drawn and listed from: each call in it, with what it reads."""

from typing import NamedTuple

import numpy as np

from nnlab.core.graph import Node
from nnlab.core.layer import Layer
from nnlab.core.record import Call, Record, parts
from nnlab.core.recorded_array import flat
from nnlab.core.symbolic import SymbolicTensor
from nnlab.models.shapes import Shape

TRIED = 13  # examples in the batch with which a call is tried, to tell its axis from the others


class Connection(NamedTuple):
    """A call inside a model: its path in a trace, its layer (None for an operation of NumPy), the shapes of what it
    makes, and the paths (or inputs' names) that it reads from.
    """

    path: str
    layer: Layer | None
    kind: str
    shapes: tuple[Shape, ...]
    reads: tuple[str, ...]


def in_a_row(layers: list[Layer], shape: Shape | None, start: str) -> list[Connection]:
    """The calls of layers that stand in a row."""
    found, before = [], start
    for layer in layers:
        shape = None if shape is None else layer.compute_output_shape(shape)
        found.append(Connection(layer.name, layer, type(layer).__name__, (shape or ("?",),), (before,)))
        before = layer.name
    return found


def of_graph(inputs: list[SymbolicTensor], nodes: list[Node], paths: list[str]) -> list[Connection]:
    """The calls of a graph, of which each has a path."""
    found, names = [], {tensor: tensor.name for tensor in inputs}
    for path, node in zip(paths, nodes, strict=True):
        reads = tuple(names[tensor] for tensor in node.inputs)
        shapes = tuple(tensor.shape for tensor in node.outputs)
        found.append(Connection(path, node.layer, type(node.layer).__name__, shapes, reads))
        names |= {tensor: part_of(path, index, len(node.outputs)) for index, tensor in enumerate(node.outputs)}
    return found


def part_of(path: str, index: int, count: int) -> str:
    """What one of `count` outputs of a call is called where it is read."""
    return path if count == 1 else f"{path}[{index}]"


def of_call(model: Layer, shapes: tuple[Shape, ...], names: tuple[str, ...]) -> list[Connection]:
    """The calls that a model of one's own makes in its `call`, tried on zeros of these shapes."""
    arrays = tuple(np.zeros([TRIED if size is None else size for size in shape], model.dtype) for shape in shapes)
    s = Record(Call(rng=np.random.default_rng(0), keep=True), model)
    with np.errstate(all="ignore"):
        model.apply(s, arrays if len(arrays) > 1 else arrays[0])
    operations, _, x, *_ = s.tape
    paths = dict(zip(parts(x), names, strict=True))
    found = []
    for step in operations:
        outputs = parts(step.out)
        made = [part[0] if isinstance(part, tuple) else part.shape for part in parts(step.y)]
        of_layer = hasattr(step.undo, "ensure_built")
        read = step.places if not of_layer else [step.places[0], *step.places[1].values()]
        reads = dict.fromkeys(paths[place] for place in flat(list(read)) if place in paths)
        found.append(
            Connection(
                step.name,
                step.undo if of_layer else None,
                step.kind,
                tuple((None, *shape[1:]) if shape[:1] == (TRIED,) else tuple(shape) for shape in made),
                tuple(reads),
            )
        )
        for index, place in enumerate(outputs):
            paths[place] = part_of(step.name, index, len(outputs))
    return found
