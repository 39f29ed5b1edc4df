"""Sequential: the same numbers as its layers by hand, shapes and weights as Keras has them, mistakes in words."""

import numpy as np
import pytest

import nnlab
from nnlab import Input, Sequential, layers
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.gradcheck import gradcheck
from nnlab.layers import Conv2D, Dense, Flatten, MaxPooling2D


@pytest.fixture(autouse=True)
def seed():
    nnlab.utils.set_random_seed(0)


def small():
    return Sequential([Dense(5, activation="relu", name="first"), Dense(3, activation="softmax", name="second")])


X = np.linspace(-1, 1, 28, dtype="float32").reshape(7, 4)


def test_equals_its_layers_called_by_hand():
    model = small()
    y = model(X)
    first, second = model.layers
    assert (y == second(first(X))).all()


def test_gradients_equal_those_of_its_layers_by_hand():
    model = small()
    trace = model.trace(X)
    first, second = model.layers
    top = second.trace(first(X))
    bottom = first.trace(X, grad=top["x"].grad)
    assert (trace["second/kernel"].grad == top["kernel"].grad).all()
    assert (trace["first/kernel"].grad == bottom["kernel"].grad).all()
    assert (trace["x"].grad == bottom["x"].grad).all()


def test_every_gradient_is_that_of_finite_differences():
    block = Sequential([Dense(4, activation="tanh", name="inside")], name="block")
    model = Sequential([Conv2D(2, 2, activation="sigmoid", name="conv"), Flatten(name="flat"), block, Dense(2)])
    names = {row.name for row in gradcheck(model, np.random.default_rng(0).normal(size=(3, 4, 3, 2)))}
    assert {"conv/windows", "conv/kernel", "block/inside/z", "x"} <= names


def test_trace_is_a_tree_of_paths():
    model = Sequential([Sequential([Conv2D(2, 3, name="conv")], name="block"), Flatten(name="flat")])
    assert model.trace(np.ones((1, 4, 4, 1))).names == [
        "x",
        "block/x",
        "block/conv/kernel",
        "block/conv/bias",
        "block/conv/x",
        "block/conv/padded",
        "block/conv/windows",
        "block/conv/z",
        "block/conv/y",
        "block/y",
        "flat/x",
        "flat/y",
        "y",
    ]


def test_a_patch_reaches_a_step_inside():
    model = small()
    model(X)
    trace = model.trace(X, patch={"first/z": lambda x, kernel, bias: x @ kernel + bias + 1})
    assert (trace["second/x"].value == np.maximum(trace["first/z"].value, 0)).all()
    np.testing.assert_allclose(trace.patched["first/z"].value, trace.patched["first/z"].own + 1, rtol=1e-6)


def test_trace_with_the_truth_goes_from_the_loss_down():
    model = Sequential([Dense(1, name="dense")])
    y = np.ones((7, 1))
    trace = model.trace(X, y=y, loss="mse")
    assert trace.names[-5:] == ["loss/y_true", "loss/y_pred", "loss/difference", "loss/per_example", "loss/y"]
    error = model(X) - 1
    assert trace["loss/y"].value == pytest.approx((error**2).mean())
    np.testing.assert_allclose(trace["dense/kernel"].grad, X.T @ (2 / 7 * error), rtol=1e-5)


def test_trace_with_the_truth_takes_the_compiled_loss_and_patches_of_it():
    model = small()
    model.compile("sgd", "sparse_categorical_crossentropy")
    labels = [0, 1, 2, 0, 1, 2, 0]
    plain = model.trace(X, y=labels)
    patched = model.trace(X, y=labels, patch={"loss/log_probability": lambda clipped: np.log2(clipped)})
    assert patched["loss/y"].value == pytest.approx(plain["loss/y"].value / np.log(2), rel=1e-5)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"y": [0]}, "trace(y=...) needs a loss; pass loss= or compile the model first."),
        ({"loss": "mse"}, "trace(loss=...) needs the truth too, y=..."),
        ({"y": [0], "loss": "mse", "grad": 1}, "not both."),
    ],
)
def test_trace_says_what_is_missing(arguments, sentence):
    with pytest.raises(ArgumentError) as caught:
        small().trace(X, **arguments)
    assert str(caught.value).endswith(sentence)


