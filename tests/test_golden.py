"""Every row of the table against what real Keras computed (tests/golden), to 1e-5 of the largest value."""

import inspect
import json
import os
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from layer_cases import CASES, numbered

from nnlab import layers
from nnlab.core.config import COMMON
from nnlab.core.record import parts

GOLDEN = Path(__file__).parent / "golden"
KERAS = json.loads((GOLDEN / "keras.json").read_text())
SHARED = [case for case in CASES if case.layer in KERAS["layers"]]  # a row may be of a layer that Keras lacks
FILES = ("layers", "activations", "losses", "metrics", "optimizers", "lenet", "weighted", "masked", "stopping")


def dropped(layer, case):
    """The masks with which Keras's cell dropped."""
    names = ("dropout_mask", "recurrent_dropout_mask")
    drawn = layer.trace(case.x(), case.training, **case.given())
    return {name: case.dropped(name, drawn[name].shape) for name in names if name in drawn}


def load(name):
    with np.load(GOLDEN / f"{name}.npz") as archive:
        return dict(archive)


def load_part(file, name):
    """The arrays of a file whose keys begin with this name, by the rest of their keys."""
    return {key.removeprefix(f"{name}/"): value for key, value in load(file).items() if key.startswith(f"{name}/")}


def assert_equal_to_keras(value, golden):
    assert np.shape(value) == golden.shape
    np.testing.assert_allclose(value, golden, rtol=1e-5, atol=1e-5 * np.abs(golden).max(initial=0))


def assert_all_equal_to_keras(results, file, name):
    """Compare each result with that of Keras; neither may have one that the other has not."""
    golden = load_part(file, name)
    assert golden
    assert set(results) == set(golden)
    for key, value in golden.items():
        assert_equal_to_keras(results[key], value)


@pytest.fixture(scope="module")
def golden():
    return load("layers")


@pytest.mark.parametrize("case", [case for case in SHARED if case.layer != "InputLayer"], ids=lambda case: case.id)
def test_computes_what_keras_computes(case, golden):
    own = {key.split("/", 1)[1]: value for key, value in golden.items() if key.startswith(f"{case.key}/")}
    layer, weights = case.make(), numbered(case.make().weights)
    outputs = [own.pop(name) for name in list(own) if name == "y" or name.startswith("y[")]
    upstream = case.upstream(outputs[0].shape if len(outputs) == 1 else tuple(part.shape for part in outputs))
    patch = {name: own.pop(name) for name in ("mask", "noise") if name in own} or dropped(layer, case)
    trace = layer.trace(case.x(), case.training, grad=upstream, patch=patch, **case.given())
    for value, expected in zip(parts(trace["y"].value), outputs, strict=True):
        assert_equal_to_keras(value, expected)
    gradients = {name.removeprefix("grad "): own.pop(name) for name in list(own) if name.startswith("grad ")}
    inputs = [piece for piece in trace.pieces() if piece.kind == "input" and "/" not in piece.path]
    floats = {piece.path for piece in inputs if piece.value.dtype.kind == "f"}
    assert set(gradients) == floats | {name for name, weight in weights.items() if weight.trainable}
    for name, variable in numbered(layer.weights).items():
        if variable.trainable:
            assert_equal_to_keras(trace.weight_gradients[variable.path], gradients.pop(name))
    for name, gradient in gradients.items():
        assert_equal_to_keras(trace[name].grad, gradient)
    layer(case.x(), training=case.training, **case.given())
    if "y again" in own:
        again = layer(case.x(), training=case.training, **case.given())
        assert_equal_to_keras(parts(again)[0], own.pop("y again"))
    for name in [name for name in own if name.startswith("after ")]:
        assert_equal_to_keras(numbered(layer.weights)[name.removeprefix("after ")].numpy(), own.pop(name))
    assert_equal_to_keras(sum(layer.losses), own.pop("losses", np.zeros(1)).sum())
    assert not own, f"not compared: {list(own)}"


@pytest.mark.parametrize("name", sorted({case.layer for case in SHARED}))
def test_arguments_have_the_names_the_order_and_the_defaults_of_keras(name):
    keras, cls = KERAS["signatures"][name], getattr(layers, name)
    ours = {
        key: parameter
        for key, parameter in inspect.signature(cls.__init__).parameters.items()
        if key != "self" and parameter.kind is not parameter.VAR_KEYWORD
    }
    by_place = [key for key, parameter in ours.items() if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    assert by_place == list(keras)[: len(by_place)]
    assert set(ours) <= set(keras) | set(COMMON)  # which Keras takes in **kwargs
    for key, parameter in ours.items():
        if key not in keras:
            continue
        if keras[key] is None:
            assert parameter.default is parameter.empty, key
        else:
            assert one_for_all(parameter.default) == one_for_all(keras[key]["default"]), key
    assert set(keras) - set(ours) <= set(cls.unsupported) | set(COMMON)


@pytest.mark.parametrize("name", sorted({case.layer for case in SHARED}))
def test_masks_go_where_keras_gives_them(name):
    case = [case for case in CASES if case.layer == name][-1]  # of several rows the file has the last
    layer = case.make()
    assert [layer.supports_masking, layer.takes_mask] == KERAS["masking"][name]


def test_every_layer_is_compared_in_several_configurations():
    rows = Counter(case.layer for case in SHARED)
    assert [name for name, count in rows.items() if count == 1] == []


def one_for_all(value):
    """(1, 1) means the same as 1, and ((1, 1), (1, 1)) too."""
    if not isinstance(value, list | tuple):
        return value
    values = [one_for_all(each) for each in value]
    return values[0] if values and values.count(values[0]) == len(values) else values


@pytest.mark.keras
def test_the_files_are_what_keras_says_today(tmp_path):
    python = os.environ["NNLAB_KERAS"]
    environment = os.environ | {"KERAS_BACKEND": "jax", "PYTHONPATH": str(GOLDEN.parent)}
    subprocess.run([python, GOLDEN / "make_golden.py", tmp_path], env=environment, check=True)
    assert (tmp_path / "learning.json").read_text() == (GOLDEN / "learning.json").read_text()
    for name in FILES:
        stored = load(name)
        with np.load(tmp_path / f"{name}.npz") as archive:
            assert set(archive) == set(stored)
            for key, value in stored.items():
                np.testing.assert_allclose(archive[key], value, rtol=1e-5, atol=1e-6, err_msg=key)
