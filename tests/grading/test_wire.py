"""What crosses between the marker and an answer arrives as it was, and nothing else does."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nnlab.grading.marking import wire
from nnlab.grading.steps import with_gaps


def across(value):
    stream = io.BytesIO()
    wire.send(stream, {"value": value})
    stream.seek(0)
    return wire.receive(stream)["value"]


@given(
    arrays.arrays(st.sampled_from(["?", "i1", "u8", "f2", "f4", "f8", "c16", ">f4"]), arrays.array_shapes(min_dims=0))
)
@settings(max_examples=50, deadline=None)
def test_arrays_arrive_bit_for_bit(array):
    got = across(array)
    assert (got.dtype, got.shape, got.tobytes()) == (array.dtype, array.shape, array.tobytes())


@pytest.mark.parametrize(
    "array", [np.arange(6.0).reshape(2, 3), np.asfortranarray(np.ones((2, 3))), with_gaps(np.ones((2, 3)))]
)
def test_the_layout_in_memory_arrives_too(array):
    assert across(array).flags.c_contiguous == array.flags.c_contiguous
    assert across(array).flags.f_contiguous == array.flags.f_contiguous


def test_a_read_only_array_stays_one():
    array = np.ones(3)
    array.flags.writeable = False
    assert not across(array).flags.writeable
    assert across(np.ones(3)).flags.writeable


@pytest.mark.parametrize(
    "value",
    [None, True, 3, -(10**30), 0.1, float("inf"), "text", "ø\n", 1 + 2j, (), (1, (2, [3, None])), [1.5], {"a": (1,)}],
)
def test_plain_values_arrive_with_their_types(value):
    got = across(value)
    assert got == value
    assert type(got) is type(value)


def test_a_numpy_scalar_stays_one():
    assert type(across(np.float32(0.5))) is np.float32
    assert type(across(np.int64(3))) is np.int64


class Impostor(np.ndarray):
    def __eq__(self, other):
        return True


@pytest.mark.parametrize(
    ("value", "name"),
    [({1}, "set"), (print, "builtin_function_or_method"), (np.ones(2).view(Impostor), "Impostor"), (range(3), "range")],
)
def test_of_other_things_only_the_name_of_their_type_arrives(value, name):
    got = across(value)
    assert type(got).__name__ == name
    assert not hasattr(got, "shape")


def test_of_an_array_of_objects_only_the_shape_arrives():
    got = across(np.array([[print, "x"]], dtype=object))
    assert (got.dtype, got.shape) == (object, (1, 2))
    assert got[0, 0] is None


def test_the_end_of_the_stream_is_told_apart_from_nonsense():
    with pytest.raises(EOFError):
        wire.receive(io.BytesIO())
    with pytest.raises(wire.WireError):
        wire.receive(io.BytesIO(b"nonsense" * 10))


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_bytes_do_anything_but_be_refused(data):
    head = wire.FRAME.pack(wire.WORD, len(data), 0) + data
    for stream in (io.BytesIO(data), io.BytesIO(head)):
        with pytest.raises((wire.WireError, EOFError)):
            wire.receive(stream)


@pytest.mark.parametrize(
    "head",
    [
        b"[]",
        b"{}",
        b"3",
        b'{"value": 3}',
        b'["dict", [["value", ["array", false, true]]]]',
        b'["dict", [["value", ["scalar"]]]]',
        b'["dict", [["value", ["tuple", 3]]]]',
        b'["dict", [["value", ["odd array", ["a"], "text"]]]]',
        b'["dict", [["value", ["exec", "1"]]]]',
        b'["dict", [[["list", []], 3]]]',
        b"[" * 100_000,
        b'["dict", [["value", ' + b"9" * 10_000 + b"]]]",
    ],
)
def test_a_head_that_says_something_else_is_refused(head):
    with pytest.raises(wire.WireError):
        wire.receive(io.BytesIO(wire.FRAME.pack(wire.WORD, len(head), 0) + head))


@pytest.mark.parametrize(
    "header",
    [
        {"descr": "<f8", "fortran_order": False, "shape": (1 << 40,)},
        {"descr": "<f8", "fortran_order": False, "shape": (-1,)},
        {"descr": "|O", "fortran_order": False, "shape": (1,)},
        {"descr": "<U4", "fortran_order": False, "shape": (1,)},
    ],
)
def test_an_array_header_that_promises_something_else_is_refused(header):
    body = io.BytesIO()
    np.lib.format.write_array_header_1_0(body, header)
    head = b'["dict", [["value", ["array", false, true]]]]'
    data = wire.FRAME.pack(wire.WORD, len(head), len(body.getvalue()) + 8) + head + body.getvalue() + bytes(8)
    with pytest.raises(wire.WireError):
        wire.receive(io.BytesIO(data))


def test_lengths_are_checked_before_anything_is_read():
    for head, body in [(wire.LONGEST_HEAD + 1, 0), (0, wire.LONGEST_BODY + 1)]:
        with pytest.raises(wire.WireError, match="too long"):
            wire.receive(io.BytesIO(struct.pack(">4sIQ", wire.WORD, head, body)))


def test_what_is_too_long_is_not_sent():
    with pytest.raises(ValueError, match="too long"):
        wire.send(io.BytesIO(), {"value": np.zeros(wire.LONGEST_BODY, "u1")})
