"""The shipped digits are the ones that were built, balanced, and need no network."""

import hashlib
import socket
from importlib.resources import files

import numpy as np
import pytest

from nnlab.datasets import mnist

SHA256 = "4b84859b44455f8a525644d3a243d8a768ab925645d939ce5683ba7bea10871b"  # printed by tools/build_mnist.py


@pytest.fixture(scope="module")
def digits():
    return mnist.load_data()


def test_file_is_the_one_that_the_script_built():
    data = files("nnlab.datasets").joinpath("mnist_5k.npz").read_bytes()
    assert hashlib.sha256(data).hexdigest() == SHA256
    assert len(data) < 1_000_000


@pytest.mark.parametrize(("part", "count"), [(0, 4000), (1, 1000)])
def test_shapes_and_dtypes_are_those_of_keras(digits, part, count):
    x, y = digits[part]
    assert x.shape == (count, 28, 28)
    assert y.shape == (count,)
    assert x.dtype == y.dtype == np.uint8


@pytest.mark.parametrize(("part", "each"), [(0, 400), (1, 100)])
def test_every_class_has_the_same_share(digits, part, each):
    assert np.bincount(digits[part][1]).tolist() == [each] * 10


def test_grey_values_use_the_whole_range(digits):
    for x, _ in digits:
        assert (x.min(), x.max()) == (0, 255)


def test_order_tells_nothing_about_the_class(digits):
    for _, y in digits:
        repeats = np.mean(y[1:] == y[:-1])
        assert 0.05 < repeats < 0.15  # 0.1 by chance, almost 1 if they were sorted


def test_no_test_digit_is_also_a_training_digit(digits):
    (train, _), (test, _) = digits
    seen = {image.tobytes() for image in train}
    assert not any(image.tobytes() in seen for image in test)


def test_images_fit_their_labels(digits):
    """A digit is nearer to the mean image of its class than to others far more often than chance."""
    (x_train, y_train), (x_test, y_test) = digits
    means = np.stack([x_train[y_train == digit].mean(0).ravel() for digit in range(10)])
    distances = ((x_test.reshape(1000, 1, 784) - means) ** 2).sum(-1)
    assert np.mean(distances.argmin(1) == y_test) > 0.75


def test_each_call_gives_arrays_of_its_own():
    (first, _), _ = mnist.load_data()
    first[:] = 7
    (second, _), _ = mnist.load_data()
    assert second.min() == 0


def test_loading_opens_no_connection(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("load_data opened a connection")

    monkeypatch.setattr(socket, "socket", refuse)
    mnist.load_data()
