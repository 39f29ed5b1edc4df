"""The examples of the five documents that the lessons walk through: one row an example, with what it prints.

A row carries all it needs. Its code is the document's, with arrays for tensors: shapes are printed as tuples, numbers
as arrays. Where a document says a rule and prints nothing, the row states the rule's consequence.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import nnlab
from nnlab import Input, Model, Sequential, activations, layers, regularizers
from nnlab.layers import (
    GRU,
    LSTM,
    AveragePooling2D,
    BatchNormalization,
    Conv1D,
    Conv2D,
    Conv2DTranspose,
    Conv3D,
    Conv3DTranspose,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    MaxPool2D,
    MaxPooling1D,
    MaxPooling2D,
    ReLU,
    Reshape,
    SeparableConv2D,
    SimpleRNN,
    TimeDistributed,
)
from nnlab.models.zoo.lenet import lenet


class Example(NamedTuple):
    """What `run` gives is what the document with this number prints."""

    document: str
    what: str
    run: Callable[[], Any]
    printed: Any


def normal(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def shapes(outputs):
    return tuple(output.shape for output in outputs)


def built(layer, *shape):
    layer.build(shape)
    return layer


def along(model):
    """The shape after each layer, without the batch."""
    shape, seen = model.input_shape, []
    for layer in model.layers:
        shape = layer.compute_output_shape(shape)
        seen.append(shape[1:])
    return tuple(seen)


def digit_classifier():
    return Sequential([Flatten(), Dense(128, activation=activations.relu), Dense(10, activation=activations.softmax)])


def convolutional_classifier():
    return Sequential(
        [
            Conv2D(64, (3, 3), activation="relu", input_shape=(28, 28, 1)),
            MaxPool2D(2, 2),
            Conv2D(64, (3, 3), activation="relu"),
            MaxPool2D(2, 2),
            Flatten(),
            Dense(128, activation="relu"),
            Dense(10, activation="softmax"),
        ]
    )


def dense_in_a_row():
    model = Sequential()
    model.add(Input(shape=(16,)))
    model.add(Dense(32, activation="relu"))
    model.add(Dense(32))
    return model


def logistic_regression():
    x = Input(shape=(32,))
    return Model(x, Dense(16, activation="softmax")(x))


class MyCustomLayer(layers.Layer):
    def __init__(self, units=32):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True)
        self.b = self.add_weight(shape=(self.units,), initializer="random_normal", trainable=True)

    def call(self, inputs):
        return np.matmul(inputs, self.w) + self.b


def odd_convolution(*more):
    """Its second 3 is the stride: 3 x 32 x 32 is read as 3 rows of 32 columns with 32 channels."""
    return Sequential([Conv2D(64, 3, 3, input_shape=(3, 32, 32)), *more])


def dense_over_reshaped_times():
    flattened = np.reshape(normal(32, 10, 64), (32 * 10, 64))
    return np.reshape(Dense(units=128, activation="relu")(flattened), (32, 10, 128))


def dropped():
    """Dropout(.2) on 0..9 with the draw of the document in the place of ours: its last number falls out."""
    mask = np.ones((5, 2), bool)
    mask[4, 1] = False
    data = np.arange(10).reshape(5, 2).astype("float32")
    layer = Dropout(0.2, input_shape=(2,))
    return layer.trace(data, training=True, patch={"mask": lambda: mask})["y"].value


def penalties():
    """Of a Dense(64) with ones for its kernel, twos for its bias, on a batch of two examples of three ones."""
    layer = Dense(
        units=64,
        kernel_regularizer=regularizers.l1_l2(l1=1e-5, l2=1e-4),
        bias_regularizer=regularizers.l2(1e-4),
        activity_regularizer=regularizers.l2(1e-5),
    )
    layer.build((None, 3))
    layer.set_weights([np.ones((3, 64)), np.full(64, 2)])
    layer(np.ones((2, 3)))
    return np.array(layer.losses)


def each_step(layer, *names):
    return tuple(layer.trace(normal(2, 7, 9, 3))[name].value.shape for name in names)


FOUR_BY_FOUR = np.array([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]]).reshape(1, 4, 4, 1)
TO_NINE = np.arange(1.0, 10.0).reshape(1, 3, 3, 1)
MINUS_THREE_TO_TWO = [-3.0, -1.0, 0.0, 2.0]
VECTORS = normal(32, 10, 8)
BOTH = (Conv2D, SeparableConv2D)

EXAMPLES = [
    # 000: the two classifiers of digits
    Example("000", "Flatten, Dense, Dense", lambda: digit_classifier()(normal(5, 28, 28)).shape, (5, 10)),
    Example(
        "000",
        "parameters of the dense classifier",
        lambda: built(digit_classifier(), None, 28, 28).count_params(),
        101_770,
    ),
    Example("000", "its output sums to 1", lambda: digit_classifier()(normal(5, 28, 28)).sum(1), np.ones(5)),
    Example(
        "000",
        "the shapes along the convolutional classifier",
        lambda: along(convolutional_classifier()),
        ((26, 26, 64), (13, 13, 64), (11, 11, 64), (5, 5, 64), (1600,), (128,), (10,)),
    ),
    Example(
        "000", "parameters of the convolutional classifier", lambda: convolutional_classifier().count_params(), 243_786
    ),
    Example("000", "negative values are thrown away", lambda: activations.relu([-1.0, 2.0]), np.array([0.0, 2.0])),
    # 001: Dense, Flatten, TimeDistributed
    Example("001", "Dense on 2-D", lambda: Dense(units=128, activation="relu")(normal(32, 64)).shape, (32, 128)),
    Example("001", "Dense on reshaped 3-D", lambda: dense_over_reshaped_times().shape, (32, 10, 128)),
    Example("001", "Flatten of 3-D", lambda: Flatten()(normal(32, 10, 64)).shape, (32, 640)),
    Example("001", "Flatten of 4-D", lambda: Flatten()(normal(32, 10, 10, 64)).shape, (32, 6400)),
    Example(
        "001",
        "TimeDistributed on 3-D",
        lambda: TimeDistributed(Dense(128, activation="relu"))(normal(32, 10, 64)).shape,
        (32, 10, 128),
    ),
    Example(
        "001",
        "TimeDistributed on 4-D",
        lambda: TimeDistributed(Dense(128, activation="relu"))(normal(32, 10, 10, 64)).shape,
        (32, 10, 10, 128),
    ),
    Example(
        "001",
        "same padding keeps width and height",
        lambda: (
            Conv2D(filters=32, kernel_size=(3, 3), strides=(1, 1), padding="same", activation="relu")(
                normal(2, 7, 9, 3)
            ).shape
        ),
        (2, 7, 9, 32),
    ),
    Example("001", "max pooling", lambda: MaxPooling2D()(FOUR_BY_FOUR)[0, ..., 0], np.array([[6.0, 8], [3, 4]])),
    Example(
        "001",
        "average pooling",
        lambda: AveragePooling2D((2, 2))(FOUR_BY_FOUR)[0, ..., 0],
        np.array([[3.25, 5.25], [2, 2]]),
    ),
    Example(
        "001",
        "a recurrent layer's two matrices",
        lambda: shapes(built(SimpleRNN(4, use_bias=False), None, 10, 8).get_weights()),
        ((8, 4), (4, 4)),
    ),
    Example(
        "001",
        "GRU is smaller than LSTM",
        lambda: tuple(built(layer(4), None, 10, 8).count_params() for layer in (SimpleRNN, GRU, LSTM)),
        (52, 168, 208),
    ),
    # 002: three layers by their main arguments
    Example("002", "Dense(64)", lambda: Dense(64, activation="relu")(normal(5, 7)).shape, (5, 64)),
    Example(
        "002", "Conv2D(32)", lambda: Conv2D(32, (3, 3), activation="relu")(normal(2, 7, 9, 3)).shape, (2, 5, 7, 32)
    ),
    Example("002", "LSTM(128)", lambda: LSTM(128, activation="tanh")(normal(2, 5, 3)).shape, (2, 128)),
    # 003: what each layer is for, and the counting of parameters
    Example(
        "003",
        "784 x 128 connections, 128 biases",
        lambda: tuple(weight.size for weight in built(Dense(128), None, 784).get_weights()),
        (100_352, 128),
    ),
    Example("003", "Flatten learns nothing", lambda: built(Flatten(), None, 28, 28).count_params(), 0),
    Example("003", "10 nodes for 10 digits", lambda: Dense(10, activation="softmax")(normal(5, 128)).shape, (5, 10)),
    Example(
        "003",
        "words as vectors of 16",
        lambda: Embedding(1000, 16)(np.arange(12).reshape(3, 4)).shape,
        (3, 4, 16),
    ),
    Example("003", "vocabulary x 16 parameters", lambda: built(Embedding(1000, 16), None, 4).count_params(), 16_000),
    Example("003", "256 x 16 becomes 16", lambda: GlobalAveragePooling1D()(normal(3, 256, 16)).shape, (3, 16)),
    Example(
        "003",
        "it is the mean over the text",
        lambda: GlobalAveragePooling1D()([[[1, 2], [3, 6]]]),
        np.array([[2.0, 4.0]]),
    ),
    Example("003", "one maximum a channel", lambda: GlobalMaxPooling1D()([[[1, 9], [3, 6]]]), np.array([[3.0, 9.0]])),
    Example("003", "one mean a channel", lambda: GlobalAveragePooling2D()(TO_NINE), np.array([[5.0]])),
    Example("003", "a 3-D output, one map a filter", lambda: Conv2D(6, 3)(normal(1, 7, 9, 3)).shape[1:], (5, 7, 6)),
    Example("003", "valid padding shrinks", lambda: Conv2D(1, 3)(normal(1, 7, 9, 1)).shape, (1, 5, 7, 1)),
    Example(
        "003",
        "(width x height x filters before + 1) x filters",
        lambda: built(Conv2D(64, 3), None, 26, 26, 32).count_params(),
        (3 * 3 * 32 + 1) * 64,
    ),
    Example(
        "003", "depthwise: a kernel a colour", lambda: DepthwiseConv2D(5)(normal(1, 12, 12, 3)).shape, (1, 8, 8, 3)
    ),
    Example("003", "pointwise: one map", lambda: SeparableConv2D(1, 5)(normal(1, 12, 12, 3)).shape, (1, 8, 8, 1)),
    Example("003", "256 maps", lambda: SeparableConv2D(256, 5)(normal(1, 12, 12, 3)).shape, (1, 8, 8, 256)),
    Example(
        "003",
        "what separability saves in parameters",
        lambda: tuple(built(layer(256, 5, use_bias=False), None, 12, 12, 3).count_params() for layer in BOTH),
        (5 * 5 * 3 * 256, 5 * 5 * 3 + 3 * 256),
    ),
    Example("003", "4 parameters a channel", lambda: built(BatchNormalization(), None, 7).count_params(), 4 * 7),
    Example(
        "003",
        "two of the four are trained",
        lambda: tuple(weight.name for weight in built(BatchNormalization(), None, 7).trainable_weights),
        ("gamma", "beta"),
    ),
    Example(
        "003",
        "a batch with z-scores",
        lambda: BatchNormalization(epsilon=0)([[1.0], [3.0]], training=True),
        np.array([[-1.0], [1.0]]),
    ),
    # 004: TensorSpace's LeNet, stride, padding
    Example(
        "004",
        "the shapes along LeNet",
        lambda: along(lenet()),
        (
            *((32, 32, 1), (28, 28, 6), (14, 14, 6), (10, 10, 16), (5, 5, 16)),
            *((400,), (120,), (84,), (10,)),
        ),
    ),
    Example("004", "parameters of LeNet", lambda: lenet().count_params(), 61_706),
    Example("004", "stride 2", lambda: Conv2D(1, 3, strides=2)(normal(1, 7, 9, 1)).shape, (1, 3, 4, 1)),
    Example(
        "004",
        "same padding of a 3 x 3 filter",
        lambda: each_step(Conv2D(2, 3, padding="same"), "padded", "y"),
        ((2, 9, 11, 3), (2, 7, 9, 2)),
    ),
    Example(
        "004",
        "same padding of a 5 x 5 filter",
        lambda: each_step(Conv2D(2, 5, padding="same"), "padded", "y"),
        ((2, 11, 13, 3), (2, 7, 9, 2)),
    ),
    Example("004", "4 x 4 pooled", lambda: MaxPooling2D(2, 2)(FOUR_BY_FOUR)[0, ..., 0], np.array([[6.0, 8], [3, 4]])),
    # 001: a layer of one's own
    Example("001", "MyCustomLayer", lambda: Sequential([Input((4,)), MyCustomLayer(10)]).output_shape, (None, 10)),
    Example("001", "its weights", lambda: Sequential([Input((4,)), MyCustomLayer(10)]).count_params(), 4 * 10 + 10),
    # 004: core layers and activations
    Example("004", "Dense(32)", lambda: layers.Dense(32, activation="relu")(normal(10, 20)).shape, (10, 32)),
    Example("004", "Dense on the last axis of 3-D", lambda: Dense(32)(normal(10, 4, 20)).shape, (10, 4, 32)),
    Example("004", "Sequential with Input(16)", lambda: dense_in_a_row().output_shape, (None, 32)),
    Example("004", "Model of one Dense", lambda: logistic_regression().output_shape, (None, 16)),
    Example("004", "its rows sum to 1", lambda: logistic_regression()(normal(5, 32)).sum(1), np.ones(5)),
    Example("004", "ReLU", lambda: ReLU()(MINUS_THREE_TO_TWO), np.array([0.0, 0.0, 0.0, 2.0])),
    Example("004", "ReLU to 1", lambda: ReLU(max_value=1.0)(MINUS_THREE_TO_TWO), np.array([0.0, 0.0, 0.0, 1.0])),
    Example(
        "004",
        "sigmoid",
        lambda: activations.sigmoid(np.array([-20, -1.0, 0.0, 1.0, 20], "float32")),
        np.array([2.0611537e-09, 2.6894143e-01, 5.0000000e-01, 7.3105860e-01, 1.0000000e00], "float32"),
    ),
    Example(
        "004",
        "tanh",
        lambda: activations.tanh(np.array([-3.0, -1.0, 0.0, 1.0, 3.0], "float32")),
        np.array([-0.9950547, -0.7615942, 0.0, 0.7615942, 0.9950547], "float32"),
    ),
    Example(
        "004",
        "softmax is exp(x) / sum(exp(x))",
        lambda: activations.softmax(np.array([0.0, np.log(2), np.log(5)])),
        np.array([0.125, 0.25, 0.625]),
    ),
    # 004: convolutions
    Example(
        "004",
        "Conv1D",
        lambda: Conv1D(32, 3, activation="relu", input_shape=(10, 128))(normal(4, 10, 128)).shape,
        (4, 8, 32),
    ),
    Example(
        "004",
        "Conv1D, causal and dilated",
        lambda: Conv1D(32, 3, padding="causal", dilation_rate=4)(normal(4, 10, 128)).shape,
        (4, 10, 32),
    ),
    Example(
        "004",
        "Conv2D",
        lambda: Conv2D(2, 3, activation="relu", input_shape=(28, 28, 3))(normal(4, 28, 28, 3)).shape,
        (4, 26, 26, 2),
    ),
    Example(
        "004",
        "Conv3D",
        lambda: Conv3D(2, 3, activation="relu", input_shape=(28, 28, 28, 1))(normal(4, 28, 28, 28, 1)).shape,
        (4, 26, 26, 26, 2),
    ),
    Example(
        "004",
        "Conv2DTranspose: (rows - 1) x stride + kernel - 2 x padding + output padding",
        lambda: Conv2DTranspose(6, (3, 4), strides=(2, 3), output_padding=(1, 2))(normal(2, 7, 9, 3)).shape,
        (2, (7 - 1) * 2 + 3 + 1, (9 - 1) * 3 + 4 + 2, 6),
    ),
    Example(
        "004",
        "Conv2DTranspose goes the opposite way",
        lambda: Conv2DTranspose(3, 3)(Conv2D(2, 3)(normal(4, 28, 28, 3))).shape,
        (4, 28, 28, 3),
    ),
    Example(
        "004",
        "Conv3DTranspose goes the opposite way",
        lambda: Conv3DTranspose(1, 3)(Conv3D(2, 3)(normal(1, 8, 9, 10, 1))).shape,
        (1, 8, 9, 10, 1),
    ),
    # 004: regularization
    Example(
        "004",
        "Dropout",
        dropped,
        np.array([[0.0, 1.25], [2.5, 3.75], [5.0, 6.25], [7.5, 8.75], [10.0, 0.0]], "float32"),
    ),
    Example("004", "nothing is dropped at inference", lambda: Dropout(0.2)(TO_NINE), TO_NINE),
    Example(
        "004",
        "penalties of kernel, bias and activity",
        penalties,
        np.array([(1e-5 + 1e-4) * 3 * 64, 1e-4 * 4 * 64, 1e-5 * 25 * 64]),
    ),
    # 004: pooling
    Example(
        "004",
        "MaxPooling1D",
        lambda: MaxPooling1D(pool_size=2, strides=1, padding="valid")(np.reshape([1.0, 2.0, 3.0, 4.0, 5.0], [1, 5, 1])),
        np.array([[[2.0], [3.0], [4.0], [5.0]]]),
    ),
    Example(
        "004",
        "MaxPooling2D",
        lambda: MaxPooling2D(pool_size=(2, 2), strides=(1, 1), padding="valid")(TO_NINE),
        np.array([[[[5.0], [6.0]], [[8.0], [9.0]]]]),
    ),
    Example(
        "004",
        "lengths of pooling, valid and same, rounded",
        lambda: tuple(MaxPooling1D(2, 3, padding)(normal(1, 7, 1)).shape[1] for padding in ("valid", "same")),
        ((7 - 2) // 3 + 1, -(-7 // 3)),
    ),
    # 004: recurrent layers
    Example("004", "LSTM", lambda: LSTM(4)(VECTORS).shape, (32, 4)),
    Example(
        "004",
        "LSTM with all outputs and both states",
        lambda: shapes(LSTM(4, return_sequences=True, return_state=True)(VECTORS)),
        ((32, 10, 4), (32, 4), (32, 4)),
    ),
    Example("004", "GRU", lambda: GRU(4)(VECTORS).shape, (32, 4)),
    Example(
        "004",
        "GRU with all outputs and its state",
        lambda: shapes(GRU(4, return_sequences=True, return_state=True)(VECTORS)),
        ((32, 10, 4), (32, 4)),
    ),
    # 004: Reshape and Flatten
    Example(
        "004",
        "Reshape as the first layer",
        lambda: Sequential([Reshape((3, 4), input_shape=(12,))]).output_shape,
        (None, 3, 4),
    ),
    Example("004", "the odd Conv2D", lambda: odd_convolution().output_shape, (None, 1, 10, 64)),
    Example("004", "and Flatten after it", lambda: odd_convolution(Flatten()).output_shape, (None, 640)),
    Example("004", "Flatten without features", lambda: Flatten()(normal(5)).shape, (5, 1)),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.document} {example.what}")
def test_an_example_gives_what_its_document_prints(example):
    nnlab.utils.set_random_seed(0)
    given = example.run()
    if isinstance(example.printed, np.ndarray):
        np.testing.assert_allclose(given, example.printed, rtol=1e-6, atol=0)
        assert given.shape == example.printed.shape
    else:
        assert given == example.printed


def test_every_document_has_examples():
    assert {example.document for example in EXAMPLES} == {"000", "001", "002", "003", "004"}
