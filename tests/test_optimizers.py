"""Optimizers: ten steps equal real Keras's, nothing moves by halves, nonsense is refused."""

import numpy as np
import pytest
from model_cases import GRADIENTS, OPTIMIZERS, START
from test_golden import assert_equal_to_keras, load

from nnlab import optimizers
from nnlab.core.errors import ArgumentError, ShapeError, UnknownArgumentError
from nnlab.core.variable import Variable

GOLDEN = load("optimizers")


def variables():
    return [Variable(start.copy(), f"weight_{index}") for index, start in enumerate(START)]


@pytest.mark.parametrize("case", OPTIMIZERS, ids=lambda case: case.id)
def test_ten_steps_are_keras_steps(case):
    optimizer, weights, history = getattr(optimizers, case.name)(**case.arguments), variables(), []
    for gradients in GRADIENTS:
        optimizer.apply(gradients, weights)
        history.append([weight.numpy() for weight in weights])
    for index, values in enumerate(zip(*history, strict=True)):
        assert_equal_to_keras(np.stack(values), GOLDEN[f"{case.id}/{index}"])
    assert optimizer.iterations == 10


def test_sgd_is_the_formula():
    weight = Variable(np.float32([1, 2]), "w")
    optimizer = optimizers.SGD(learning_rate=0.5, momentum=0.5)
    optimizer.apply([np.float32([1, 0])], [weight])
    optimizer.apply([np.float32([1, 0])], [weight])
    assert weight.numpy().tolist() == [1 - 0.5 - 0.75, 2]


def test_first_step_of_adam_is_the_learning_rate_whatever_the_gradient():
    weight = Variable(np.zeros(3), "w")
    optimizers.Adam(learning_rate=0.1).apply([np.array([1e-2, 1.0, 1e3])], [weight])
    np.testing.assert_allclose(weight.numpy(), -0.1, rtol=1e-3)


@pytest.mark.parametrize("case", OPTIMIZERS, ids=lambda case: case.id)
def test_a_weight_of_float64_stays_float64(case):
    weight = Variable(np.zeros(2), "w")
    getattr(optimizers, case.name)(**case.arguments).apply([np.ones(2, "float32")], [weight])
    assert weight.dtype == np.float64


def test_steps_make_new_arrays_so_that_a_trace_keeps_its_own():
    weights = variables()
    before = [weight.value for weight in weights]
    copies = [value.copy() for value in before]
    optimizers.Adam().apply(GRADIENTS[0], weights)
    for value, copy in zip(before, copies, strict=True):
        assert (value == copy).all()


def test_nothing_moves_if_one_gradient_does_not_fit():
    weights = variables()
    optimizer = optimizers.SGD(momentum=0.9)
    with pytest.raises(ShapeError, match=r"the gradient of weight_1 must have its shape \(2,\), received \(3,\)"):
        optimizer.apply([GRADIENTS[0][0], np.zeros(3)], weights)
    assert (weights[0].numpy() == START[0]).all()
    assert (optimizer.iterations, optimizer.slots) == (0, {})


def test_pairs_may_be_given_as_keras_takes_them():
    one, other = variables(), variables()
    optimizers.Adam().apply(GRADIENTS[0], one)
    optimizers.Adam().apply_gradients(zip(GRADIENTS[0], other, strict=True))
    assert all((a.numpy() == b.numpy()).all() for a, b in zip(one, other, strict=True))


def test_learning_rate_may_change_between_steps():
    weight, optimizer = Variable(np.zeros(1), "w"), optimizers.SGD(learning_rate=1.0)
    optimizer.apply([np.ones(1)], [weight])
    optimizer.learning_rate = 0.25
    optimizer.apply([np.ones(1)], [weight])
    assert weight.numpy().tolist() == [-1.25]


def test_get_knows_keras_names():
    assert isinstance(optimizers.get("adam"), optimizers.Adam)
    assert isinstance(optimizers.get("SGD"), optimizers.SGD)
    assert isinstance(optimizers.get(optimizers.Adam), optimizers.Adam)
    given = optimizers.SGD(0.5)
    assert optimizers.get(given) is given
    again = optimizers.get({"class_name": "SGD", "config": given.get_config()})
    assert again.get_config() == given.get_config()


@pytest.mark.parametrize("argument", ["clipnorm", "weight_decay", "use_ema", "amsgrad", "lr"])
def test_what_is_not_supported_is_refused_by_name(argument):
    with pytest.raises(UnknownArgumentError, match=f"Adam: unknown argument '{argument}'"):
        optimizers.Adam(**{argument: 1})


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: optimizers.SGD("fast"), "SGD: learning_rate must be a number of at least 0, received 'fast'."),
        (lambda: optimizers.SGD(-1), "SGD: learning_rate must be a number of at least 0, received -1."),
        (lambda: optimizers.SGD(momentum=2), "SGD: momentum must be a number from 0 to 1, received 2."),
        (lambda: optimizers.Adam(beta_1=None), "Adam: beta_1 must be a number from 0 to 1, received None."),
        (lambda: optimizers.get("adamw"), "optimizer must be one of 'sgd', 'adam' or an Optimizer, received 'adamw'."),
    ],
)
def test_nonsense_is_refused_in_one_sentence(make, sentence):
    with pytest.raises(ArgumentError) as caught:
        make()
    assert str(caught.value) == sentence
