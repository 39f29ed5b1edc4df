"""Model: the numbers of its layers by hand and of Keras, gradients of what is used twice, paths, mistakes in words."""

import copy
import os
import re
import subprocess

import graph_cases
import numpy as np
import pytest
from formula import uniform
from library import LIBRARY
from test_golden import GOLDEN, assert_equal_to_keras, load_part

import nnlab
from nnlab import Input, Model, Sequential, layers
from nnlab.core.errors import ArgumentError, NnlabError, ShapeError, UnknownArgumentError
from nnlab.core.gradcheck import gradcheck
from nnlab.core.layer import Layer
from nnlab.core.record import parts
from nnlab.layers import LSTM, Conv2D, Dense, Dropout, Embedding, Flatten, MaxPooling2D
from nnlab.models.zoo.lenet import digits


@pytest.fixture(autouse=True)
def seed():
    nnlab.utils.set_random_seed(0)


class Plus(Layer):
    """The sum of several inputs of one shape: a merge as a stranger would write it."""

    takes_several = True
    supports_masking = True

    def as_input(self, x, argument="x"):
        return tuple(Layer.as_input(self, part, argument) for part in x)

    def check_input(self, shape):
        if len(set(shape)) > 1:
            raise ShapeError(f"{self._label}: expected inputs of one shape, received {shape}.")

    def mask_after(self, s, mask):
        return None if mask is None else next(part for part in mask if part is not None)

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def forward(self, s, x):
        return sum(x[1:], x[0])

    def backward(self, s, g):
        return (g.y,) * len(s.x)


A, B = uniform("a", (6, 4)), uniform("b", (6, 4))


def siamese():
    one, other, shared = Input((4,), name="one"), Input((4,), name="other"), Dense(3, activation="tanh", name="shared")
    return Model([one, other], Dense(1, name="end")(Plus(name="sum")([shared(one), shared(other)])))


# ---- numbers


def test_the_logistic_regression_of_the_document():
    x = Input(shape=(32,))
    y = Dense(16, activation="softmax")(x)
    model = Model(x, y)
    np.testing.assert_allclose(model(np.ones((5, 32))).sum(-1), 1, rtol=1e-6)
    assert (model.input_shape, model.output_shape, model.count_params()) == ((None, 32), (None, 16), 528)


def test_equals_its_layers_called_by_hand_forward_and_backward():
    x = Input((4,))
    first, second = Dense(5, activation="relu", name="first"), Dense(3, name="second")
    model = Model(x, second(first(x)))
    trace = model.trace(A)
    assert (model(A) == second(first(A))).all()
    top = second.trace(first(A))
    bottom = first.trace(A, grad=top["x"].grad)
    assert (trace["second/kernel"].grad == top["kernel"].grad).all()
    assert (trace["first/kernel"].grad == bottom["kernel"].grad).all()
    assert (trace["x"].grad == bottom["x"].grad).all()


def test_equals_sequential_in_training():
    def trained(kind):
        nnlab.utils.set_random_seed(1)
        stack = [Dense(5, activation="relu"), Dropout(0.3), Dense(1)]
        x = Input((4,))
        model = Sequential([x, *stack]) if kind is Sequential else Model(x, stack[2](stack[1](stack[0](x))))
        model.compile("adam", "mse", metrics=["mse"])
        history = model.fit(A, A.sum(1, keepdims=True), epochs=3, batch_size=4, verbose=0, validation_split=0.3)
        return history.history, model.evaluate(A, A[:, :1]), model.predict(A).tobytes()

    assert trained(Sequential) == trained(Model)


@pytest.mark.parametrize("name", graph_cases.ALL)
def test_outputs_all_gradients_and_the_order_of_layers_and_weights_are_those_of_keras(name):
    golden = load_part("graphs", name)
    model = graph_cases.ALL[name](LIBRARY)
    weights = graph_cases.weights_by_name(model)
    for key, weight in weights.items():
        weight.assign(uniform(f"{name}/{key}", weight.shape))
    x = graph_cases.inputs(name)
    y = parts(model(x if len(x) > 1 else x[0]))
    upstream = tuple(uniform(f"{name}/grad y{index}", part.shape) for index, part in enumerate(y))
    trace = model.trace(x if len(x) > 1 else x[0], grad=upstream if len(y) > 1 else upstream[0])
    for index, part in enumerate(y):
        assert_equal_to_keras(part, golden.pop(f"y{index}"))
    for index, gradient in enumerate(parts(trace["x"].grad)):
        assert_equal_to_keras(gradient, golden.pop(f"grad x{index}"))
    for key, weight in weights.items():
        assert_equal_to_keras(trace.weight_gradients[weight.path], golden.pop(f"grad {key}"))
    assert [layer.name for layer in model.layers] == golden.pop("layers").tolist()
    listed = [path.rsplit("/", 1)[1] for path in golden.pop("weights")]
    assert [weight.name for weight in model.weights] == listed
    assert not golden


