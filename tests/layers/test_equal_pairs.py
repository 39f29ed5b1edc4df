"""Pairs of layers that must agree although they are different code: each pair is a fact about the mathematics."""

import numpy as np
from formula import uniform

from nnlab import layers

IMAGES = uniform("images", (3, 7, 8, 2))


def conv(filters, size, **arguments):
    layer = layers.Conv2D(filters, size, bias_initializer="ones", **arguments)
    layer.build(IMAGES.shape)
    layer.kernel.assign(uniform("kernel", layer.kernel.shape))
    return layer


def close(first, second):
    np.testing.assert_allclose(first, second, rtol=1e-5, atol=1e-5)


def test_convolution_with_a_1x1_kernel_is_dense_on_the_channels():
    convolution, dense = conv(4, 1), layers.Dense(4, bias_initializer="ones")
    dense.build(IMAGES.shape)
    dense.kernel.assign(convolution.kernel.numpy()[0, 0])
    first, second = convolution.trace(IMAGES), dense.trace(IMAGES)
    close(first["y"].value, second["y"].value)
    close(first["kernel"].grad[0, 0], second["kernel"].grad)
    close(first["x"].grad, second["x"].grad)


def test_convolution_over_the_whole_image_is_dense_on_the_flattened_one():
    convolution, dense = conv(4, (7, 8)), layers.Dense(4, bias_initializer="ones")
    dense.build((3, 7 * 8 * 2))
    dense.kernel.assign(convolution.kernel.numpy().reshape(-1, 4))
    close(convolution(IMAGES)[:, 0, 0], dense(layers.Flatten()(IMAGES)))


def test_a_stride_keeps_every_second_place():
    close(conv(4, 3, strides=(2, 3))(IMAGES), conv(4, 3)(IMAGES)[:, ::2, ::3])


def test_dilation_is_a_kernel_with_zeros_between():
    dilated, spread = conv(4, (3, 2), dilation_rate=(2, 3)), conv(4, (5, 4))
    kernel = np.zeros((5, 4, 2, 4), "float32")
    kernel[::2, ::3] = dilated.kernel.numpy()
    spread.kernel.assign(kernel)
    close(dilated(IMAGES), spread(IMAGES))


def test_same_padding_is_zero_padding_then_valid():
    close(conv(4, (3, 4), padding="same")(IMAGES), conv(4, (3, 4))(layers.ZeroPadding2D(((1, 1), (1, 2)))(IMAGES)))


def test_average_pooling_is_a_convolution_with_equal_weights():
    kernel = np.zeros((2, 3, 2, 2), "float32")
    kernel[..., [0, 1], [0, 1]] = 1 / 6
    convolution = conv(2, (2, 3), strides=(2, 3), use_bias=False)
    convolution.kernel.assign(kernel)
    close(layers.AveragePooling2D((2, 3))(IMAGES), convolution(IMAGES))


def test_average_pooling_of_a_constant_is_the_constant_up_to_the_edge():
    ones = np.ones((1, 5, 7, 1))
    close(layers.AveragePooling2D(3, strides=2, padding="same")(ones), np.ones((1, 3, 4, 1)))


def test_max_pooling_is_minus_the_smallest_of_minus():
    windows = np.lib.stride_tricks.sliding_window_view(-IMAGES, (3, 2), axis=(1, 2))
    close(layers.MaxPooling2D((3, 2), strides=1)(IMAGES), -windows.min((-1, -2)))


def test_batch_normalization_at_inference_is_one_affine_map():
    layer = layers.BatchNormalization()
    layer.build(IMAGES.shape)
    gamma, beta, mean = (uniform(name, (2,)) for name in ("gamma", "beta", "mean"))
    variance = uniform("variance", (2,), 0.5, 2)
    layer.set_weights([gamma, beta, mean, variance])
    scale = gamma / np.sqrt(variance + layer.epsilon)
    close(layer(IMAGES), IMAGES * scale + (beta - mean * scale))


def test_batch_normalization_of_any_axis_is_that_of_the_last_moved_there():
    moved = np.moveaxis(IMAGES, 1, -1)
    first = layers.BatchNormalization(axis=1)(IMAGES, training=True)
    close(np.moveaxis(first, 1, -1), layers.BatchNormalization()(moved, training=True))


