"""Model files: Keras's own, of today and of before, read and written, and those of TensorFlow.js, read.

A file is data: no class in it is imported, no function in it is run, and nothing is allocated because it says so.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.core.arguments import boolean
from nnlab.core.errors import ArgumentError, FileError
from nnlab.models import Model
from nnlab.models.configuration import custom_objects as naming
from nnlab.saving import atomic, hdf5, keras_h5, keras_zip, tensorflowjs, weights
from nnlab.saving.limits import Budget, reading

__all__ = ["load_model", "load_weights", "save_model", "save_weights"]

READERS = {".keras": keras_zip.load, ".h5": keras_h5.load, ".hdf5": keras_h5.load, ".json": tensorflowjs.load}
WRITERS = {".keras": keras_zip.save, ".h5": keras_h5.save, ".hdf5": keras_h5.save}


def load_model(filepath: Any, custom_objects: Mapping[str, type] | None = None, compile: bool = True) -> Model:
    """The model in a file, with its weights, compiled as it was if nnlab has the parts.

    `custom_objects` maps the names of layers of one's own to their classes. Raises FileError for a file that cannot
    be read, is damaged, or has layers that nnlab lacks. Needs h5py: pip install 'nnlab[files]'.

    >>> import tempfile
    >>> from nnlab import Input, Sequential, layers
    >>> model = Sequential([Input((2,)), layers.Dense(1, kernel_initializer="ones")])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.save(f"{folder}/sum.keras")
    ...     load_model(f"{folder}/sum.keras")([[3, 4]])
    array([[7.]], dtype=float32)
    """
    path = as_path("load_model", filepath)
    compile = boolean("load_model", "compile", compile)
    reader = tensorflowjs.load if path.is_dir() else READERS.get(path.suffix)
    if reader is None:
        raise ArgumentError(
            f"load_model: {path.name!r} must end in {', '.join(READERS)}, or be a folder with a model.json."
        )
    with naming(custom_objects):
        return reader(path, compile)


def save_model(model: Model, filepath: Any, overwrite: bool = True) -> None:
    """Write a model to a `.keras` file, or to an `.h5` file, which older programs read."""
    path = destination("save", filepath, tuple(WRITERS), overwrite)
    atomic.write(path, lambda file: WRITERS[path.suffix](model, file))


def save_weights(model: Model, filepath: Any, overwrite: bool = True) -> None:
    """Write the weights of a model to a `.weights.h5` file."""
    path = destination("save_weights", filepath, (".weights.h5",), overwrite)
    atomic.write(path, lambda file: weights.write(file, model))


def load_weights(model: Model, filepath: Any) -> None:
    """Set the weights of a model from a file."""
    path = as_path("load_weights", filepath)
    with reading(path, "a file of weights"), path.open("rb") as file:
        budget = Budget(path.stat().st_size)
        content = keras_zip.weights_in(file, budget) if path.suffix == ".keras" else file
        with hdf5.opened(content, budget) as root:
            (keras_h5.read if root.texts("layer_names") or "model_weights" in root else weights.read)(root, model)


def as_path(owner: str, filepath: Any) -> Path:
    """The path that a person gave."""
    try:
        return Path(filepath)
    except TypeError:
        raise ArgumentError(f"{owner}: filepath must be a path, received {filepath!r}.") from None


def destination(owner: str, filepath: Any, endings: tuple[str, ...], overwrite: bool) -> Path:
    """A path to write to, if it ends in one of these and nothing is lost."""
    hdf5.library()
    path = as_path(owner, filepath)
    if not path.name.endswith(endings):
        raise ArgumentError(f"{owner}: the file's name must end in {' or '.join(endings)}, received {path.name!r}.")
    if not boolean(owner, "overwrite", overwrite) and path.exists():
        raise FileError(f"{path}: there is such a file already; choose another name, or overwrite=True.")
    return path
