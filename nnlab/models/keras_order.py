"""The order in which Keras lists the layers of a graph, on which the names in its files of weights rest.

Keras calls the third Dense layer of a graph `dense_2` in such a file, whatever its name, so both sides must count in
the same order: the farthest from the outputs first, and among equals as a walk from the outputs back meets them. The
operations with which Keras computes masks stand in its graph as well and push layers farther away.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nnlab.core.graph import Node
from nnlab.core.layer import Layer
from nnlab.core.record import parts
from nnlab.core.symbolic import SymbolicTensor
from nnlab.layers import RNN, Bidirectional, Concatenate, Embedding, Masking
from nnlab.layers.merge import Merge
from nnlab.models.model import Model

if TYPE_CHECKING:
    from nnlab.models.functional import Functional


class MaskOperation:
    """An operation of Keras's that makes a mask of `axes` axes; some compare the values of their input."""

    def __init__(self, inputs: list[Any], axes: int, compares: bool = False):
        self.inputs, self.axes, self.compares = inputs, axes, compares


Mask = MaskOperation | SymbolicTensor | None
Place = Node | MaskOperation | SymbolicTensor  # of the graph: a call of a layer, an operation, an input


def masks(model: "Functional") -> dict[SymbolicTensor, Mask]:
    """The mask that comes with each tensor, if there is one."""
    found: dict[SymbolicTensor, Mask] = {}
    for node in model._nodes:
        tensors = parts(node.x)
        explicit = node.given.get("mask")
        given = [found.get(tensor) for tensor in tensors] if explicit is None else list(parts(explicit))
        found[node.outputs[0]] = after(node.layer, tensors, given)
    return found


def sources(made: list[Mask]) -> set[SymbolicTensor]:
    """The tensors whose values are compared where these masks come from."""
    found, met, pending = set(), set(made), list(made)
    while pending:
        mask = pending.pop()
        if not isinstance(mask, MaskOperation):
            continue
        if mask.compares:
            found.update(mask.inputs)
            continue
        fresh = {each for each in mask.inputs if isinstance(each, MaskOperation)} - met
        met |= fresh
        pending += fresh
    return found


def after(layer: Layer, tensors: tuple[SymbolicTensor, ...], given: list[Mask]) -> Mask:
    """The mask of what a layer makes of these tensors with these masks."""
    first = tensors[0]
    if isinstance(layer, Masking):
        compared = MaskOperation([first], first.ndim, compares=True)
        return MaskOperation([compared], first.ndim - 1)
    if isinstance(layer, Embedding):
        return MaskOperation([first], first.ndim, compares=True) if layer.mask_zero else None
    if isinstance(layer, Concatenate):
        return side_by_side(tensors, given)
    if isinstance(layer, Merge):
        mask = None if None in given else given[0]
        for other in given[1:] if mask is not None else ():
            mask = MaskOperation([mask, other], axes(mask))
        return mask
    if isinstance(layer, RNN | Bidirectional):
        return given[0] if layer.return_sequences else None
    if isinstance(layer, Model):
        return None  # it passes masks on, but Keras learns of them only when it runs
    return given[0] if layer.supports_masking else None


def side_by_side(tensors: tuple[SymbolicTensor, ...], given: list[Mask]) -> Mask:
    """The mask of tensors that are concatenated: all ones for one that has none."""
    if given.count(None) == len(given):
        return None
    filled: list[Mask] = []
    for tensor, mask in zip(tensors, given, strict=True):
        if mask is None:
            mask = MaskOperation([tensor], tensor.ndim)
        elif axes(mask) < tensor.ndim:
            wider, zeros = MaskOperation([mask], axes(mask) + 1), MaskOperation([tensor], tensor.ndim)
            mask = MaskOperation([wider, zeros], tensor.ndim)
        filled.append(mask)
    return MaskOperation([MaskOperation(filled, axes(filled[0]))], axes(filled[0]) - 1)


def axes(mask: Mask) -> int:
    """How many axes a mask has."""
    return mask.ndim if isinstance(mask, SymbolicTensor) else mask.axes


def operations(model: "Functional") -> list[Layer | SymbolicTensor]:
    """The layers and the inputs of a graph in Keras's order.

    >>> from nnlab import Input, Model, layers
    >>> x = Input((2,), name="x")
    >>> near, far = layers.Dense(2, name="near"), layers.Dense(2, name="far")
    >>> y = near(x)
    >>> model = Model(x, layers.Add(name="add")([y, layers.ReLU(name="relu")(far(x))]))
    >>> [each.name for each in operations(model)]
    ['x', 'far', 'near', 'relu', 'add']
    """
    met = masks(model)
    inputs = set(model.inputs)

    def place(tensor: Any) -> Place:
        return tensor if isinstance(tensor, MaskOperation) or tensor in inputs else tensor.node

    def before(here: Place) -> list[Place]:
        if isinstance(here, SymbolicTensor):
            return []
        if isinstance(here, MaskOperation):
            return [place(each) for each in here.inputs]
        given = dict(here.given)
        if here.layer.takes_mask and not given:
            given["mask"] = tuple(mask for tensor in parts(here.x) if (mask := met.get(tensor)) is not None)
        tensors = [*parts(here.x), *(each for name in sorted(given) for each in parts(given[name]))]
        return [place(each) for each in tensors]

    finished, numbers = walk([place(tensor) for tensor in model.outputs], before)
    depths: dict[Place, int] = {}
    of_operation: dict[Any, int] = {}
    for here in reversed(finished):
        name = operation(here)
        depths[here] = of_operation[name] = max(depths.get(here, 0), of_operation.get(name, 0))
        for one in before(here):
            depths[one] = max(depths[here] + 1, depths.get(one, 0))
    by_depth = defaultdict(list)
    for each, depth in of_operation.items():
        by_depth[depth].append(each)
    ordered = [each for depth in sorted(by_depth, reverse=True) for each in sorted(by_depth[depth], key=numbers.get)]
    return [each for each in ordered if not isinstance(each, MaskOperation)]


def operation(here: Place) -> Any:
    """What is done at a place: several calls of a layer are one operation."""
    return here.layer if isinstance(here, Node) else here


def walk(ends: list[Place], before: Any) -> tuple[list[Place], dict[Any, int]]:
    """The places before these, depth first: in the order of leaving, and by number in the order of being met."""
    left: dict[Place, None] = {}
    numbers: dict[Any, int] = {}
    for end in ends:
        path: list[tuple[Place, Iterator[Place]]] = []
        pending: Iterator[Place] = iter([end])
        while True:
            here = next(pending, None)
            if here is not None:
                if here not in left:
                    numbers.setdefault(operation(here), len(numbers))
                    path.append((here, pending))
                    pending = iter(before(here))
                continue
            if not path:
                break
            done, pending = path.pop()
            left[done] = None
    return list(left), numbers
