"""Models of one's own: a class with layers as attributes and a `call`, trained and looked at as every other."""

import copy

import numpy as np
import pytest
from formula import uniform

import nnlab
from nnlab import Input, Model, Sequential, layers
from nnlab.core.errors import ArgumentError, NnlabError, RecordingError, ShapeError

X, Y = uniform("own x", (24, 6)), (uniform("own x", (24, 6))[:, 0] > 0).astype(int)


@pytest.fixture(autouse=True)
def seed():
    nnlab.utils.set_random_seed(0)


class Residual(Model):
    """Blocks in a list of dicts, plain NumPy between them, and a layer that behaves otherwise in training."""

    def __init__(self, count=2, **kwargs):
        super().__init__(**kwargs)
        self.count = count
        self.start = layers.Dense(4, name="start")
        self.blocks = [
            {"wide": layers.Dense(8, activation="relu", name=f"wide{n}"), "narrow": layers.Dense(4, name=f"narrow{n}")}
            for n in range(count)
        ]
        self.drop, self.end = layers.Dropout(0.5, name="drop"), layers.Dense(2, activation="softmax", name="end")

    def call(self, x, training=False):
        x = self.start(x)
        for block in self.blocks:
            x = x + block["narrow"](block["wide"](x))
        return self.end(self.drop(x, training=training))


class Pair(Model):
    """Two inputs and two outputs."""

    def __init__(self):
        super().__init__(name="pair")
        self.left, self.right = layers.Dense(2, name="left"), layers.Dense(1, name="right")

    def call(self, inputs):
        one, other = inputs
        return self.left(one), self.right(np.concatenate([one, other], -1))


def test_layers_are_found_in_lists_and_dicts():
    assert [layer.name for layer in Residual().layers] == [
        "start", "wide0", "narrow0", "wide1", "narrow1", "drop", "end",
    ]  # fmt: skip
    assert Residual().get_layer("narrow1").units == 4


def test_equals_its_layers_called_by_hand():
    model = Residual(1)
    hidden = model.start(X)
    hidden = hidden + model.blocks[0]["narrow"](model.blocks[0]["wide"](hidden))
    np.testing.assert_allclose(model(X), model.end(hidden), rtol=1e-6)


