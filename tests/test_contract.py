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
from nnlab.core.record import Call, Record, parts
from nnlab.core.trace import Trace

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
some = [case for case in CASES if case.batch > 1 and not case.batch_matters and "batch_shape" not in case.arguments]
layers_alone = pytest.mark.parametrize("case", some, ids=lambda case: case.id)
learning = [case for case in CASES if case.make().trainable_weights]
layers_that_learn = pytest.mark.parametrize("case", learning, ids=lambda case: case.id)
of_floats = pytest.mark.parametrize("case", [case for case in CASES if not case.below], ids=lambda case: case.id)


def state(layer):
    """Everything in a layer that a call could move, and the shared generator."""
    own = None if layer.generator is None else layer.generator.bit_generator.state
    states = [each.tobytes() for each in getattr(layer, "states", None) or ()]
    return [w.tobytes() for w in layer.get_weights()], own, seed.generator().bit_generator.state, states


def alive(*classes):
    """How many objects of these classes there are, beside the frozen ones."""
    return sum(issubclass(type(each), classes) for each in gc.get_objects())  # some proxies hide their class


def call(layer, case, training=None, batch=slice(None)):
    """The outputs for these examples of the row."""
    training = case.training if training is None else training
    return arrays(layer(each(case.x(), lambda x: x[batch]), training=training, **case.given(batch=batch)))


def arrays(y):
    """The arrays of an output: a cell gives its states as a list."""
    return [part for each in y for part in arrays(each)] if isinstance(y, list | tuple) else [y]


def each(x, function):
    """The function of x, or of each array of a list."""
    return [function(part) for part in x] if isinstance(x, list) else function(x)


def look(layer, case, x=None, **options):
    """The trace of the row, or of another x with the row's further inputs."""
    return layer.trace(case.x() if x is None else x, case.training, **options, **case.given())


def training_step(layer, case, x, targets, rate=0.01):
    """One step of plain gradient descent on half the squared error, through the door that `fit` uses: the loss."""
    call = Call(True, seed.generator(), keep=True, live=True)
    s = Record(call, layer)
    y = layer.apply(s, layer.as_input(x), **layer.as_inputs(case.given()))
    errors = tuple(part - target for part, target in zip(parts(y), targets, strict=True))
    layer.unapply(s, Record(call, layer), errors if isinstance(y, tuple) else errors[0])
    for variable in layer.trainable_weights:
        variable.assign(variable.value - rate * call.gradients[variable])
    return 0.5 * sum(float(np.square(error).sum()) for error in errors)


def each_shape(x):
    """The shape of x, or of each array of several."""
    return tuple(part.shape for part in x) if isinstance(x, list | tuple) else x.shape


def without_batch(shape):
    """The shape, or the shapes of a tuple, with None for the batch."""
    return tuple(map(without_batch, shape)) if isinstance(shape[0], tuple) else (None, *shape[1:])


@every_case
def test_output_has_the_computed_shape(case):
    layer = case.make()
    shapes = tuple(part.shape for part in call(layer, case))
    shape = shapes[0] if len(shapes) == 1 else shapes
    assert layer.compute_output_shape(case.shape) == shape
    if case.arguments.get("batch_shape") is None:
        assert layer.compute_output_shape(without_batch(case.shape)) == without_batch(shape)


@every_case
def test_configuration_and_weights_make_an_equal_layer(case):
    layer = case.make()
    again = type(layer).from_config(layer.get_config())
    again.build(case.shape)
    again.set_weights(layer.get_weights())
    assert again.get_config() == layer.get_config()
    first, second = (look(each, case, seed=3) for each in (layer, again))
    assert first.names == second.names
    for a, b in zip(first.pieces(), second.pieces(), strict=True):
        np.testing.assert_array_equal(a.value, b.value)


@every_case
def test_records_only_what_it_declares(case):
    layer = case.make()
    own = {path for path in look(layer, case).names if "/" not in path}
    weights = {variable.name for variable in layer.weights}
    assert own <= weights | {"x", "y"} | set(case.inputs) | set(layer.steps)
    if not (case.layer == "Dropout" and not case.training):
        assert set(MINIMUM_STEPS.get(case.layer, ())) <= own


@pytest.mark.parametrize("name", sorted({case.layer for case in CASES}))
def test_each_declared_step_is_reached_in_some_row(name):
    reached = set()
    for case in CASES:
        if case.layer == name:
            reached |= set(look(case.make(), case).names)
    assert set(getattr(layers, name).steps) <= reached


