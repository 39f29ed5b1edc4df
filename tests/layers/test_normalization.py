"""Layer and group normalization, and the small activation layers, against plain NumPy and against each other."""

import numpy as np
import pytest
from formula import uniform

from nnlab import Sequential, layers
from nnlab.core.errors import NnlabError
from nnlab.utils import set_random_seed

ROWS, IMAGES = uniform("rows", (4, 6), -3, 3), uniform("images", (2, 5, 3, 6), -3, 3)


def normalized(values):
    """To mean 0 and variance 1, with Keras's epsilon."""
    return (values - values.mean()) / np.sqrt(values.var() + 1e-3)


def test_layer_normalization_is_of_each_row_by_itself():
    np.testing.assert_allclose(layers.LayerNormalization()(ROWS), [normalized(row) for row in ROWS], atol=1e-5)


def test_group_normalization_is_of_each_group_of_each_image_by_itself():
    y = layers.GroupNormalization(groups=3)(IMAGES)
    for image in range(2):
        for group in range(3):
            part = (image, ..., slice(2 * group, 2 * group + 2))
            np.testing.assert_allclose(y[part], normalized(IMAGES[part]), atol=1e-5)


def test_one_group_is_layer_normalization_over_the_whole_image():
    one, whole = layers.GroupNormalization(groups=1), layers.LayerNormalization(axis=(1, 2, 3))
    np.testing.assert_allclose(one(IMAGES), whole(IMAGES), atol=1e-6)


def test_minus_one_group_is_one_for_each_channel():
    np.testing.assert_array_equal(layers.GroupNormalization(-1)(IMAGES), layers.GroupNormalization(6)(IMAGES))


def test_axes_may_be_named_from_the_front_from_the_back_and_in_any_order():
    expected = layers.LayerNormalization(axis=(1, 3))(IMAGES)
    for axis in ((3, 1), [-3, -1], (-1, 1)):
        layer = layers.LayerNormalization(axis=axis)
        np.testing.assert_array_equal(layer(IMAGES), expected)
        assert layer.gamma.shape == (5, 6)


def test_training_and_inference_are_one():
    for layer in (layers.LayerNormalization(), layers.GroupNormalization(2)):
        np.testing.assert_array_equal(layer(IMAGES, training=True), layer(IMAGES))
        assert not layer.non_trainable_weights


def test_batch_normalization_of_the_transposed_rows_gives_the_same():
    across = layers.BatchNormalization()(ROWS.T, training=True).T
    np.testing.assert_allclose(layers.LayerNormalization()(ROWS), across, atol=1e-5)


def test_prelu_with_one_slope_for_all_is_leaky_relu():
    learnt, fixed = layers.PReLU(shared_axes=(1, 2, 3)), layers.LeakyReLU(0.25)
    learnt.build(IMAGES.shape)
    learnt.alpha.assign([[[0.25]]])
    np.testing.assert_allclose(learnt(IMAGES), fixed(IMAGES), rtol=1e-6)
    np.testing.assert_allclose(learnt.trace(IMAGES)["x"].grad, fixed.trace(IMAGES)["x"].grad, rtol=1e-6)


def test_prelu_of_images_of_any_size_shares_its_slopes_over_the_places():
    layer = layers.PReLU(shared_axes=(1, 2))
    layer.build((None, None, None, 6))
    assert layer.alpha.shape == (1, 1, 6)
    assert layer(IMAGES).shape == IMAGES.shape


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_spatial_dropout_drops_a_channel_of_a_sample_at_all_places_or_at_none(data_format):
    x = np.ones((40, 5, 3, 6))
    y = layers.SpatialDropout2D(0.5, data_format, seed=0)(x, training=True)
    y = y if data_format == "channels_last" else np.moveaxis(y, 1, -1)
    channels = y.reshape(40, -1, y.shape[-1])
    assert (channels == channels[:, :1]).all()
    assert set(np.unique(y)) == {0, 2}
    assert 0.3 < (channels[:, 0] == 0).mean() < 0.7


def test_activity_regularization_adds_its_penalty_for_each_sample_and_changes_nothing_else():
    layer = layers.ActivityRegularization(l1=0.1, l2=0.2)
    np.testing.assert_array_equal(layer(ROWS), ROWS)
    assert layer.losses == [pytest.approx((0.1 * np.abs(ROWS) + 0.2 * ROWS**2).sum() / 4, rel=1e-5)]
    assert "activity_regularizer" not in layer.get_config()


def test_they_train_inside_a_model():
    set_random_seed(0)
    model = Sequential(
        [layers.Dense(6), layers.LayerNormalization(), layers.PReLU(), layers.GroupNormalization(2), layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    losses = model.fit(ROWS, ROWS[:, :1], epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


REFUSED = {
    "LayerNormalization: axis must name at least one axis, received ().": lambda: layers.LayerNormalization(()),
    "LayerNormalization: axis must be an integer of at least -32": lambda: layers.LayerNormalization("last"),
    "LayerNormalization: rms_scaling=True is not supported": lambda: layers.LayerNormalization(rms_scaling=True),
    "LayerNormalization: epsilon must be a number of at least 0": lambda: layers.LayerNormalization(epsilon=-1),
    "axis=(1, -1) must name axes of the input beside the batch, each once": (
        lambda: layers.LayerNormalization((1, -1))(ROWS)
    ),
    "axis=0 must name axes of the input beside the batch": lambda: layers.LayerNormalization(0)(ROWS),
    "the size of axis=-1 must be known and at least 1": lambda: layers.LayerNormalization().build((None, None)),
    "GroupNormalization: groups must be at least 1, or -1": lambda: layers.GroupNormalization(0),
    "6 channels do not part into groups=4 of equal size": lambda: layers.GroupNormalization(4)(ROWS),
    "6 channels do not part into groups=32 of equal size": lambda: layers.GroupNormalization()(ROWS),
    "PReLU: shared_axes counts from 1": lambda: layers.PReLU(shared_axes=[0, 1]),
    "shared_axes=(2,) must be axes beside the batch": lambda: layers.PReLU(shared_axes=2)(ROWS),
    "LeakyReLU: negative_slope must be a number of at least 0, received None.": lambda: layers.LeakyReLU(None),
    "ELU: alpha must be a number, received '1'.": lambda: layers.ELU("1"),
    "SpatialDropout2D: rate must be a number from 0 to 1": lambda: layers.SpatialDropout2D(2),
    "SpatialDropout3D: data_format must be one of": lambda: layers.SpatialDropout3D(0.5, "first"),
    "expected an input with 4 axes": lambda: layers.SpatialDropout2D(0.5)(ROWS),
    "ActivityRegularization: l1 must be a number of at least 0": lambda: layers.ActivityRegularization(-1),
    "ActivityRegularization: activity_regularizer cannot be given": (
        lambda: layers.ActivityRegularization(activity_regularizer="l2")
    ),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_nonsense_is_refused_in_one_sentence(sentence):
    with pytest.raises(NnlabError) as error:
        REFUSED[sentence]()
    assert sentence in str(error.value)


def test_a_layer_built_for_one_size_refuses_another():
    for layer in (layers.LayerNormalization(), layers.GroupNormalization(2), layers.PReLU()):
        layer(ROWS)
        with pytest.raises(NnlabError, match=r"\(4, 5\)|5 channels"):
            layer(ROWS[:, :5])
