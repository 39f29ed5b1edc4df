"""The graph that grows where layers are called on symbolic tensors: each call is a node between tensors."""

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nnlab.core.errors import ArgumentError, unknown_arguments
from nnlab.core.record import parts, shape_of
from nnlab.core.symbolic import SymbolicTensor

if TYPE_CHECKING:
    from nnlab.core.layer import Layer

_numbers = itertools.count()


class Node:
    """One call of a layer: `x` and `given` (by name) hold the tensors it reads, `outputs` those it makes.

    What a call reads was there before it, so nodes in the order of their `number` are in the order of computation.
    """

    def __init__(self, layer: "Layer", x: Any, given: Mapping[str, Any], shapes: Any):
        self.layer, self.x, self.given, self.number = layer, x, given, next(_numbers)
        several = bool(shapes) and isinstance(shapes[0], tuple)
        self.outputs = tuple(SymbolicTensor(shape, layer.dtype) for shape in (shapes if several else (shapes,)))
        for tensor in self.outputs:
            tensor.node = self
        self.y = self.outputs if several else self.outputs[0]

    @property
    def inputs(self) -> list[SymbolicTensor]:
        """The tensors that the call reads."""
        return [tensor for value in (self.x, *self.given.values()) for tensor in parts(value)]


def is_symbolic(value: Any) -> bool:
    """Whether there is a symbolic tensor in it."""
    if isinstance(value, list | tuple):
        return any(map(is_symbolic, value))
    return isinstance(value, SymbolicTensor)


def call(layer: "Layer", x: Any, training: bool, inputs: Mapping[str, Any]) -> Any:
    """Call a layer on symbolic tensors: builds it, checks that they fit, and returns the tensors it will make."""
    if training:
        raise ArgumentError(f"{layer._label}: leave out training= on symbolic tensors; pass it when calling the model.")
    if unknown := [name for name in inputs if name not in layer.further_inputs]:
        raise unknown_arguments(layer._label, unknown, ["x", *layer.further_inputs])
    x = tensors(layer, "x", x)
    if isinstance(x, tuple) and len(x) == 1 and not layer.takes_several:
        x = x[0]
    if isinstance(x, tuple) and not layer.takes_several:
        raise ArgumentError(f"{layer._label}: expected one symbolic tensor, received {len(x)}; merge them first.")
    given = {name: tensors(layer, name, value) for name, value in inputs.items() if value is not None}
    shape = shape_of(x)
    layer.ensure_built(shape)
    layer.check_input(shape)
    return Node(layer, x, given, output_shape(layer, shape, {name: shape_of(value) for name, value in given.items()})).y


def output_shape(layer: "Layer", shape: Any, further: Mapping[str, Any]) -> Any:
    """The shape of a call's output; a `call` in plain NumPy is tried on its further inputs too."""
    by_trial = hasattr(layer.compute_output_shape, "by_trial")
    return layer.compute_output_shape(shape, **further) if by_trial else layer.compute_output_shape(shape)


def tensors(layer: "Layer", argument: str, value: Any) -> Any:
    """A symbolic tensor, or a tuple of those in a list, however it is nested."""
    if isinstance(value, list | tuple) and value:
        return tuple(part for each in value for part in parts(tensors(layer, argument, each)))
    if not isinstance(value, SymbolicTensor):
        raise ArgumentError(
            f"{layer._label}: {argument} must hold symbolic tensors only, from Input or from layers called on them; "
            f"received {type(value).__name__}."
        )
    return value
