"""Files of Keras 2, written here by hand as it wrote them: its names for things, and what they meant."""

import json

import h5py
import numpy as np
import pytest
from formula import uniform

import nnlab
from nnlab import Input, layers
from nnlab.core.errors import FileError
from nnlab.models import Functional

ZEROS = {"class_name": "Zeros", "config": {"dtype": "float32"}}
SCALED = {"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "normal"}}


def part(class_name, name, **config):
    """A layer as Keras 2 stated it."""
    return {"class_name": class_name, "config": {"name": name, "trainable": True, "dtype": "float32", **config}}


def saved(path, config, weights, version="2.4.3", **attributes):
    """An `.h5` file: `weights` maps each layer's name to its arrays by name."""
    with h5py.File(path, "w") as root:
        root.attrs["model_config"] = json.dumps(config).encode()
        root.attrs["keras_version"] = version.encode()
        for name, value in attributes.items():
            root.attrs[name] = json.dumps(value).encode()
        group = root.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name in weights]
        for layer, arrays in weights.items():
            inside = group.create_group(layer)
            inside.attrs["weight_names"] = [name.encode() for name in arrays]
            for name, array in arrays.items():
                inside[name] = array
    return path


def arrays(name, **shapes):
    """Numbers for the weights of a layer, under the names that Keras 2 gave them."""
    return {f"{name}/{key}:0": uniform(f"{name} {key}", shape, 0.1, 1.0) for key, shape in shapes.items()}


KERNEL_AND_BIAS = {"kernel": (3, 2), "bias": (2,)}


def test_a_row_of_layers_with_the_shape_in_the_first(tmp_path):
    dense = part("Dense", "d", units=2, batch_input_shape=[None, 3], kernel_initializer=SCALED, bias_initializer=ZEROS)
    leak = part("LeakyReLU", "leak", alpha=0.5)
    norm = part("BatchNormalization", "norm", axis=[1], fused=None, momentum=0.9, epsilon=0.001)
    statistics = dict.fromkeys(("gamma", "beta", "moving_mean", "moving_variance"), (2,))
    weights = {"d": arrays("d", **KERNEL_AND_BIAS), "leak": {}, "norm": arrays("norm", **statistics)}
    for config in ([dense, leak, norm], {"name": "row", "layers": [dense, leak, norm]}):
        path = saved(tmp_path / "model.h5", {"class_name": "Sequential", "config": config}, weights)
        model = nnlab.load_model(path)
        x = uniform("x", (4, 3))
        kernel, bias, gamma, beta, mean, variance = (
            value for layer in ("d", "norm") for value in weights[layer].values()
        )
        z = x @ kernel + bias
        z = np.where(z > 0, z, z * 0.5)
        np.testing.assert_allclose(model(x), gamma * (z - mean) / np.sqrt(variance + 0.001) + beta, rtol=1e-5)
        assert model.input_shape == (None, 3)


def test_hard_sigmoid_means_what_it_meant(tmp_path):
    config = {"name": "m", "layers": [part("Activation", "a", activation="hard_sigmoid", batch_input_shape=[None, 3])]}
    x = np.array([[-3.0, 1.0, 2.0]])
    for version, expected in (("2.4.3", [0, 0.7, 0.9]), ("3.5.0", [0, 4 / 6, 5 / 6])):
        path = saved(tmp_path / "model.h5", {"class_name": "Sequential", "config": config}, {"a": {}}, version)
        np.testing.assert_allclose(nnlab.load_model(path)(x)[0], expected, rtol=1e-6)


def test_a_wrapped_recurrent_layer_keeps_the_old_meaning_through_a_new_file(tmp_path):
    lstm = part("LSTM", "lstm", units=2, recurrent_activation="hard_sigmoid", implementation=1, time_major=False)
    both = part("Bidirectional", "both", layer=lstm, merge_mode="concat", batch_input_shape=[None, 4, 3])
    weights = {}
    for direction in ("forward", "backward"):
        shapes = {"kernel": (3, 8), "recurrent_kernel": (2, 8), "bias": (8,)}
        weights |= arrays(f"both/{direction}_lstm/lstm_cell", **shapes)
    path = saved(tmp_path / "a.h5", {"class_name": "Sequential", "config": {"layers": [both]}}, {"both": weights})
    model = nnlab.load_model(path)
    assert model.layers[0].forward_layer.recurrent_activation(np.array([1.0])) == 0.7
    model.save(tmp_path / "a.keras")
    x = uniform("x", (2, 4, 3))
    np.testing.assert_array_equal(nnlab.load_model(tmp_path / "a.keras")(x), model(x))


def inbound(*rows):
    """A call in the list form: each row is [name, call, place, further arguments]."""
    return [[[*row, {}] for row in rows]]


def test_a_graph_with_a_nested_model_whose_calls_count_from_one(tmp_path):
    given = {**part("InputLayer", "x", batch_input_shape=[None, 3], sparse=False, ragged=False), "name": "x"}
    inside = {**part("InputLayer", "i", batch_input_shape=[None, 3]), "name": "i", "inbound_nodes": []}
    dense = {**part("Dense", "d", units=3), "name": "d", "inbound_nodes": inbound(["i", 0, 0])}
    nested = {"name": "inner", "layers": [inside, dense], "input_layers": [["i", 0, 0]], "output_layers": [["d", 0, 0]]}
    calls = [*inbound(["x", 0, 0]), *inbound(["inner", 1, 0])]
    add = {**part("Add", "add"), "name": "add", "inbound_nodes": inbound(["inner", 1, 0], ["inner", 2, 0])}
    config = {
        "name": "outer",
        "layers": [
            {**given, "inbound_nodes": []},
            {"class_name": "Model", "config": nested, "name": "inner", "inbound_nodes": calls},
            add,
        ],
        "input_layers": [["x", 0, 0]],
        "output_layers": [["add", 0, 0], ["inner", 2, 0]],
    }
    weights = {"x": {}, "inner": arrays("d", kernel=(3, 3), bias=(3,)), "add": {}}
    model = nnlab.load_model(saved(tmp_path / "model.h5", {"class_name": "Model", "config": config}, weights))
    assert isinstance(model, Functional)
    x = uniform("x", (4, 3))
    kernel, bias = weights["inner"].values()
    once = x @ kernel + bias
    for y, expected in zip(model(x), (once + once @ kernel + bias, once @ kernel + bias), strict=True):
        np.testing.assert_allclose(y, expected, rtol=1e-5)


