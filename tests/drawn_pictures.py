"""The seven explorers with settings at random, each picture with the worksheet that works its numbers out again."""

import random

import bare_page
import numpy as np
import worksheets

from nnlab import Sequential, explorers, layers, utils
from nnlab.core.errors import NnlabError

CONFIGURATIONS = 200  # of each explorer


def cells(draw, rows, columns):
    """Rows of numbers: whole, with one decimal, or with more decimals than anybody prints."""
    kind = draw.choice(["whole", "whole", "tenths", "long"])
    number = {
        "whole": lambda: float(draw.randint(-9, 9)),
        "tenths": lambda: draw.randint(-40, 40) / 10,
        "long": lambda: draw.uniform(-3, 3),
    }[kind]
    return [[number() for _ in range(columns)] for _ in range(rows)]


def one_or_pair(draw, low, high):
    return draw.choice([draw.randint(low, high), (draw.randint(low, high), draw.randint(low, high))])


# ---- settings at random


def sheets(draw, rows, columns, channels):
    """The same, with channels as the last axis where there are several."""
    if channels == 1:
        return cells(draw, rows, columns)
    every = [cells(draw, rows, columns) for _ in range(channels)]
    return [[[sheet[r][c] for sheet in every] for c in range(columns)] for r in range(rows)]


def convolution(draw):
    channels = draw.choice([1, 1, 1, 2, 3])
    most = 6 if channels == 1 else 4
    return {
        "x": sheets(draw, draw.randint(1, most), draw.randint(1, most), channels),
        "kernel": sheets(draw, draw.randint(1, 3), draw.randint(1, 3), channels),
        "strides": one_or_pair(draw, 1, 3),
        "padding": draw.choice(["valid", "same", "full", "causal", "reflect"]),
        "dilation_rate": draw.choice([1, 1, 2, (1, 3)]),
        "bias": draw.choice([0.0, 1.0, -0.5, 0.25, 1 / 3]),
        "gradient": draw.random() < 0.3,
    }


def pooling(draw):
    return {
        "x": sheets(draw, draw.randint(1, 6), draw.randint(1, 6), draw.choice([1, 1, 1, 2, 3])),
        "kind": draw.choice(["max", "average", "max", "average", "global max", "global average"]),
        "pool_size": one_or_pair(draw, 1, 4),
        "strides": draw.choice(["pool_size", 1, 2, (2, 3)]),
        "padding": draw.choice(["valid", "same"]),
        "shift": draw.random() < 0.3,
        "gradient": draw.random() < 0.5,
    }


def dropout(draw):
    return {
        "x": cells(draw, draw.randint(1, 5), draw.randint(1, 6)),
        "rate": draw.choice([0.0, 0.1, 0.2, 0.25, 0.3, 0.5, 0.75, 0.9, 1.0]),
        "training": draw.random() < 0.85,
        "spatial": draw.random() < 0.4,
        "trial": draw.randint(0, 19),
        "gradient": draw.random() < 0.5,
    }


def normalization(draw):
    kind, channels = draw.choice(["batch", "batch", "layer", "group"]), draw.randint(1, 4)
    return {
        "x": cells(draw, draw.randint(1, 5), channels),
        "kind": kind,
        "training": draw.random() < 0.7,
        "gamma": cells(draw, 1, channels)[0],
        "beta": cells(draw, 1, channels)[0],
        "groups": draw.choice([divisor for divisor in range(1, channels + 1) if channels % divisor == 0]),
        "epsilon": draw.choice([0.001, 0.1, 1.0]),
        "momentum": draw.choice([0.0, 0.5, 0.9, 0.99]),
        "step": draw.randint(0, 20),
        "gradient": draw.random() < 0.4,
    }


def softmax(draw):
    return {"x": cells(draw, 1, draw.randint(1, 8)), "shift": draw.choice([0.0, 0.0, 1.0, -10.0, 100.0, 2.5])}


def parameters(draw):
    if draw.random() < 0.4:
        return {"model": model_at_random(draw)[0]}
    return {
        "model": None,
        "kind": draw.choice(list(worksheets.WEIGHTS)),
        "inputs": draw.randint(1, 5),
        "units": draw.randint(1, 6),
        "kernel_size": draw.randint(1, 3),
        "use_bias": draw.random() < 0.7,
        "seed": draw.randint(0, 99),
    }


ROWS = {}  # of each model drawn, by name: what its worksheet is made from


