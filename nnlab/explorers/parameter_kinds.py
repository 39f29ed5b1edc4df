"""The kinds of layers whose parameters are counted: how each is made, which settings it has, how Keras writes it."""

from collections.abc import Mapping
from typing import Any

from nnlab import layers
from nnlab.core.layer import Layer

STEPS = 5  # rows, columns or times of the input; they change no count, and a note says so


def made(settings: Mapping[str, Any]) -> tuple[Layer, tuple[int | None, ...]]:
    """The layer of the settings, and the shape of an input for it."""
    kind, inputs, units = settings["kind"], settings["inputs"], settings["units"]
    size, bias = settings["kernel_size"], settings["use_bias"]
    image, series = (None, STEPS, STEPS, inputs), (None, STEPS, inputs)
    return {
        "Dense": lambda: (layers.Dense(units, use_bias=bias), (None, inputs)),
        "Conv1D": lambda: (layers.Conv1D(units, size, padding="same", use_bias=bias), series),
        "Conv2D": lambda: (layers.Conv2D(units, size, padding="same", use_bias=bias), image),
        "Conv2DTranspose": lambda: (layers.Conv2DTranspose(units, size, padding="same", use_bias=bias), image),
        "DepthwiseConv2D": lambda: (layers.DepthwiseConv2D(size, padding="same", use_bias=bias), image),
        "SeparableConv2D": lambda: (layers.SeparableConv2D(units, size, padding="same", use_bias=bias), image),
        "SimpleRNN": lambda: (layers.SimpleRNN(units, use_bias=bias), series),
        "LSTM": lambda: (layers.LSTM(units, use_bias=bias), series),
        "GRU": lambda: (layers.GRU(units, use_bias=bias), series),
        "Embedding": lambda: (layers.Embedding(inputs, units), (None, STEPS)),
        "BatchNormalization": lambda: (layers.BatchNormalization(), (None, inputs)),
        "LayerNormalization": lambda: (layers.LayerNormalization(), (None, inputs)),
        "MaxPooling2D": lambda: (layers.MaxPooling2D(2), image),
    }[kind]()


KINDS = (
    "Dense", "Conv1D", "Conv2D", "Conv2DTranspose", "DepthwiseConv2D", "SeparableConv2D", "SimpleRNN", "LSTM", "GRU",
    "Embedding", "BatchNormalization", "LayerNormalization", "MaxPooling2D",
)  # fmt: skip

USES = {
    "Dense": ("inputs", "units", "use_bias"),
    **dict.fromkeys(
        ("Conv1D", "Conv2D", "Conv2DTranspose", "SeparableConv2D"), ("inputs", "units", "kernel_size", "use_bias")
    ),
    "DepthwiseConv2D": ("inputs", "kernel_size", "use_bias"),
    **dict.fromkeys(("SimpleRNN", "LSTM", "GRU"), ("inputs", "units", "use_bias")),
    "Embedding": ("inputs", "units"),
    **dict.fromkeys(("BatchNormalization", "LayerNormalization", "MaxPooling2D"), ("inputs",)),
}

LABELS = {  # what Keras calls a setting, where it is not its name here
    **{kind: {"units": "filters"} for kind in ("Conv1D", "Conv2D", "Conv2DTranspose", "SeparableConv2D")},
    "Embedding": {"inputs": "input_dim", "units": "output_dim"},
}


def code(layer: Layer) -> str:
    """The line of Keras that makes the layer."""
    named = {
        "Dense": ("units",),
        "Embedding": ("input_dim", "output_dim"),
        "MaxPooling2D": ("pool_size",),
        "DepthwiseConv2D": ("kernel_size",),
    }
    kind = type(layer).__name__
    names = named.get(kind) or [name for name in ("filters", "units", "kernel_size") if hasattr(layer, name)]
    values = [f"{name}={getattr(layer, name)}" for name in names]
    values += [] if getattr(layer, "use_bias", True) else ["use_bias=False"]
    return f"keras.layers.{kind}({', '.join(values)})"