def test_a_row_of_layers_that_ends_a_graph_counts_its_calls_from_one_too(tmp_path):
    given = {**part("InputLayer", "x", batch_input_shape=[None, 3]), "name": "x", "inbound_nodes": []}
    row = {"class_name": "Sequential", "config": {"name": "row", "layers": [part("ReLU", "r", max_value=None)]}}
    row |= {"name": "row", "inbound_nodes": inbound(["x", 0, 0])}
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["row", 1, 0]]}
    config = {"class_name": "Functional", "config": {"name": "m", "layers": [given, row], **ends}}
    model = nnlab.load_model(saved(tmp_path / "model.h5", config, {}))
    np.testing.assert_array_equal(model([[-1.0, 0.0, 2.0]]), [[0, 0, 2]])


def test_states_in_the_list_of_what_a_layer_reads(tmp_path):
    names = ("x", "h", "c")
    given = [{**part("InputLayer", n, batch_input_shape=[None, 4, 3] if n == "x" else [None, 2]), "name": n,
              "inbound_nodes": []} for n in names]  # fmt: skip
    lstm = {**part("LSTM", "lstm", units=2), "name": "lstm", "inbound_nodes": inbound(*([n, 0, 0] for n in names))}
    ends = {"input_layers": [[n, 0, 0] for n in names], "output_layers": [["lstm", 0, 0]]}
    config = {"class_name": "Functional", "config": {"name": "m", "layers": [*given, lstm], **ends}}
    weights = arrays("lstm/lstm_cell", kernel=(3, 8), recurrent_kernel=(2, 8), bias=(8,))
    model = nnlab.load_model(saved(tmp_path / "model.h5", config, {"lstm": weights}))
    made = layers.LSTM(2)
    x, h, c = uniform("x", (5, 4, 3)), uniform("h", (5, 2)), uniform("c", (5, 2))
    made.build(x.shape)
    made.set_weights(list(weights.values()))
    np.testing.assert_array_equal(model([x, h, c]), made(x, initial_state=[h, c]))


def test_says_how_the_model_was_compiled(tmp_path):
    config = {"layers": [part("Dense", "d", units=2, batch_input_shape=[None, 3], activation="softmax")]}
    wrapper = {"class_name": "MeanMetricWrapper", "config": {"name": "accuracy", "fn": "categorical_accuracy"}}
    adam = {
        "class_name": "Custom>Adam",
        "config": {"name": "Adam", "learning_rate": 0.25, "decay": 0.0, "amsgrad": False},
    }
    told = {"loss": "categorical_crossentropy", "metrics": [[wrapper]], "optimizer_config": adam}
    weights = {"d": arrays("d", **KERNEL_AND_BIAS)}
    row = {"class_name": "Sequential", "config": config}
    model = nnlab.load_model(saved(tmp_path / "model.h5", row, weights, training_config=told))
    assert (type(model.optimizer).__name__, model.optimizer.learning_rate) == ("Adam", 0.25)
    assert list(model.evaluate(np.eye(3), np.eye(2)[[0, 1, 1]], return_dict=True)) == ["loss", "categorical_accuracy"]
    told["optimizer_config"]["class_name"] = "Ftrl"
    path = saved(tmp_path / "model.h5", row, weights, training_config=told)
    with pytest.warns(UserWarning, match=r"loaded but not compiled.*optimizer must be one of"):
        assert nnlab.load_model(path).optimizer is None


def test_a_file_of_weights_alone_goes_by_order(tmp_path):
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as root:
        root.attrs["layer_names"] = [b"first", b"none", b"second"]
        for name, shapes in (("first", {"kernel": (3, 2)}), ("none", {}), ("second", {"kernel": (2, 4)})):
            group = root.create_group(name)
            group.attrs["weight_names"] = [f"{name}/{key}:0".encode() for key in shapes]
            for key, array in arrays(name, **shapes).items():
                group[key] = array
    model = nnlab.Sequential([Input((3,)), *(layers.Dense(units, use_bias=False) for units in (2, 4))])
    model.load_weights(path)
    np.testing.assert_array_equal(model.layers[1].kernel, arrays("second", kernel=(2, 4))["second/kernel:0"])
    with pytest.raises(FileError, match="it holds no model"):
        nnlab.load_model(path)


def test_weights_that_do_not_fit_are_refused(tmp_path):
    config = {"layers": [part("Dense", "d", units=2, batch_input_shape=[None, 3])]}
    for weights, words in (
        (arrays("d", kernel=(3, 2)), "1 arrays of weights for Dense 'd', not 2"),
        (arrays("d", kernel=(2, 3), bias=(2,)), r"must have shape \(3, 2\), and have shape \(2, 3\)"),
    ):
        path = saved(tmp_path / "model.h5", {"class_name": "Sequential", "config": config}, {"d": weights})
        with pytest.raises(FileError, match=words):
            nnlab.load_model(path)
