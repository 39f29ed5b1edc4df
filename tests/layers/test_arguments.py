"""Every exported layer is held to Keras's arguments: those that nnlab lacks are refused by name, none is ignored."""

import inspect
import json
from pathlib import Path

import pytest
from layer_cases import CASES, Part

from nnlab import layers
from nnlab.core.config import COMMON, arguments
from nnlab.core.errors import UnknownArgumentError

KERAS = json.loads((Path(__file__).parents[1] / "golden" / "keras.json").read_text())
SIGNATURES = KERAS["signatures"]
EXPORTED = {cls for name in layers.__all__ if inspect.isclass(cls := getattr(layers, name))} - {layers.Layer}
FIRST = {case.layer: case for case in reversed(CASES)}
LACKING = [
    (name, argument)
    for name in FIRST
    for argument in SIGNATURES.get(name, ())
    if argument not in (*arguments(getattr(layers, name)), *COMMON)
]


def made(name, **more):
    """A layer as its first row has it, with one argument more."""
    case = FIRST[name]
    return Part(name, case.arguments | more).of(layers)


def test_every_exported_layer_that_keras_has_too_has_its_arguments_recorded_from_keras():
    assert {cls.__name__ for cls in EXPORTED} & set(KERAS["layers"]) <= set(SIGNATURES)


@pytest.mark.parametrize(("name", "argument"), LACKING)
def test_an_argument_that_nnlab_lacks_is_refused_by_name(name, argument):
    with pytest.raises(UnknownArgumentError, match=rf"^{name}: .*{argument}"):
        made(name, **{argument: "something"})


@pytest.mark.parametrize(("name", "argument"), LACKING)
def test_what_keras_does_without_it_may_be_written_out(name, argument):
    default = SIGNATURES[name][argument]["default"]
    assert argument not in made(name, **{argument: default}).get_config()


@pytest.mark.parametrize("name", FIRST)
def test_an_argument_that_nobody_has_is_refused_with_those_that_there_are(name):
    with pytest.raises(UnknownArgumentError, match=rf"^{name}: unknown argument 'nonsense'.* It takes: "):
        made(name, nonsense=1)
