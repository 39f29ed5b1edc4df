"""What every layer promises, checked for every row of the table."""

import copy
import gc
import inspect
import weakref

import numpy as np
import pytest
from layer_cases import CASES, MINIMUM_STEPS

from nnlab import layers
from nnlab.core import seed
from nnlab.core.record import Call, Record
from nnlab.core.trace import Trace

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
some = [case for case in CASES if case.shape[0] > 1 and not case.batch_matters]
layers_alone = pytest.mark.parametrize("case", some, ids=lambda case: case.id)


def state(layer):
    """Everything in a layer that a call could move, and the shared generator."""
    own = None if layer.generator is None else layer.generator.bit_generator.state
    return [w.tobytes() for w in layer.get_weights()], own, seed.generator().bit_generator.state


def alive(*classes):
    """How many objects of these classes there are."""
    return sum(issubclass(type(each), classes) for each in gc.get_objects())  # some proxies hide their class


def training_step(layer, x, target, rate=0.01):
    """One step of plain gradient descent on half the squared error, through the door that `fit` uses: the loss."""
    call = Call(True, seed.generator(), keep=True, live=True)
    s = Record(call, layer)
    y = layer.apply(s, layer.as_input(x))
    layer.unapply(s, Record(call, layer), y - target)
    for variable in layer.trainable_weights:
        variable.assign(variable.value - rate * call.gradients[variable])
    return 0.5 * float(np.square(y - target).sum())


@every_case
def test_output_has_the_computed_shape(case):
    layer = case.make()
    y = layer(case.x(), case.training)
    assert layer.compute_output_shape(case.shape) == y.shape
    if case.arguments.get("batch_shape") is None:
        assert layer.compute_output_shape((None, *case.shape[1:])) == (None, *y.shape[1:])


@every_case
def test_configuration_and_weights_make_an_equal_layer(case):
    layer = case.make()
    again = type(layer).from_config(layer.get_config())
    again.build(case.shape)
    again.set_weights(layer.get_weights())
    assert again.get_config() == layer.get_config()
    first, second = (each.trace(case.x(), case.training, seed=3) for each in (layer, again))
    assert first.names == second.names
    for a, b in zip(first.rows(), second.rows(), strict=True):
        np.testing.assert_array_equal(a.value, b.value)


@every_case
def test_records_only_what_it_declares(case):
    layer = case.make()
    trace = layer.trace(case.x(), case.training)
    own = {entry.name for entry in trace.rows() if entry.layer is layer}
    weights = {variable.name for variable in layer.weights}
    assert own <= weights | {"x", "y"} | set(layer.steps)
    if not (case.layer == "Dropout" and not case.training):
        assert set(MINIMUM_STEPS.get(case.layer, ())) <= own


@pytest.mark.parametrize("name", sorted({case.layer for case in CASES}))
def test_each_declared_step_is_reached_in_some_row(name):
    reached = set()
    for case in CASES:
        if case.layer == name:
            reached |= set(case.make().trace(case.x(), case.training).names)
    assert set(getattr(layers, name).steps) <= reached


def test_every_public_layer_has_a_row():
    public = {getattr(layers, name) for name in layers.__all__ if inspect.isclass(getattr(layers, name))}
    assert {cls.__name__ for cls in public - {layers.Layer}} == {case.layer for case in CASES}


@every_case
def test_values_and_gradients_have_the_declared_axes(case):
    for entry in case.make().trace(case.x(), case.training).rows():
        letters = entry.axes.split()
        if "..." in letters:
            assert len(letters) - 1 <= len(entry.shape), entry
        elif case.arguments.get("activation") != "softmax":
            assert len(letters) == len(entry.shape), entry
        if entry.grad is not None:
            assert np.shape(entry.grad) == entry.shape, entry


@every_case
def test_floats_have_gradients_and_only_integers_and_booleans_may_lack_them(case):
    for entry in case.make().trace(case.x(), case.training).rows():
        weight = entry.layer._variables.get(entry.name)
        step = entry.layer.steps.get(entry.name)
        if weight is not None and not weight.trainable:
            continue  # a moving statistic
        if entry.value.dtype.kind == "f":
            assert entry.grad is not None, entry
            assert step is None or step.differentiable, entry
        else:
            assert not step.differentiable, entry


@every_case
def test_nothing_in_a_trace_can_be_written(case):
    for entry in case.make().trace(case.x(), case.training).rows():
        for array in (entry.value, entry.grad):
            assert not isinstance(array, np.ndarray) or not array.flags.writeable, entry


@every_case
def test_looking_changes_nothing(case):
    layer, x = case.make(), case.x()
    before, x_before = state(layer), x.copy()
    layer.trace(x, case.training)
    layer.trace(x, not case.training, seed=5, grad=None)
    assert state(layer) == before
    np.testing.assert_array_equal(x, x_before)


