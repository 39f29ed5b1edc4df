"""Models through files and back: the same layers, weights and outputs, for every row of the table of layers."""

import io
import json
import sys
import zipfile

import h5py
import numpy as np
import pytest
import saved_models
from graph_cases import GRAPHS, inputs
from library import LIBRARY

import nnlab
from nnlab import Input, Model, Sequential, layers
from nnlab.core.errors import ArgumentError, FileError
from nnlab.core.record import parts


def assert_same(one, other, x):
    for y, again in zip(parts(one(x)), parts(other(x)), strict=True):
        np.testing.assert_array_equal(y, again)
    assert [weight.name for weight in one.weights] == [weight.name for weight in other.weights]
    assert one.get_config() == other.get_config()


in_both_formats = pytest.mark.parametrize("file", ["model.keras", "model.h5"])


@in_both_formats
@pytest.mark.parametrize("key", saved_models.ROWS)
def test_each_layer_comes_back_from_a_file(key, file, tmp_path):
    model = saved_models.row(key, LIBRARY)
    model.save(tmp_path / file)
    assert_same(model, nnlab.load_model(tmp_path / file), saved_models.ROWS[key].x())


@in_both_formats
@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_with_shared_and_nested_layers_comes_back(name, file, tmp_path):
    model = GRAPHS[name](LIBRARY)
    x = inputs(name)
    model.save(tmp_path / file)
    assert_same(model, nnlab.load_model(tmp_path / file), x if len(x) > 1 else x[0])


@in_both_formats
def test_layers_of_one_name_in_models_inside_come_back(file, tmp_path):
    inside = [Sequential([Input((3,)), layers.Dense(3, name="same")], name=name) for name in ("one", "other")]
    model = Sequential([Input((3,)), Sequential([Input((3,)), *inside], name="both")])
    model.save(tmp_path / file)
    assert_same(model, nnlab.load_model(tmp_path / file), np.eye(3))
    again = Sequential([Input((3,)), Sequential.from_config(model.layers[0].get_config())])
    again.load_weights(tmp_path / file)
    np.testing.assert_array_equal(again(np.eye(3)), model(np.eye(3)))


@in_both_formats
def test_outputs_in_a_dict_come_back_in_a_dict(file, tmp_path):
    model, x = saved_models.named(LIBRARY), saved_models.inputs("named")
    model.save(tmp_path / file)
    again = nnlab.load_model(tmp_path / file)
    assert again.get_config() == model.get_config()
    for key, value in model(x).items():
        np.testing.assert_array_equal(again(x)[key], value)


@in_both_formats
def test_a_row_of_layers_comes_back_with_what_compile_was_told(file, tmp_path):
    model = Sequential([Input((4,)), layers.Dense(3, activation="softmax")], name="row")
    metrics = ["accuracy", nnlab.metrics.AUC(num_thresholds=7), nnlab.metrics.Precision(0.25)]
    rate = nnlab.optimizers.schedules.CosineDecay(0.5, decay_steps=9)
    loss = nnlab.losses.CategoricalCrossentropy(label_smoothing=0.125)
    model.compile(nnlab.optimizers.AdamW(rate, weight_decay=0.25), loss, metrics)
    model.save(tmp_path / file)
    again = nnlab.load_model(tmp_path / file)
    assert repr(again.optimizer) == repr(model.optimizer)
    assert again.loss.get_config() == loss.get_config()
    x, y = np.eye(4), np.eye(3)[[0, 1, 2, 0]]
    assert again.evaluate(x, y) == model.evaluate(x, y)
    assert nnlab.load_model(tmp_path / file, compile=False).optimizer is None


def test_a_model_without_a_known_input_comes_back_unbuilt(tmp_path):
    Sequential([layers.Dense(3)]).save(tmp_path / "model.keras")
    assert not nnlab.load_model(tmp_path / "model.keras").built


def test_a_model_built_by_data_comes_back_built(tmp_path):
    model = Sequential([layers.Dense(3)])
    model(np.ones((1, 2)))
    model.save(tmp_path / "model.keras")
    assert_same(model, nnlab.load_model(tmp_path / "model.keras"), np.ones((4, 2)))


class Scaled(layers.Layer):
    """A layer of one's own."""

    def __init__(self, by=1.0, **kwargs):
        super().__init__(**kwargs)
        self.by, self.inner = by, layers.Dense(2)

    def build(self, shape):
        self.inner.ensure_built(shape)
        self.w = self.add_weight((2,), "ones")
        super().build(shape)

    def call(self, x):
        return self.inner(x) * self.w * self.by


@in_both_formats
def test_a_layer_of_ones_own_comes_back_if_its_class_is_given(file, tmp_path):
    model = Sequential([Input((3,)), Scaled(0.5)])
    model.save(tmp_path / file)
    with pytest.raises(FileError, match=r"'Scaled' of .* is not one of nnlab's layers, and no code is run from a file"):
        nnlab.load_model(tmp_path / file)
    again = nnlab.load_model(tmp_path / file, custom_objects={"Scaled": Scaled})
    assert_same(model, again, np.ones((4, 3)))