def model_at_random(draw):
    """A small network of images, and what its layers consist of."""
    side, channels = draw.randint(6, 12), draw.randint(1, 3)
    made, rows = [layers.Input((side, side, channels))], []

    def row(layer, weights, uses, outputs):
        made.append(layer)
        rows.append({"name": layer.name, "weights": weights, "uses": uses, "outputs": outputs})

    for _ in range(draw.randint(1, 3)):
        filters, kernel = draw.randint(1, 9), draw.randint(1, 3)
        kind = draw.choice(["conv", "norm", "pool"])
        if kind == "conv":
            shape = (kernel, kernel, channels, filters)
            row(
                layers.Conv2D(filters, kernel, padding="same"),
                [shape, (filters,)],
                [(side, side, *shape)],
                (side, side, filters),
            )
            channels = filters
        elif kind == "norm":
            block = (side, side, channels)
            row(layers.BatchNormalization(), [(channels,)] * 4, [block], block)
        elif side >= 4:
            side //= 2
            row(layers.MaxPooling2D(2), [], [], (side, side, channels))
    size = side * side * channels
    row(layers.Flatten(), [], [], (size,))
    units = draw.randint(1, 20)
    row(layers.Dense(units), [(size, units), (units,)], [(size, units)], (units,))
    model = Sequential(made)
    ROWS[model.name] = rows
    return model, rows


# ---- the worksheet of an explorer's settings


def masks(state):
    """The masks of all draws, as the layer draws them."""
    layer = (layers.SpatialDropout1D if state["spatial"] else layers.Dropout)(state["rate"])
    x = np.array([state["x"]] if state["spatial"] else state["x"])
    drawn = [layer.trace(x, training=True, seed=state["seed"] * 100 + trial)["mask"].value for trial in range(100)]
    return [np.broadcast_to(mask, x.shape).ravel().tolist() for mask in drawn]


def weights(state):
    """The numbers that the weights start with."""
    settings = {name: state[name] for name in ("kind", "inputs", "units", "kernel_size", "use_bias")}
    utils.set_random_seed(state["seed"])
    kind, inputs, units = settings["kind"], settings["inputs"], settings["units"]
    own = {"use_bias": settings["use_bias"]}
    if kind in ("BatchNormalization", "LayerNormalization"):
        layer, shape = getattr(layers, kind)(), (None, inputs)
    elif kind == "Embedding":
        layer, shape = layers.Embedding(inputs, units), (None, 5)
    elif kind == "MaxPooling2D":
        layer, shape = layers.MaxPooling2D(2), (None, 5, 5, inputs)
    elif "2D" in kind:
        first = () if kind == "DepthwiseConv2D" else (units,)
        layer, shape = getattr(layers, kind)(*first, settings["kernel_size"], **own), (None, 5, 5, inputs)
    elif kind == "Conv1D":
        layer, shape = layers.Conv1D(units, settings["kernel_size"], **own), (None, 5, inputs)
    else:
        layer, shape = getattr(layers, kind)(units, **own), (None, inputs) if kind == "Dense" else (None, 5, inputs)
    layer.build(shape)
    return {weight.name: weight.numpy() for weight in layer.weights}


def worksheet(name, explorer, **given):
    """The worksheet of an explorer's settings, some of which are `given` otherwise."""
    state = explorer.state | given
    if name in ("Stride", "Padding"):
        return worksheets.convolution(state, padding_told=name == "Padding")
    if name == "Pooling":
        return worksheets.pooling(state)
    if name == "Dropout":
        return worksheets.dropout(state, masks(state))
    if name == "BatchNorm":
        return worksheets.normalization(state)
    if name == "Softmax":
        return worksheets.softmax(state)
    if explorer.model is not None:
        return worksheets.model_of_layers(ROWS[explorer.model.name])
    return worksheets.parameters(state, weights(state))


DRAWN = {
    "Stride": convolution,
    "Padding": convolution,
    "Pooling": pooling,
    "Dropout": dropout,
    "BatchNorm": normalization,
    "ParameterCount": parameters,
    "Softmax": softmax,
}


def pictures(name, count=CONFIGURATIONS, seed=7):
    """Different pictures of an explorer, whose settings are changed at random, with the worksheet of each."""
    draw, explorer, seen = random.Random(f"{name} {seed}"), getattr(explorers, name)(), set()
    while len(seen) < count:
        try:
            explorer.change(**DRAWN[name](draw))
        except NnlabError:
            continue  # a kernel larger than its input, say: refused, and nothing has changed
        if repr(explorer.state) not in seen:
            seen.add(repr(explorer.state))
            yield bare_page.state(explorer), worksheet(name, explorer), explorer.state
