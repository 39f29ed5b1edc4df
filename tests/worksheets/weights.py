"""The worksheets that count parameters: of one small layer, and of a model."""

import math
from collections.abc import Callable
from itertools import product
from typing import Any

from worksheets.sheet import Line, Term, Terms, Worksheet

WEIGHTS: dict[str, Callable[[int, int, int], list[tuple[str, tuple[int, ...], bool, bool]]]] = {
    # inputs, units, side of the kernel -> name, shape, whether it is a bias, whether it is trained
    "Dense": lambda i, u, k: [("kernel", (i, u), False, True), ("bias", (u,), True, True)],
    "Conv1D": lambda i, u, k: [("kernel", (k, i, u), False, True), ("bias", (u,), True, True)],
    "Conv2D": lambda i, u, k: [("kernel", (k, k, i, u), False, True), ("bias", (u,), True, True)],
    "Conv2DTranspose": lambda i, u, k: [("kernel", (k, k, u, i), False, True), ("bias", (u,), True, True)],
    "DepthwiseConv2D": lambda i, u, k: [("kernel", (k, k, i, 1), False, True), ("bias", (i,), True, True)],
    "SeparableConv2D": lambda i, u, k: [
        ("depthwise_kernel", (k, k, i, 1), False, True),
        ("pointwise_kernel", (1, 1, i, u), False, True),
        ("bias", (u,), True, True),
    ],
    "SimpleRNN": lambda i, u, k: gates(i, u, 1, (u,)),
    "LSTM": lambda i, u, k: gates(i, u, 4, (4 * u,)),
    "GRU": lambda i, u, k: gates(i, u, 3, (2, 3 * u)),
    "Embedding": lambda i, u, k: [("embeddings", (i, u), False, True)],
    "BatchNormalization": lambda i, u, k: [
        ("gamma", (i,), False, True),
        ("beta", (i,), False, True),
        ("moving_mean", (i,), False, False),
        ("moving_variance", (i,), False, False),
    ],
    "LayerNormalization": lambda i, u, k: [("gamma", (i,), False, True), ("beta", (i,), False, True)],
    "MaxPooling2D": lambda i, u, k: [],
}


def gates(inputs: int, units: int, count: int, bias: tuple[int, ...]) -> list[tuple[str, tuple[int, ...], bool, bool]]:
    """The weights of a recurrent layer with so many gates."""
    kernels = [("kernel", (inputs, count * units)), ("recurrent_kernel", (units, count * units))]
    return [*((name, shape, False, True) for name, shape in kernels), ("bias", bias, True, True)]


def parameters(state: dict[str, Any], drawn: dict[str, Any]) -> Worksheet:
    """The weights of a small layer as tiles, and their counts; the weights' numbers are taken as `drawn`."""
    sheet, receipts, counts, trained = Worksheet(), [], [], 0
    sheet.result = "total"
    for name, shape, is_bias, is_trained in WEIGHTS[state["kind"]](
        state["inputs"], state["units"], state["kernel_size"]
    ):
        if is_bias and not state["use_bias"]:
            continue
        tiles, sides_ = as_tiles(drawn[name], shape)
        sheet.give(name, tiles, sides_)
        sheet.sizes[name] = shape
        receipts.append((name, "·".join(map(str, shape))))
        counts.append(math.prod(shape))
        trained += math.prod(shape) * is_trained
    if receipts:
        sheet.result = "counts"
        sheet.names["counts"] = [name for name, _ in receipts]
        sheet.make("counts", (1, len(receipts)), lambda _, column: Line(receipts[column][1]))
        sheet.make("total", (1, 1), lambda *_: Terms([Term((("counts", cell),)) for cell in range(len(receipts))]))
    else:
        sheet.give("total", 0, (1, 1))
        sheet.made["total"] = [Terms([])]
    receipt = [int(size) for _, sizes in receipts for size in sizes.split("·")]
    sheet.notes = [[*receipt, sum(counts)] if receipts else [0, 0], [trained, sum(counts) - trained]]
    return sheet


def as_tiles(values: Any, shape: tuple[int, ...]) -> tuple[list[float], tuple[int, ...]]:
    """A weight's numbers in the order in which they are drawn: for kernels a sheet for each index of the last axis."""
    if len(shape) <= 2:
        return [float(one) for one in values.ravel()], (1, *shape)[-2:]
    first, last = shape[0], shape[-1]
    order = [(*place, f) for f in range(last) for place in product(*map(range, shape[:-1]))]
    return [float(values[place]) for place in order], (last, first, math.prod(shape[1:-1]))


def model_of_layers(rows: list[dict[str, Any]]) -> Worksheet:
    """A model as its layers: `name`, `weights` (their shapes), `uses` (products of sizes) and `outputs` of each."""
    sheet = Worksheet()
    sheet.result = "layers"
    counts = [sum(math.prod(shape) for shape in row["weights"]) for row in rows]
    names = [row["name"] for row in rows]
    receipts = [" + ".join("·".join(map(str, shape)) for shape in row["weights"]) or "0" for row in rows]
    sheet.make("layers", (1, len(rows)), lambda _, column: Line(receipts[column]))
    sheet.names["layers"] = names
    sheet.make("total", (1, 1), lambda *_: Terms([Term((("layers", cell),)) for cell in range(len(rows))]))
    work = [sum(math.prod(sizes) for sizes in row["uses"]) for row in rows]
    outputs = [math.prod(row["outputs"]) for row in rows]
    sheet.maps["map"] = {
        "parameters": counts,
        "multiplications for one sample": work,
        "numbers put out for one sample": outputs,
    }
    sheet.names["map"] = names
    for values in (counts, work):
        if sum(values):
            sheet.notes.append([round(1000 * max(values) / sum(values)) / 10])
    sheet.notes.append([sum(outputs), 4 * sum(outputs)])
    return sheet
