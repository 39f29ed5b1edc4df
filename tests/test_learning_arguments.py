"""Losses, metrics, optimizers and schedules take Keras's arguments, with its defaults, or refuse them by name."""

import importlib
import inspect
import json

import pytest
from test_golden import GOLDEN

from nnlab.core.errors import UnknownArgumentError

KERAS = json.loads((GOLDEN / "learning.json").read_text())
ROWS = [(module, name) for module, names in KERAS.items() for name in names]
NAMED = [(module, name) for module, name in ROWS if KERAS[module][name]["name"]["default"]]  # the others make one up
REQUIRED = {  # what these classes cannot be made without
    "ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5},
    "PiecewiseConstantDecay": {"boundaries": [1], "values": [0.1, 0.01]},
    "CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": 10},
}


def of(module, name):
    return getattr(importlib.import_module(f"nnlab.{module}"), name)


def own_arguments(cls):
    """The arguments by name, those of the base classes after a **kwargs too."""
    found = {}
    for base in cls.__mro__:
        if "__init__" not in vars(base) or base is object:
            continue
        parameters = list(inspect.signature(base.__init__).parameters.values())[1:]
        found = {each.name: each for each in parameters if each.kind is not each.VAR_KEYWORD} | found
        if not any(each.kind is each.VAR_KEYWORD for each in parameters):
            break
    return found


@pytest.mark.parametrize(("module", "name"), ROWS)
def test_an_argument_has_keras_name_and_default(module, name):
    keras, ours = KERAS[module][name], own_arguments(of(module, name))
    assert set(ours) <= set(keras)
    for key, parameter in ours.items():
        if key == "name":
            continue
        if keras[key] is None:
            assert parameter.default is parameter.empty, key
        else:
            assert parameter.default == keras[key]["default"], key


@pytest.mark.parametrize(("module", "name"), NAMED)
def test_the_name_is_the_one_that_keras_states(module, name):
    assert of(module, name)(**REQUIRED.get(name, {})).name == KERAS[module][name]["name"]["default"]


@pytest.mark.parametrize(("module", "name"), ROWS)
def test_an_argument_of_keras_is_taken_or_refused_by_name(module, name):
    cls, keras = of(module, name), KERAS[module][name]
    taken = set(own_arguments(cls)) | set(own_arguments(getattr(cls, "loss", cls)))  # of the loss that a metric watches
    for key in taken & set(keras):
        cls(**REQUIRED.get(name, {}) | ({key: keras[key]["default"]} if keras[key] else {}))
    for key in set(keras) - taken:
        with pytest.raises(UnknownArgumentError, match=f"unknown argument '{key}'"):
            cls(**REQUIRED.get(name, {}), **{key: keras[key]["default"]})
