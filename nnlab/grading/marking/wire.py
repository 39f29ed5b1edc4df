"""What the marker and the process that runs an answer say to each other: a JSON head, then arrays as .npy.

The reader on the other end does not trust the writer. A message says how long it is before it is read, nothing
is unpickled, an array must be as long as its header says, and whatever is neither a number, a text, an array nor
a tuple or list of these arrives only as the name of its type. This file imports nothing of nnlab, so that the
process can load it alone.
"""

from __future__ import annotations

import io
import json
import math
import struct
from typing import Any, BinaryIO

import numpy as np

FRAME = struct.Struct(">4sIQ")  # a fixed word, then the lengths of head and body in bytes
WORD = b"nnlb"
LONGEST_HEAD = 1 << 20
LONGEST_BODY = 1 << 24
LARGEST_ODD = 1 << 16  # elements
NUMBERS = "biufc"  # the kinds of dtype that travel: booleans, whole, real and complex numbers


class WireError(Exception):
    """The other end sent something that is not a message."""


def send(stream: BinaryIO, message: dict[str, Any]) -> None:
    """Write one message: a dict of numbers, texts, arrays, and tuples, lists and dicts of these."""
    arrays: list[bytes] = []
    head = json.dumps(_pack(message, arrays)).encode()
    body = b"".join(arrays)
    if len(head) > LONGEST_HEAD or len(body) > LONGEST_BODY:
        raise ValueError(f"a message of {len(head) + len(body):,} bytes is too long")
    stream.write(FRAME.pack(WORD, len(head), len(body)) + head + body)
    stream.flush()


def receive(stream: BinaryIO) -> dict[str, Any]:
    """Read one message; raise `EOFError` at the end of the stream and `WireError` for anything else.

    >>> stream = io.BytesIO()
    >>> send(stream, {"x": np.arange(3), "shape": (2, None), "odd": {1, 2}})
    >>> _ = stream.seek(0)
    >>> message = receive(stream)
    >>> message["x"], message["shape"], type(message["odd"]).__name__
    (array([0, 1, 2]), (2, None), 'set')
    """
    word, head_length, body_length = FRAME.unpack(_exactly(stream, FRAME.size))
    if word != WORD or head_length > LONGEST_HEAD or body_length > LONGEST_BODY:
        raise WireError("not a message, or one that is too long")
    head, body = _exactly(stream, head_length), io.BytesIO(_exactly(stream, body_length))
    try:
        message = _unpack(json.loads(head), body)
    except (ValueError, TypeError, KeyError, IndexError, MemoryError, OverflowError, RecursionError) as error:
        raise WireError(f"a message that cannot be read: {type(error).__name__}") from error
    if not isinstance(message, dict):
        raise WireError("a message that is not a dict")
    return message


def _exactly(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError("the stream ended")
    return data


def _pack(value: Any, arrays: list[bytes]) -> Any:
    """Make JSON of `value`: plain values as they are, all others as a list that begins with what they are."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) in (tuple, list):
        return [type(value).__name__, [_pack(part, arrays) for part in value]]
    if type(value) is dict:
        return ["dict", [[str(key), _pack(part, arrays)] for key, part in value.items()]]
    if type(value) is complex:
        return ["complex", value.real, value.imag]
    if type(value) is np.ndarray and value.dtype.kind not in NUMBERS:
        return ["odd array", list(value.shape), "text" if value.dtype.kind in "SU" else "object"]
    if (type(value) is np.ndarray or isinstance(value, np.generic)) and value.dtype.kind in NUMBERS:
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, np.asarray(value), allow_pickle=False)
        arrays.append(buffer.getvalue())
        if isinstance(value, np.generic):
            return ["scalar"]
        has_gaps = not (value.flags.c_contiguous or value.flags.f_contiguous)
        return ["array", has_gaps, bool(value.flags.writeable)]
    return ["other", type(value).__name__]


def _unpack(value: Any, body: BinaryIO) -> Any:
    if not isinstance(value, list):
        if isinstance(value, dict):
            raise WireError("a bare JSON object")
        return value
    match value:
        case ["tuple", list(parts)]:
            return tuple(_unpack(part, body) for part in parts)
        case ["list", list(parts)]:
            return [_unpack(part, body) for part in parts]
        case ["dict", list(pairs)]:
            return {key: _unpack(part, body) for key, part in pairs}
        case ["complex", float(real), float(imag)]:
            return complex(real, imag)
        case ["scalar"]:
            return _read_array(body)[()]
        case ["array", bool(has_gaps), bool(writeable)]:
            array = _read_array(body)
            array = _with_gaps(array) if has_gaps else array
            array.flags.writeable = writeable
            return array
        case ["odd array", list(shape), str(kind)]:  # as such, without what is in it
            shape = tuple(shape) if math.prod(shape) < LARGEST_ODD else (0,)
            return np.empty(shape, "U1" if kind == "text" else object)
        case ["other", str(name)]:
            return type(name if name.isidentifier() and len(name) < 60 else "object", (), {})()
    raise WireError("an unknown kind of value")


def _read_array(body: BinaryIO) -> np.ndarray:
    """Read one .npy, and refuse a header that promises more than is there before memory is taken for it."""
    version = np.lib.format.read_magic(body)
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    shape, fortran_order, dtype = readers[version](body)
    if dtype.kind not in NUMBERS:
        raise WireError(f"an array of dtype {dtype}")
    count = math.prod(shape)
    data = body.read(count * dtype.itemsize) if 0 <= count * dtype.itemsize <= LONGEST_BODY else b""
    if len(data) != count * dtype.itemsize:
        raise WireError("an array that is shorter than its header says")
    return np.frombuffer(bytearray(data), dtype).reshape(shape, order="F" if fortran_order else "C")


def _with_gaps(array: np.ndarray) -> np.ndarray:
    """The same values in memory that is not contiguous: what the answer gets is as awkward as what was sent."""
    wide = np.zeros((*array.shape, 2), array.dtype)
    wide[..., 0] = array
    return wide[..., 0]
