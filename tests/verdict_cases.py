"""What Keras is asked for its verdict on: odd and bad values, one at a time, at every layer of the table.

Each is thrown in the same way at Keras, whose verdicts are recorded (golden/make_verdicts.py), and at nnlab
(layers/test_verdicts.py). The first row of a layer in `layer_cases` says what is not odd. A verdict is a word: the
shape of the answer and a digest of its numbers, or the class of the error.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from formula import uniform
from layer_cases import CASES, Case, Part, numbered

SIGNATURES = json.loads((Path(__file__).parent / "golden" / "keras.json").read_text())["signatures"]
NOT_THROWN = ("constraint", "lora_rank", "lora_alpha", "quantization_config", "renorm")  # nnlab refuses all of these

VALUES = [None, True, 0, -1, 3, 2.5, float("nan"), "three", (2,), (0, -1), (1, 2, 3), [], {}]
FLAGS = [None, 1, 3, "three", [2]]  # in the place of True or False
WORDS = [None, 3, "three", "", [], {}]  # in the place of a word
HUGE = 2**31  # only at constructors: its arrays would be asked of the machine
SHAPES = [None, 3, "three", (), (3,), (3, 4), (3, -1), (3, 2.5), (3, "4"), (3, 4, 5), (None,) * 4, (3, 4, 5, 6, 7, 8)]

SIZES: dict[str, Callable[[np.ndarray], Any]] = {
    "a number": lambda x: x.reshape(-1)[0],
    "one axis": lambda x: x.reshape(-1)[:3],
    "an axis less": lambda x: x[..., 0],
    "an axis more": lambda x: x[..., None],
    "two axes more": lambda x: x[None, None],
    "an empty batch": lambda x: x[:0],
    "a batch of one": lambda x: x[:1],
    "nothing in the second axis": lambda x: x[:, :0] if x.ndim > 1 else x,
    "nothing in the last axis": lambda x: x[..., :0],
    "a last axis of one": lambda x: x[..., :1],
    "a shorter second axis": lambda x: x[:, :1] if x.ndim > 1 else x,
}
CONTENTS: dict[str, Callable[[np.ndarray], Any]] = {
    "as it should be": lambda x: x,
    "float64": lambda x: x.astype("float64"),
    "float16": lambda x: x.astype("float16"),
    "int64": lambda x: np.rint(x).astype("int64"),
    "uint8": lambda x: np.abs(np.rint(x)).astype("uint8"),
    "bool": lambda x: x > 0,
    "complex": lambda x: x.astype("complex64"),
    "strings": lambda x: x.astype(str),
    "objects": lambda x: x.astype(object),
    "NaN": lambda x: np.where(np.arange(x.size).reshape(x.shape) == 1, np.nan, x).astype("float32"),
    "infinity": lambda x: np.where(np.arange(x.size).reshape(x.shape) == 1, np.inf, x).astype("float32"),
    "large numbers": lambda x: (x * 1e30).astype("float32"),
    "below": lambda x: -1 - np.abs(x),
    "above": lambda x: 9 + np.abs(x),
    "None": lambda x: None,
    "a word": lambda x: "three",
    "a dict": lambda x: {"x": x},
    "an object": lambda x: len,
}
MASKS = {  # for a mask of shape (batch, time)
    "ones": lambda shape: np.ones(shape, bool),
    "zeros": lambda shape: np.zeros(shape, bool),
    "of integers": lambda shape: np.arange(int(np.prod(shape))).reshape(shape) % 3,
    "too short": lambda shape: np.ones((shape[0], shape[1] - 1), bool),
    "too long": lambda shape: np.ones((shape[0], shape[1] + 1), bool),
    "of another batch": lambda shape: np.ones((shape[0] + 1, *shape[1:]), bool),
    "of one axis": lambda shape: np.ones(shape[:1], bool),
    "of an axis more": lambda shape: np.ones((*shape, 1), bool),
    "of strings": lambda shape: np.full(shape, "yes"),
}
STATES = {  # for initial_state, of (batch, units)
    "too few": lambda states: states[:-1],
    "too many": lambda states: [*states, states[0]],
    "of another size": lambda states: [state[:, :-1] for state in states],
    "of another batch": lambda states: [state[:-1] for state in states],
    "of one axis": lambda states: [state[0] for state in states],
    "None": lambda states: None,
    "strings": lambda states: [state.astype(str) for state in states],
}

DENSE, SERIES, IMAGE, VOLUME = (3, 4), (3, 5, 2), (3, 7, 5, 2), (2, 5, 4, 3, 2)
LSTM = Part("LSTM", {"units": 2, "return_sequences": True})
TOGETHER = [  # values that do not make sense together, or with this input
    Case("Conv2D", {"filters": 2, "kernel_size": 2, "strides": 2, "dilation_rate": 2}, IMAGE),
    Case("Conv2D", {"filters": 2, "kernel_size": 2, "strides": (2, 1), "dilation_rate": (1, 2)}, IMAGE),
    Case("Conv2D", {"filters": 3, "kernel_size": 2, "groups": 2}, IMAGE),
    Case("Conv2D", {"filters": 4, "kernel_size": 2, "groups": 4}, IMAGE),
    Case("Conv2D", {"filters": 2, "kernel_size": (8, 2)}, IMAGE),
    Case("Conv2D", {"filters": 2, "kernel_size": (8, 9), "padding": "same"}, IMAGE),
    Case("Conv2D", {"filters": 2, "kernel_size": 4, "dilation_rate": 3}, IMAGE),
    Case("Conv2D", {"filters": 2, "kernel_size": 2, "padding": "SAME"}, IMAGE),
    Case("Conv2D", {"filters": 2, "kernel_size": 2, "padding": "causal"}, IMAGE),
    Case("Conv2D", {"filters": 2, "kernel_size": 2, "padding": "full"}, IMAGE),
    Case("Conv2D", {"filters": 2, "kernel_size": 2, "data_format": "channels_middle"}, IMAGE),
    Case("Conv1D", {"filters": 2, "kernel_size": 2, "strides": 2, "dilation_rate": 2}, SERIES),
    Case("Conv1D", {"filters": 2, "kernel_size": 2, "strides": 2, "padding": "causal"}, SERIES),
    Case("Conv1D", {"filters": 2, "kernel_size": 9, "padding": "causal"}, SERIES),
    Case("Conv1D", {"filters": 2, "kernel_size": 9}, SERIES),
    Case("Conv3D", {"filters": 2, "kernel_size": (6, 1, 1)}, VOLUME),
    Case("Conv3D", {"filters": 2, "kernel_size": 1, "strides": 2, "dilation_rate": 2}, VOLUME),
    Case("Conv1DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2, "output_padding": 2}, SERIES),
    Case("Conv1DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2, "output_padding": 1}, SERIES),
    Case("Conv1DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2, "dilation_rate": 2}, SERIES),
    Case("Conv2DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2, "output_padding": (1, 2)}, IMAGE),
    Case("Conv2DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2, "dilation_rate": 2}, IMAGE),
    Case("Conv2DTranspose", {"filters": 2, "kernel_size": 1, "strides": 3}, IMAGE),
    Case("DepthwiseConv2D", {"kernel_size": 2, "strides": 2, "dilation_rate": 2}, IMAGE),
    Case("DepthwiseConv2D", {"kernel_size": 2, "strides": (1, 2)}, IMAGE),
    Case("DepthwiseConv2D", {"kernel_size": 8}, IMAGE),
    Case("SeparableConv2D", {"filters": 2, "kernel_size": 2, "strides": 2, "dilation_rate": 2}, IMAGE),
    Case("SeparableConv2D", {"filters": 2, "kernel_size": 2, "strides": (1, 2)}, IMAGE),
    Case("SeparableConv1D", {"filters": 2, "kernel_size": 2, "padding": "causal"}, SERIES),
    Case("MaxPooling2D", {"pool_size": (8, 2)}, IMAGE),
    Case("MaxPooling2D", {"pool_size": (8, 2), "padding": "same"}, IMAGE),
    Case("MaxPooling1D", {"pool_size": 2, "padding": "causal"}, SERIES),
    Case("AveragePooling2D", {"pool_size": (8, 2)}, IMAGE),
    Case("AveragePooling3D", {"pool_size": 2, "strides": (1, 2)}, VOLUME),
    Case("Cropping1D", {"cropping": (3, 2)}, SERIES),
    Case("Cropping1D", {"cropping": (3, 3)}, SERIES),
    Case("Cropping2D", {"cropping": ((4, 3), (0, 0))}, IMAGE),
    Case("Cropping2D", {"cropping": ((4, 4), (0, 0))}, IMAGE),
    Case("Cropping2D", {"cropping": ((1, -1), (0, 0))}, IMAGE),
    Case("ZeroPadding2D", {"padding": ((1, -1), (0, 0))}, IMAGE),
    Case("ZeroPadding2D", {"padding": ((1, 2), 0)}, IMAGE),
    Case("UpSampling2D", {"size": 2, "interpolation": "linear"}, IMAGE),
    Case("Reshape", {"target_shape": (7, 3)}, DENSE),
    Case("Reshape", {"target_shape": (-1, -1)}, DENSE),
    Case("Reshape", {"target_shape": (3, -1)}, DENSE),
    Case("Reshape", {"target_shape": (-2, 2)}, DENSE),
    Case("Reshape", {"target_shape": (0, 4)}, DENSE),
    Case("Permute", {"dims": (1, 2, 3)}, DENSE),
    Case("Permute", {"dims": (2, 2)}, SERIES),
    Case("Permute", {"dims": (0, 1)}, SERIES),
    Case("Permute", {"dims": (2, 3)}, SERIES),
    Case("Permute", {"dims": ()}, (3,)),
    Case("RepeatVector", {"n": 2}, SERIES),
    Case("Dropout", {"rate": 1.0}, DENSE),
    Case("Dropout", {"rate": 1}, DENSE, training=True),
    Case("Dropout", {"rate": 1.5}, DENSE),
    Case("Dropout", {"rate": 0.5, "noise_shape": (3, 7)}, DENSE, training=True),
    Case("Dropout", {"rate": 0.5, "noise_shape": (1,)}, DENSE, training=True),
    Case("SpatialDropout1D", {"rate": 0.5}, DENSE, training=True),
    Case("BatchNormalization", {"axis": 2}, DENSE),
    Case("BatchNormalization", {"axis": -3}, DENSE),
    Case("BatchNormalization", {"axis": 0}, DENSE),
    Case("BatchNormalization", {"axis": [1, 2]}, SERIES),
    Case("BatchNormalization", {"momentum": 1.5}, DENSE),
    Case("BatchNormalization", {"epsilon": -0.5}, DENSE),
    Case("BatchNormalization", {}, (1, 4), training=True),
    Case("LayerNormalization", {"axis": 2}, DENSE),
    Case("LayerNormalization", {"axis": 0}, DENSE),
    Case("LayerNormalization", {"axis": [1, 1]}, DENSE),
    Case("LayerNormalization", {"axis": [1, -1]}, DENSE),
    Case("LayerNormalization", {"epsilon": -0.5}, DENSE),
    Case("LayerNormalization", {}, (3,)),
    Case("GroupNormalization", {"groups": 3}, DENSE),
    Case("GroupNormalization", {"groups": 8}, DENSE),
    Case("GroupNormalization", {"groups": 2, "axis": 0}, DENSE),
    Case("GroupNormalization", {"groups": 2, "axis": 2}, DENSE),
    Case("Softmax", {"axis": 2}, DENSE),
    Case("Softmax", {"axis": 0}, DENSE),
    Case("Softmax", {"axis": [0, 1]}, DENSE),
    Case("PReLU", {"shared_axes": [0]}, DENSE),
    Case("PReLU", {"shared_axes": [3]}, DENSE),
    Case("ReLU", {"max_value": -1.0}, DENSE),
    Case("ReLU", {"negative_slope": -1.0}, DENSE),
    Case("ReLU", {"threshold": -1.0}, DENSE),
    Case("ReLU", {"threshold": 2.0, "max_value": 1.0}, DENSE),
    Case("LeakyReLU", {"negative_slope": -0.5}, DENSE),
    Case("Activation", {"activation": "reluu"}, DENSE),
    Case("Dense", {"units": 2, "activation": "reluu"}, DENSE),
    Case("Dense", {"units": 2, "kernel_initializer": "glorot"}, DENSE),
    Case("Dense", {"units": 2, "kernel_regularizer": "l3"}, DENSE),
    Case("Dense", {"units": 2, "unit": 3}, DENSE),
    Case("Dense", {"units": 2, "dtype": "float31"}, DENSE),
    Case("Dense", {"units": 2, "dtype": "int32"}, DENSE),
    Case("Dense", {"units": 2, "name": "a/b"}, DENSE),
    Case("Dense", {"units": 2, "name": 3}, DENSE),
    Case("Dense", {"units": 2, "trainable": "no"}, DENSE),
    Case("Add", {}, (DENSE, (3, 5))),
    Case("Add", {}, (DENSE, (2, 4))),
    Case("Add", {}, (DENSE, (1, 4))),
    Case("Add", {}, (DENSE, SERIES)),
    Case("Subtract", {}, (DENSE, DENSE, DENSE)),
    Case("Subtract", {}, (DENSE,)),
    Case("Multiply", {}, ((3, 1), (3, 4))),
    Case("Maximum", {}, ((3, 2), (3, 4))),
    Case("Concatenate", {}, (DENSE, (2, 4))),
    Case("Concatenate", {"axis": 0}, (DENSE, (2, 4))),
    Case("Concatenate", {"axis": 5}, (DENSE, DENSE)),
    Case("Concatenate", {}, (DENSE, SERIES)),
    Case("Concatenate", {"axis": 1}, (SERIES, (3, 5, 4))),
    Case("Embedding", {"input_dim": 7, "output_dim": 2}, (3, 5), below=9),
    Case("LSTM", {"units": 2, "dropout": 1.5}, SERIES),
    Case("LSTM", {"units": 2, "dropout": -0.5}, SERIES),
    Case("LSTM", {"units": 2, "recurrent_dropout": 1.0}, SERIES),
    Case("GRU", {"units": 2, "unroll": True}, SERIES),
    Case("RNN", {"cell": []}, SERIES),
    Case("RNN", {"cell": Part("Dense", {"units": 2})}, SERIES),
    Case("StackedRNNCells", {"cells": [Part("Dense", {"units": 2})]}, (3, 2)),
    Case("Bidirectional", {"layer": Part("Dense", {"units": 2})}, SERIES),
    Case("Bidirectional", {"layer": LSTM, "merge_mode": "concatenate"}, SERIES),
    Case("Bidirectional", {"layer": LSTM, "backward_layer": LSTM}, SERIES),
    Case("Bidirectional", {"layer": LSTM, "backward_layer": Part("LSTM", {"units": 2, "go_backwards": True})}, SERIES),
    Case("TimeDistributed", {"layer": Part("Dense", {"units": 2})}, (3,)),
    Case("TimeDistributed", {"layer": Part("Dense", {"units": 2})}, DENSE),
    Case("TimeDistributed", {"layer": Part("Conv2D", {"filters": 2, "kernel_size": 2})}, SERIES),
    Case("Masking", {"mask_value": 9.0}, SERIES),
]


class Throw(NamedTuple):
    """One value thrown at a layer: what is odd in words, and how it is thrown at the layers of a library."""

    what: str
    at: Callable[[Any], str]


def throws(name: str) -> Iterator[Throw]:
    """All that is thrown at a layer."""
    case = next(case for case in CASES if case.layer == name)
    for argument, default in SIGNATURES[name].items():
        if argument.endswith(NOT_THROWN):
            continue
        kind = type(default and default["default"])
        for value in {bool: FLAGS, str: WORDS}.get(kind, [*VALUES, HUGE]):
            changed = case._replace(arguments=case.arguments | {argument: value})
            throw = make if value is HUGE else call
            yield Throw(f"{argument}={value!r}", lambda library, throw=throw, row=changed: throw(library, row))
    for shape in SHAPES:
        yield Throw(f"build({shape!r})", lambda library, shape=shape: build(library, case, shape))
        yield Throw(f"sized({shape!r})", lambda library, shape=shape: sized(library, case, shape))
    for odd, change in (SIZES | CONTENTS).items():
        x = [change(part) for part in case.x()] if isinstance(case.x(), list) else change(case.x())
        yield Throw(f"x {odd}", lambda library, x=x: call(library, case, x))
        if odd in SIZES:
            yield Throw(f"first x {odd}", lambda library, x=x: call(library, case, x, fresh=True))
    for row in [row for row in CASES if row.layer == name and not row.training]:
        given = row.given()
        if "mask" in given:
            for odd, change in MASKS.items():
                mask = given | {"mask": change(given["mask"].shape)}
                yield Throw(
                    f"mask {odd} at {row.id}", lambda library, row=row, mask=mask: call(library, row, given=mask)
                )
        for key in [key for key in ("initial_state", "states") if isinstance(given.get(key, [[]])[0], np.ndarray)]:
            for odd, change in STATES.items():
                states = given | {key: change(given[key])}
                yield Throw(
                    f"{key} {odd} at {row.id}", lambda library, row=row, states=states: call(library, row, given=states)
                )
    for row in TOGETHER:
        if row.layer == name:
            yield Throw(f"together {row.id}", lambda library, row=row: call(library, row))


def made(library: Any, case: Case) -> Any:
    return Part(case.layer, case.arguments).of(library)


def make(library: Any, case: Case) -> str:
    made(library, case)
    return "made"


def call(library: Any, case: Case, x: Any = ..., given: Any = None, fresh: bool = False) -> str:
    """The answer of a layer with the row's weights, built for the row's input or, if `fresh`, by a call."""
    layer, x = made(library, case), case.x() if x is ... else x
    given = case.given() if given is None else given
    if fresh:
        layer(x, training=case.training, **given)
    elif not layer.built:
        layer.build(case.shape)
    for name, variable in numbered([weight for weight in layer.weights if "seed" not in weight.path]).items():
        variable.assign(case.weight(name, tuple(variable.shape)))
    random = case.training and case.layer.endswith(("Dropout", "Noise", "1D", "2D", "3D"))
    return digest(layer(x, training=case.training, **given), numbers=not random)


def build(library: Any, case: Case, shape: Any) -> str:
    """The shapes of the weights for an input of this shape."""
    layer = made(library, case)
    layer.build(shape)
    return " ".join(str(tuple(weight.shape)) for weight in layer.weights if "seed" not in weight.path) or "no weights"


def sized(library: Any, case: Case, shape: Any) -> str:
    """The shape of the output for an input of this shape."""
    shapes = made(library, case).compute_output_shape(shape)
    several = isinstance(shapes, list | tuple) and len(shapes) and isinstance(shapes[0], list | tuple)
    return " ".join(str(tuple(each)) for each in (shapes if several else [shapes]))


def leaves(value: Any) -> list[Any]:
    return [leaf for part in value for leaf in leaves(part)] if isinstance(value, list | tuple) else [value]


def digest(answer: Any, numbers: bool = True) -> str:
    """The shapes of an answer, and the sum of its numbers, each weighed differently."""
    arrays = [np.asarray(leaf).astype("float64") for leaf in leaves(answer)]
    total = sum((array * uniform(f"digest {array.shape}", array.shape)).sum() for array in arrays)
    return " ".join([*(str(array.shape) for array in arrays), *([f"{total:.5g}"] if numbers else [])])
