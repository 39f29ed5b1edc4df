import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nnlab.widgets.payload import pack, unpack

NUMBERS = arrays.arrays(
    st.sampled_from(["float32", "float64", "int64", "int16", "uint8", "bool"]), arrays.array_shapes(min_side=0)
)


def sent(tree):
    """What arrives at the other end of a JSON wire with a buffer beside it."""
    header, data = pack(tree)
    return unpack(json.loads(json.dumps(header)), data)


@given(NUMBERS)
def test_arrays_arrive_as_they_were(array):
    if array.dtype.kind == "i":
        array = array.clip(-(2**31), 2**31 - 1)
    received = sent({"values": array})["values"]
    assert received.shape == array.shape
    assert np.array_equal(received, array, equal_nan=array.dtype.kind == "f")


def test_what_is_not_an_array_arrives_as_it_was():
    tree = {"title": "Input", "size": [3, 4], "nothing": None, "nested": [{"a": 1.5, "b": [True, "x"]}]}
    assert sent(tree) == tree


def test_numpy_scalars_and_tuples_become_json():
    assert sent({"count": np.int64(3), "pair": (1, 2)}) == {"count": 3, "pair": [1, 2]}


def test_equal_arrays_are_sent_once():
    array = np.arange(1000.0)
    once, twice = pack([array])[1], pack([array, array.copy()])[1]
    assert len(once) == len(twice)


def test_every_array_starts_where_a_typed_array_may_start():
    header, _ = pack([np.zeros(3, bool), np.zeros(5), np.ones(1, bool), np.arange(3)])
    assert all(place["offset"] % 8 == 0 for place in header)


def test_views_with_gaps_are_sent_whole():
    assert np.array_equal(sent([np.arange(20).reshape(4, 5)[::2, ::-1]])[0], [[4, 3, 2, 1, 0], [14, 13, 12, 11, 10]])


def test_large_integers_keep_their_value():
    assert sent([np.array([2**20, -1])])[0].tolist() == [2**20, -1]


def test_text_in_an_array_is_refused():
    with pytest.raises(TypeError, match="a view shows numbers"):
        pack(np.array(["a"]))
