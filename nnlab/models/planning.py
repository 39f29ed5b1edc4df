"""What lies between the inputs and the outputs of a graph: its calls in order, their paths, and what may be wrong."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from nnlab.core.errors import ArgumentError
from nnlab.core.graph import Node
from nnlab.core.layer import Layer
from nnlab.core.symbolic import SymbolicTensor
from nnlab.models.steps import LOSS


def tensors(owner: str, argument: str, value: Any) -> list[SymbolicTensor]:
    """The symbolic tensors of an argument: one, a list of them, or a dict by the names of the inputs or outputs."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            if argument == "inputs" and isinstance(each, SymbolicTensor) and each.name != key:
                raise ArgumentError(
                    f"{owner}: inputs= calls {key!r} what is named {each.name!r}; make it as Input(..., name={key!r})."
                )
        value = list(value.values())
    found = list(value) if isinstance(value, list | tuple) else [value]
    for each in found:
        if not isinstance(each, SymbolicTensor):
            raise ArgumentError(
                f"{owner}: {argument}= must be a symbolic tensor, from Input or from layers called on one, or a list "
                f"or dict of them; received {type(each).__name__}."
            )
    if not found:
        raise ArgumentError(f"{owner}: {argument}= is empty, expected at least one symbolic tensor.")
    if argument == "inputs" and len(set(found)) < len(found):
        raise ArgumentError(f"{owner}: inputs= holds the same symbolic tensor twice.")
    return found


def sorted_keys(owner: str, outputs: Any) -> tuple[str, ...] | None:
    """The keys of a dict of outputs in the order in which Keras puts them; None if it is no dict."""
    if not isinstance(outputs, Mapping):
        return None
    for key in outputs:
        if not isinstance(key, str):
            raise ArgumentError(f"{owner}: the keys of outputs= must be texts, the outputs' names, received {key!r}.")
    return tuple(sorted(outputs))


def between(owner: str, inputs: list[SymbolicTensor], outputs: list[SymbolicTensor]) -> list[Node]:
    """The nodes that lead from the inputs to the outputs, in the order in which they were called."""
    used, nodes, pending = set(), set(), list(outputs)
    while pending:
        tensor = pending.pop()
        used.add(tensor)
        if tensor in inputs or tensor.node in nodes:
            continue
        if tensor.node is None:
            raise ArgumentError(
                f"{owner}: the outputs depend on the input {tensor.name!r} of shape {tensor.shape}, which is not among "
                "inputs=."
            )
        nodes.add(tensor.node)
        pending += tensor.node.inputs
        if any(part.node is not None and part.node.number >= tensor.node.number for part in tensor.node.inputs):
            raise ArgumentError(f"{owner}: the graph has a cycle, {tensor.node.layer._label} waits for its own output.")
    for tensor in inputs:
        if tensor not in used:
            raise ArgumentError(
                f"{owner}: no output depends on the input {tensor.name!r} of shape {tensor.shape}; use it, or leave it "
                "out of inputs=."
            )
    return sorted(nodes, key=lambda node: node.number)


def paths_of(nodes: Iterable[Node]) -> list[str]:
    """The path of each call in a trace: the layer's name, and name#2 for its second call."""
    times: Counter[str] = Counter()
    paths = []
    for node in nodes:
        times[node.layer.name] += 1
        count = times[node.layer.name]
        paths.append(node.layer.name if count == 1 else f"{node.layer.name}#{count}")
    return paths


def check_names(owner: str, layers: Iterable[Layer]) -> None:
    """Raise where two layers have one name, or one has a name that means something else."""
    for name, count in Counter(layer.name for layer in layers).items():
        if count > 1:
            raise ArgumentError(
                f"{owner}: {count} layers have the name {name!r}; give each another name=, or call the same layer "
                "twice if they are meant to share weights."
            )
        if name == LOSS or "#" in name:
            raise ArgumentError(
                f"{owner}: the layer name {name!r} means something else in a trace; choose another name=."
            )