@pytest.mark.parametrize("name", sorted({case.layer for case in CASES}))
def test_every_step_has_axes_and_a_formula(name):
    for step, declared in getattr(layers, name).steps.items():
        assert declared.latex.strip(), step
        assert declared.latex.count("{") == declared.latex.count("}"), step
        assert declared.axes or step == "scale", step  # a single number has no axes
        assert all(letter == "..." or letter.isalnum() for letter in declared.axes.split()), step


def test_every_public_layer_has_a_row():
    public = {getattr(layers, name) for name in layers.__all__ if inspect.isclass(getattr(layers, name))}
    assert {cls.__name__ for cls in public - {layers.Layer}} == {case.layer for case in CASES}


@every_case
def test_values_and_gradients_have_the_declared_axes(case):
    trace = look(case.make(), case)
    for entry in {*trace.rows(), *trace.pieces()}:
        if isinstance(entry.value, tuple):
            continue  # each of its parts has axes of its own
        letters = entry.axes.split()
        if "..." in letters:
            assert len(letters) - 1 <= len(entry.shape), entry
        elif case.arguments.get("activation") != "softmax":
            assert len(letters) == len(entry.shape), entry
        if entry.grad is not None:
            assert np.shape(entry.grad) == entry.shape, entry


@every_case
def test_floats_have_gradients_and_only_integers_and_booleans_may_lack_them(case):
    for entry in look(case.make(), case).pieces():
        weight = entry.layer._variables.get(entry.name)
        if weight is not None and not weight.trainable:
            continue  # a moving statistic
        if entry.value.dtype.kind == "f":
            assert entry.differentiable, entry
            assert entry.grad is not None or entry.kind == "weight", entry
        else:
            assert not entry.differentiable or entry.kind == "input", entry


@every_case
def test_nothing_in_a_trace_can_be_written(case):
    trace = look(case.make(), case)
    for entry in {*trace.rows(), *trace.pieces()}:
        for array in (*parts(entry.value), *parts(entry.grad)):
            assert not isinstance(array, np.ndarray) or not array.flags.writeable, entry


@every_case
def test_looking_changes_nothing(case):
    layer, x = case.make(), case.x()
    before, x_before = state(layer), copy.deepcopy(x)
    look(layer, case, x)
    layer.trace(x, not case.training, seed=5, grad=None, **case.given())
    assert state(layer) == before
    np.testing.assert_equal(x, x_before)


@every_case
def test_trace_shows_what_the_next_call_computes(case):
    layer = case.make()
    seen = look(layer, case)["y"].value
    assert [part.tobytes() for part in parts(seen)] == [part.tobytes() for part in call(layer, case)]


