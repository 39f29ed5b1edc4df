"""What does not make sense gets one sentence: the layer, what was received, what was expected, how to mend it."""

import re

import numpy as np
import pytest

from nnlab import Input, gradcheck, layers
from nnlab.core.errors import NnlabError, ShapeError, UnknownArgumentError

IMAGE = np.ones((1, 4, 5, 3))
ROWS = np.ones((2, 3))


def built(layer, x=ROWS):
    layer(x)
    return layer


CONSTRUCTORS = {
    "Dense: units must be an integer of at least 1, received '3'.": lambda: layers.Dense("3"),
    "Dense: units must be an integer of at least 1, received True.": lambda: layers.Dense(True),
    "Dense: units must be an integer below 2**31, received 2147483648.": lambda: layers.Dense(2**31),
    "Dense: activation must be one of 'linear', 'relu'": lambda: layers.Dense(2, "rule"),
    "Dense: use_bias must be True or False, received 'yes'.": lambda: layers.Dense(2, use_bias="yes"),
    "Dense: kernel_initializer must be one of 'zeros'": lambda: layers.Dense(2, kernel_initializer="glorot"),
    "Dense: bias_regularizer must be None, 'l1'": lambda: layers.Dense(2, bias_regularizer="l3"),
    "Dense: activity_regularizer must be None": lambda: layers.Dense(2, activity_regularizer=0.1),
    "Dense: kernel_constraint='max_norm' is not supported": lambda: layers.Dense(2, kernel_constraint="max_norm"),
    "Dense: unknown argument 'unit', did you mean 'units'?": lambda: layers.Dense(2, unit=3),
    "Dense: missing a required argument: 'units'. It takes: units, activation": lambda: layers.Dense(),
    "Dense: dtype must be one of float16, float32, float64, received 'int32'.": lambda: layers.Dense(2, dtype="int32"),
    "Dense: name must be a string without '/', received 'a/b'.": lambda: layers.Dense(2, name="a/b"),
    "Dense: input_shape must be a tuple of sizes (None for any), received 3; write input_shape=(3,).": (
        lambda: layers.Dense(2, input_shape=3)
    ),
    "Dense: a configuration must be a dict, received [2].": lambda: layers.Dense.from_config([2]),
    "Conv2D: kernel_size must be an integer of at least 1 or 2 of them, received (3, 3, 3).": (
        lambda: layers.Conv2D(2, (3, 3, 3))
    ),
    "Conv2D: strides must be an integer of at least 1 or 2 of them, received 0.": lambda: layers.Conv2D(2, 3, 0),
    "Conv2D: padding must be one of 'valid', 'same', received 'full'.": lambda: layers.Conv2D(2, 3, padding="full"),
    "Conv2D: filters must be a multiple of groups, received filters=3 and groups=2.": (
        lambda: layers.Conv2D(3, 3, groups=2)
    ),
    "Conv2D: padding must be one of 'valid', 'same', received 'causal'.": lambda: layers.Conv2D(2, 3, padding="causal"),
    "Conv3D: strides > 1 together with dilation_rate > 1 are not supported": (
        lambda: layers.Conv3D(2, 3, strides=2, dilation_rate=2)
    ),
    "Conv2DTranspose: output_padding must be less than the stride of each axis, received output_padding=(1, 1)": (
        lambda: layers.Conv2DTranspose(2, 3, strides=(2, 1), output_padding=1)
    ),
    "DepthwiseConv2D: depth_multiplier must be an integer of at least 1, received 0.": (
        lambda: layers.DepthwiseConv2D(3, depth_multiplier=0)
    ),
    "DepthwiseConv1D: unknown argument 'kernel_initializer'": (
        lambda: layers.DepthwiseConv1D(3, kernel_initializer="ones")
    ),
    "SeparableConv2D: pointwise_constraint='max_norm' is not supported": (
        lambda: layers.SeparableConv2D(2, 3, pointwise_constraint="max_norm")
    ),
    "SeparableConv1D: padding must be one of 'valid', 'same', received 'causal'.": (
        lambda: layers.SeparableConv1D(2, 3, padding="causal")
    ),
    "GlobalMaxPooling1D: keepdims must be True or False, received 'yes'.": (
        lambda: layers.GlobalMaxPooling1D(keepdims="yes")
    ),
    "Conv2D: data_format must be one of 'channels_last', 'channels_first', received 'first'.": (
        lambda: layers.Conv2D(2, 3, data_format="first")
    ),
    "MaxPooling2D: strides must be an integer of at least 1 or 2 of them, received 0.": (
        lambda: layers.MaxPooling2D(2, strides=0)
    ),
    "AveragePooling2D: missing a required argument: 'pool_size'.": lambda: layers.AveragePooling2D(),
    "ZeroPadding2D: padding must be an integer of at least 0, 2 of them": lambda: layers.ZeroPadding2D(-1),
    "ZeroPadding1D: padding must be an integer of at least 0 or 2 of them, received (1, 2, 3).": (
        lambda: layers.ZeroPadding1D((1, 2, 3))
    ),
    "Cropping3D: cropping must be an integer of at least 0, 3 of them": lambda: layers.Cropping3D((1, 2)),
    "UpSampling1D: size must be an integer of at least 1, received (2,).": lambda: layers.UpSampling1D((2,)),
    "UpSampling2D: interpolation must be one of 'nearest', 'bilinear', received 'bicubic'.": (
        lambda: layers.UpSampling2D(interpolation="bicubic")
    ),
    "Reshape: target_shape must be a tuple of sizes without the batch, of which one may be -1, received (-1, -1).": (
        lambda: layers.Reshape((-1, -1))
    ),
    "Permute: dims must hold each of 1, 2, ... once": lambda: layers.Permute((0, 1)),
    "RepeatVector: n must be an integer of at least 1, received 0.": lambda: layers.RepeatVector(0),
    "Dropout: rate must be a number from 0 to 1, received 1.5.": lambda: layers.Dropout(1.5),
    "Dropout: rate must be a number from 0 to 1, received nan.": lambda: layers.Dropout(np.nan),
    "Dropout: noise_shape must hold an integer of at least 1 or None": lambda: layers.Dropout(0.5, noise_shape="b1"),
    "ReLU: negative_slope must be a number of at least 0, received -1.": lambda: layers.ReLU(negative_slope=-1),
    "BatchNormalization: renorm=True is not supported": lambda: layers.BatchNormalization(renorm=True),
    "Dot: axes counts from the batch, axis 0, which cannot be summed; received 0.": lambda: layers.Dot(0),
    "Dot: axes must be an integer of at least -32 or 2 of them, received (1, 2, 3).": lambda: layers.Dot((1, 2, 3)),
    "Dot: normalize must be True or False, received 'yes'.": lambda: layers.Dot(1, "yes"),
    "Conv2D: filters must be an integer of at least 1, received 0.": lambda: layers.Conv2D(0, 3),
    "LSTM: units must be an integer of at least 1, received -2.": lambda: layers.LSTM(-2),
    "Input: shape must be a tuple of sizes (None for any), received 32; write shape=(32,).": lambda: Input(32),
    "Input: sparse=True is not supported": lambda: Input((3,), sparse=True),
    "Input: pass shape (without the batch) or batch_shape (with it), received neither.": lambda: Input(),
}

