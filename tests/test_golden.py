"""Every row of the table against what real Keras computed (tests/golden), to 1e-5 of the largest value."""

import inspect
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from layer_cases import CASES

from nnlab import layers
from nnlab.core.layer import COMMON

GOLDEN = Path(__file__).parent / "golden"
KERAS = json.loads((GOLDEN / "keras.json").read_text())
FILES = ("layers", "losses", "metrics", "optimizers", "lenet")


def load(name):
    with np.load(GOLDEN / f"{name}.npz") as archive:
        return dict(archive)


def assert_equal_to_keras(value, golden):
    assert np.shape(value) == golden.shape
    np.testing.assert_allclose(value, golden, rtol=1e-5, atol=1e-5 * np.abs(golden).max(initial=0))


@pytest.fixture(scope="module")
def golden():
    return load("layers")


@pytest.mark.parametrize("case", [case for case in CASES if case.layer != "InputLayer"], ids=lambda case: case.id)
def test_computes_what_keras_computes(case, golden):
    own = {key.split("/", 1)[1]: value for key, value in golden.items() if key.startswith(f"{case.key}/")}
    layer, upstream = case.make(), case.upstream(own["y"].shape)
    patch = {"mask": own.pop("mask")} if "mask" in own else None
    trace = layer.trace(case.x(), case.training, grad=upstream, patch=patch)
    assert_equal_to_keras(trace["y"].value, own.pop("y"))
    gradients = {name.removeprefix("grad "): own.pop(name) for name in list(own) if name.startswith("grad ")}
    assert set(gradients) == {"x"} | {variable.name for variable in layer.weights if variable.trainable}
    for name, gradient in gradients.items():
        assert_equal_to_keras(trace[name].grad, gradient)
    layer(case.x(), case.training)
    for name in [name for name in own if name.startswith("after ")]:
        assert_equal_to_keras(getattr(layer, name.removeprefix("after ")).numpy(), own.pop(name))
    assert_equal_to_keras(sum(layer.losses), own.pop("losses", np.zeros(1)).sum())
    assert not own, f"not compared: {list(own)}"


@pytest.mark.parametrize("name", sorted({case.layer for case in CASES}))
def test_arguments_have_the_names_the_order_and_the_defaults_of_keras(name):
    keras, cls = KERAS["signatures"][name], getattr(layers, name)
    ours = {
        key: parameter
        for key, parameter in inspect.signature(cls.__init__).parameters.items()
        if key != "self" and parameter.kind is not parameter.VAR_KEYWORD
    }
    assert list(ours) == list(keras)[: len(ours)]
    for key, parameter in ours.items():
        if keras[key] is None:
            assert parameter.default is parameter.empty, key
        else:
            assert one_for_all(parameter.default) == one_for_all(keras[key]["default"]), key
    assert set(keras) - set(ours) <= set(cls.unsupported) | set(COMMON)


def one_for_all(value):
    """(1, 1) means the same as 1."""
    return value[0] if isinstance(value, list | tuple) and len(set(value)) == 1 else value


@pytest.mark.keras
def test_the_files_are_what_keras_says_today(tmp_path):
    python = os.environ["NNLAB_KERAS"]
    environment = os.environ | {"KERAS_BACKEND": "jax", "PYTHONPATH": str(GOLDEN.parent)}
    subprocess.run([python, GOLDEN / "make_golden.py", tmp_path], env=environment, check=True)
    for name in FILES:
        stored = load(name)
        with np.load(tmp_path / f"{name}.npz") as archive:
            assert set(archive) == set(stored)
            for key, value in stored.items():
                np.testing.assert_allclose(archive[key], value, rtol=1e-5, atol=1e-6, err_msg=key)