@pytest.mark.keras
def test_the_files_are_what_keras_says_today(tmp_path):
    environment = os.environ | {"KERAS_BACKEND": "jax", "PYTHONPATH": str(GOLDEN.parent)}
    subprocess.run([os.environ["NNLAB_KERAS"], GOLDEN / "make_graphs.py", tmp_path], env=environment, check=True)
    for name in ("graphs.npz", "branches.npz"):
        with np.load(GOLDEN / name) as stored, np.load(tmp_path / name) as made:
            assert set(stored) == set(made)
            for key in stored:
                if made[key].dtype.kind == "U":
                    assert made[key].tolist() == stored[key].tolist()
                else:
                    np.testing.assert_allclose(made[key], stored[key], rtol=1e-5, atol=1e-6, err_msg=key)


CHECKED = {
    "two_branches": {"shared#2/z", "x[1]", "y[1]"},
    "nested": {"block#2/gate/z", "stem/start/z", "x"},
    "residual": {"same_sum/x[1]", "half_around/z", "half_norm/x_hat", "x"},
    "several": {"pair#2/left/z", "pair/right/kernel", "pair#2/x[1]", "y[2]"},
    "uneven": {"far/z", "near/kernel", "y[1]"},
    "own": {"in0/kernel", "join#2/y", "last#2/z", "y[1]"},
    "own_masked": {"read/t0/i", "again/t4/cand", "end/kernel"},
}


@pytest.mark.parametrize("name", graph_cases.ALL)
def test_every_gradient_is_that_of_finite_differences(name):
    model, x = graph_cases.ALL[name](LIBRARY), graph_cases.inputs(name)
    held = {"mask/mask": model.trace(x[0])["mask/mask"].value} if name == "own_masked" else None
    names = {row.name for row in gradcheck(model, x if len(x) > 1 else x[0], patch=held)}
    assert CHECKED[name] <= names


def test_a_value_used_twice_sums_its_gradients_and_changes_none_of_them():
    x = Input((4,))
    doubled = Plus(name="doubled")([x, x])
    model = Model(x, Plus(name="more")([doubled, doubled, x]))
    upstream = np.full((6, 4), 2.0, "float32")
    trace = model.trace(A, grad=upstream)
    assert (trace["x"].grad == 10).all()
    assert (trace["more/y"].grad == 2).all()
    assert (upstream == 2).all()


# ---- paths and parts


def test_paths_are_unique_stable_and_numbered_where_a_layer_is_shared():
    model = graph_cases.two_branches(LIBRARY)
    x = graph_cases.inputs("two_branches")
    paths = [piece.path for piece in model.trace(x).pieces()]
    assert len(set(paths)) == len(paths)
    assert [piece.path for piece in model.trace(x, training=True).pieces()] == paths
    assert {"shared/z", "shared#2/z", "encoder/t0/i", "decoder/initial_state[1]", "x[0]", "y[1]"} <= set(paths)
    model = graph_cases.nested(LIBRARY)
    assert {"stem/start/z", "block/gate/z", "block#2/gate/z", "block#2/skip/x[1]"} <= {
        piece.path for piece in model.trace(graph_cases.inputs("nested")[0]).pieces()
    }


@pytest.mark.parametrize("name", graph_cases.ALL)
def test_paths_are_the_same_in_every_trace_and_in_a_model_made_anew(name):
    x, told = graph_cases.inputs(name), []
    for training in (False, False, True):
        nnlab.utils.set_random_seed(0)
        model = graph_cases.ALL[name](LIBRARY)
        truth = tuple(np.zeros_like(part) for part in parts(model(x if len(x) > 1 else x[0])))
        trace = model.trace(x if len(x) > 1 else x[0], training, y=truth if len(truth) > 1 else truth[0], loss="mse")
        paths = [piece.path for piece in trace.pieces()]
        assert len(set(paths)) == len(paths)
        told.append([path for path in paths if training is False or "moving" not in path])
        floats = [piece for piece in trace.pieces() if piece.value.dtype.kind == "f"]
        without = {piece.path for piece in floats if piece.grad is None}
        assert all(path.endswith(("y_true", "moving_mean", "moving_variance")) for path in without), without
    assert told[0] == told[1]
    assert set(told[0]) - set(told[2]) <= {path for path in told[0] if "moving" in path}


