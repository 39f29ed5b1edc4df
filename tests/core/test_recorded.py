"""Custom layers in Keras's own style: `build` and a `call` in plain NumPy, without a backward pass."""

import gc
import math
import operator
import weakref

import numpy as np
import pytest

from nnlab import Input, Model, Sequential, activations, gradcheck, layers
from nnlab.core.errors import ArgumentError, NnlabError, RecordingError, UnknownArgumentError
from nnlab.core.record import Call, Record
from nnlab.core.recorded_array import Recorded
from nnlab.core.tape import Tape
from nnlab.core.trace import Trace
from nnlab.utils import set_random_seed


class MyCustomLayer(layers.Layer):
    def __init__(self, units=32):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True)
        self.b = self.add_weight(shape=(self.units,), initializer="random_normal", trainable=True)

    def call(self, inputs):
        return np.matmul(inputs, self.w) + self.b


class Gated(layers.Layer):
    """A gated unit: half of the values say how much of the other half passes."""

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], 6), name="kernel")
        self.scale = self.add_weight((), initializer="ones")

    def call(self, x):
        signal, gate = np.split(x @ self.kernel, 2, axis=-1)
        opened = 1 / (1 + np.exp(-gate * np.exp(self.scale)))
        passed = np.tanh(signal)
        return passed * opened


class Attention(layers.Layer):
    """One head: each place looks at all places."""

    def build(self, input_shape):
        size = input_shape[-1]
        self.query, self.key, self.value = (self.add_weight((size, size)) for _ in range(3))

    def call(self, x):
        values = x @ self.value
        scores = np.einsum("bid,bjd->bij", x @ self.query, x @ self.key) / x.shape[-1] ** 0.5
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights = weights / weights.sum(-1, keepdims=True)
        return x + weights @ values


class Block(layers.Layer):
    """Layers inside a layer: one called twice, one of the same kind, a dropout, and a weight shared with a layer."""

    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(4, activation="tanh", name="dense")
        self.norm = layers.BatchNormalization(name="norm")
        self.drop = layers.Dropout(0.4, name="drop")
        self.inner = MyCustomLayer(4)

    def call(self, x, training=False):
        hidden = self.dense(self.norm(self.dense(x)))
        return x + self.drop(self.inner(hidden)) @ np.transpose(self.dense.kernel) + (1.0 if training else 0.0)


class Calls(layers.Layer):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def call(self, x):
        return self.function(x)


