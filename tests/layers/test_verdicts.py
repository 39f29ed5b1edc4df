"""Keras's own verdict on each odd or bad value, and ours: the same, or a difference with a reason.

Keras's are in golden/verdicts.json. Where Keras answers, nnlab gives the same shapes and numbers, or refuses for a
reason listed here. Where Keras refuses, nnlab does too, in words that name the layer and the argument, or answers for a
reason listed here.
"""

import functools
import json
import os
import re
import subprocess
import warnings
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import pytest
from verdict_cases import HUGE, SIGNATURES, throws

from nnlab import layers
from nnlab.core.errors import NnlabError

GOLDEN = Path(__file__).parents[1] / "golden"


def by_what(file):
    """Layer -> what was thrown at it -> what Keras said."""
    found = json.loads(file.read_text())
    return {layer: {what: said for said, whats in table.items() for what in whats} for layer, table in found.items()}


KERAS = by_what(GOLDEN / "verdicts.json")
REFUSED = re.compile(r"[A-Za-z]*(Error|Exception)")

FLAGS = "use_bias keepdims unroll stateful return_state return_sequences go_backwards scale center unit_forget_bias"
FLAGS += " reset_after zero_output_for_mask mask_zero synchronized normalize"
SIZES = "strides kernel_size dilation_rate filters units pool_size groups depth_multiplier axis size padding cropping"
SIZES += " output_padding shared_axes seed axes"
NUMBERS = (
    "stddev dropout recurrent_dropout rate momentum epsilon negative_slope threshold max_value alpha l1 l2 mask_value"
)
RATES = "dropout recurrent_dropout momentum"
POOLING = ("MaxPooling?D", "AveragePooling?D")

# Reason -> what nnlab refuses and Keras does not: patterns of "layer: what is thrown".
WE_REFUSE = {
    "a flag is True or False; another value is most often an argument in the wrong place": [
        f"*: {flag}=*" for flag in FLAGS.split()
    ],
    "True is no size, no place and no amount": [f"*: {size}=True" for size in (SIZES + " " + NUMBERS).split()],
    "nothing of 2**31 fits into memory": [f"*={HUGE}"],
    "a rate is from 0 to 1, and a number is none that makes the output NaN": [
        *(f"*: {rate}={value}" for rate in RATES.split() for value in ("3", "2.5", "-1")),
        *(f"*: {number}=nan" for number in NUMBERS.split() if number not in ("rate", "stddev", "l1", "l2")),
        "*: epsilon=-1",
        "*: together *epsilon=-0.5*",
        "*: together *dropout=*",
        "*: together *momentum=1.5*",
    ],
    "None does not say which numbers a weight begins with": ["*_initializer=None"],
    "None is no number": ["ActivityRegularization: l?=None", "LayerNormalization: epsilon=None"],
    "a penalty that is never asked for is most often a mistake": ["SimpleRNN: activity_regularizer=*"],
    "Keras ignores this argument, nnlab has none of it": ["BatchNormalization: renorm_*", "Bidirectional: weights=*"],
    "strings hold no numbers, even if they could be read as some": ["*: x strings", "*: *state* strings *"],
    "objects hold no numbers, even if each is one": ["*: x objects"],
    "a network's numbers are real": ["*: x complex"],
    "there is nothing to compute with": ["*: x None"],
    "a layer that is built for one rank, or needs one, says so when it is built or asked for a shape": [
        "*: build(*)",
        "*: sized(*)",
    ],
    "the first axis is the batch, whose examples do not know each other": [
        "*Normalization: axis=0",
        "*Normalization: together * on (3,)",
        "*Normalization: together *(axis=0) *",
        "*Normalization: first x one axis",
        "*Normalization: first x an axis less",
        "PReLU: shared_axes=0",
        "PReLU: together *shared_axes=[[]0[]]*",
    ],
    "a number has no batch": ["*: *x a number"],
    "there would be no output": [
        "*: *x nothing in the second axis",
        "*: *x a shorter second axis",
        *(f"{pooling}: together *" for pooling in POOLING),
    ],
    "there would be nothing to learn from": ["*: first x nothing in the last axis"],
    "a cell has a state for each example, and reads one time": [
        f"{cell}: {odd}"
        for cell in ("*Cell", "*Cells")
        for odd in ("*x a batch of one", "*x one axis", "*x an axis less")
    ],
    "a cell reads (batch, features) and as many states as it has": ["*Cell: *x two axes more", "*Cell: states *"],
    "a recurrent layer reads (batch, time, features)": ["RNN: *x two axes more"],
    "a state more than there are is most often a state of another layer": ["GRU: initial_state too many*"],
    "a mask is (batch, time), as everywhere": ["*: mask of an axis more *"],
    "an index outside the table gives NaN, or another row, in Keras": [
        "Embedding: x *",
        "Embedding: input_dim=3",
        "Embedding: together *",
    ],
    "strides together with dilation: Keras's documentation excludes it, and only some of its back ends refuse": [
        "DepthwiseConv2D: together *strides=2, dilation_rate=2*",
        "SeparableConv2D: together *strides=2, dilation_rate=2*",
    ],
    "alpha was learnt for each place, and does not fit another number of them": ["PReLU: x a last axis of one"],
    "nothing is no axis": ["Softmax: axis={}", "Softmax: axis=None", "LayerNormalization: axis=[[]]"],
    "a noise_shape names every axis": ["*Dropout: noise_shape=*", "Dropout: together *noise_shape=(1,)*"],
    "cells are at least one": ["StackedRNNCells: cells=*"],
    "a mask value is one number": ["Masking: mask_value=(*"],
}