def test_inputs_may_be_a_dict_by_their_names():
    one, other = Input((4,), name="one"), Input((4,), name="other")
    model = Model({"one": one, "other": other}, layers.Subtract()([one, other]))
    np.testing.assert_array_equal(model({"other": B, "one": A}), A - B)


def test_a_patch_reaches_one_call_of_a_shared_layer():
    model = siamese()
    own, patched = model.trace([A, B]), model.trace([A, B], patch={"shared#2/z": lambda x, kernel: x @ kernel + 1})
    assert (patched["shared/y"].value == own["shared/y"].value).all()
    assert not np.allclose(patched["shared#2/y"].value, own["shared#2/y"].value)


def test_trace_with_the_truth_goes_from_the_loss_down():
    trace = siamese().trace([A, B], y=np.ones((6, 1)), loss="mse")
    np.testing.assert_allclose(trace["loss/y"].value, ((trace["y"].value - 1) ** 2).mean(), rtol=1e-6)
    np.testing.assert_allclose(trace["y"].grad, 2 * (trace["y"].value - 1) / 6, rtol=1e-6)
    assert trace["shared#2/kernel"].grad is not None


def test_layers_and_weights_are_there_once():
    model = siamese()
    assert [layer.name for layer in model.layers] == ["shared", "sum", "end"]
    assert [weight.path for weight in model.weights] == ["shared/kernel", "shared/bias", "end/kernel", "end/bias"]
    assert model.get_layer("shared") is model.layers[0]
    assert model.get_layer(index=-1).name == "end"
    with pytest.raises(ArgumentError, match="no layer with the name 'nix'; it has: shared, sum, end"):
        model.get_layer("nix")


def test_summary_tells_connections_and_shares(capsys):
    siamese().summary()
    lines = [re.split(r"  +", line) for line in capsys.readouterr().out.splitlines()]
    assert ["shared (Dense)", "(None, 3)", "4*3 + 3 =", "15", "one"] in lines
    assert ["shared#2 (Dense)", "(None, 3)", "shared with shared", "other"] in lines
    assert ["sum (Plus)", "(None, 3)", "0", "shared, shared#2"] in lines
    assert ["Parameters in all: 19"] in lines


def test_masks_reach_a_loop_through_layers_that_pass_them():
    words = Input((5,), dtype="int32")
    vectors = Embedding(7, 4, mask_zero=True, name="words")(words)
    model = Model(words, LSTM(3, name="read")(Plus(name="sum")([vectors, Dense(4, name="dense")(vectors)])))
    row = Sequential([model.get_layer("words"), Dense(4)])
    x = np.array([[1, 2, 3, 0, 0], [4, 5, 0, 0, 0]])
    assert (model.trace(x)["read/mask"].value == (x != 0)).all()
    assert (row.trace(x)["output_mask"].value == (x != 0)).all()
    longer = np.concatenate([x[:, :3], x[:, :2] * 0], 1)
    assert (model(x) == model(longer)).all()


def test_masks_enter_a_model_of_several_inputs():
    vectors, others = Input((5, 4)), Input((5, 4))
    block = Model([vectors, others], [Plus(name="sum")([vectors, others]), Dense(2, name="side")(others)], name="block")
    words, extra = Input((5,)), Input((5, 4))
    together, _ = block([Embedding(7, 4, mask_zero=True, name="words")(words), extra])
    model = Model([words, extra], LSTM(3, name="read")(together))
    x = np.array([[1, 2, 3, 0, 0]])
    trace = model.trace([x, np.ones((1, 5, 4))])
    assert (trace["read/mask"].value == (x != 0)).all()
    assert "block/mask" in str(trace)
    assert trace.first_nonfinite is None


