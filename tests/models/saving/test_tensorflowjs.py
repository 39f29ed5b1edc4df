"""Models of TensorFlow.js: what it has saved computes the same, and files that are not what they say are refused."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import nnlab
from nnlab.core.errors import FileError

GOLDEN = Path(__file__).parents[2] / "golden" / "models" / "tensorflowjs"
DENSE = {"class_name": "Dense", "config": {"name": "dense", "units": 2, "batch_input_shape": [None, 3]}}
ROW = {"class_name": "Sequential", "config": {"name": "row", "layers": [DENSE]}}
KERNEL = {"name": "dense/kernel", "shape": [3, 2], "dtype": "float32"}
BIAS = {"name": "dense/bias", "shape": [2], "dtype": "float32"}


def saved(folder, weights, data, paths=("shard.bin",), **more):
    """A model in a folder, as the format is documented."""
    (folder / "shard.bin").write_bytes(data)
    content = {"format": "layers-model", "modelTopology": {"model_config": ROW, "keras_version": "2.15.0"}, **more}
    content = {"weightsManifest": [{"paths": list(paths), "weights": weights}], **content}
    (folder / "model.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["image", "graph"])
def test_a_model_of_tensorflowjs_computes_what_it_computed_there(name):
    model = nnlab.load_model(GOLDEN / name)
    golden = json.loads((GOLDEN / name / "outputs.json").read_text(encoding="utf-8"))
    np.testing.assert_allclose(model.predict(np.array(golden["x"])), golden["y"], rtol=1e-5, atol=1e-5)


def test_the_path_of_the_json_does_too():
    assert nnlab.load_model(GOLDEN / "image" / "model.json").name == nnlab.load_model(GOLDEN / "image").name


def test_weights_follow_each_other_in_the_order_of_the_list(tmp_path):
    data = np.arange(8, dtype="<f4")
    model = nnlab.load_model(saved(tmp_path, [BIAS, KERNEL], data.tobytes()))
    np.testing.assert_array_equal(model.layers[0].bias, data[:2])
    np.testing.assert_array_equal(model.layers[0].kernel, data[2:].reshape(3, 2))


def test_weights_in_fewer_bits_are_unpacked(tmp_path):
    kernel = {**KERNEL, "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1.0}}
    bias = {**BIAS, "quantization": {"dtype": "float16", "original_dtype": "float32"}}
    data = bytes([0, 1, 2, 3, 4, 255]) + np.array([0.25, -2], "<f2").tobytes()
    model = nnlab.load_model(saved(tmp_path, [kernel, bias], data))
    np.testing.assert_array_equal(model.layers[0].kernel, [[-1, -0.5], [0, 0.5], [1, 126.5]])
    np.testing.assert_array_equal(model.layers[0].bias, [0.25, -2])


FLOATS = bytes(32)
HOSTILE = {
    "have 31": ([KERNEL, BIAS], FLOATS[:31], {}),
    "take 4,000,000,000,004 bytes": ([{**KERNEL, "shape": [10**6, 10**6]}, {**BIAS, "shape": [1]}], FLOATS, {}),
    "must have shape (3, 2), and have shape (2, 3)": ([{**KERNEL, "shape": [2, 3]}, BIAS], FLOATS, {}),
    "must be floats, and are 'string'": ([{**KERNEL, "dtype": "string"}, BIAS], FLOATS, {}),
    "must be floats, and are 'object'": ([{**KERNEL, "quantization": {"dtype": "object"}}, BIAS], FLOATS, {}),
    "scale must be a number": ([{**KERNEL, "quantization": {"dtype": "uint8"}}, BIAS], FLOATS[:14], {}),
    "no values for dense/bias": ([KERNEL], FLOATS[:24], {}),
    "3 arrays of weights, and the model has 2": ([KERNEL, BIAS, {**BIAS, "name": "b"}], FLOATS + bytes(8), {}),
    "a name of its own": ([KERNEL, KERNEL], FLOATS + bytes(16), {}),
    "'../shard.bin' must lie beside": ([KERNEL, BIAS], FLOATS, {"paths": ["../shard.bin"]}),
    "'/etc/passwd' must lie beside": ([KERNEL, BIAS], FLOATS, {"paths": ["/etc/passwd"]}),
    "there is no file 'other.bin'": ([KERNEL, BIAS], FLOATS, {"paths": ["other.bin"]}),
    "has no modelTopology": ([], b"", {"modelTopology": None}),
    "which has no layers": ([], b"", {"format": "graph-model"}),
    "must have weights and paths": ([], b"", {"weightsManifest": [7]}),
    "'Lambda' is not one of nnlab's layers": ([], b"", {"modelTopology": {"class_name": "Lambda", "config": {}}}),
}


@pytest.mark.parametrize("words", HOSTILE)
def test_says_what_is_wrong_with_it(words, tmp_path):
    weights, data, more = HOSTILE[words]
    with pytest.raises(FileError) as error:
        nnlab.load_model(saved(tmp_path, weights, data, **more))
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_does_not_follow_links(tmp_path):
    folder = shutil.copytree(GOLDEN / "image", tmp_path / "image")
    shard = folder / "group1-shard1of2.bin"
    shard.unlink()
    shard.symlink_to(GOLDEN / "image" / shard.name)
    with pytest.raises(FileError, match=r"no file 'group1-shard1of2\.bin'"):
        nnlab.load_model(folder)
