"""Arrays on their way to JavaScript: one JSON header that says what is where, one run of bytes that holds it."""

from typing import Any

import numpy as np


def pack(tree: Any) -> tuple[Any, bytes]:
    """`tree` with each array replaced by {"dtype", "shape", "offset"}, and the bytes those point into.

    Equal arrays are stored once. Offsets are multiples of 8, so that a typed array can view the buffer in place.

    >>> header, data = pack({"title": "Kernel", "values": np.array([[1.5, 2.0]])})
    >>> header
    {'title': 'Kernel', 'values': {'dtype': 'float64', 'shape': [1, 2], 'offset': 0}}
    >>> unpack(header, data)["values"]
    array([[1.5, 2. ]])
    """
    chunks: list[bytes] = []
    places: dict[tuple[str, bytes], int] = {}
    size = 0

    def place(array: np.ndarray) -> dict[str, Any]:
        nonlocal size
        array = sent_as(array)
        key = (array.dtype.name, array.tobytes())
        if key not in places:
            places[key] = size
            chunks.append(key[1] + bytes(-len(key[1]) % 8))
            size += len(chunks[-1])
        return {"dtype": array.dtype.name, "shape": list(array.shape), "offset": places[key]}

    def walk(node: Any) -> Any:
        if isinstance(node, np.ndarray):
            return place(node)
        if isinstance(node, dict):
            return {str(key): walk(value) for key, value in node.items()}
        if isinstance(node, list | tuple):
            return [walk(value) for value in node]
        return node.item() if isinstance(node, np.generic) else node

    return walk(tree), b"".join(chunks)


def unpack(header: Any, data: bytes) -> Any:
    """What `pack` packed: the same tree with its arrays back in place."""
    if isinstance(header, dict) and set(header) == {"dtype", "shape", "offset"}:
        count = int(np.prod(header["shape"]))
        return np.frombuffer(data, header["dtype"], count, header["offset"]).reshape(header["shape"])
    if isinstance(header, dict):
        return {key: unpack(value, data) for key, value in header.items()}
    return [unpack(value, data) for value in header] if isinstance(header, list) else header


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
