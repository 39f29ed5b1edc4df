"""A check is only as good as the faults it refuses: each of these, planted in a layer's source, must be caught."""

import inspect
import textwrap

import numpy as np
import pytest
import test_contract as contract
from layer_cases import CASES

from nnlab import gradcheck, layers
from nnlab.core.errors import GradientError


def with_fault(name, line, fault):
    """A subclass of the layer `name` in which one line of `forward` or `backward` is another."""
    cls = getattr(layers, name)
    for method in ("forward", "backward"):
        function = getattr(cls, method)
        source = textwrap.dedent(inspect.getsource(function))
        if line in source:
            namespace = {}
            exec(source.replace(line, fault, 1), function.__globals__, namespace)
            return type(name, (cls,), {method: namespace[method]})
    raise AssertionError(f"{name} has no line {line!r} any more; plant the fault elsewhere")


def case_of(name, training=False):
    """A row with every step of the layer: a bias, an activation, padding."""
    rows = [case for case in CASES if case.layer == name and case.training == training]
    return max(rows, key=lambda case: len(contract.look(case.make(), case).names))


WRONG_GRADIENTS = [
    ("Dense", "g.bias = z.sum(0)", "g.bias = z.mean(0)", "bias"),
    ("Dense", "(z @ s.kernel.T)", "(2 * z @ s.kernel.T)", "x"),
    ("Conv2D", "g.kernel = self", "g.kernel = 1.001 * self", "kernel"),
    ("Conv2D", "g.windows = self", "g.windows = -self", "x"),
    ("Conv2D", "g.padded = arrays", "g.padded = 0 * arrays", "x"),
    ("MaxPooling2D", "self.to_last(g.y), s.winner,", "self.to_last(g.y), 0 * s.winner,", "x"),
    ("AveragePooling2D", "share = self", "share = 2 * self", "x"),
    ("BatchNormalization", "g.var = -0.5 *", "g.var = 0.5 *", "x"),
    ("BatchNormalization", "2 * share", "share", "x"),
    ("BatchNormalization", "g.mean = -arrays", "g.mean = arrays", "x"),
    ("BatchNormalization", "g.beta = arrays", "g.beta = 2 * arrays", "beta"),
    ("LayerNormalization", "2 / m * s.centered", "1 / m * s.centered", "x"),
    ("LayerNormalization", "(y * s.x_hat).sum(others)", "(y * s.centered).sum(others)", "gamma"),
    ("GroupNormalization", "g.mean = -g", "g.mean = g", "x"),
    ("PReLU", "own = g.y * s.negative", "own = g.y * s.positive", "alpha"),
    ("PReLU", "* (s.x < 0)", "* (s.x <= 1)", "x"),
    ("LeakyReLU", "g.y, self.negative_slope", "g.y", "x"),
    ("ELU", "activations.elu.gradient(s.x", "activations.elu.gradient(-s.x", "x"),
    ("Dropout", "g.scale = (kept * s.x)", "g.scale = (g.y * s.x)", "scale"),
    ("Dropout", "return kept * s.scale", "return g.y * s.scale", "x"),
    ("Softmax", "g.exp = dy / s.sum + g.sum", "g.exp = dy / s.sum", "x"),
    ("ReLU", "activations.relu.gradient(s.x", "activations.relu.gradient(-s.x", "x"),
    ("ZeroPadding2D", "arrays.unpad(self.to_last(g.y)", "arrays.unpad(self.to_last(g.y)[:, ::-1]", "x"),
    ("Flatten", "g.y.reshape", "g.y[:, ::-1].reshape", "x"),
]

BYPASSED = [
    ("Dense", "self._activation, s.z)", "self._activation, np.array(z))", "z"),
    (
        "Conv2D",
        "arrays.correlate, s.windows",
        "arrays.correlate, arrays.windows(s.padded, self.kernel_size, self.strides, self.dilation_rate)",
        "windows",
    ),
    ("BatchNormalization", "s.x_hat = s.centered * s.inv_std", "s.x_hat = (x - s.mean) * s.inv_std", "centered"),
    ("BatchNormalization", "(s.var + self.epsilon)", "(squares(s.centered) / m + self.epsilon)", "var"),
    ("MaxPooling2D", "arrays.pick(s.windows", "arrays.pick(self.windows(x, -np.inf)", "windows"),
    ("GroupNormalization", "s.x_hat = s.centered * s.inv_std", "s.x_hat = (x - s.mean) * s.inv_std", "centered"),
    ("PReLU", "s.positive + s.alpha", "np.maximum(x, 0) + s.alpha", "positive"),
    ("Dropout", "x * s.scale", "x / (1 - self.rate)", "scale"),
    ("Softmax", "y = s.exp / s.sum", "y = s.exp / s.exp.sum(self.axis, keepdims=True)", "sum"),
]

