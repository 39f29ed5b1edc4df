"""Losses: real Keras's numbers, every gradient, and an answer in words for each mistake."""

from pathlib import Path

import numpy as np
import pytest
from model_cases import LOSSES

from nnlab import losses
from nnlab.core.errors import ArgumentError, ShapeError, UnknownArgumentError
from nnlab.core.gradcheck import gradcheck
from nnlab.core.layer import Layer

GOLDEN = np.load(Path(__file__).parent / "golden" / "losses.npz")
CASES = [pytest.param(case, id=case.id) for case in LOSSES]


def made(case):
    return getattr(losses, case.name)(**case.arguments)


def assert_close(received, expected):
    np.testing.assert_allclose(received, expected, rtol=1e-5, atol=1e-5 * max(np.abs(expected).max(initial=0), 1e-3))


@pytest.mark.parametrize("case", CASES)
def test_value_is_keras_value(case):
    assert_close(made(case)(case.y_true(), case.y_pred()), GOLDEN[f"{case.id}/value"])


@pytest.mark.parametrize("case", CASES)
def test_value_of_each_example_is_keras_value(case):
    assert_close(made(case).each(case.y_true(), case.y_pred()), GOLDEN[f"{case.id}/each"])


@pytest.mark.parametrize("case", CASES)
def test_gradient_is_keras_gradient(case):
    assert_close(made(case).gradient(case.y_true(), case.y_pred()), GOLDEN[f"{case.id}/grad"])
