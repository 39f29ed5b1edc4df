"""Keras's own files, `.keras`: an archive of a configuration, a note on its making, and the weights.

The archive is never unpacked: its three members are read by name, each no further than it may be long. One that has
names leading out of a folder, links, or the same name twice, was not made by Keras and is refused.
"""

import io
import json
import stat
import zipfile
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from nnlab import _version
from nnlab.core.errors import FileError
from nnlab.models import Model
from nnlab.models.configuration import serialized
from nnlab.saving import compiling, hdf5, keras_h5, weights
from nnlab.saving.limits import MOST_CONFIG, Budget, parsed, reading

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
MOST_DIRECTORY = 2**20  # bytes of the list of members at the end of an archive; Keras's has three
END, END_SIZE = b"PK\x05\x06", 22  # how that list's own record begins, and its length without a comment


def load(path: Path, compile: bool) -> Model:
    """The model in a `.keras` file."""
    with reading(path, "a .keras file"), path.open("rb") as file:
        budget = Budget(path.stat().st_size)
        with opened(file) as archive:
            config = parsed(member(archive, CONFIG, budget), CONFIG)
            said = parsed(member(archive, METADATA, budget), METADATA) if METADATA in archive.namelist() else {}
            model = keras_h5.made(config, said.get("keras_version", keras_h5.KERAS_VERSION))
            with hdf5.opened(io.BytesIO(member(archive, WEIGHTS, budget)), budget) as root:
                weights.read(root, model)
        if compile:
            compiling.restore(model, config.get("compile_config"))
        return model


def weights_in(file: BinaryIO, budget: Budget) -> BinaryIO:
    """The weights in a `.keras` file, as a file."""
    with opened(file) as archive:
        return io.BytesIO(member(archive, WEIGHTS, budget))


def opened(file: BinaryIO) -> zipfile.ZipFile:
    """The archive, if it looks like one that Keras has made."""
    check_directory(file)
    archive = zipfile.ZipFile(file)
    check_names(archive)
    return archive


def check_directory(file: BinaryIO) -> None:
    """Raise if the list of members is missing or too long to be read."""
    file.seek(0, io.SEEK_END)
    file.seek(-min(file.tell(), 2**16 + END_SIZE), io.SEEK_END)
    tail = file.read()
    start = tail.rfind(END)
    if start < 0 or len(tail) - start < END_SIZE:
        raise FileError("this is not a .keras file, or it is cut off: it has no list of contents at its end.")
    size = int.from_bytes(tail[start + 12 : start + 16], "little")
    if size > MOST_DIRECTORY:
        raise FileError(f"its list of contents would take {size:,} bytes, more than the {MOST_DIRECTORY:,} allowed.")
    file.seek(0)


def check_names(archive: zipfile.ZipFile) -> None:
    """Raise at members that no saved model has."""
    names = archive.namelist()
    if len(set(names)) < len(names):
        raise FileError("the archive has two members of the same name.")
    for info in archive.infolist():
        name = info.filename
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            raise FileError(f"the archive has a member {name!r}, whose name leads out of a folder.")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise FileError(f"the archive has a member {name!r} that is a link.")


def member(archive: zipfile.ZipFile, name: str, budget: Budget) -> bytes:
    """The content of a member, which must not be longer than it says, and may not say too much."""
    if name not in archive.namelist():
        raise FileError(f"the archive has no {name}.")
    info = archive.getinfo(name)
    if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileError(f"{name} is encrypted, or compressed in a way that is not supported.")
    most = info.file_size if name == WEIGHTS else MOST_CONFIG
    budget.spend(info.file_size, name)
    with archive.open(info) as content:
        found = content.read(most + 1)
    if len(found) > most:
        raise FileError(f"{name} is longer than the {most:,} bytes that it may have.")
    return found


def save(model: Model, file: BinaryIO) -> None:
    """Write the model as a `.keras` file."""
    config = {**serialized(model), "compile_config": compiling.stated(model)}
    content = io.BytesIO()
    weights.write(content, model)
    made = {"keras_version": keras_h5.KERAS_VERSION, "date_saved": f"{datetime.now():%Y-%m-%d@%H:%M:%S}"}
    made["nnlab_version"] = _version.__version__
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(METADATA, json.dumps(made))
        archive.writestr(CONFIG, keras_h5.as_json(config))
        archive.writestr(WEIGHTS, content.getvalue())