def test_a_trace_of_inputs_of_unlike_shapes_can_be_read():
    image, row = Input((3, 3, 1), name="image"), Input((4,), name="row")
    model = Model([image, row], [Dense(2, name="left")(Flatten()(image)), Dense(3, name="right")(row)])
    trace = model.trace([np.ones((1, 3, 3, 1)), np.ones((1, 4))])
    assert "b=1 h=3 w=3 c=1; b=1 d=4" in str(trace)
    assert "<table" in trace._repr_mimebundle_()["text/html"]
    assert trace["x[1]"].shape == (1, 4)


def test_the_values_of_a_layer_inside_are_a_model_of_the_same_tensors():
    x = Input((4,))
    hidden = Dense(3, name="hidden")(x)
    whole, upper = Model(x, Dense(2, name="end")(hidden)), None
    upper = Model(hidden, whole.outputs[0])
    assert [layer.name for layer in upper.layers] == ["end"]
    np.testing.assert_array_equal(upper(Model(x, hidden)(A)), whole(A))


def test_a_copy_shares_no_weight_even_where_the_graph_is_deep():
    x = y = Input((2,))
    for _ in range(400):
        y = layers.Activation("tanh")(y)
    model = Model(x, Dense(1, name="end")(y))
    twin = copy.deepcopy(model)
    twin.set_weights([np.zeros((2, 1)), np.ones(1)])
    assert (twin(A[:, :2]) == 1).all()
    assert not (model(A[:, :2]) == 1).all()


def test_stands_inside_sequential():
    model = Sequential([graph_cases.nested(LIBRARY), Dense(1, name="last")])
    assert model(np.ones((2, 3))).shape == (2, 1)


# ---- training


def test_a_siamese_model_learns_whether_two_inputs_agree_with_shared_weights():
    model = siamese()
    truth = (A * B).sum(1, keepdims=True)
    model.compile("adam", "mse")
    first = model.train_on_batch([A, B], truth)
    history = model.fit([A, B], truth, epochs=30, batch_size=4, verbose=0)
    assert history.history["loss"][-1] < first
    assert model.evaluate([A, B], truth, batch_size=4) < first
    np.testing.assert_allclose(model.predict([A, B], batch_size=4), model([A, B]), rtol=1e-5, atol=1e-6)