@every_case
def test_call_leaves_its_input_alone_and_gives_its_output_away(case):
    layer, x, given = case.make(), case.x(), case.given()
    y = arrays(layer(x, **given))
    before, weights, moved = copy.deepcopy(x), layer.get_weights(), state(layer)
    for part in y:
        part += 1
    np.testing.assert_equal(x, before)
    np.testing.assert_equal(given, case.given())
    for now, then in zip(layer.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(now, then)
    assert state(layer) == moved


@every_case
def test_keeps_nothing_after_a_call_or_a_trace(case):
    layer, x = case.make(), case.x()
    attributes = set(vars(layer))
    gc.freeze()  # what was there before is not counted
    gc.disable()  # so that what lives in a cycle is found
    try:
        trace = look(layer, case, x)
        gone = weakref.ref(trace), weakref.ref(x[0] if isinstance(x, list) else x)
        layer(x, training=case.training, **case.given())
        training_step(layer, case, x, arrays(layer(x, **case.given())))
        del trace, x
        assert all(reference() is None for reference in gone)
        assert set(vars(layer)) == attributes
        assert not alive(Record, Call, Trace)
    finally:
        gc.enable()
        gc.unfreeze()


@every_case
def test_traces_between_training_steps_change_nothing(case):
    def trained(watched):
        seed.set_random_seed(4)
        layer, x = case.make(), case.x()
        targets = [np.ones_like(part) for part in call(layer, case)]
        losses = []
        for _ in range(3):
            if watched:
                layer.trace(x, True, **case.given())
            if watched and not case.arguments.get("stateful"):
                call(layer, case, training=False)
            losses.append(training_step(layer, case, x, targets))
        return losses, state(layer)

    assert trained(watched=False) == trained(watched=True)


@every_case
def test_a_pass_that_nobody_watches_gives_the_gradients_of_the_trace(case):
    layer, x = case.make(), case.x()
    upstream = case.upstream(layer.compute_output_shape(case.shape))
    trace = look(layer, case, x, grad=upstream)
    passed = Call(case.training, copy.deepcopy(seed.generator()), keep=True)
    s, g = layer.record(passed), layer.record(passed)
    layer.apply(s, layer.as_input(x), **layer.as_inputs(case.given()))
    layer.unapply(s, g, upstream)
    own = {variable.path: gradient for variable, gradient in passed.gradients.items()}
    assert own.keys() == trace.weight_gradients.keys()
    for path, gradient in own.items():
        np.testing.assert_allclose(gradient, trace.weight_gradients[path], rtol=1e-5, atol=1e-6)
    for gradient, seen in zip(parts(g.x), parts(trace["x"].grad), strict=True):
        np.testing.assert_allclose(np.asarray(gradient), seen, rtol=1e-5, atol=1e-6)


@layers_that_learn
def test_a_training_step_lowers_the_loss(case):
    layer = case.make()
    away = parts(case.upstream(layer.compute_output_shape(case.shape)))
    targets = [y + by for y, by in zip(call(case.make(), case), away, strict=True)]
    losses, drawn = [], copy.deepcopy(layer.generator)
    for _ in range(3):
        seed.set_random_seed(4)  # dropout drops the same
        if drawn is not None:
            layer.generator.bit_generator.state = drawn.bit_generator.state
        if hasattr(layer, "reset_state"):
            layer.reset_state()
        losses.append(training_step(layer, case, case.x(), targets, rate=1e-3))
    assert losses[2] < losses[0]


@layers_alone
def test_a_batch_is_its_samples_one_by_one(case):
    each = [call(case.make(), case, batch=slice(k, k + 1)) for k in range(case.batch)]
    for together, *alone in zip(call(case.make(), case), *each, strict=True):
        np.testing.assert_allclose(together, np.concatenate(alone), rtol=1e-5, atol=1e-6)


@every_case
def test_an_empty_batch_gives_an_empty_output_and_moves_nothing(case):
    layer, empty, given = case.make(), each(case.x(), lambda x: x[:0]), case.given(batch=slice(0))
    if case.arguments.get("batch_shape") is not None:
        layer = layers.InputLayer(case.shape[1:])
    before = layer.get_weights()
    shapes = tuple(part.shape for part in arrays(layer(empty, training=case.training, **given)))
    assert layer.compute_output_shape(each_shape(empty)) == (shapes[0] if len(shapes) == 1 else shapes)
    gradients = layer.trace(empty, case.training, **given)["x"].grad
    assert each_shape(gradients) == each_shape(empty)
    for now, then in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


@of_floats
def test_nan_goes_through_and_is_named(case):
    layer, x = case.make(), case.x()
    for part in arrays(x):
        part[0] = np.nan
    trace = look(layer, case, x, seed=1)  # by which no dropout drops all of the first example
    for y in parts(trace["y"].value):
        assert np.isnan(y[0]).any() or case.arguments.get("zero_output_for_mask")
        assert case.batch_matters or np.isfinite(y[1:]).all()
    assert trace.first_nonfinite in ("x", "x[0]")
    assert look(layer, case).first_nonfinite is None


@every_case
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_float_has_the_dtype_of_the_layer(case, dtype):
    layer = case.make(dtype=dtype)
    trace = look(layer, case, case.x("float64"), seed=3)
    for entry in {*trace.rows(), *trace.pieces()}:
        for array in (*parts(entry.value), *parts(entry.grad)):
            assert array is None or array.dtype.kind != "f" or array.dtype == dtype, entry
    single = look(case.make(), case, seed=3)
    for y, expected in zip(parts(trace["y"].value), parts(single["y"].value), strict=True):
        np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-4)


@every_case
def test_takes_views_lists_and_integers_as_it_takes_arrays(case):
    layer, x = case.make(), case.x() if case.below else each(case.x(), lambda x: np.rint(3 * x))
    expected = parts(look(layer, case, x, seed=3)["y"].value)
    ways = [
        lambda x: np.stack([x, 0 * x], -1)[..., 0],
        np.asfortranarray,
        np.ndarray.tolist,
        lambda x: x.astype(int),
        lambda x: x.astype("float64"),
    ]
    for same in (each(x, way) for way in ways):
        for y, value in zip(parts(look(layer, case, same, seed=3)["y"].value), expected, strict=True):
            np.testing.assert_allclose(y, value, rtol=1e-5, atol=1e-6)


@every_case
def test_a_copy_shares_nothing(case):
    layer = case.make()
    twin = copy.deepcopy(layer)
    before = state(layer)
    training_step(twin, case, case.x(), [np.zeros_like(part) for part in call(twin, case)])
    now = state(layer)
    assert (now[:2], now[3]) == (before[:2], before[3])