def test_weights_go_by_the_order_of_the_file_that_holds_both(tmp_path):
    """Another version of Keras may list the layers of a graph in another order, and number its weights by that."""
    x = Input((3,), name="x")
    one, other = layers.Dense(3, name="one")(x), layers.Dense(3, name="other")(x)
    model = Model(x, [one, other])
    path = tmp_path / "model.keras"
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    config["config"]["layers"].sort(key=lambda part: part["name"], reverse=True)
    content = io.BytesIO(members["model.weights.h5"])
    with h5py.File(content, "a") as root:
        group = root["layers"]
        group.move("dense", "first")
        group.move("dense_1", "dense")
        group.move("first", "dense_1")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", content.getvalue())
    again = nnlab.load_model(path)
    np.testing.assert_array_equal(again.get_layer("one").kernel, model.get_layer("one").kernel)
    again.save(path)
    assert_same(again, nnlab.load_model(path), np.eye(3))


class Residual(Model):
    """A model of one's own."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.blocks = [layers.Dense(units, activation="tanh"), layers.Dense(units)]
        self.norm = layers.BatchNormalization()

    def call(self, x):
        for block in self.blocks:
            x = x + block(x)
        return self.norm(x)


def test_a_model_of_ones_own_comes_back_if_its_class_is_given(tmp_path):
    model = Residual(3)
    x = np.linspace(-1, 1, 12).reshape(4, 3)
    y = model(x)
    model.save(tmp_path / "model.keras")
    again = nnlab.load_model(tmp_path / "model.keras", custom_objects={"Residual": Residual})
    np.testing.assert_array_equal(again(x), y)
    fresh = Residual(3)
    fresh(x)
    fresh.load_weights(tmp_path / "model.keras")
    np.testing.assert_array_equal(fresh(x), y)


def test_a_model_with_a_call_of_its_own_does_not_fit_the_older_format(tmp_path):
    model = Residual(3, name="own")
    model(np.ones((1, 3)))
    with pytest.raises(ArgumentError, match=r"Residual 'own': a model with a call of its own fits no \.h5 file"):
        model.save(tmp_path / "model.h5")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("make", [lambda: GRAPHS["nested"](LIBRARY), lambda: Sequential([Input((3,)), Scaled(2.0)])])
def test_a_clone_has_the_same_layers_and_weights_of_its_own(make):
    model = make()
    clone = nnlab.models.clone_model(model)
    assert clone.get_config() == model.get_config()
    assert not set(clone.weights) & set(model.weights)
    clone.set_weights(model.get_weights())
    np.testing.assert_array_equal(clone(np.ones((2, 3))), model(np.ones((2, 3))))


def test_says_how_to_install_what_reads_the_weights(tmp_path, monkeypatch):
    model = recurrent()
    model.save(tmp_path / "model.keras")
    monkeypatch.setitem(sys.modules, "h5py", None)  # as if it were not installed
    for act in (
        lambda: model.save(tmp_path / "other.keras"),
        lambda: model.save_weights(tmp_path / "other.weights.h5"),
        lambda: nnlab.load_model(tmp_path / "model.keras"),
    ):
        with pytest.raises(FileError, match=r"needs h5py: pip install 'nnlab\[files\]'"):
            act()
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


def recurrent():
    return Sequential(
        [Input((5, 3)), layers.Bidirectional(layers.LSTM(2)), layers.BatchNormalization(), layers.Dense(2)]
    )


def test_weights_alone_come_back(tmp_path):
    model, again = recurrent(), recurrent()
    model.save_weights(tmp_path / "model.weights.h5")
    again.load_weights(tmp_path / "model.weights.h5")
    x = np.ones((4, 5, 3))
    np.testing.assert_array_equal(again(x), model(x))


def test_weights_of_another_model_are_refused_and_change_nothing(tmp_path):
    model, other = recurrent(), Sequential([Input((3,)), layers.Dense(2)])
    model.save_weights(tmp_path / "model.weights.h5")
    before = other.get_weights()
    with pytest.raises(FileError, match=r"dense_?\d*/kernel must have shape \(3, 2\), and have shape \(4, 2\)"):
        other.load_weights(tmp_path / "model.weights.h5")
    assert all(map(np.array_equal, other.get_weights(), before))


def test_a_failed_save_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    path = tmp_path / "model.keras"
    model = Sequential([Input((3,)), layers.Dense(2)])
    model.save(path)
    before = path.read_bytes()
    model.add(Scaled(by=np.array(2.0)))
    with pytest.raises(FileError, match="configuration cannot be written"):
        model.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_says_what_a_name_must_end_in(tmp_path):
    model = recurrent()
    for act, ending in (
        (lambda: model.save(tmp_path / "x.zip"), ".keras"),
        (lambda: model.save_weights(tmp_path / "x.keras"), ".weights.h5"),
        (lambda: nnlab.load_model(tmp_path / "x.zip"), ".keras"),
        (lambda: nnlab.load_model(7), "must be a path"),
    ):
        with pytest.raises(ArgumentError, match=ending):
            act()
    with pytest.raises(FileError, match="there is no such file"):
        nnlab.load_model(tmp_path / "x.keras")
    with pytest.raises(FileError, match="choose a folder that is there"):
        model.save(tmp_path / "no" / "x.keras")


def test_does_not_overwrite_where_it_must_not(tmp_path):
    path = tmp_path / "model.keras"
    path.write_text("precious")
    with pytest.raises(FileError, match="there is such a file already"):
        recurrent().save(path, overwrite=False)
    assert path.read_text() == "precious"