CALLS = {
    "x must hold real numbers, received strings.": lambda: layers.Dense(2, name="it")([["a", "b"]]),
    "x must be an array; received rows of unequal lengths.": lambda: layers.Dense(2, name="it")([[1, 2], [3]]),
    "x must have the batch as its first axis, received the number 3.": lambda: layers.Dense(2, name="it")(3),
    "received the symbolic input 'images' of shape (None, 3), expected an array": (
        lambda: layers.Dense(2, name="it").trace(Input((3,), name="images"))
    ),
    "expected an input of shape (batch, ..., 3), received (2, 4).": (
        lambda: built(layers.Dense(2, name="it"))(np.ones((2, 4)))
    ),
    "expected an input of shape (batch, height, width, channels), received (2, 3).": (
        lambda: layers.Conv2D(2, 3, name="it")(ROWS)
    ),
    "axis 3 is none of an input of shape (2, 3) beside the batch.": lambda: layers.Dot(3, name="it")([ROWS, ROWS]),
    "axis -2 is none of an input of shape (2, 3) beside the batch.": lambda: layers.Dot(-2, name="it")([ROWS, ROWS]),
    "the batches, and the sizes of axis 1 of the first array and axis 1 of the second, must be the same": (
        lambda: layers.Dot(1, name="it")([ROWS, np.ones((2, 4))])
    ),
    "the number of channels must be a multiple of groups=2, received an input of shape (1, 4, 5, 3).": (
        lambda: layers.Conv2D(4, 2, groups=2, name="it")(IMAGE)
    ),
    "expected an input of shape (batch, steps, channels), received (1, 4, 5, 3).": (
        lambda: layers.Conv1D(4, 2, name="it")(IMAGE)
    ),
    "expected an input of shape (batch, height, width, depth, channels), received (1, 4, 5, 3).": (
        lambda: layers.MaxPooling3D(name="it")(IMAGE)
    ),
    "there would be no output for an input of shape (1, 0, 5, 3).": (
        lambda: built(layers.Conv2DTranspose(2, 3, name="it"), IMAGE)(IMAGE[:, :0])
    ),
    "expected 3 channels (the last axis), received an input of shape (1, 4, 5, 1).": (
        lambda: built(layers.SeparableConv2D(2, 3, name="it"), IMAGE)(IMAGE[..., :1])
    ),
    "x must be a list of arrays such as [a, b], received a single ndarray.": (lambda: layers.Add(name="it")(ROWS)),
    "x must be a list of arrays such as [a, b], received an empty list.": lambda: layers.Maximum(name="it")([]),
    "the arrays do not fit each other, received shapes ((2, 3), (2, 4)).": (
        lambda: layers.Multiply(name="it")([ROWS, np.ones((2, 4))])
    ),
    "the arrays do not fit each other, received shapes ((2, 3), (1, 3)).": (
        lambda: layers.Add(name="it")([ROWS, ROWS[:1]])
    ),
    "expected two arrays, received 3.": lambda: layers.Subtract(name="it")([ROWS, ROWS, ROWS]),
    "all axes but axis -1 must have the same sizes, received shapes ((2, 3), (1, 3)).": (
        lambda: layers.Concatenate(name="it")([ROWS, ROWS[:1]])
    ),
    "all axes but axis 1 must have the same sizes, received shapes ((2, 3), (1, 4, 5, 3)).": (
        lambda: layers.Concatenate(1, name="it")([ROWS, IMAGE])
    ),
    "axis 5 does not exist in an input of shape (2, 3).": lambda: layers.Concatenate(5, name="it")([ROWS, ROWS]),
    "there is nothing to pool in an input of shape (1, 0, 5, 3).": (
        lambda: layers.GlobalMaxPooling2D(name="it")(IMAGE[:, :0])
    ),
    "expected a mask of shape (1, 4), received (1, 5).": (
        lambda: layers.GlobalAveragePooling1D(name="it")(IMAGE[..., 0], mask=np.ones((1, 5)))
    ),
    "cropping=((2, 2), (0, 1)) leaves nothing of an input of shape (1, 4, 5, 3)": (
        lambda: layers.Cropping2D(((2, 2), (0, 1)), name="it")(IMAGE)
    ),
    "target_shape=(7, -1) does not hold the 60 numbers of each sample of an input of shape (1, 4, 5, 3).": (
        lambda: layers.Reshape((7, -1), name="it")(IMAGE)
    ),
    "target_shape=(0, -1) does not hold the 3 numbers": lambda: layers.Reshape((0, -1), name="it")(ROWS),
    "expected 2 axes after the batch, as dims=(2, 1) has, received an input of shape (2, 3).": (
        lambda: layers.Permute((2, 1), name="it")(ROWS)
    ),
    "expected an input of shape (batch, features), received (1, 4, 5, 3).": (
        lambda: layers.RepeatVector(2, name="it")(IMAGE)
    ),
    "the kernel reaches over (5, 9) cells but the input has only (4, 5)": (
        lambda: layers.Conv2D(2, 5, dilation_rate=(1, 2), name="it")(IMAGE)
    ),
    "expected 3 channels (the last axis), received an input of shape (1, 4, 5, 2).": (
        lambda: built(layers.Conv2D(2, 3, name="it"), IMAGE)(IMAGE[..., :2])
    ),
    "the window covers (2, 6) cells but the input has only (4, 5)": (
        lambda: layers.MaxPooling2D((2, 6), name="it")(IMAGE)
    ),
    "noise_shape=(None, 2) does not fit an input of shape (2, 3)": (
        lambda: layers.Dropout(0.5, (None, 2), name="it")(ROWS)
    ),
    "axis 3 must be an axis of the input beside the batch": (
        lambda: layers.BatchNormalization(axis=3, name="it")(ROWS)
    ),
    "expected 3 channels (axis -1), received an input of shape (2, 4).": (
        lambda: built(layers.BatchNormalization(name="it"))(np.ones((2, 4)))
    ),
    "axis 2 does not exist in an input of shape (2, 3).": lambda: layers.Softmax(2, name="it")(ROWS),
    "axis (1, -1) names an axis twice": lambda: layers.Softmax((1, -1), name="it")(ROWS),
    "the number of channels must be known and at least 1, received (1, 4, 5, 0).": (
        lambda: layers.Conv2D(2, 3, name="it")(IMAGE[..., :0])
    ),
    "expected an input of shape (batch, features), received (1, 4, 5).": (
        lambda: layers.LSTMCell(2, name="it").compute_output_shape((1, 4, 5))
    ),
    "expected a list of shapes, received (2, 3).": lambda: layers.Add(name="it").build((2, 3)),
    "training must be True or False, received 'yes'.": lambda: layers.Dense(2, name="it")(ROWS, training="yes"),
    "unknown argument 'traning', did you mean 'training'?": lambda: layers.Dense(2, name="it")(ROWS, traning=True),
    "seed must be an integer of at least 0, received -1.": lambda: layers.Dense(2, name="it").trace(ROWS, seed=-1),
    "grad must have the shape of y, (2, 2), received (2,).": lambda: layers.Dense(2, name="it").trace(
        ROWS, grad=[1, 2]
    ),
    "patch must be a dict from steps to functions": lambda: layers.Dense(2, name="it").trace(ROWS, patch="z"),
    "a shape must be a tuple of sizes, batch first (None for any), received 3.": (
        lambda: layers.Dense(2, name="it").build(3)
    ),
    "expected a mask with the shape of the last axes of x, (2, 3), or with 1 in their places, received (2,).": (
        lambda: layers.Softmax(name="it")(ROWS, mask=[True, False])
    ),
    "each side of the weight": lambda: layers.Dense(2, name="it").add_weight((2, "3"), name="w"),
    "would have 3,000,000,000 numbers": lambda: layers.Dense(10**9, name="it")(ROWS),
    "the function returned shape (2, 2), expected (3, 4).": (
        lambda: layers.Dense(4, kernel_initializer=lambda shape: np.ones((2, 2)), name="it")(ROWS)
    ),
    "the weights are not made yet; call build(input_shape) first.": lambda: layers.Dense(2, name="it").count_params(),
    "expected weights of shapes [(3, 2), (2,)], received [()].": (
        lambda: built(layers.Dense(2, name="it")).set_weights([1])
    ),
    "kernel is a weight; set its values with layer.kernel.assign(values), received ndarray.": (
        lambda: setattr(built(layers.Dense(2, name="it")), "kernel", np.ones((3, 2)))
    ),
}


