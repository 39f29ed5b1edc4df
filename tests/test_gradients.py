"""The gradient of every input, weight and step of every layer against finite differences."""

import numpy as np
import pytest
from layer_cases import CASES

from nnlab import gradcheck, layers
from nnlab.core.errors import ArgumentError


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_gradient_is_the_finite_difference(case):
    layer = case.make()
    trace = layer.trace(case.x(), case.training, **case.given())
    held = {"mask": trace["mask"].value} if case.layer == "Masking" else {}  # a time with nothing jumps when moved
    rows = gradcheck(layer, case.x("float64"), case.training, patch=held, **case.given("float64"))
    checked = {row.name for row in rows}
    floats = {piece.path for piece in trace.pieces() if piece.value.dtype.kind == "f" and piece.kind != "weight"}
    learnt = {entry.path for entry in trace.rows() if entry.kind == "weight" and entry.grad is not None}
    assert checked == floats | learnt


@pytest.mark.parametrize("case", [case for case in CASES if case.layer == "BatchNormalization"], ids=lambda c: c.id)
def test_checking_leaves_the_layer_as_it_was(case):
    layer = case.make()
    before = layer.get_weights()
    gradcheck(layer, case.x(), case.training)
    for now, then in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    assert layer.dtype == "float32"


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_gradient_is_not_called_wrong_where_there_is_none(value):
    with pytest.raises(ArgumentError, match="'x' is the first that holds NaN or infinity"):
        gradcheck(layers.Dense(2), np.full((3, 4), value))