CHANGED_IN_PLACE = [
    ("BatchNormalization", "s.x_hat = s.centered * s.inv_std", "s.x_hat = s.centered; s.x_hat *= s.inv_std"),
    ("Softmax", "s.exp = np.exp(s.shifted)", "s.exp = np.exp(s.shifted, out=s.shifted)"),
    ("Dropout", "np.where(s.mask, x * s.scale, 0)", "np.multiply(x, s.scale, out=x) * s.mask"),
    ("BatchNormalization", "g.gamma = arrays.dot(y, s.x_hat)", "s.x_hat *= y; g.gamma = arrays.total(s.x_hat)"),
]

UNDECLARED = [
    ("Dense", "s.z =", "s.total = 0 * z; s.z =", "test_records_only_what_it_declares"),
    ("Conv2D", "s.padded =", "self._last = s; s.padded =", "test_keeps_nothing_after_a_call_or_a_trace"),
    ("Dense", "s.z =", "self.bias.assign(self.bias + 1); s.z =", "test_looking_changes_nothing"),
    ("Dropout", "s.rng.random", "np.random.default_rng().random", "test_trace_shows_what_the_next_call_computes"),
    ("Dense", "s.z =", "z = z.astype('float64'); s.z =", "test_every_float_has_the_dtype_of_the_layer"),
    (
        "MaxPooling2D",
        "s.winner =",
        "s.winner = 0.5 +",
        "test_floats_have_gradients_and_only_integers_and_booleans_may_lack_them",
    ),
    (
        "Dense",
        "g.bias = z.sum(0)",
        "g.bias = z.sum(0, keepdims=True)",
        "test_values_and_gradients_have_the_declared_axes",
    ),
    (
        "ZeroPadding2D",
        "self.to_last(x)",
        "self.to_last(np.nan_to_num(x))",
        "test_nan_goes_through_and_is_named",
    ),
    ("Flatten", "self.to_last(x)", "self.to_last(x).T", "test_a_batch_is_its_samples_one_by_one"),
    (
        "BatchNormalization",
        "s.mean = arrays",
        "self._count = s.mean = arrays",
        "test_keeps_nothing_after_a_call_or_a_trace",
    ),
]


def refuse(monkeypatch, name, line, fault):
    """The row to check, with the faulty layer in the place of the right one."""
    case = case_of(name, training=name in ("BatchNormalization", "Dropout"))
    monkeypatch.setattr(layers, name, with_fault(name, line, fault))
    return case


@pytest.mark.parametrize(("name", "line", "fault", "blamed"), WRONG_GRADIENTS + BYPASSED)
def test_gradcheck_refuses_a_wrong_gradient_and_a_step_that_is_not_read_back(monkeypatch, name, line, fault, blamed):
    case = refuse(monkeypatch, name, line, fault)
    with pytest.raises(GradientError, match=f"the gradient of '{blamed}' is wrong"):
        gradcheck(case.make(), case.x("float64"), case.training)


@pytest.mark.parametrize(("name", "line", "fault"), CHANGED_IN_PLACE)
def test_a_trace_refuses_a_change_in_place(monkeypatch, name, line, fault):
    case = refuse(monkeypatch, name, line, fault)
    with pytest.raises(ValueError, match="read-only"):
        case.make().trace(case.x(), case.training)


@pytest.mark.parametrize(("name", "line", "fault", "test"), UNDECLARED)
def test_the_contract_refuses(monkeypatch, name, line, fault, test):
    case = refuse(monkeypatch, name, line, fault)
    check = getattr(contract, test)
    dtype = {"dtype": "float32"} if "dtype" in inspect.signature(check).parameters else {}
    with pytest.raises(AssertionError):
        check(case, **dtype)


@pytest.mark.parametrize("name", sorted({case.layer for case in CASES} - {"InputLayer", "Activation", "Masking"}))
def test_the_same_layers_without_a_fault_pass(name):
    case = case_of(name, training=name in ("BatchNormalization", "Dropout"))
    assert gradcheck(case.make(), case.x("float64"), case.training, **case.given("float64"))
    assert all(np.isfinite(y).all() for y in contract.call(case.make(), case, training=False))