def test_a_small_residual_network_learns_the_digits():
    (x, y), _ = digits()
    x, y = x[:200], y[:200]
    image = Input((28, 28, 1))
    z = MaxPooling2D(4)(Conv2D(4, 3, padding="same", activation="relu")(image))
    branch = Conv2D(4, 3, padding="same", activation="relu")(z)
    model = Model(image, Dense(10, activation="softmax")(Flatten()(Plus()([z, branch]))))
    model.compile(nnlab.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    losses = model.fit(x, y, epochs=6, verbose=0).history["loss"]
    assert losses[-1] < 0.8 * losses[0]


def test_several_outputs_come_as_a_tuple_from_predict_too():
    x = Input((4,))
    model = Model(x, [Dense(2, name="two")(x), Dense(3, name="three")(x)])
    for whole, part in zip(model(A), model.predict(A, batch_size=4), strict=True):
        np.testing.assert_allclose(whole, part, rtol=1e-5, atol=1e-6)


def named():
    """Two outputs in a dict whose keys are neither the names of the layers nor in the order of the alphabet."""
    x = Input((4,), name="x")
    hidden = Dense(3, name="hidden")(x)
    size, kind = Dense(1, name="first")(hidden), Dense(3, activation="softmax", name="second")(hidden)
    return Model(x, {"size": size, "kind": kind})


def test_outputs_in_a_dict_come_in_a_dict_from_every_method():
    model = named()
    hidden = model.get_layer("hidden")(A)
    expected = {"kind": model.get_layer("second")(hidden), "size": model.get_layer("first")(hidden)}
    for found in (model(A), model.predict(A), model.predict(iter([A])), model(A[:0]), model.predict(A[:0])):
        assert list(found) == ["kind", "size"]
        for key, value in found.items():
            np.testing.assert_allclose(value, expected[key][: len(value)], rtol=1e-6)
    assert [part.shape for part in model.trace(A)["y"].value] == [(6, 3), (6, 1)]
    only = Model(x := Input((4,)), {"only": Dense(2)(x)})
    assert {key: value.shape for key, value in only(A).items()} == {"only": (6, 2)}


def test_losses_truths_and_logs_go_by_the_keys_of_the_outputs():
    model, truth = named(), {"size": B[:, :1], "kind": np.arange(6) % 3}
    model.compile("sgd", {"kind": "sparse_categorical_crossentropy", "size": "mse"}, metrics={"kind": ["accuracy"]})
    expected = float(((model(A)["size"] - truth["size"]) ** 2).mean())
    assert model.trace(A, y=truth)["loss/size/y"].value == pytest.approx(expected)
    logs = model.train_on_batch(A, truth, return_dict=True)
    assert list(logs) == ["loss", "kind_loss", "size_loss", "kind_accuracy"]
    assert logs["size_loss"] == pytest.approx(expected)


def test_a_model_with_outputs_in_a_dict_stands_inside_other_models():
    inside, x = named(), Input((4,))
    tensors = inside(x)
    outer = Model(x, layers.Add()([tensors["size"], tensors["kind"]]))
    own = type("Own", (Model,), {"call": lambda self, x: self.inside(x)["size"] + self.inside(x)["kind"]})()
    own.inside = inside
    expected = inside(A)["size"] + inside(A)["kind"]
    np.testing.assert_allclose(outer(A), expected, rtol=1e-6)
    np.testing.assert_allclose(own(A), expected, rtol=1e-6)


# ---- mistakes


def cycle():
    x = Input((3,))
    y = Dense(3, name="first")(x)
    z = Dense(3, name="again")(y)
    y.node.x = z
    return Model(x, z)


def disconnected():
    one, other = Input((3,), name="one"), Input((3,), name="other")
    return Model([one, other], Dense(2)(one))


def forgotten():
    one, other = Input((3,), name="one"), Input((3,), name="other")
    return Model(one, Plus()([one, other]))


def two_of_a_name():
    x = Input((3,))
    return Model(x, Dense(2, name="same")(Dense(3, name="same")(x)))


def classifier(loss):
    x = Input((4,))
    model = Model(x, Dense(3, activation="softmax")(x), name="m")
    model.compile("sgd", loss)
    return model


MISTAKES = {
    "the graph has a cycle": cycle,
    "no output depends on the input 'other' of shape (None, 3)": disconnected,
    "the outputs depend on the input 'other' of shape (None, 3), which is not among inputs=.": forgotten,
    "2 layers have the name 'same'": two_of_a_name,
    "expected inputs of one shape": lambda: Plus()([Input((3,)), Input((4,))]),
    "x must hold symbolic tensors only, from Input or from layers called on them; received ndarray": (
        lambda: Plus()([Input((3,)), np.ones((2, 3))])
    ),
    "expected one symbolic tensor, received 2; merge them first.": lambda: Dense(2)([Input((3,)), Input((3,))]),
    "inputs= must be a symbolic tensor": lambda: Model(np.ones(3), Dense(2)(Input((3,)))),
    "outputs= must be a symbolic tensor, from Input or from layers called on one, or a list or dict of them; received "
    "Dense": lambda: Model(Input((3,)), Dense(2)),
    "received NoneType": lambda: Model(),
    "inputs= calls 'a' what is named 'one'; make it as Input(..., name='a').": (
        lambda: Model({"a": (x := Input((3,), name="one"))}, Dense(2)(x))
    ),
    "of them; received ndarray": lambda: Model(Input((3,)), {"end": np.ones(3)}),
    "the keys of outputs= must be texts, the outputs' names, received 1.": (
        lambda: Model(x := Input((3,)), {1: Dense(2)(x)})
    ),
    "outputs= is empty": lambda: Model(Input((3,)), {}),
    "inputs= is empty": lambda: Model([], Dense(2)(Input((3,)))),
    "the same symbolic tensor twice": lambda: Model([x := Input((3,)), x], Dense(2)(x)),
    "expected an array of shape (None, 4), received (6, 3).": lambda: classifier("mse")(A[:, :3]),
    "x must be a list of 2 arrays (one, other), or a dict of them by name, received ndarray.": lambda: siamese()(A),
    "as many examples as each other, received 6, 5.": lambda: siamese()([A, B[:5]]),
    "(6, 2)": lambda: classifier("mse").fit(A, A[:, :2], verbose=0),
    "unknown argument 'nix'": lambda: Dense(2)(Input((3,)), nix=1),
    "leave out training= on symbolic tensors": lambda: Dropout(0.5)(Input((3,)), training=True),
}


@pytest.mark.parametrize("sentence", MISTAKES)
def test_a_mistake_is_told_in_one_sentence(sentence):
    with pytest.raises((ArgumentError, ShapeError, UnknownArgumentError, NnlabError)) as error:
        MISTAKES[sentence]()
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)
