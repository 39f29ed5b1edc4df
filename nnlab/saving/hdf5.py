"""HDF5, in which Keras keeps weights: groups of arrays, each looked at before a byte of it is read.

Only what lies in the file itself is followed: no links to elsewhere, no external or virtual storage, and no filter
but the common ones, since others are plug-ins that a library would load.
"""

import itertools
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np

from nnlab.core.errors import FileError
from nnlab.saving.limits import MOST_CONFIG, Budget

FILTERS = {1: "gzip", 2: "shuffle", 3: "fletcher32", 32000: "lzf"}
LARGEST_CHUNK = 2**20  # bytes, or twice the array's, if that is more


def library() -> Any:
    """The h5py package, which is not among those that nnlab always has."""
    try:
        import h5py
    except ImportError:
        raise FileError("weights of Keras are in HDF5, which needs h5py: pip install 'nnlab[files]'.") from None
    return h5py


@contextmanager
def opened(file: BinaryIO, budget: Budget) -> Iterator["Group"]:
    """The outermost group of an HDF5 file."""
    with library().File(file, "r") as root:
        yield Group(root, budget)


class Group:
    """A group that is read with care."""

    def __init__(self, group: Any, budget: Budget):
        self._group, self._budget = group, budget

    def __len__(self) -> int:
        return len(self._group)

    def __contains__(self, name: str) -> bool:
        return name in self._group

    def __iter__(self) -> Iterator[str]:
        return iter(self._group)

    def group(self, name: str) -> "Group | None":
        """The group inside of this name; names may be joined with /."""
        found = self._find(name)
        if found is None:
            return None
        if not isinstance(found, library().Group):
            raise FileError(f"{name!r} in the weights must be a group, and is an array.")
        return Group(found, self._budget)

    def _find(self, name: str) -> Any:
        here = self._group
        for part in name.split("/"):
            if part in ("", ".", "..") or not isinstance(here, library().Group):
                raise FileError(f"the name {name!r} in the weights leads nowhere.")
            link = here.get(part, getlink=True)
            if link is None:
                return None
            if not isinstance(link, library().HardLink):
                raise FileError(f"{name!r} in the weights is a link to somewhere else, which is not followed.")
            here = here[part]
        return here

    def array(self, name: str, shape: tuple[int, ...], what: str) -> np.ndarray:
        """The numbers of this name, if they have this shape; errors call the array `what`."""
        found = self._find(name)
        if found is None:
            raise FileError(f"the file has no values for {what}.")
        if not isinstance(found, library().Dataset):
            raise FileError(f"the values of {what} must be an array, and are a group.")
        if found.shape != shape:
            raise FileError(f"the values of {what} must have shape {shape}, and have shape {found.shape}.")
        if found.dtype.kind != "f" or found.dtype.itemsize > 8:
            raise FileError(f"the values of {what} must be floats, and are {found.dtype}.")
        if found.is_virtual or found.external:
            raise FileError(f"the values of {what} are not in the file itself, and other files are not opened.")
        self._check_storage(found, what)
        self._budget.spend(found.nbytes, f"the values of {what}")
        return found[()]

    def _check_storage(self, found: Any, what: str) -> None:
        layout = found.id.get_create_plist()
        filters = [layout.get_filter(index) for index in range(layout.get_nfilters())]
        if unknown := [each for each in filters if each[0] not in FILTERS]:
            raise FileError(f"the values of {what} are stored with the filter {unknown[0][0]}, which is not supported.")
        if found.chunks and math.prod(found.chunks) * found.dtype.itemsize > max(LARGEST_CHUNK, 2 * found.nbytes):
            raise FileError(f"the values of {what} are stored in pieces of {found.chunks}, larger than the array.")

    def texts(self, name: str) -> list[str]:
        """An attribute of texts, which Keras parts in several if there are many; [] if there is none."""
        names = [name] if name in self._group.attrs else self._parts_of(name)
        return [as_text(each) for part in names for each in np.atleast_1d(self._attribute(part))]

    def _parts_of(self, name: str) -> list[str]:
        numbered = (f"{name}{number}" for number in itertools.count())
        return list(itertools.takewhile(self._group.attrs.__contains__, numbered))

    def text(self, name: str) -> str | None:
        """An attribute that is one text, or None."""
        return as_text(self._attribute(name)) if name in self._group.attrs else None

    def _attribute(self, name: str) -> Any:
        attribute = self._group.attrs.get_id(name)
        if math.prod(attribute.shape) * attribute.dtype.itemsize > MOST_CONFIG:
            raise FileError(f"the attribute {name!r} has shape {attribute.shape}, more than what is read.")
        return self._group.attrs[name]


def as_text(value: Any) -> str:
    """A text from what h5py makes of one."""
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if not isinstance(value, str):
        raise FileError(f"expected a text, received {type(value).__name__}.")
    return str(value)


def written(file: BinaryIO, groups: Mapping[str, tuple[Mapping[str, Any], Mapping[str, np.ndarray]]]) -> None:
    """Write groups by path, each with its attributes and its arrays by name."""
    with library().File(file, "w") as root:
        for path, (attributes, arrays) in groups.items():
            group = root.require_group(path)
            for name, value in attributes.items():
                group.attrs[name] = value
            for name, array in arrays.items():
                group.create_dataset(name, data=array)
