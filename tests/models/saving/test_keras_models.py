"""Models of real Keras: its files load with its outputs, and it loads ours with theirs, to 1e-5."""

import json
import os
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest
import saved_models
from library import LIBRARY

import nnlab
from nnlab.core.errors import FileError

GOLDEN = Path(__file__).parents[2] / "golden"


def outputs(model, x):
    return saved_models.flat(model.predict(x if len(x) > 1 else x[0]))


def assert_outputs(name, found, golden):
    expected = [value for key, value in golden.items() if key.startswith(f"{name}/")]
    assert len(found) == len(expected)
    for y, value in zip(found, expected, strict=True):
        np.testing.assert_allclose(y, value, rtol=1e-5, atol=1e-5 * np.abs(value).max(initial=0), err_msg=name)


def of_keras(act, folder):
    environment = os.environ | {"KERAS_BACKEND": "jax", "PYTHONPATH": str(GOLDEN.parent)}
    subprocess.run([os.environ["NNLAB_KERAS"], GOLDEN / "make_models.py", act, folder], env=environment, check=True)
    with np.load(folder / "outputs.npz") as archive:
        return dict(archive)


@pytest.fixture(scope="module")
def golden():
    with np.load(GOLDEN / "models" / "outputs.npz") as archive:
        return dict(archive)


@pytest.mark.parametrize("file", sorted(path.name for path in (GOLDEN / "models").glob("*.*[!z]")))
def test_a_file_of_keras_computes_what_keras_computed(file, golden):
    name = Path(file).stem
    model = nnlab.load_model(GOLDEN / "models" / file)
    assert_outputs(name, outputs(model, saved_models.inputs(name)), golden)


@pytest.mark.parametrize("name", saved_models.MODELS)
def test_the_layers_of_a_file_are_those_of_the_code_that_made_it(name):
    model, made = nnlab.load_model(GOLDEN / "models" / f"{name}.keras"), saved_models.MODELS[name](LIBRARY)
    kinds = [[(type(layer).__name__, layer.count_params()) for layer in each.layers] for each in (model, made)]
    assert sorted(kinds[0]) == sorted(kinds[1])


def test_a_mask_that_does_not_come_with_its_input_is_refused(tmp_path):
    """The mask of `encoder` is made of the other input's zeros, which nnlab would not pass to it."""
    with zipfile.ZipFile(GOLDEN / "models" / "branches.keras") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    encoder = next(part for part in config["config"]["layers"] if part["name"] == "encoder")
    encoder["inbound_nodes"][0]["kwargs"]["mask"]["config"]["keras_history"][0] = "any_1"
    with zipfile.ZipFile(tmp_path / "model.keras", "w") as archive:
        for name, content in (members | {"config.json": json.dumps(config)}).items():
            archive.writestr(name, content)
    with pytest.raises(FileError, match="'encoder' is given a mask that does not come with its input"):
        nnlab.load_model(tmp_path / "model.keras")


def test_a_file_of_keras_says_how_the_model_was_compiled():
    model = nnlab.load_model(GOLDEN / "models" / "lenet.keras")
    assert (type(model.optimizer), type(model.loss)) == (nnlab.optimizers.Adam, nnlab.losses.MeanSquaredError)
    model.train_on_batch(*(np.zeros((1, *shape)) for shape in ((28, 28, 1), (10,))))


@pytest.mark.keras
def test_keras_saves_today_what_the_files_hold(tmp_path, golden):
    today = of_keras("make", tmp_path)
    assert set(today) == set(golden)
    for name in saved_models.MODELS:
        x = saved_models.inputs(name)
        assert_outputs(name, outputs(nnlab.load_model(tmp_path / f"{name}.keras"), x), today)
        assert_outputs(name, outputs(nnlab.load_model(GOLDEN / "models" / f"{name}.keras"), x), today)


@pytest.mark.keras
def test_every_layer_that_keras_saves_is_read(tmp_path):
    golden = of_keras("rows", tmp_path)
    for key in (*saved_models.ROWS, *saved_models.DRAWN):
        for ending in (".keras", ".h5"):
            model = nnlab.load_model(tmp_path / f"{key}{ending}")
            assert_outputs(key, outputs(model, saved_models.inputs_of(key)), golden)


@pytest.mark.keras
def test_keras_reads_what_is_saved(tmp_path):
    given, ours = {}, {}
    for name in (*saved_models.MODELS, *saved_models.DRAWN, *saved_models.ROWS):
        model, x = saved_models.made(name, LIBRARY), saved_models.inputs_of(name)
        saved_models.draw_weights(model)
        if name in ("lenet", "vgg", "text"):
            model.compile("adam", "mse", metrics=["mae"])
        given |= {f"{name}/{index}": part for index, part in enumerate(x)}
        found = outputs(model, x)
        for ending in (".keras", ".h5"):
            model.save(tmp_path / f"{name}{ending}")
            ours |= {f"{name}{ending}/{index}": part for index, part in enumerate(found)}
    np.savez(tmp_path / "inputs.npz", **given)
    theirs = of_keras("load", tmp_path)
    assert set(theirs) == set(ours)
    for key, value in theirs.items():
        np.testing.assert_allclose(ours[key], value, rtol=1e-5, atol=1e-5 * np.abs(value).max(initial=0), err_msg=key)
