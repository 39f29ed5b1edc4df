"""Optimizers: ten steps equal real Keras's, nothing moves by halves, nonsense is refused."""

import re

import numpy as np
import pytest
from model_cases import GRADIENTS, OPTIMIZERS, START
from test_golden import assert_equal_to_keras, load

from nnlab import optimizers
from nnlab.core.errors import ArgumentError, ShapeError, UnknownArgumentError
from nnlab.core.variable import Variable
from nnlab.optimizers import schedules

GOLDEN = load("optimizers")


def variables():
    return [Variable(start.copy(), f"weight_{index}") for index, start in enumerate(START)]


@pytest.mark.parametrize("case", OPTIMIZERS, ids=lambda case: case.id)
def test_ten_steps_are_keras_steps(case):
    optimizer, weights, history = case.of(optimizers), variables(), []
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
    case.of(optimizers).apply([np.ones(2, "float32")], [weight])
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


@pytest.mark.parametrize("case", OPTIMIZERS, ids=lambda case: case.id)
def test_a_configuration_makes_the_same_optimizer(case):
    given = case.of(optimizers)
    again = optimizers.get({"class_name": case.name, "config": given.get_config()})
    assert again.get_config() == given.get_config()
    assert repr(again) == repr(given)
    one, other = variables(), variables()
    given.apply(GRADIENTS[0], one)
    again.apply(GRADIENTS[0], other)
    assert all((a.numpy() == b.numpy()).all() for a, b in zip(one, other, strict=True))


def test_adamw_without_decay_is_adam():
    one, other = variables(), variables()
    optimizers.Adam(0.1).apply(GRADIENTS[0], one)
    optimizers.AdamW(0.1, weight_decay=0.0).apply(GRADIENTS[0], other)
    assert all((a.numpy() == b.numpy()).all() for a, b in zip(one, other, strict=True))


def test_a_schedule_moves_the_learning_rate_with_each_step():
    optimizer, weight = optimizers.SGD(schedules.PiecewiseConstantDecay([0], [1.0, 0.25])), Variable(np.zeros(1), "w")
    rates = []
    for _ in range(3):
        rates.append(optimizer.learning_rate)
        optimizer.apply([np.ones(1)], [weight])
    assert rates == [1.0, 0.25, 0.25]
    assert weight.numpy().tolist() == [-1.5]


def test_a_learning_rate_that_follows_a_schedule_cannot_be_set():
    optimizer = optimizers.SGD(schedules.ExponentialDecay(0.5, 10, 0.9))
    with pytest.raises(ArgumentError, match=r"SGD: learning_rate follows ExponentialDecay\(.*cannot be set to 0.1"):
        optimizer.learning_rate = 0.1
    optimizer.learning_rate = schedules.CosineDecay(1.0, 10)
    assert optimizer.learning_rate == 1


def test_cosine_stays_where_it_ends():
    schedule = schedules.CosineDecay(2.0, 10, alpha=0.25)
    assert [schedule(step) for step in (0, 10, 1000)] == [2.0, 0.5, 0.5]


def test_names_are_those_of_keras():
    named = {cls().name for cls in (optimizers.SGD, optimizers.Adam, optimizers.AdamW, optimizers.RMSprop)}
    assert named == {"sgd", "adam", "adam_w", "rm_sprop"}


@pytest.mark.parametrize("argument", ["ema_momentum", "weight_decay", "use_ema", "amsgrad", "lr"])
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
        (
            lambda: optimizers.get("adamax"),
            "optimizer must be one of 'sgd', 'rmsprop', 'adagrad', 'adam', 'adamw' or an Optimizer, received 'adamax'.",
        ),
        (lambda: optimizers.AdamW(beta_2=-1), "AdamW: beta_2 must be a number from 0 to 1, received -1."),
        (
            lambda: optimizers.AdamW(weight_decay=None),
            "AdamW: weight_decay must be a number of at least 0, received None.",
        ),
        (lambda: optimizers.SGD(nesterov=None), "SGD: nesterov must be True or False, received None."),
        (lambda: optimizers.RMSprop(centered="no"), "RMSprop: centered must be True or False, received 'no'."),
        (
            lambda: schedules.CosineDecay(0.1, 0),
            "CosineDecay: decay_steps must be a number above 0, received 0.",
        ),
        (
            lambda: schedules.PiecewiseConstantDecay([5, 2], [1, 2, 3]),
            "PiecewiseConstantDecay: expected boundaries that rise and one more of values, received "
            "boundaries=[5, 2] and values=[1, 2, 3].",
        ),
        (
            lambda: schedules.PiecewiseConstantDecay(3, [1, 2]),
            "PiecewiseConstantDecay: boundaries must be a list of numbers, received 3.",
        ),
        (
            lambda: optimizers.SGD({"class_name": "Cosine"}),
            "learning_rate must be a number or one of ExponentialDecay, PiecewiseConstantDecay, CosineDecay, "
            "received {'class_name': 'Cosine'}.",
        ),
    ],
)
def test_nonsense_is_refused_in_one_sentence(make, sentence):
    with pytest.raises(ArgumentError) as caught:
        make()
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"clipnorm": 0}, "Adam: clipnorm must be above 0, or nothing would be learnt, received 0."),
        ({"clipvalue": -1}, "Adam: clipvalue must be a number of at least 0, received -1."),
        ({"global_clipnorm": "1"}, "Adam: global_clipnorm must be a number of at least 0, received '1'."),
        (
            {"clipnorm": 1.0, "clipvalue": 2.0},
            "Adam: set only one of clipnorm, clipvalue, global_clipnorm, received clipnorm=1.0, clipvalue=2.0.",
        ),
    ],
)
def test_limits_of_gradients_that_make_no_sense_are_refused(limits, sentence):
    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}"):
        optimizers.Adam(**limits)


@pytest.mark.parametrize("limit", ["clipnorm", "clipvalue", "global_clipnorm"])
def test_a_clipped_optimizer_is_made_again_from_its_configuration(limit):
    optimizer = optimizers.Adam(0.1, **{limit: 0.5})
    again = optimizers.get({"class_name": "Adam", "config": optimizer.get_config()})
    assert repr(again) == repr(optimizer)
    assert f"{limit}=0.5" in repr(again)


@pytest.mark.parametrize("limit", ["clipnorm", "global_clipnorm"])
def test_gradients_of_zero_stay_zero_when_clipped(limit):
    weight = Variable(np.float32([1, 2]), "w")
    optimizers.SGD(1.0, **{limit: 0.5}).apply([np.zeros(2)], [weight])
    np.testing.assert_array_equal(weight.value, [1, 2])
