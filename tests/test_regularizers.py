"""Penalties on weights: their values, their gradients, their configurations."""

import json
from pathlib import Path

import numpy as np
import pytest
from formula import uniform

from nnlab import layers, regularizers
from nnlab.core.errors import NnlabError

W = uniform("weights", (4, 5), -2, 2).astype("float64")
ALL = [regularizers.L1(), regularizers.L2(0.3), regularizers.L1L2(0.1, 0.2), regularizers.get("l1")]
KERAS = json.loads((Path(__file__).parent / "golden" / "weights.json").read_text())["regularizers"]


@pytest.mark.parametrize("penalty", ALL, ids=repr)
def test_gradient_is_the_finite_difference(penalty):
    direction = uniform("direction", W.shape).astype("float64")
    difference = (penalty(W + 1e-6 * direction) - penalty(W - 1e-6 * direction)) / 2e-6
    assert (penalty.gradient(W) * direction).sum() == pytest.approx(difference, rel=1e-6)


def test_values_are_the_sums_of_their_definition():
    absolute, squared = np.abs(W).sum(), (W**2).sum()
    assert regularizers.L1(0.1)(W) == pytest.approx(0.1 * absolute)
    assert regularizers.L2(0.1)(W) == pytest.approx(0.1 * squared)
    assert regularizers.l1_l2(l1=0.1, l2=0.2)(W) == pytest.approx(0.1 * absolute + 0.2 * squared)


@pytest.mark.parametrize("penalty", ALL, ids=repr)
def test_configuration_makes_an_equal_penalty_of_the_same_class(penalty):
    again = regularizers.get({"class_name": type(penalty).__name__, "config": penalty.get_config()})
    assert type(again) is type(penalty)
    assert again.get_config() == penalty.get_config()
    layer = layers.Dense(3, kernel_regularizer=penalty)
    assert layers.Dense.from_config(layer.get_config()).get_config() == layer.get_config()


@pytest.mark.parametrize("name", ["L1", "L2", "L1L2"])
def test_defaults_are_those_of_keras(name):
    assert getattr(regularizers, name)().get_config() == {key: entry["default"] for key, entry in KERAS[name].items()}


REFUSED = {
    "L1: l1 must be a number of at least 0, received -1.": lambda: regularizers.L1(-1),
    "L2: l2 must be a number of at least 0, received nan.": lambda: regularizers.L2(float("nan")),
    "L1: unknown argument 'l2'. It takes: l1.": lambda: regularizers.L1(l2=0.1),
    "L1L2: too many positional arguments. It takes: l1, l2.": lambda: regularizers.L1L2(1, 2, 3),
    "Dense: kernel_regularizer must be None, 'l1', 'l2' or 'l1_l2'": (
        lambda: layers.Dense(2, kernel_regularizer="orthogonal_regularizer")
    ),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_nonsense_is_refused_in_one_sentence(sentence):
    with pytest.raises(NnlabError) as error:
        REFUSED[sentence]()
    assert sentence in str(error.value)
