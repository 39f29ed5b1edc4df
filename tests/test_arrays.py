"""Windows, their products and the way back, however they are cut into blocks and lie in memory."""

import numpy as np
import pytest

from nnlab import Sequential, arrays, layers
from nnlab.arrays import products
from nnlab.arrays.later import InBlocks

SHAPES = [  # of the input, of the kernel; strides, dilation
    ((3, 9, 8, 2), (3, 2, 2, 4), (1, 1), (1, 1)),
    ((2, 9, 11, 3), (2, 3, 3, 5), (2, 3), (1, 1)),
    ((1, 9, 9, 2), (3, 2, 2, 1), (1, 1), (3, 2)),
    ((4, 12, 3), (4, 3, 2), (3,), (1,)),
    ((2, 5, 6, 4, 1), (2, 3, 1, 1, 3), (1, 2, 2), (1, 1, 1)),
    ((3, 6, 7, 2), (1, 1, 2, 4), (1, 1), (1, 1)),
]
of_every_shape = pytest.mark.parametrize(("shape", "kernel", "strides", "dilation"), SHAPES)


@pytest.fixture(params=[1, 100, products.BLOCK], autouse=True)
def numbers_in_a_block(request, monkeypatch):
    """One row of places at a time, some, and all."""
    monkeypatch.setattr(products, "BLOCK", request.param)


def drawn(*shape):
    return np.random.default_rng(len(shape)).normal(size=shape)


def cut(x, kernel, strides, dilation):
    """The windows of x as an array of their own, in plain order."""
    return np.ascontiguousarray(arrays.windows(x, kernel.shape[:-2], strides, dilation))


@of_every_shape
def test_correlation_is_the_product_of_windows_and_kernel(shape, kernel, strides, dilation):
    x, kernel = drawn(*shape), drawn(*kernel)
    expected = np.tensordot(cut(x, kernel, strides, dilation), kernel, kernel.ndim - 1)
    for lies in (x, arrays.batch_last(x), x[::-1][::-1]):
        windows = arrays.windows(lies, kernel.shape[:-2], strides, dilation)
        np.testing.assert_allclose(arrays.correlate(windows, kernel), expected)


@of_every_shape
def test_gradient_of_the_kernel_sums_windows_times_gradients(shape, kernel, strides, dilation):
    x, kernel = drawn(*shape), drawn(*kernel)
    windows = cut(x, kernel, strides, dilation)
    places = tuple(range(kernel.ndim - 1))
    dz = drawn(*windows.shape[: kernel.ndim - 1], kernel.shape[-1])
    expected = np.tensordot(windows, dz, (places, places))
    view = arrays.windows(arrays.batch_last(x), kernel.shape[:-2], strides, dilation)
    np.testing.assert_allclose(arrays.kernel_gradient(view, dz), expected)


@of_every_shape
def test_products_fold_as_the_whole_array_would(shape, kernel, strides, dilation):
    x, kernel = drawn(*shape), drawn(*kernel)
    windows = cut(x, kernel, strides, dilation)
    dz = drawn(*windows.shape[: kernel.ndim - 1], kernel.shape[-1])
    whole = np.tensordot(dz, kernel, (-1, -1))
    np.testing.assert_allclose(np.asarray(arrays.Products(dz, kernel)), whole)
    in_blocks = arrays.fold(arrays.Products(dz, kernel), shape, strides, dilation)
    np.testing.assert_allclose(in_blocks, arrays.fold(whole, shape, strides, dilation))
    np.testing.assert_allclose((in_blocks * x).sum(), (whole * windows).sum())  # fold is the adjoint of windows


@pytest.mark.parametrize("strides", [(2, 2), (1, 2), (3, 2)])
def test_winners_take_their_gradient_back(strides):
    x = np.random.default_rng(0).integers(0, 3, (3, 7, 8, 2)).astype(float)  # many are equal
    windows = arrays.windows(arrays.batch_last(x), (2, 2), strides)
    winner = arrays.Winner(windows)
    flat = windows.reshape(*windows.shape[:3], 4, 2)
    np.testing.assert_array_equal(arrays.pick(windows, winner), flat.max(3))
    np.testing.assert_array_equal(winner, flat.argmax(3))
    dy = drawn(*flat.shape[:3], 2)
    spread = np.zeros_like(flat)
    np.put_along_axis(spread, flat.argmax(3)[:, :, :, None], dy[:, :, :, None], 3)
    unpicked = arrays.Unpicked(dy, winner, (2, 2))
    expected = arrays.fold(spread.reshape(windows.shape), x.shape, strides)
    np.testing.assert_allclose(arrays.fold(unpicked, x.shape, strides), expected)
    np.testing.assert_allclose(np.asarray(unpicked), spread.reshape(windows.shape))


def test_a_later_array_is_computed_once_and_only_when_it_is_read():
    looks = []
    later = arrays.Later(lambda: looks.append("look") or np.arange(6.0).reshape(2, 3))
    assert not looks
    assert (later[1, 2], len(later), later.shape, (2 * later).sum()) == (5.0, 2, (2, 3), 30.0)
    assert looks == ["look"]


def test_a_training_step_makes_neither_whole_windows_nor_the_gradient_of_its_input(monkeypatch):
    made = []
    compute = arrays.Later.compute
    monkeypatch.setattr(arrays.Later, "compute", lambda self: made.append(self) or compute(self))
    monkeypatch.setattr(InBlocks, "compute", lambda self: pytest.fail(f"{self!r} was made as a whole"))
    conv = layers.Conv2D(2, 3, padding="same")
    model = Sequential([conv, layers.MaxPooling2D(), layers.Flatten(), layers.Dense(2)])
    model.compile("sgd", "mse")
    model.train_on_batch(np.ones((3, 4, 4, 1)), np.ones((3, 2)))
    assert not any(later.shape == (3, 4, 4, 1) for later in made)
    assert made  # what stands between the layers was read


def test_values_take_the_order_of_another_array_in_memory():
    x, values = arrays.batch_last(drawn(3, 4, 5, 2)), drawn(3, 4, 5, 2)
    ordered = arrays.like(x, values)
    assert ordered.strides == x.strides
    np.testing.assert_array_equal(ordered, values)
    assert arrays.like(values, values) is values
    np.testing.assert_allclose(arrays.dot(x, ordered), (x * values).sum((0, 1, 2)))