# Reason -> what Keras refuses and nnlab answers.
WE_ANSWER = {
    "numbers are numbers: integers and booleans become floats": ["*: x int64", "*: x uint8", "*: x bool"],
    "a table of statistics for each channel fits arrays of any rank": ["*Normalization: x two axes more"],
    "an axis may be counted from the end, as everywhere (Keras fails by accident)": ["PReLU: shared_axes=-1"],
    "a shape may leave the channels open (Keras fails by accident)": ["DepthwiseConv2D: sized(*"],
    "a cell says the shapes of its output and its states": ["*Cell: sized((3, 4))", "*Cells: sized((3, 4))"],
}

# Reason -> what both answer, with other numbers.
OTHER_NUMBERS = {
    "integers become floats before they are normalized; Keras rounds what it has computed": [
        "*Normalization: x int64",
        "*Normalization: x uint8",
        "*Normalization: x bool",
    ],
    "integers become floats before they get a sign; Keras's wrap around": ["PReLU: x uint8", "Softmax: x uint8"],
    "True is 1, and True and True is 2": ["Add: x bool", "Average: x bool"],
}


DIFFERENCES = {"refuse": WE_REFUSE, "answer": WE_ANSWER, "numbers": OTHER_NUMBERS}


def reason(table, layer, what):
    """Why this is meant, if it is."""
    thrown = f"{layer}: {what}"
    return next((why for why, patterns in table.items() if any(fnmatchcase(thrown, each) for each in patterns)), None)


def close(ours, keras):
    """Whether two verdicts are the same shapes and, to what a digest holds, the same numbers."""
    if ours == keras:
        return True
    shapes, _, number = ours.rpartition(" ")
    other_shapes, _, other = keras.rpartition(" ")
    if not shapes or shapes != other_shapes or ")" in number + other:
        return False
    return abs(float(number) - float(other)) <= 1e-3 * abs(float(other)) + 1e-4


class Verdict(NamedTuple):
    """What both say to one thing thrown; `sentence` is ours if we refuse."""

    what: str
    keras: str
    ours: str
    sentence: str | None

    @property
    def difference(self):
        """Which table has to give a reason, if any."""
        refused = REFUSED.fullmatch(self.keras)
        if self.sentence is not None:
            return None if refused else "refuse"
        if refused:
            return "answer"
        return None if close(self.ours, self.keras) else "numbers"


@functools.cache
def verdicts(layer):
    """Both verdicts on all that is thrown at a layer."""
    found = []
    for throw in (each for each in throws(layer) if each.what in KERAS[layer]):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                ours, sentence = throw.at(layers), None
            except NnlabError as error:
                ours, sentence = "refused", str(error)
        found.append(Verdict(throw.what, KERAS[layer][throw.what], ours, sentence))
    return found


@pytest.mark.parametrize("layer", sorted(KERAS))
def test_keras_and_nnlab_say_the_same_or_differ_for_a_reason(layer):
    for what, keras, ours, sentence in (differing := [each for each in verdicts(layer) if unexplained(layer, each)]):
        print(f"{what}: Keras says {keras}, nnlab {sentence or ours}")
    assert not differing


def unexplained(layer, verdict):
    return verdict.difference and not reason(DIFFERENCES[verdict.difference], layer, verdict.what)


@pytest.mark.parametrize("layer", sorted(KERAS))
def test_a_refusal_names_the_layer_and_the_argument(layer):
    sentences = [(each.what, each.sentence) for each in verdicts(layer) if each.sentence is not None]
    assert sentences
    assert [each for each in sentences if not says_what(*each)] == []


def says_what(what, sentence):
    """Whether a refusal names the layer (or one inside it) and, if it was one of the constructor, the argument."""
    argument = re.match(r"(\w+)=(?!3$)", what)  # 3 may be right, and not fit the input
    return hasattr(layers, re.match(r"\w*", sentence)[0]) and (not argument or argument[1] in sentence)


@pytest.mark.parametrize("kind", DIFFERENCES)
def test_every_reason_is_needed(kind):
    differing = {f"{layer}: {each.what}" for layer in KERAS for each in verdicts(layer) if each.difference == kind}
    patterns = [pattern for each in DIFFERENCES[kind].values() for pattern in each]
    assert [each for each in patterns if not any(fnmatchcase(thrown, each) for thrown in differing)] == []


def test_keras_was_asked_all_that_is_thrown_today():
    """If not: `make_verdicts.py tests/golden <layer>` asks what is missing."""
    missing = {layer for layer in SIGNATURES if {each.what for each in throws(layer)} != set(KERAS.get(layer, ()))}
    assert missing == {"InputLayer"}


@pytest.mark.keras
def test_the_verdicts_are_what_keras_says_today(tmp_path):
    environment = os.environ | {"KERAS_BACKEND": "jax", "PYTHONPATH": str(GOLDEN.parent)}
    subprocess.run([os.environ["NNLAB_KERAS"], GOLDEN / "make_verdicts.py", tmp_path], env=environment, check=True)
    today = by_what(tmp_path / "verdicts.json")
    assert set(today) == set(KERAS)
    for layer, said in today.items():
        assert set(said) == set(KERAS[layer])
        assert [what for what, verdict in said.items() if not close(verdict, KERAS[layer][what])] == []