@every_case
def test_trace_shows_what_the_next_call_computes(case):
    layer, x = case.make(), case.x()
    seen = layer.trace(x, case.training)["y"].value
    assert seen.tobytes() == layer(x, case.training).tobytes()


@every_case
def test_call_leaves_its_input_alone_and_gives_its_output_away(case):
    layer, x = case.make(), case.x()
    before, weights = x.copy(), layer.get_weights()
    y = layer(x)
    y += 1
    np.testing.assert_array_equal(x, before)
    for now, then in zip(layer.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(now, then)


@every_case
def test_keeps_nothing_after_a_call_or_a_trace(case):
    layer, x = case.make(), case.x()
    attributes = set(vars(layer))
    gc.collect()
    gc.disable()  # so that what lives in a cycle is found
    before = alive(Record, Call, Trace)
    try:
        trace = layer.trace(x, case.training)
        gone = weakref.ref(trace), weakref.ref(x)
        layer(x, case.training)
        training_step(layer, x, layer(x))
        del trace, x
        assert all(reference() is None for reference in gone)
        assert set(vars(layer)) == attributes
        assert alive(Record, Call, Trace) <= before
    finally:
        gc.enable()


@every_case
def test_traces_between_training_steps_change_nothing(case):
    def trained(watched):
        seed.set_random_seed(4)
        layer, x = case.make(), case.x()
        target = np.ones_like(layer(x))
        losses = []
        for _ in range(3):
            if watched:
                layer.trace(x, True)
                layer(x)
            losses.append(training_step(layer, x, target))
        return losses, state(layer)

    assert trained(watched=False) == trained(watched=True)


@every_case
def test_a_training_step_lowers_the_loss(case):
    layer = case.make()
    if not layer.trainable_weights:
        return  # nothing to learn
    x = case.x()
    target = layer(x, case.training) + case.upstream(layer.compute_output_shape(case.shape))
    first, *_, last = (training_step(layer, x, target, rate=1e-3) for _ in range(3))
    assert last < first


@layers_alone
def test_a_batch_is_its_samples_one_by_one(case):
    layer, x = case.make(), case.x()
    if case.arguments.get("batch_shape") is not None:
        layer = layers.InputLayer(case.shape[1:])
    together = layer(x, case.training)
    alone = np.concatenate([layer(sample[None], case.training) for sample in x])
    np.testing.assert_allclose(together, alone, rtol=1e-5, atol=1e-6)


@every_case
def test_an_empty_batch_gives_an_empty_output_and_moves_nothing(case):
    layer, empty = case.make(), np.zeros((0, *case.shape[1:]), "float32")
    if case.arguments.get("batch_shape") is not None:
        layer = layers.InputLayer(case.shape[1:])
    before = layer.get_weights()
    assert layer(empty, case.training).shape == layer.compute_output_shape(empty.shape)
    assert layer.trace(empty, case.training)["x"].grad.shape == empty.shape
    for now, then in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


@every_case
def test_nan_goes_through_and_is_named(case):
    layer, x = case.make(), case.x()
    x[0] = np.nan
    trace = layer.trace(x, case.training)
    assert np.isnan(trace["y"].value[0]).any()
    assert trace.first_nonfinite == "x"
    if not case.batch_matters:
        assert np.isfinite(trace["y"].value[1:]).all()
    assert layer.trace(case.x(), case.training).first_nonfinite is None


@every_case
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_float_has_the_dtype_of_the_layer(case, dtype):
    layer = case.make(dtype=dtype)
    trace = layer.trace(case.x("float64"), case.training, seed=3)
    for entry in trace.rows():
        for array in (entry.value, entry.grad):
            assert array is None or array.dtype.kind != "f" or array.dtype == dtype, entry
    single = case.make().trace(case.x(), case.training, seed=3)
    np.testing.assert_allclose(trace["y"].value, single["y"].value, rtol=1e-4, atol=1e-4)


@every_case
def test_takes_views_lists_and_integers_as_it_takes_arrays(case):
    layer, x = case.make(), np.rint(3 * case.x())
    expected = layer.trace(x, case.training, seed=3)["y"].value
    spread = np.zeros((*x.shape, 2), "float32")
    spread[..., 0] = x
    reversed_axes = np.asfortranarray(x)
    for same in (spread[..., 0], reversed_axes, x.tolist(), x.astype(int), x.astype("float64")):
        y = layer.trace(same, case.training, seed=3)["y"].value
        np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-6)


@every_case
def test_a_copy_shares_nothing(case):
    layer = case.make()
    twin = copy.deepcopy(layer)
    before = state(layer)
    training_step(twin, case.x(), np.zeros_like(twin(case.x())))
    assert state(layer)[:2] == before[:2]
