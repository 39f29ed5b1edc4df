"""The functions in lower case are the merging layers, on arrays and on symbolic tensors."""

import numpy as np
import pytest
from formula import uniform

from nnlab import Input, Model, layers

A, B = uniform("first", (3, 5)), uniform("second", (3, 5))
NAMES = ["add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate", "dot"]


def layer_of(name, **arguments):
    return getattr(layers, name.capitalize())(**arguments)


@pytest.mark.parametrize("name", NAMES)
def test_a_function_computes_what_its_layer_computes(name):
    axes = {"axes": -1} if name == "dot" else {}
    np.testing.assert_array_equal(getattr(layers, name)([A, B]), layer_of(name, **axes)([A, B]))


@pytest.mark.parametrize("name", NAMES)
def test_a_function_plans_a_model_too_and_takes_the_arguments_of_its_layer(name):
    a, b = Input((5,)), Input((5,))
    model = Model([a, b], getattr(layers, name)([a, b], name="merged"))
    assert model.layers[-1].name == "merged"
    np.testing.assert_array_equal(model([A, B]), getattr(layers, name)([A, B]))


def test_concatenate_and_dot_take_their_axes():
    np.testing.assert_array_equal(layers.concatenate([A, B], axis=0), np.concatenate([A, B]).astype("float32"))
    np.testing.assert_array_equal(layers.dot([A, B], 1, normalize=True), layers.Dot(1, True)([A, B]))


def test_dot_keeps_its_axes_in_its_configuration_and_its_name():
    layer = layers.Dot((1, 2), name="it")
    assert layer.get_config()["axes"] == (1, 2)
    assert repr(layer) == "<Dot it: axes=(1, 2)>"
