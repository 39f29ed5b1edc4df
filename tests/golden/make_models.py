"""Save models with real Keras, with what they compute, or load those that nnlab has saved.

Run it where Keras is installed (nnlab is not needed), from the repository's root, as tests/golden/make_models.py:

    KERAS_BACKEND=jax PYTHONPATH=tests python make_models.py make [folder]     # those of tests/golden/models
    KERAS_BACKEND=jax PYTHONPATH=tests python make_models.py rows <folder>     # one a row of the table
    KERAS_BACKEND=jax PYTHONPATH=tests python make_models.py load <folder>     # outputs of what is there
"""

import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import saved_models

LIBRARY = SimpleNamespace(**vars(keras.layers), Model=keras.Model, Sequential=keras.Sequential)


def outputs(model, x):
    """Each output by its place."""
    return [np.asarray(y) for y in saved_models.flat(model.predict(x if len(x) > 1 else x[0], verbose=0))]


def make(folder):
    """Every model in both formats, and what it computes."""
    found = {}
    for name, build in saved_models.MODELS.items():
        keras.utils.clear_session()
        model = build(LIBRARY)
        saved_models.draw_weights(model)
        if len(model.outputs) == 1:
            model.compile("adam", "mse", metrics=["mae"])
        model.save(folder / f"{name}.keras")
        squeeze(folder / f"{name}.keras")
        if name in saved_models.IN_HDF5:
            model.save(folder / f"{name}.h5", include_optimizer=False)
        found |= {f"{name}/{index}": y for index, y in enumerate(outputs(model, saved_models.inputs(name)))}
    np.savez_compressed(folder / "outputs.npz", **found)


def squeeze(path):
    """Compress the members of an archive, which Keras leaves as they are; their content stays the same."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def rows(folder):
    """A model of each row of the table of layers, and those drawn at random, and what they compute."""
    found = {}
    for key in (*saved_models.ROWS, *saved_models.DRAWN):
        keras.utils.clear_session()
        model = saved_models.made(key, LIBRARY)
        saved_models.draw_weights(model)
        model.save(folder / f"{key}.keras")
        model.save(folder / f"{key}.h5", include_optimizer=False)
        found |= {f"{key}/{index}": y for index, y in enumerate(outputs(model, saved_models.inputs_of(key)))}
    np.savez_compressed(folder / "outputs.npz", **found)


def load(folder):
    """What each model in the folder computes of the inputs that lie beside it."""
    found = {}
    with np.load(folder / "inputs.npz") as archive:
        given = dict(archive)
    for path in sorted([*folder.glob("*.keras"), *folder.glob("*.h5")]):
        model = keras.models.load_model(path)
        x = [value for key, value in given.items() if key.startswith(f"{path.stem}/")]
        found |= {f"{path.name}/{index}": y for index, y in enumerate(outputs(model, x))}
    np.savez_compressed(folder / "outputs.npz", **found)


if __name__ == "__main__":
    act, *rest = sys.argv[1:]
    folder = Path(rest[0]) if rest else Path(__file__).parent / "models"
    folder.mkdir(exist_ok=True)
    {"make": make, "rows": rows, "load": load}[act](folder)