def test_relu_layer_without_arguments_is_the_activation():
    np.testing.assert_array_equal(layers.ReLU()(IMAGES), layers.Activation("relu")(IMAGES))


def test_an_activation_inside_a_layer_is_the_layer_after_it():
    inside, outside = conv(4, 3, activation="tanh"), conv(4, 3)
    close(inside(IMAGES), layers.Activation("tanh")(outside(IMAGES)))


def test_transposed_convolution_is_the_way_back_of_convolution():
    forth = layers.Conv2D(4, (3, 2), strides=2, use_bias=False)
    trace = forth.trace(IMAGES, grad=uniform("upstream", forth(IMAGES).shape))
    back = layers.Conv2DTranspose(2, (3, 2), strides=2, use_bias=False)
    back.build((None, None, None, 4))
    back.kernel.assign(trace["kernel"].value)
    close(back(trace["y"].grad), trace["x"].grad)


def test_groups_are_convolutions_side_by_side():
    x = uniform("x", (3, 7, 8, 4))
    together = layers.Conv2D(6, 3, groups=2, bias_initializer="ones")
    y = together(x)
    for half in range(2):
        alone = layers.Conv2D(3, 3, bias_initializer="ones")
        alone.build((None, None, None, 2))
        alone.kernel.assign(together.kernel[..., 3 * half : 3 * half + 3])
        close(alone(x[..., 2 * half : 2 * half + 2]), y[..., 3 * half : 3 * half + 3])


def test_a_group_for_each_channel_is_a_depthwise_convolution():
    grouped, depthwise = layers.Conv2D(6, 3, groups=2), layers.DepthwiseConv2D(3, depth_multiplier=3)
    y = grouped(IMAGES)
    depthwise.build(IMAGES.shape)
    depthwise.kernel.assign(grouped.kernel.numpy().reshape(3, 3, 2, 3))
    close(depthwise(IMAGES), y)


def test_a_separable_convolution_is_a_depthwise_and_a_pointwise_one():
    layer = layers.SeparableConv2D(4, 3, bias_initializer="ones", depth_multiplier=2)
    y = layer(IMAGES)
    depthwise, pointwise = layers.DepthwiseConv2D(3, depth_multiplier=2), layers.Conv2D(4, 1, bias_initializer="ones")
    middle = depthwise(IMAGES)
    pointwise(middle)
    depthwise.kernel.assign(layer.depthwise_kernel.numpy())
    pointwise.kernel.assign(layer.pointwise_kernel.numpy())
    close(pointwise(depthwise(IMAGES)), y)


def test_a_series_is_an_image_of_one_row_and_an_image_a_volume_of_one_layer():
    for name, first in (("Conv", (4,)), ("SeparableConv", (4,)), ("DepthwiseConv", ())):
        line, image = getattr(layers, f"{name}1D")(*first, 3), getattr(layers, f"{name}2D")(*first, (1, 3))
        y = line(IMAGES[:, 0])
        image.build(IMAGES.shape)
        image.set_weights([w if w.ndim == 1 else w[None] for w in line.get_weights()])
        close(image(IMAGES[:, :1])[:, 0], y)
    volume = layers.Conv3D(4, (3, 3, 1), bias_initializer="ones")
    volume.build((*IMAGES.shape[:3], 1, 2))
    flat = conv(4, 3)
    volume.kernel.assign(flat.kernel.numpy()[:, :, None])
    close(volume(IMAGES[:, :, :, None])[:, :, :, 0], flat(IMAGES))


def test_a_causal_convolution_never_sees_what_comes_later():
    layer, x = layers.Conv1D(3, 3, padding="causal", dilation_rate=2), uniform("series", (2, 9, 2))
    later = x.copy()
    later[:, 5:] += 1
    np.testing.assert_array_equal(layer(later)[:, :5], layer(x)[:, :5])
    assert (layer(later)[:, 5:] != layer(x)[:, 5:]).all()


def test_global_pooling_is_pooling_with_a_window_over_everything():
    for kind in ("Max", "Average"):
        everything = getattr(layers, f"{kind}Pooling2D")((7, 8))
        close(getattr(layers, f"Global{kind}Pooling2D")(keepdims=True)(IMAGES), everything(IMAGES))