def test_build_makes_the_weights_of_the_first_call():
    nnlab.utils.set_random_seed(1)
    built = Residual()
    built.build((None, 6))
    nnlab.utils.set_random_seed(1)
    called = Residual()
    called(X)
    assert built.count_params() == called.count_params() == 6 * 4 + 4 + 2 * (4 * 8 + 8 + 8 * 4 + 4) + 4 * 2 + 2
    for one, other in zip(built.get_weights(), called.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert (built.input_shape, built.output_shape) == ((None, 6), (None, 2))


def test_trains_and_judges_as_the_same_functional_model():
    def functional():
        x = Input((6,))
        hidden = layers.Dense(4)(x)
        hidden = layers.Add()([hidden, layers.Dense(4)(layers.Dense(8, activation="relu")(hidden))])
        return Model(x, layers.Dense(2, activation="softmax")(hidden))

    histories = []
    for model in (Residual(1), functional()):
        model.build((None, 6))
        model.set_weights([uniform(f"start {n}", w.shape) for n, w in enumerate(model.get_weights())])
        if isinstance(model, Residual):
            model.drop.rate = 0.0
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        histories.append(model.fit(X, Y, epochs=3, verbose=0, shuffle=False, validation_split=0.25).history)
    for name in histories[0]:
        np.testing.assert_allclose(histories[0][name], histories[1][name], rtol=1e-5)


def test_training_reaches_the_layers_inside():
    model = Residual()
    assert "drop/mask" in model.trace(X, training=True)
    assert "drop/mask" not in model.trace(X)


def test_paths_of_a_trace_are_the_names_of_the_layers_and_of_the_source():
    trace = Residual(1).trace(X, y=Y, loss="sparse_categorical_crossentropy")
    assert {"start/z", "wide0/activation/y", "narrow0/z", "x_2", "end/z", "loss/per_example"} <= set(trace.names)
    assert trace["start/kernel"].grad.any()
    nnlab.gradcheck(Residual(1), X[:3])


def test_several_inputs_and_outputs_train_with_numbered_names():
    model = Pair()
    model.compile("sgd", ["mse", "mae"], metrics=[["mae"], ["mse"]])
    history = model.fit([X, X[:, :2]], [X[:, :2], X[:, :1]], verbose=0).history
    assert list(history) == ["loss", "output_1_loss", "output_2_loss", "output_1_mae", "output_2_mse"]
    assert [part.shape for part in model.predict([X, X[:, :2]])] == [(24, 2), (24, 1)]
    assert model.trace([X, X[:, :2]], y=[X[:, :2], X[:, :1]])["loss/output_2/y"].value > 0
    model.compile("sgd", "mse")
    assert len(model.train_on_batch([X, X[:, :2]], [X[:, :2], X[:, :1]])) == 3


def test_an_iterator_alone_builds_and_trains_it():
    model = Pair()
    model.compile("sgd", ["mse", "mae"], metrics=[["mae"], ["mse"]])
    batches = [([X, X[:, :2]], [X[:, :2], X[:, :1]])] * 2
    history = model.fit(iter(batches), verbose=0).history
    assert list(history) == ["loss", "output_1_loss", "output_2_loss", "output_1_mae", "output_2_mse"]


def test_stands_inside_other_models():
    x = Input((6,))
    model = Model(x, layers.Dense(1, name="last")(Residual(name="inside")(x)))
    assert model(X).shape == (24, 1)
    assert "inside/wide0/z" in model.trace(X)
    assert Sequential([Residual(), layers.Dense(1)])(X).shape == (24, 1)
    one, other = Pair()([Input((6,)), Input((2,))])
    assert (one.shape, other.shape) == ((None, 2), (None, 1))


def test_a_class_around_a_graph_keeps_its_own_methods():
    class Named(Model):
        def __init__(self, units):
            x = Input((6,))
            super().__init__(x, layers.Dense(units, name="only")(x), name="named")
            self.units = units

        def told(self):
            return f"{self.units} of {self.count_params()}"

    model = Named(2)
    assert isinstance(model, Named)
    assert model.told() == "2 of 14"
    assert model(X).shape == (24, 2)
    assert model.trace(X).names[-1] == "y"


def test_a_copy_shares_no_weight():
    model = Residual()
    before = model(X)
    twin = copy.deepcopy(model)
    model.set_weights([np.zeros(w.shape) for w in model.get_weights()])
    np.testing.assert_array_equal(twin(X), before)


def test_summary_reads_through_numpy(capsys):
    model = Residual(1)
    model.summary()
    assert "start (Dense)    ?" in capsys.readouterr().out
    model(X)
    model.summary()
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["narrow0", "(Dense)", "(None,", "4)", "8*4", "+", "4", "=", "36", "wide0"] in lines
    assert ["drop", "(Dropout)", "(None,", "4)", "0", "start,", "narrow0"] in lines


# ---- mistakes


def with_call(call, **attributes):
    return type("Mine", (Model,), {"call": call, **attributes})(name="mine")


class Forgetful(Model):
    def __init__(self):
        self.count = 3

    def call(self, x):
        return x


class Writing(Model):
    write = False

    def call(self, x):
        if self.write:
            x[0] = 0
        return x


def writing(method):
    model = Writing()
    model.build((None, 6))
    model.write = True
    return getattr(model, method)(X)


MISTAKES = {
    "must return an array with the batch first, or a tuple of them, received list": (
        lambda: with_call(lambda self, x: [x])(X)
    ),
    "received NoneType": lambda: with_call(lambda self, x: None)(X),
    "write call(self, x), which calls the layers that the model holds.": lambda: type("Mine", (Model,), {})()(X),
    "call writes into": lambda: writing("predict"),
    "call writes into a recorded value": lambda: writing("trace"),
    "layers lists what the model holds; give your attribute another name.": (
        lambda: setattr(Residual(), "layers", [layers.Dense(2)])
    ),
    "expected an input of shape (batch, ..., 6), received (24, 3)": (
        lambda: [each := Residual(), each(X), each(X[:, :3])]
    ),
    "must be an array or a list of arrays, received a dict": lambda: Residual()({"x": X}),
    "y must hold an array for each of the 2 outputs (output_1, output_2)": (
        lambda: [model := Pair(), model.compile("sgd", "mse"), model.fit([X, X], X)]
    ),
    "the weights are not made yet; call build(input_shape) first.": lambda: Residual().count_params(),
    "its shapes are not known yet; begin with an Input, call the model on data": lambda: Residual().output_shape,
    "it is not built yet": (
        lambda: layers.Dense(2).kernel
    ),
    "Forgetful: there is no 'dtype' yet; let __init__ begin with super().__init__(**kwargs).": lambda: Forgetful()(X),
    "has a call of its own; leave inputs= and outputs= out": (
        lambda: type("Mine", (Model,), {"call": lambda self, x: x})(x := Input((3,)), layers.Dense(2)(x))
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", MISTAKES)
def test_a_mistake_is_told_in_one_sentence(sentence):
    with pytest.raises((ArgumentError, ShapeError, RecordingError, NnlabError, AttributeError)) as error:
        MISTAKES[sentence]()
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_a_first_call_that_fails_leaves_no_layer_built():
    class Wrong(Model):
        def __init__(self):
            super().__init__()
            self.first = layers.Dense(3)

        def call(self, x):
            return np.matmul(self.first(x), np.ones((4, 4)))

    model = Wrong()
    with pytest.raises(ValueError, match="matmul"):
        model(X)
    assert not model.built
    assert not model.first.built
