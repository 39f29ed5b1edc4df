"""Writing a file so that a failure never costs the one that was there: beside it first, then in its place."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from nnlab.core.errors import FileError


def write(path: Path, fill: Callable[[BinaryIO], None]) -> None:
    """Let `fill` write a new file, which then replaces the one at `path`, whole or not at all."""
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise FileError(f"{path}: cannot be written ({error.strerror}); choose a folder that is there.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            fill(file)
        os.chmod(beside, 0o666 & ~umask())
        os.replace(beside, path)
    except BaseException as error:
        os.unlink(beside)
        if isinstance(error, OSError):
            raise FileError(f"{path}: cannot be written ({error.strerror}).") from error
        raise


def umask() -> int:
    """The permissions that new files shall not have."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
