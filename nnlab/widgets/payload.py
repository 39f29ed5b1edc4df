"""Arrays on their way to JavaScript: one JSON header that says what is where, one run of bytes that holds it."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

WORTH = 60  # characters of a branch that is worth sharing


def pack(tree: Any) -> tuple[Any, bytes]:
    """`tree` with each array replaced by {"dtype", "shape", "offset"}, and the bytes those point into.

    Equal arrays are stored once. Offsets are multiples of 8, so that a typed array can view the buffer in place.

    >>> header, data = pack({"title": "Kernel", "values": np.array([[1.5, 2.0]])})
    >>> header
    {'title': 'Kernel', 'values': {'dtype': 'float64', 'shape': [1, 2], 'offset': 0}}
    >>> unpack(header, data)["values"]
    array([[1.5, 2. ]])
    """
    packer = Packer()
    return packer.add(tree), packer.data()


class Packer:
    """Packs several trees into one run of bytes; with `sharing`, equal branches are stored once as well.

    Such a branch stands as {"same": n} in the trees; they are unpacked with the branches in `shared`.

    >>> packer = Packer(sharing=True)
    >>> long = ["a branch that is as long", "as it takes to be worth sharing"]
    >>> [packer.add({"n": n, "text": long}) for n in (1, 2)]
    [{'n': 1, 'text': {'same': 0}}, {'n': 2, 'text': {'same': 0}}]
    """

    def __init__(self, sharing: bool = False):
        self.size = 0  # bytes, about
        self.shared: list[Any] = []
        self._branches: dict[str, int] | None = {} if sharing else None
        self._chunks: list[bytes] = []
        self._places: dict[tuple[str, bytes], int] = {}
        self._end = 0

    def add(self, tree: Any) -> Any:
        """The header of `tree`."""
        if isinstance(tree, np.ndarray):
            return self._array(sent_as(tree))
        if isinstance(tree, dict):
            return self._branch({str(key): self.add(value) for key, value in tree.items()})
        if isinstance(tree, list | tuple):
            return self._branch([self.add(value) for value in tree])
        return tree.item() if isinstance(tree, np.generic) else tree

    def data(self) -> bytes:
        """The bytes that the headers point into."""
        return b"".join(self._chunks)

    def _array(self, array: np.ndarray) -> dict[str, Any]:
        key = (array.dtype.name, array.tobytes())
        if key not in self._places:
            self._places[key] = self._end
            self._chunks.append(key[1] + bytes(-len(key[1]) % 8))
            self._end += len(self._chunks[-1])
            self.size += len(self._chunks[-1])
        return {"dtype": array.dtype.name, "shape": list(array.shape), "offset": self._places[key]}

    def _branch(self, node: Any) -> Any:
        if self._branches is None:
            return node
        text = json.dumps(node)
        if len(text) < WORTH:
            return node
        if text not in self._branches:
            self._branches[text] = len(self.shared)
            self.shared.append(node)
            self.size += len(text)
        return {"same": self._branches[text]}


def unpack(header: Any, data: bytes, shared: Sequence[Any] = ()) -> Any:
    """What `pack` packed: the same tree with its arrays, and its shared branches, back in place."""
    if isinstance(header, dict) and set(header) == {"same"}:
        return unpack(shared[header["same"]], data, shared)
    if isinstance(header, dict) and set(header) == {"dtype", "shape", "offset"}:
        count = int(np.prod(header["shape"]))
        return np.frombuffer(data, header["dtype"], count, header["offset"]).reshape(header["shape"])
    if isinstance(header, dict):
        return {key: unpack(value, data, shared) for key, value in header.items()}
    return [unpack(value, data, shared) for value in header] if isinstance(header, list) else header


def sent_as(array: np.ndarray) -> np.ndarray:
    """`array` as the little-endian dtype in which the views expect numbers of its kind."""
    if array.dtype.kind == "f":
        dtype = "<f8"
    elif array.dtype.kind == "b":
        dtype = "u1"
    elif array.dtype.kind in "iu":
        dtype = "<i2" if np.abs(array).max(initial=0) < 2**15 else "<i4"
    else:
        raise TypeError(f"a view shows numbers, received an array of dtype {array.dtype}.")
    return np.ascontiguousarray(array, dtype)