def data(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


EXAMPLES = [(MyCustomLayer, (8, 4)), (Gated, (8, 4)), (Attention, (8, 3, 4)), (Block, (8, 4))]
examples = pytest.mark.parametrize(("make", "shape"), EXAMPLES, ids=lambda each: getattr(each, "__name__", None))


@examples
@pytest.mark.parametrize("training", [False, True])
def test_gradients_are_right(make, shape, training):
    layer = make()
    layer(data(*shape))
    gradcheck(layer, data(*shape), training, tolerance=1e-5)


@examples
def test_trains_in_a_sequential_beside_built_in_layers(make, shape):
    x = data(*shape)
    y = x.reshape(8, -1)[:, :1] * x.reshape(8, -1)[:, 1:2]
    set_random_seed(0)
    model = Sequential([Input(shape[1:]), layers.Dense(4), make(), layers.Flatten(), layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    losses = model.fit(x, y, epochs=100, verbose=0).history["loss"]
    assert np.mean(losses[-10:]) < 0.8 * np.mean(losses[:10])
    own = model.layers[1]
    assert own.trainable_weights
    assert set(own.trainable_weights) <= set(model.trainable_weights)


@examples
def test_trains_in_a_functional_model_beside_built_in_layers(make, shape):
    x = data(*shape)
    y = x.reshape(8, -1)[:, :1] * x.reshape(8, -1)[:, 1:2]
    set_random_seed(0)
    inputs = Input(shape[1:])
    own = make()
    joined = layers.Concatenate()([own(layers.Dense(4)(inputs)), inputs])
    model = Model(inputs, layers.Dense(1)(layers.Flatten()(joined)))
    gradcheck(model, x, tolerance=1e-5)
    model.compile(optimizer="adam", loss="mse")
    before = [weight.numpy() for weight in own.trainable_weights]
    losses = model.fit(x, y, epochs=100, verbose=0).history["loss"]
    assert np.mean(losses[-10:]) < 0.8 * np.mean(losses[:10])
    assert all((old != new.numpy()).any() for old, new in zip(before, own.trainable_weights, strict=True))
    assert any(name.startswith(f"{own.name}/") for name in model.trace(x, y=y).names)


@examples
def test_call_and_trace_give_the_same_bytes_and_shape(make, shape):
    layer, x = make(), data(*shape)
    y = layer(x)
    assert layer.trace(x)["y"].value.tobytes() == y.tobytes()
    assert layer.compute_output_shape((None, *shape[1:])) == (None, *y.shape[1:])


@examples
def test_nothing_is_kept(make, shape):
    layer, x = make(), data(*shape)
    layer(x)
    kinds = Record, Call, Trace, Recorded, Tape
    gc.collect()
    gc.disable()
    try:
        before = sum(issubclass(type(each), kinds) for each in gc.get_objects())
        gone = weakref.ref(x)
        trace = layer.trace(x, training=True)
        call = Call(True, np.random.default_rng(0), keep=True, live=True)
        s = Record(call, layer)
        layer.unapply(s, Record(call, layer), np.ones_like(layer.apply(s, x)))
        layer(x)
        del trace, call, s, x
        assert gone() is None
        assert sum(issubclass(type(each), kinds) for each in gc.get_objects()) == before
    finally:
        gc.enable()


def test_steps_have_the_names_of_the_source_and_weights_those_of_the_attributes():
    assert MyCustomLayer(3).trace(data(2, 4)).names == ["w", "b", "x", "matmul", "add", "y"]
    names = Attention().trace(data(2, 3, 4)).names
    assert names[:4] == ["query", "key", "value", "x"]
    assert {"values", "scores", "weights", "weights_2"} <= set(names)
    trace = Gated().trace(data(2, 4))
    assert {"opened", "passed"} <= set(trace.names)
    assert trace["opened"].source.startswith("opened = ")
    assert [trace[name].kind for name in ("opened", "scale", "x", "y")] == ["step", "weight", "input", "output"]


def test_layers_inside_have_traces_of_their_own():
    names = Block().trace(data(2, 4), training=True).names
    assert {"dense/z", "dense#2/z", "norm/x_hat", "drop/mask"} <= set(names)
    assert any(name.endswith("/matmul") for name in names)


def test_layers_inside_follow_training():
    block, x = Block(), data(64, 4)
    block(x)
    still = block.norm.moving_mean.numpy()
    block(x)
    np.testing.assert_array_equal(block.norm.moving_mean.numpy(), still)
    block.trace(x, training=True)
    np.testing.assert_array_equal(block.norm.moving_mean.numpy(), still)
    block(x, training=True)
    assert (block.norm.moving_mean.numpy() != still).any()


def test_a_patch_takes_the_place_of_a_recorded_step():
    trace = Gated().trace(data(2, 4), patch={"opened": lambda opened=None: np.zeros((2, 3))})
    np.testing.assert_array_equal(trace["y"].value, 0)
    assert trace.patched["opened"].own.shape == (2, 3)


def test_a_weight_that_is_not_used_gets_a_gradient_of_zero():
    class Idle(layers.Layer):
        def build(self, input_shape):
            self.w = self.add_weight((3,))

        def call(self, x):
            return x * 2

    np.testing.assert_array_equal(Idle().trace(data(2, 4))["w"].grad, np.zeros(3))


def write(x):
    x[0] = 0
    return x * 2


def write_into_plain(x):
    plain = np.zeros(x.shape)
    plain[0] = x[0]
    return plain


def grow(x):
    h = x * 1
    h += 1
    return h


REFUSED = {
    "in place": (write, "writes into"),
    "into a plain array": (write_into_plain, "np.asarray"),
    "+=": (grow, r"x = x \+ 1"),
    "out": (lambda x: np.exp(x, out=np.zeros(x.shape)), r"np\.exp with out="),
    "out of a sum": (lambda x: np.sum(x, out=np.zeros(())), r"np\.sum with out="),
    "add.at": (lambda x: np.add.at(x, 0, 1), "ufunc.at"),
    "reduce": (lambda x: np.add.reduce(x), r"np\.add\.reduce cannot be recorded"),
    "copyto": (lambda x: np.copyto(x, 0), r"np\.copyto cannot be recorded; it writes into an array"),
    "copyto a plain array": (lambda x: np.copyto(np.zeros(x.shape), x), "it writes into an array"),
    "put": (lambda x: np.put(x, 0, 0), "it writes into an array"),
    "fill": (lambda x: x.fill(0), "writes into a recorded value; use np.full_like"),
    "sort in place": (lambda x: x.sort(), "use np.sort"),
    "+= on a plain array": (lambda x: operator.iadd(np.zeros(x.shape), x), "np.add with out="),
    "percentile": (lambda x: np.percentile(x, 3), "cannot be recorded; use operations that nnlab knows, or give the"),
    "svd": (np.linalg.svd, r"np\.linalg\.svd cannot be recorded"),
    "append": (lambda x: np.append(x, x), "use np.concatenate"),
    "ufunc": (np.frexp, r"np\.frexp cannot be recorded"),
    "an unknown argument": (lambda x: np.sum(x, initial=3), r"np\.sum in this form"),
    "a value by keyword": (lambda x: np.clip(x, min=x * 2), "pass recorded values by position"),
    "complex numbers": (lambda x: x * 1j, "expected real numbers"),
    "fft": (np.fft.fft, r"np\.fft\.fft cannot be recorded"),
    "a mode of pad": (lambda x: np.pad(x, 1, mode="mean"), "mode='mean'"),
    "a norm": (lambda x: x * np.linalg.norm(x, "nuc"), "ord='nuc'"),
    "asarray": (lambda x: np.asarray(x) * 2, "would lose the gradient"),
    "array of several": (lambda x: np.array([x[0], x[1]]), r"np\.stack"),
    "float": (lambda x: x * float(x[0, 0]), "would lose the gradient"),
    "int": (lambda x: x * int(x[0, 0]), "would lose the gradient"),
    "math": (lambda x: x * math.exp(x[0, 0]), "np.exp, say, in the place of math.exp"),
    "if": (lambda x: x if x > 0 else -x, r"np\.where"),
    "max": (lambda x: max(x, -x), r"np\.where"),
    "positions that are floats": (lambda x: x[x[0]], "x.astype"),
    "places that are floats": (lambda x: np.take(x, x), "x.astype"),
    "a method": (lambda x: x.tobytes(), "has no 'tobytes'"),
    "a view": (lambda x: x.view(), "has no 'view'"),
    "a list": (lambda x: [x, x], "must return an array"),
    "nothing": (lambda x: None, "must return an array"),
    "a number": (lambda x: np.sum(x), "without axes"),
}


@pytest.mark.parametrize(("function", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_recorded_is_refused_by_name(function, said):
    x = data(2, 3)
    before = x.copy()
    with pytest.raises(RecordingError, match=said):
        Calls(function).trace(x)
    np.testing.assert_array_equal(x, before)


class Weighing(MyCustomLayer):
    """x @ w, where w is taken in the way under test."""

    def __init__(self, take):
        super().__init__(3)
        self.take = take

    def call(self, x):
        return x @ self.take(self.w)


LEAVING = {
    "asarray": np.asarray,
    "array": lambda w: np.array(w),
    "numpy": lambda w: w.numpy(),
    "float": lambda w: float(w[0, 0]) * w,
    "list": lambda w: np.stack([list(map(float, row)) for row in w]),
    "+=": lambda w: operator.iadd(w, 1),
    "item": lambda w: operator.setitem(w, 0, 1),
    "value": lambda w: operator.setitem(w.value, 0, 1),
    "assign": lambda w: w.assign(w * 2),
    "out": lambda w: np.exp(w, out=np.zeros(w.shape)),
    "add.at": lambda w: np.add.at(w, 0, 1),
    "copyto": lambda w: np.copyto(w, 1),
}


@pytest.mark.parametrize("take", LEAVING.values(), ids=LEAVING)
def test_a_weight_cannot_leave_the_tape(take):
    layer = Weighing(take)
    layer.build((None, 4))
    before = layer.w.numpy()
    with pytest.raises(NnlabError, match=r"would lose the gradient|writes into|written into|training moves"):
        layer.trace(data(2, 4))
    np.testing.assert_array_equal(layer.w.numpy(), before)


STAYING = {
    "value": lambda w: w.value,
    "methods": lambda w: w.reshape(-1).reshape(w.shape) * w.sum() * w.T.transpose() / w.mean(0),
    "copies": lambda w: w.copy() + np.copy(w) * w.flatten()[3],
    "rows": lambda w: np.stack([row * 2 for row in w]),
}


@pytest.mark.parametrize("take", STAYING.values(), ids=STAYING)
def test_ways_to_take_a_weight_keep_its_gradient(take):
    layer = Weighing(take)
    layer.build((None, 4))
    assert layer.trace(data(2, 4))["w"].grad.any()
    gradcheck(layer, data(2, 4), tolerance=1e-5)


def test_a_plain_array_that_call_writes_into_later_does_not_spoil_the_gradient():
    def function(x):
        mask = np.ones(x.shape)
        masked = x * mask
        mask[0] = 0
        return masked + x * mask

    layer = Calls(function)
    np.testing.assert_array_equal(layer.trace(data(2, 3))["x"].grad, [[1] * 3, [2] * 3])


BRANCHES = {
    "if": lambda x: x * 2 if x[0, 0] > 0 else -x,
    "if of a reduction": lambda x: x * 2 if np.mean(x) > 0 and (x > -100).all() else -x,
    "range of a count": lambda x: sum(x * t for t in range(int(np.sum(x > 0)))),
    "positions": lambda x: x * np.eye(3)[np.argmax(x, axis=1)] + x[:, np.asarray(np.argmax(x[0]))][:, None],
    "rows": lambda x: np.stack([row * row for row in x]),
    "unpacking": lambda x: (lambda a, b: np.stack([a * b, b]))(*x),
}


@pytest.mark.parametrize("function", BRANCHES.values(), ids=BRANCHES)
def test_what_asks_without_a_gradient_may_stay_plain_python(function):
    gradcheck(Calls(function), data(2, 3), tolerance=1e-5)


@pytest.mark.parametrize("write", [lambda w: operator.iadd(w, 1), lambda w: operator.setitem(w, 0, 1)])
def test_a_weight_is_set_by_assign_only(write):
    layer = MyCustomLayer(2)
    layer.build((None, 3))
    with pytest.raises(ArgumentError, match="assign"):
        write(layer.w)
    before = layer.w.numpy()
    layer.w.assign_add(np.ones((3, 2)))
    layer.w.assign_sub(np.full((3, 2), 2))
    np.testing.assert_allclose(layer.w.numpy(), before - 1, rtol=1e-5)


def test_at_inference_call_cannot_write_into_what_it_was_given():
    x = data(2, 3)
    before = x.copy()
    with pytest.raises(RecordingError, match="writes into an array that it was given"):
        Calls(write)(x)
    np.testing.assert_array_equal(x, before)


def test_output_belongs_to_the_caller():
    layer = MyCustomLayer(2)
    for each in (Calls(lambda x: x), Calls(lambda x: x.T), layer):
        x = data(3, 3)
        y = each(x)
        y += 1
        np.testing.assert_array_equal(x, data(3, 3))


def test_training_of_a_layer_inside_cannot_differ():
    drop = layers.Dropout(0.5)
    with pytest.raises(RecordingError, match="follow"):
        Calls(lambda x: drop(x, training=True))(data(2, 3))


def test_a_value_of_an_earlier_call_is_refused():
    kept = []
    Calls(lambda x: kept.append(x) or x * 1).trace(data(2, 3))
    with pytest.raises(RecordingError, match="another call"):
        kept[0] + 1


def test_a_value_of_the_layer_outside_is_refused():
    class Inner(layers.Layer):
        def call(self, x):
            return x * self.context

    class Outer(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = Inner()

        def call(self, x):
            self.inner.context = x * 2
            return self.inner(x)

    with pytest.raises(RecordingError, match="pass it to the layer as an input"):
        Outer().trace(data(2, 3))


def test_a_value_that_the_layer_keeps_does_not_stop_the_next_call():
    class Keeps(layers.Layer):
        def call(self, x):
            self.last = x * 2
            return self.last + 1

    layer = Keeps()
    gradcheck(layer, data(2, 3), tolerance=1e-5)
    layer.trace(data(2, 3))
    gradcheck(layer, data(2, 3), tolerance=1e-5)
    again = Calls(lambda x: layer.last)
    with pytest.raises(RecordingError, match="another call"):
        again.trace(data(2, 3))


def test_a_subclass_with_forward_and_backward_is_not_recorded():
    class Written(MyCustomLayer):
        def forward(self, s, x):
            return x * 2

        def backward(self, s, g):
            return g.y * 2

    assert not Written.is_recorded
    assert MyCustomLayer.is_recorded
    trace = Written(4).trace(data(2, 4))
    np.testing.assert_array_equal(trace["x"].grad, 2)


class Masked(layers.Layer):
    """The mean over the times that count; says of itself that it takes a mask."""

    def call(self, x, mask=None):
        if mask is None:
            return x.mean(axis=1)
        weight = mask[..., np.newaxis].astype("float32")
        return (x * weight).sum(axis=1) / weight.sum(axis=1)


class EverySecond(layers.Layer):
    """Half of the times, and of the mask."""

    def call(self, x):
        return x[:, ::2] * 2

    def compute_mask(self, x, mask=None):
        return None if mask is None else mask[:, ::2]


WORDS = np.array([[3, 1, 0, 2, 0, 4], [1, 0, 0, 0, 2, 2]])


def test_call_receives_the_mask_and_compute_mask_hands_it_on():
    set_random_seed(0)
    model = Sequential([layers.Embedding(5, 3, mask_zero=True), EverySecond(), Masked()])
    vectors = model.layers[0](WORDS)[:, ::2] * 2
    counts = WORDS[:, ::2] != 0
    expected = np.stack([row[counted].mean(0) for row, counted in zip(vectors, counts, strict=True)])
    np.testing.assert_allclose(model(WORDS), expected, rtol=1e-5)
    np.testing.assert_allclose(model.trace(WORDS)["y"].value, expected, rtol=1e-5)
    gradcheck(Masked(), data(2, 6, 3), mask=WORDS != 0, tolerance=1e-5)


def test_a_mask_ends_at_a_layer_that_does_not_know_of_masks():
    class Doubled(layers.Layer):
        def call(self, x):
            return x * 2

    with pytest.warns(UserWarning, match="does not support masks"):
        passed = Sequential([layers.Embedding(5, 3, mask_zero=True), Doubled(), Masked()])(WORDS)
    assert passed.shape == (2, 3)
    Doubled.supports_masking = True
    model = Sequential([layers.Embedding(5, 3, mask_zero=True), Doubled(), Masked()])
    expected = model.layers[2](model.layers[0](WORDS) * 2, mask=WORDS != 0)
    np.testing.assert_array_equal(model(WORDS), expected)
    assert (model(WORDS) != passed).any()


def test_layers_inside_hand_their_masks_on_as_outside():
    class Reader(layers.Layer):
        def __init__(self):
            super().__init__()
            self.embed, self.read = layers.Embedding(5, 3, mask_zero=True, name="embed"), layers.LSTM(2, name="read")

        def call(self, x):
            return self.read(self.embed(x))

    reader = Reader()
    y = reader(WORDS)
    np.testing.assert_array_equal(y, Sequential([reader.embed, reader.read])(WORDS))
    np.testing.assert_array_equal(y, reader.trace(WORDS)["y"].value)
    ended = WORDS.copy()
    ended[0, 4:] = 0
    np.testing.assert_array_equal(reader(ended)[0], reader(ended[:, :4])[0])


class Dot(layers.Layer):
    """Two inputs in a list, two outputs."""

    def build(self, input_shape):
        self.w = self.add_weight((input_shape[0][-1],))

    def call(self, inputs):
        a, b = inputs
        return a * b * self.w, (a - b).sum(axis=-1, keepdims=True)


class Query(layers.Layer):
    """Two inputs of their own, by place or by name."""

    def build(self, input_shape):
        self.w = self.add_weight((input_shape[-1], 3))

    def call(self, query, value, training=None):
        scores = np.einsum("bqd,bvd->bqv", query @ self.w, value @ self.w)
        weights = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
        return weights @ value * (2 if training else 1)


def test_several_inputs_in_a_list_and_several_outputs():
    layer, a, b = Dot(), data(2, 3), data(2, 3) + 1
    product, difference = layer([a, b])
    np.testing.assert_allclose(product, a * b * layer.w.numpy(), rtol=1e-6)
    np.testing.assert_allclose(difference, [[-3]] * 2, rtol=1e-5)
    gradcheck(layer, [a, b], tolerance=1e-5)
    one, other = Input((3,)), Input((3,))
    model = Model([one, other], Dot()([one, other])[0])
    assert model([a, b]).shape == (2, 3)


def test_further_inputs_by_place_and_by_name():
    layer, q, v = Query(), data(2, 4, 3), data(2, 5, 3) + 1
    np.testing.assert_array_equal(layer(q, v), layer(q, value=v))
    np.testing.assert_array_equal(layer(q, v, True), layer(q, v, training=True))
    np.testing.assert_allclose(layer(q, v, training=True), 2 * layer(q, v), rtol=1e-6)
    gradcheck(layer, q, value=v, tolerance=1e-5)
    with pytest.raises(NnlabError, match="It takes: x, value, training"):
        layer(q, v, True, 3)
    one, other = Input((4, 3)), Input((5, 3))
    model = Model([one, other], layer(one, other))
    assert model.output_shape == (None, 4, 3)
    np.testing.assert_array_equal(model([q, v]), layer(q, v))
    outside = Model([one, other], layer(one, value=other))
    np.testing.assert_array_equal(outside([q, v]), layer(q, v))


class Statistics(layers.Layer):
    """Batch normalization by hand, as Keras's guides write it, with a penalty and noise."""

    def build(self, input_shape):
        self.mean = self.add_weight((input_shape[-1],), initializer="zeros", trainable=False)
        self.gamma = self.add_weight((input_shape[-1],), initializer="ones")

    def call(self, x, training=False):
        self.add_loss(0.1 * np.sum(self.gamma**2) + 0.01 * np.mean(x**2))
        if training:
            self.mean.assign(0.9 * self.mean + 0.1 * x.mean(axis=0))
            x = x + self.rng.normal(size=x.shape).astype(x.dtype)
        return (x - self.mean) * self.gamma


def test_call_adds_losses_moves_statistics_and_draws():
    layer, x = Statistics(), data(4, 3)
    y = layer(x)
    assert layer.losses == [pytest.approx(0.3 + 0.01 * np.mean(x**2), rel=1e-5)]
    np.testing.assert_array_equal(y, x)
    gradcheck(layer, x, tolerance=1e-5)
    gradcheck(layer, x, training=True, tolerance=1e-5)
    layer.trace(x, training=True)
    np.testing.assert_array_equal(layer.mean.numpy(), 0)
    layer(x, training=True)
    np.testing.assert_allclose(layer.mean.numpy(), 0.1 * x.mean(0), rtol=1e-5)
    first, second = (layer.trace(x, training=True, seed=3)["y"].value for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_the_penalty_reaches_the_loss_and_the_gradients_of_a_model():
    model = Sequential([Input((3,)), Statistics(), layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    x, y = data(4, 3), data(4, 1)
    plain = np.mean((model.predict(x, verbose=0) - y) ** 2)
    assert model.evaluate(x, y, verbose=0) == pytest.approx(plain + 0.3 + 0.01 * np.mean(x**2), rel=1e-5)
    before = model.layers[0].gamma.numpy()
    model.fit(x, y, epochs=3, verbose=0)
    assert (model.layers[0].gamma.numpy() < before).all()
    assert (model.layers[0].mean.numpy() != 0).any()


@pytest.mark.parametrize("use", [lambda layer: layer.add_loss(1.0), lambda layer: layer.rng])
def test_what_belongs_into_call_is_refused_outside(use):
    with pytest.raises(RecordingError, match="inside call"):
        use(Statistics())


class Nested(layers.Layer):
    """Layers in a dict and in a list of lists."""

    def __init__(self):
        super().__init__()
        self.branches = {"one": layers.Dense(2), "other": [[layers.Dense(2)]]}

    def call(self, x):
        return self.branches["one"](x) + self.branches["other"][0][0](x)


def test_weights_of_layers_in_dicts_are_found():
    layer = Nested()
    layer(data(2, 3))
    assert len(layer.trainable_weights) == 4
    gradcheck(layer, data(2, 3), tolerance=1e-5)


def test_a_layer_that_training_would_not_find_is_refused():
    with pytest.raises(RecordingError, match="keep it as an attribute"):
        Calls(lambda x: layers.Dense(2)(x))(data(2, 3))
    np.testing.assert_array_equal(Calls(lambda x: layers.ReLU()(x))(data(2, 3)), np.maximum(data(2, 3), 0))


def test_a_weight_that_call_makes_is_refused():
    class Lazy(layers.Layer):
        def call(self, x):
            return x * self.add_weight((3,))

    with pytest.raises(ArgumentError, match="make it once, in build"):
        Lazy()(data(2, 3))


def test_the_output_has_the_dtype_of_the_layer():
    layer = Calls(lambda x: x / np.sqrt(3) * np.ones(3))
    assert layer(data(2, 3)).dtype == layer.trace(data(2, 3))["y"].value.dtype == np.float32
    gradcheck(layer, data(2, 3), tolerance=1e-5)


def test_positions_reach_call_as_integers_if_the_class_says_so():
    class Gather(layers.Layer):
        def build(self, input_shape):
            self.table = self.add_weight((9, 2))

        def call(self, x):
            return self.table[x]

    class Kept(Gather):
        keeps_integers = True

    class Converted(Gather):
        def call(self, x):
            return np.take(self.table, x.astype(int), axis=0)

    for run in (Gather(), Gather().trace):
        with pytest.raises(RecordingError, match=r"x\.astype\(int\), or keeps_integers = True"):
            run(WORDS)
    for layer in (Kept(), Converted()):
        np.testing.assert_array_equal(layer(WORDS), layer.table.numpy()[WORDS])
        gradient = layer.trace(WORDS)["table"].grad
        np.testing.assert_array_equal(gradient[:, 0], np.bincount(WORDS.ravel(), minlength=9))
    gradcheck(Kept(), WORDS, tolerance=1e-5)


class Activated(layers.Layer):
    """A Dense by hand, with an activation by name as in Keras's guides."""

    def __init__(self, activation):
        super().__init__()
        self.activation = activations.get(activation)

    def build(self, input_shape):
        self.w = self.add_weight((input_shape[-1], 3), initializer="random_normal", constraint=None)

    def call(self, x):
        z = x @ self.w
        return self.activation(z) + activations.relu(z, negative_slope=0.1)


@pytest.mark.parametrize("name", activations.NAMED)
def test_activations_are_operations_with_their_own_gradient(name):
    layer = Activated(name)
    gradcheck(layer, data(4, 3), tolerance=1e-5)
    np.testing.assert_array_equal(layer.trace(data(4, 3))["y"].value, layer(data(4, 3)))
    assert {"z", activations.get(name).__name__} <= set(layer.trace(data(4, 3)).names)


def test_a_function_with_a_gradient_of_its_own_is_an_operation():
    @activations.differentiable(lambda x, y, dy, scale=1.0: dy * 2 * scale * x, "a x^2")
    def squared(x, scale=1.0):
        return scale * np.asarray(x) ** 2

    gradcheck(Calls(lambda x: squared(x, scale=3.0) + squared(np.tanh(x))), data(2, 3), tolerance=1e-5)


def test_an_argument_without_a_gradient_cannot_be_a_weight():
    class Learnt(layers.Layer):
        def build(self, input_shape):
            self.slope = self.add_weight((), initializer="ones")

        def call(self, x):
            return activations.leaky_relu(x, self.slope)

    with pytest.raises(RecordingError, match="the step 'leaky_relu' has no gradient along an argument"):
        Learnt().trace(data(2, 3))


def test_a_mask_is_refused_by_a_layer_inside_that_takes_none():
    class Outer(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner, self.reader = layers.Dense(2), layers.LSTM(2)

        def call(self, x, wrong=None):
            counted = np.ones(x.shape[:2]) > 0
            return self.reader(x, mask=counted) if wrong is None else self.inner(x, mask=counted)

    layer = Outer()
    np.testing.assert_array_equal(layer(data(2, 3, 4)), layer.reader(data(2, 3, 4)))
    gradcheck(layer, data(2, 3, 4), tolerance=1e-5)
    with pytest.raises(NnlabError, match="unknown argument 'mask'"):
        layer(data(2, 3, 4), data(2, 3))


def test_inputs_that_are_positions_need_no_gradient():
    class Gather(layers.Layer):
        def build(self, input_shape):
            self.table = self.add_weight((9, 2))

        def call(self, x):
            return self.table[x.astype("int32")]

    assert [row.name for row in gradcheck(Gather(), WORDS)] == ["table", "index", "y"]


def test_positions_have_a_shape_in_a_model():
    class OneHot(layers.Layer):
        keeps_integers = True

        def call(self, x):
            return np.eye(5)[x]

    model = Sequential([Input((6,), dtype="int32"), OneHot(), layers.Flatten(), layers.Dense(1)])
    assert model(WORDS).shape == (2, 1)


class Forgets(layers.Layer):
    def __init__(self):
        self.units = 3

    def call(self, x):
        return x


class Parent(layers.Dense):
    def call(self, x):
        return super().call(x) * 2


class Misnamed(layers.Layer):
    def build(self, input_shape):
        self.w = self.add_weight((3,), constraint="non_neg")

    def call(self, x):
        return x * self.w


class Misfit(layers.Layer):
    def build(self, input_shape):
        self.w = self.add_weight((7, 7))

    def call(self, x):
        return x @ self.w


def test_mistakes_of_a_stranger_are_answered_in_words():
    with pytest.raises(AttributeError, match=r"begin with super\(\).__init__"):
        Forgets()(data(2, 3))
    with pytest.raises(RecordingError, match=r"self\.inner = "):
        Parent(3)(data(2, 3))
    with pytest.raises(UnknownArgumentError, match="add_weight: constraint='non_neg' is not supported"):
        Misnamed()(data(2, 3))
    with pytest.raises(ValueError, match="matmul") as caught:
        Misfit()(data(2, 3))
    assert "Misfit 'misfit" in caught.value.__notes__[0]
    with pytest.raises(RecordingError, match="add_loss takes a number, received function"):
        AddsFunction()(data(2, 3))
    for name, said in (("strides", "sliding_window_view"), ("item", "would lose the gradient")):
        with pytest.raises(RecordingError, match=said):
            Calls(lambda x, name=name: getattr(x, name)).trace(data(2, 3))


class AddsFunction(layers.Layer):
    def call(self, x):
        self.add_loss(lambda: 1.0)
        return x


def test_a_recorded_value_can_be_looked_at():
    seen = []
    Calls(lambda x: seen.append(f"{x[0, 0]:.1f} {x.sum(0).shape} {x[0]}") or x * 2).trace(np.array([[1.25, 2.0]]))
    assert seen == ["1.2 (2,) [1.25 2.  ]"]