def test_shape_from_input():
    model = Sequential()
    model.add(Input(shape=(16,)))
    model.add(Dense(32, activation="relu"))
    model.add(Dense(32))
    assert (model.input_shape, model.output_shape) == ((None, 16), (None, 32))
    assert model.count_params() == 16 * 32 + 32 + 32 * 32 + 32


def test_shape_from_the_first_layer():
    model = Sequential([Conv2D(64, (3, 3), activation="relu", input_shape=(28, 28, 1)), MaxPooling2D(2, 2)])
    assert (model.input_shape, model.output_shape) == ((None, 28, 28, 1), (None, 13, 13, 64))
    assert model.built


def test_shape_from_a_model_that_stands_first():
    inner = Sequential([Dense(3, input_shape=(4,))])
    assert Sequential([inner, Dense(2)]).output_shape == (None, 2)


def test_shape_from_the_first_call():
    model = small()
    assert not model.built
    with pytest.raises(AttributeError, match="begin with an Input, call the model on data, or call build"):
        _ = model.output_shape
    model(X)
    assert (model.input_shape, model.output_shape) == ((None, 4), (None, 3))


def test_building_draws_the_same_weights_however_it_comes_about():
    def weights(make_built):
        nnlab.utils.set_random_seed(3)
        model = Sequential([Dense(4), layers.Dropout(0.5), Dense(2)])
        make_built(model)
        return model.get_weights()

    by_build = weights(lambda model: model.build((None, 3)))
    by_call = weights(lambda model: model(np.ones((2, 3))))
    by_training = weights(lambda model: model(np.ones((2, 3)), training=True))
    for one, other, third in zip(by_build, by_call, by_training, strict=True):
        assert (one == other).all()
        assert (one == third).all()


def test_document_models_have_keras_parameter_counts():
    keras = nnlab
    dense = keras.models.Sequential([Flatten(), Dense(128, activation="relu"), Dense(10, activation="softmax")])
    dense(np.zeros((1, 28, 28)))
    assert dense.count_params() == 101_770
    convolutional = keras.models.Sequential(
        [
            Conv2D(64, (3, 3), activation="relu", input_shape=(28, 28, 1)),
            layers.MaxPool2D(2, 2),
            Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPool2D(2, 2),
            Flatten(),
            Dense(128, activation="relu"),
            Dense(10, activation="softmax"),
        ]
    )
    assert convolutional.count_params() == 243_786


def test_functions_stand_for_names_of_activations():
    model = Sequential([Flatten(), Dense(4, activation=nnlab.activations.relu)])
    assert (model(np.ones((1, 2, 2))) >= 0).all()


def test_weights_go_out_and_in_in_keras_order():
    model = Sequential([Dense(2, input_shape=(3,)), layers.BatchNormalization(), Dense(1, use_bias=False)])
    assert [weight.shape for weight in model.get_weights()] == [(3, 2), (2,), (2,), (2,), (2,), (2,), (2, 1)]
    assert [variable.name for variable in model.non_trainable_weights] == ["moving_mean", "moving_variance"]
    other = Sequential([Dense(2, input_shape=(3,)), layers.BatchNormalization(), Dense(1, use_bias=False)])
    other.set_weights(model.get_weights())
    x = np.ones((2, 3))
    assert (other(x) == model(x)).all()


def test_set_weights_changes_nothing_if_one_does_not_fit():
    model = small()
    model(X)
    before = model.get_weights()
    with pytest.raises(ShapeError, match="expected weights of shapes"):
        model.set_weights([*before[:-1], np.zeros(9)])
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))


def test_get_layer_by_name_and_index():
    model = small()
    assert model.get_layer("second") is model.layers[1]
    assert model.get_layer(index=0) is model.layers[0]
    with pytest.raises(ArgumentError, match="there is no layer with the name 'third'; it has: first, second"):
        model.get_layer("third")


def test_pop_takes_the_last_layer_away():
    model = small()
    model(X)
    assert model.pop().name == "second"
    assert model.output_shape == (None, 5)
    assert model(X).shape == (7, 5)


def test_layers_is_a_copy():
    model = small()
    model.layers.clear()
    assert len(model.layers) == 2


