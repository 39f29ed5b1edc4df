"""Each kind of nonsense at every argument of a model's methods: an answer, or a sentence of nnlab's."""

import contextlib
import warnings

import branch_cases
import numpy as np
import pytest
from branch_cases import BY_NAME, KIND, ONE, SIZE, TWO
from library import LIBRARY

import nnlab
from nnlab import Input, Model, Sequential, layers
from nnlab.core.errors import NnlabError

NONSENSE = [
    None, 3, -1, 2.5, "a", "", b"x", [], {}, (), set(), object(), np.nan, 10**30, True, [[1], [2, 3]], [[[]]],
    [object()], {"kind": 1}, {"kind": None, "size": None}, {"kind": []}, {1: 2}, [None, None], ({}, {}), np.array([]),
    np.array(["a"]), np.array(None), np.zeros((11, 4)), [np.zeros((11, 4))], Input((3,)),
]  # fmt: skip
YIELDED = [None, 3, "a", [], {}, (), (1,), (None, None), (1, 2, 3, 4), ({}, {}), np.zeros((4, 4)), object()]


class Own(Model):
    def __init__(self):
        super().__init__()
        self.only = layers.Dense(1)

    def call(self, x):
        return self.only(x)


def branches():
    model = branch_cases.branches(LIBRARY)
    model.compile("sgd", BY_NAME)
    return model, {"x": [ONE, TWO], "y": [KIND, SIZE]}, BY_NAME


def row():
    model = Sequential([Input((4,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model, {"x": ONE, "y": SIZE}, "mse"


def own():
    model = Own()
    model.compile("sgd", "mse")
    return model, {"x": ONE, "y": SIZE}, "mse"


ARGUMENTS = {
    "compile": ("loss", "loss_weights", "metrics", "weighted_metrics", "optimizer"),
    "fit": (
        "x", "y", "sample_weight", "class_weight", "validation_data", "validation_split", "epochs", "batch_size",
        "steps_per_epoch", "validation_steps", "validation_batch_size", "callbacks",
    ),
    "evaluate": ("x", "y", "sample_weight", "batch_size", "steps"),
    "predict": ("x", "batch_size", "steps"),
    "train_on_batch": ("x", "y", "sample_weight", "class_weight"),
    "trace": ("x", "y", "loss", "sample_weight", "seed", "patch"),
    "get_layer": ("name", "index"),
    "plot": ("nested",),
}  # fmt: skip


def answered(call):
    """Run it: an answer, or one of nnlab's sentences."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(NnlabError):
            call()


@pytest.fixture(autouse=True)
def seed():
    nnlab.utils.set_random_seed(0)


@pytest.mark.parametrize("make", [branches, row, own])
@pytest.mark.parametrize(("method", "argument"), [(m, a) for m, arguments in ARGUMENTS.items() for a in arguments])
def test_an_argument(method, argument, make):
    for value in NONSENSE:
        model, examples, loss = make()
        usual = {
            "compile": {"optimizer": "sgd", "loss": loss},
            "fit": examples | {"verbose": 0},
            "predict": {"x": examples["x"]},
            "trace": examples | {"loss": loss},
        }.get(method, examples)
        if method in ("get_layer", "plot"):
            usual = {}
        answered(lambda m=model, given=usual | {argument: value}: getattr(m, method)(**given))
        if method == "compile":
            answered(lambda m=model, given=examples: m.train_on_batch(**given))


@pytest.mark.parametrize("make", [branches, row, own])
@pytest.mark.parametrize("method", ["fit", "evaluate", "predict"])
def test_what_an_iterator_yields(method, make):
    for value in YIELDED:
        model, examples, _ = make()
        batches = [(examples["x"], examples["y"]), value]
        answered(lambda m=model, b=batches: getattr(m, method)(iter(b), verbose=0))
        if method == "fit":
            answered(lambda m=model, e=examples, b=batches: m.fit(**e, validation_data=iter(b), verbose=0))


def test_the_ends_of_a_graph():
    for value in NONSENSE:
        answered(lambda v=value: Model(v, layers.Dense(2)(Input((3,)))))
        answered(lambda v=value: Model(Input((3,)), v))
        answered(lambda v=value: layers.Add()([Input((3,)), v]))
