"""What a layer costs for one sample: parameters, multiplications of a weight by a number, and numbers it puts out."""

from collections.abc import Iterator
from decimal import Decimal
from math import prod
from typing import NamedTuple

from nnlab import layers
from nnlab.core.layer import Layer
from nnlab.layers.base_convolution import BaseConvolution
from nnlab.models.model import Model
from nnlab.models.shapes import as_shapes

Shape = tuple[int | None, ...]


class Cost(NamedTuple):
    """One call of one layer; `parameters` is 0 where an earlier call of the same layer has counted them."""

    name: str
    parameters: int
    multiplications: int
    outputs: int
    receipt: str
    how: str


def multiplications(layer: Layer, received: Shape, given: Shape) -> tuple[int, str]:
    """How often a weight is multiplied by a number for one sample, and the product that says so.

    >>> dense = layers.Dense(10); dense.build((None, 20))
    >>> multiplications(dense, (None, 20), (None, 10))
    (200, '20·10')
    """
    if isinstance(layer, layers.TimeDistributed):
        count, how = multiplications(layer.layer, (None, *received[2:]), (None, *given[2:]))
        return count * received[1], f"{received[1]}·({how})"
    if isinstance(layer, layers.Bidirectional):
        ways = [multiplications(way, received, given)[0] for way in (layer.forward_layer, layer.backward_layer)]
        return sum(ways), " + ".join(map(str, ways))
    if isinstance(layer, layers.SimpleRNN | layers.LSTM | layers.GRU):
        uses, kernels = received[1:2], ("kernel", "recurrent_kernel")
    elif isinstance(layer, layers.Conv1DTranspose | layers.Conv2DTranspose | layers.Conv3DTranspose):
        uses, kernels = layer.split(received)[1], ("kernel",)
    elif isinstance(layer, layers.BatchNormalization | layers.LayerNormalization | layers.GroupNormalization):
        return (prod(given[1:]), "·".join(map(str, given[1:]))) if layer.scale else (0, "0")
    elif isinstance(layer, layers.Embedding):
        return 0, "0: rows are looked up"
    else:
        uses = layer.split(given)[1] if isinstance(layer, BaseConvolution) else given[1:-1]
        kernels = ("kernel", "depthwise_kernel", "pointwise_kernel")
    sizes = ["·".join(map(str, (*uses, *weight.shape))) for weight in layer.weights if weight.name in kernels]
    total = sum(prod(weight.shape) for weight in layer.weights if weight.name in kernels) * prod(uses)
    return total, " + ".join(sizes) or "0"


def costs(model: Model) -> Iterator[Cost]:
    """The cost of each layer of a model in order, those of models inside it among them.

    A layer without weights that only looks at the data (an activation, dropout, pooling) multiplies nothing.
    """
    met: set[int] = set()
    for layer, received, given in calls(model):
        receipt = " + ".join("·".join(map(str, weight.shape)) or "1" for weight in layer.weights) or "0"
        count = 0 if id(layer) in met else layer.count_params()
        receipt = "0" if id(layer) in met else receipt
        met.add(id(layer))
        multiplied, how = multiplications(layer, received, given)
        yield Cost(layer.name, count, multiplied, prod(given[1:]), receipt, how)


def calls(model: Model) -> Iterator[tuple[Layer, Shape, Shape]]:
    """Each call of a layer in a model, with the shapes of (the first of) what it receives and gives."""
    known = dict(zip(model.input_names, as_shapes(model.input_shape), strict=True))
    for path, layer, _, shapes, reads in model.connections:
        known |= {path: shapes[0], **{f"{path}[{index}]": shape for index, shape in enumerate(shapes)}}
        if isinstance(layer, Model):
            yield from calls(layer)
        elif layer is not None:
            yield layer, known[reads[0]], shapes[0]


def worth(receipt: str) -> Decimal:
    """The number that a receipt comes to.

    >>> worth("3·3·1·64 + 64")
    Decimal('640')
    """
    return Decimal(sum(prod(map(int, part.split("·"))) for part in receipt.split(" + ")))