def test_config_makes_the_same_model_again():
    inner = Sequential([Dense(3, name="inside")], name="inner")
    model = Sequential([Conv2D(2, 3, input_shape=(5, 5, 1), name="conv"), Flatten(name="flat"), inner], name="outer")
    again = Sequential.from_config(model.get_config())
    assert again.get_config() == model.get_config()
    assert [weight.shape for weight in again.weights] == [weight.shape for weight in model.weights]


def test_inference_keeps_nothing():
    model = small()
    model(X)
    records = []
    original = Dense.forward

    class Watched(Dense):
        def forward(self, s, x):
            records.append(s)
            return original(self, s, x)

    watched = Sequential([Watched(2, activation="relu")])
    watched(X)
    assert not [name for name in vars(records[0]) if name.endswith("/")]


def test_lists_are_accepted():
    assert small()([[1, 2, 3, 4]]).shape == (1, 3)


def test_integers_reach_the_layers_as_floats():
    model = Sequential([Flatten(), Dense(2, name="dense")])
    assert model(np.ones((2, 3, 3), "uint8")).dtype == np.float32
    assert model.trace(np.ones((2, 3, 3), "int64"))["dense/x"].value.dtype == np.float32


def test_output_is_the_callers_to_change():
    model = Sequential([Flatten()])
    x = np.ones((2, 3), "float32")
    model(x)[:] = 5
    assert (x == 1).all()


def misplaced_input():
    model = small()
    model.add(Input((4,)))


def twice_the_same_layer():
    layer = Dense(4, name="again")
    Sequential([layer, layer])


MISTAKES = {
    "twice the same": (twice_the_same_layer, ArgumentError, "there is a layer 'again' already; give this one another"),
    "no layer": (lambda: Sequential([3]), ArgumentError, "expected a layer, received 3."),
    "a class": (lambda: Sequential([Flatten]), ArgumentError, "add an instance, with ()"),
    "called loss": (lambda: Sequential([Dense(1, name="loss")]), ArgumentError, "choose another name="),
    "input later": (misplaced_input, ArgumentError, "an Input must be the first thing in the model"),
    "empty": (lambda: Sequential()(X), ArgumentError, "there is no layer in it yet; add(layer) first."),
    "empty pop": (lambda: Sequential().pop(), ArgumentError, "there is no layer to take away."),
    "no channels": (
        lambda: Sequential([Conv2D(2, 3, input_shape=(8, 8, 1))])(np.zeros((5, 8, 8))),
        ShapeError,
        "expected an input of shape (None, 8, 8, 1), received (5, 8, 8); add the axis of channels with x[..., None].",
    ),
    "no batch": (
        lambda: Sequential([Conv2D(2, 3, input_shape=(8, 8, 1))])(np.zeros((8, 8, 1))),
        ShapeError,
        "for a single example, add the axis of the batch with x[None].",
    ),
    "kernel too large": (
        lambda: Sequential([Conv2D(2, 3, input_shape=(4, 4, 1)), Conv2D(2, 3, name="second")]),
        ShapeError,
        "Conv2D 'second': the kernel reaches over (3, 3) cells but the input has only (2, 2)",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_answered_in_words(mistake):
    make, error, sentence = MISTAKES[mistake]
    with pytest.raises(error) as caught:
        make()
    assert sentence in str(caught.value)


def test_a_layer_that_does_not_fit_is_not_added():
    model = Sequential([Conv2D(2, 3, input_shape=(4, 4, 1))])
    with pytest.raises(ShapeError):
        model.add(Conv2D(2, 3))
    assert model.output_shape == (None, 2, 2, 2)


def test_a_first_call_with_the_wrong_shape_can_be_mended():
    model = Sequential([Dense(4), Conv2D(2, 3, name="conv")])
    with pytest.raises(ShapeError, match="Conv2D 'conv': expected an input of shape"):
        model(np.zeros((2, 7)))
    assert not model.built
    assert model(np.zeros((2, 5, 5, 3))).shape == (2, 3, 3, 2)


def test_document_shapes_of_flatten_after_a_convolution():
    model = Sequential()
    model.add(Conv2D(64, 3, 3, input_shape=(3, 32, 32)))
    assert model.output_shape == (None, 1, 10, 64)
    model.add(Flatten())
    assert model.output_shape == (None, 640)
