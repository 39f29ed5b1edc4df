"""A patch puts a learner's function in the place of one step, forward or backward, and the rest goes on with it."""

import numpy as np
import pytest
from formula import uniform

from nnlab import layers
from nnlab.core.errors import PatchError

X = uniform("x", (3, 5))
IMAGES = uniform("images", (2, 5, 4, 3))


def dense(**arguments):
    layer = layers.Dense(2, bias_initializer="ones", **arguments)
    layer.build(X.shape)
    return layer


def test_arguments_come_by_name_from_the_record_and_then_from_the_layer():
    layer = layers.BatchNormalization(epsilon=0.5)

    def inv_std(var, epsilon):
        return 1 / np.sqrt(var + epsilon)

    trace = layer.trace(X, training=True, patch={"inv_std": inv_std})
    np.testing.assert_allclose(trace["y"].value, layer.trace(X, training=True)["y"].value, rtol=1e-6)


def test_what_comes_after_uses_the_patch():
    layer = dense(activation="relu")
    trace = layer.trace(X, patch={"z": lambda x, kernel: -(x @ kernel)})
    np.testing.assert_allclose(trace["y"].value, np.maximum(-(X @ layer.kernel.value), 0), rtol=1e-6)
    assert set(trace.patched) == {"z"}


def test_the_report_holds_what_the_layer_itself_computes_from_the_same_inputs():
    layer = layers.BatchNormalization()
    patch = {"mean": lambda x: x.mean(0) + 1, "var": lambda centered: (centered**2).sum(0)}
    trace = layer.trace(X, training=True, patch=patch)
    np.testing.assert_allclose(trace.patched["mean"].own, X.mean(0), atol=1e-6)
    off = X - X.mean(0) - 1  # the patched mean goes into the layer's own variance
    np.testing.assert_allclose(trace.patched["var"].own, (off**2).mean(0), rtol=1e-5)
    np.testing.assert_allclose(trace.patched["var"].value, (off**2).sum(0), rtol=1e-5)


def test_a_backward_step_gets_values_and_the_gradients_that_have_arrived():
    layer, dy = dense(), uniform("dy", (3, 2))
    trace = layer.trace(X, grad=dy, patch={"grad:kernel": lambda x, grad_z: 2 * x.T @ grad_z})
    np.testing.assert_allclose(trace["kernel"].grad, 2 * X.T @ dy, rtol=1e-6)
    np.testing.assert_allclose(trace.patched["grad:kernel"].own, X.T @ dy, rtol=1e-6)


def test_steps_of_a_layer_inside_go_by_their_path():
    trace = dense(activation="softmax").trace(X, patch={"activation/sum": lambda exp: exp.sum(-1, keepdims=True) * 2})
    np.testing.assert_allclose(trace["y"].value.sum(-1), 0.5, rtol=1e-6)


def test_inputs_and_weights_can_be_patched_and_values_instead_of_functions():
    layer = dense()
    trace = layer.trace(X, patch={"x": np.zeros((3, 5)), "bias": lambda: np.array([7, 8])})
    np.testing.assert_array_equal(trace["y"].value, np.tile([7, 8], (3, 1)))
    np.testing.assert_array_equal(layer.bias.numpy(), [1, 1])


def test_a_patch_cannot_change_what_it_is_given():
    def z(x, kernel):
        x *= 0
        return x @ kernel

    with pytest.raises(PatchError, match=r"the patch of 'z' raised ValueError: .*read-only"):
        dense().trace(X, patch={"z": z})


def test_an_index_that_no_cell_has_gives_nan_not_another_cell():
    trace = layers.MaxPooling2D().trace(IMAGES, patch={"winner": lambda windows: np.full((2, 2, 2, 3), 4)})
    assert np.isnan(trace["y"].value).all()


@pytest.mark.parametrize(
    ("patch", "sentence"),
    [
        ({"zz": lambda x: x}, "there is no step 'zz' to patch; this call has: kernel, bias, x, z, y"),
        (
            {"z": lambda windows: windows},
            "the patch of 'z' asks for 'windows'; at this point there is: kernel, bias, x",
        ),
        ({"z": lambda x: x}, r"the patch of 'z' returned shape \(3, 5\), expected \(3, 2\)"),
        ({"z": lambda x: x.tolist()}, "the patch of 'z' returned a list, expected an array"),
        ({"z": lambda x: None}, "the patch of 'z' returned a NoneType"),
        ({"z": lambda x: x / nothing}, "the patch of 'z' raised NameError"),  # noqa: F821
        ({"z": lambda x: np.full((3, 2), "a")}, "values of dtype <U1, expected real numbers"),
        ({"grad:z": lambda grad_x: grad_x}, "the patch of 'grad:z' asks for 'grad_x'"),
    ],
)
def test_a_patch_that_cannot_do_it_is_told_why(patch, sentence):
    with pytest.raises(PatchError, match=sentence):
        dense().trace(X, patch=patch)


@pytest.mark.parametrize(("values", "kind"), [(0.5, "whole numbers"), (np.nan, "whole numbers")])
def test_an_index_must_be_whole(values, kind):
    with pytest.raises(PatchError, match=kind):
        layers.MaxPooling2D().trace(IMAGES, patch={"winner": lambda x: np.full((2, 2, 2, 3), values)})