@pytest.mark.parametrize("sentence", CONSTRUCTORS)
def test_constructors_refuse_in_one_sentence(sentence):
    with pytest.raises(NnlabError, match="^" + re.escape(sentence)):
        CONSTRUCTORS[sentence]()


@pytest.mark.parametrize("sentence", CALLS)
def test_calls_refuse_in_one_sentence(sentence):
    with pytest.raises(NnlabError, match=re.escape(sentence)) as raised:
        CALLS[sentence]()
    assert re.match(r"\w+ 'it': |it/|Dense: ", str(raised.value))


def test_errors_are_also_what_python_would_raise():
    with pytest.raises(ValueError, match="units"):
        layers.Dense(0)
    with pytest.raises(TypeError, match="unknown argument"):
        layers.Dense(2, unit=3)
    assert issubclass(ShapeError, ValueError)
    assert issubclass(UnknownArgumentError, TypeError)


def test_a_refused_call_leaves_the_layer_as_it_was():
    layer = built(layers.BatchNormalization())
    before = layer.get_weights()
    with pytest.raises(ShapeError):
        layer(np.ones((2, 4)), training=True)
    for now, then in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_refused_build_can_be_repeated_with_the_right_shape():
    layer = layers.Conv2D(2, 3)
    with pytest.raises(ShapeError):
        layer(ROWS)
    assert layer(IMAGE).shape == (1, 2, 3, 2)


def test_numbers_too_large_for_float32_become_infinite_and_are_named():
    trace = layers.Dense(2, name="it").trace(np.full((2, 3), 1e300))
    assert trace.first_nonfinite == "x"
    assert layers.Activation("sigmoid")([[-1e30, 1e30]]).tolist() == [[0, 1]]


def test_gradcheck_wants_a_layer():
    with pytest.raises(NnlabError, match="gradcheck: expected a layer, received 3"):
        gradcheck(3, ROWS)
