"""Anything thrown at any layer gives a right answer or a sentence that names the layer and the argument.

Never an error of NumPy's or Python's own, never gigabytes (the process may not take more while these tests run), and
never a NaN where all that came in was finite. Every exported layer takes part by its rows in the table.
"""

import inspect
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from layer_cases import CASES, Part, of

from nnlab import Input, layers
from nnlab.core.errors import NnlabError, UnknownArgumentError
from nnlab.core.symbolic import SymbolicTensor

GIBIBYTE = 2**30
CLASSES = {cls.__name__: cls for cls in vars(layers).values() if isinstance(cls, type) and cls is not layers.Layer}
ROWS = {name: [case for case in CASES if case.layer == name] for name in CLASSES}

every_layer = pytest.mark.parametrize("name", sorted(CLASSES))


def thrown(examples):
    """The same draws each time, and no word on how long they take."""
    return settings(
        max_examples=examples, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )


@pytest.fixture(autouse=True, scope="module")
def little_memory():
    """Whoever asks for gigabytes is told that there are none, which none of these tests lets pass."""
    if sys.platform != "linux":  # only there does the limit hold
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + 2 * GIBIBYTE, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


WORDS = ["", "three", "relu", "softmax", "same", "causal", "channels_first", "orthogonal", "l2", "sum"]
WHOLE = [-(2**70), -(2**31), -3, -1, 0, 1, 2, 3, 7, 2**31 - 1, 2**31, 10**30]
OBJECTS = [object(), dict, len, layers.Dense, lambda: 1, lambda shape: "a", ..., range(3), b"x", 1j]
ARRAYS = [np.array(3), np.array([2, 3]), np.ones((2, 2)), np.array([]), np.array(["a"]), np.int64(-3)]
SEVERAL = [(), (2,), (0, -1), (2, 3), (1, 2, 3), (None, 2), ("a", "b"), ((1, 2), (3, 4)), (2**31 - 1,) * 2, {}, set()]
NONSENSE = [None, True, False, *WORDS, *WHOLE, *OBJECTS, *ARRAYS, *SEVERAL, 0.5, -0.5, 1e30, np.nan, np.inf, -np.inf]

words, whole, objects, arrays = map(st.sampled_from, (WORDS, WHOLE, OBJECTS, ARRAYS))
names = st.sampled_from(["Dense", "LSTM", "LSTMCell", "Zeros", "RandomNormal", "Orthogonal", "L1L2", "nothing"])
settled = st.dictionaries(st.sampled_from(["units", "mean", "gain", "l1", "seed"]), whole | words, max_size=2)
configurations = st.fixed_dictionaries({"class_name": names | whole}, optional={"config": settled | whole})
others = st.sampled_from([("Dense", 2), ("LSTM", 3), ("LSTMCell", 2), ("GRUCell", 2), ("ReLU",), ("Conv1D", 2, 9)])
inside = others.map(lambda made: getattr(layers, made[0])(*made[1:]))

single = st.none() | st.booleans() | words | whole | st.floats(width=32) | objects | arrays
nonsense = single | configurations | inside | st.lists(single | inside, max_size=4) | st.tuples(single, single)
nonsense |= st.tuples(st.tuples(whole, whole), st.tuples(whole, whole))

sides = st.none() | whole | words | st.floats(width=16) | st.booleans()
some_sides = st.lists(st.sampled_from([None, 0, 1, 2, 3, 5, 7, 2**31 - 1]), max_size=6)
shapes = single | some_sides | st.lists(sides, max_size=6)
shapes = shapes.map(lambda shape: tuple(shape) if isinstance(shape, list) else shape)
shapes |= st.lists(shapes, max_size=3) | st.just((1,) * 70)

small = hnp.array_shapes(min_dims=0, max_dims=6, min_side=0, max_side=5)
small |= st.sampled_from(sorted({row.shape for row in CASES if isinstance(row.shape[0], int)}))
dtypes = st.sampled_from(["float16", "float32", "float64", "int64", "uint8", "bool"])
numbers = st.tuples(small, dtypes).map(lambda drawn: np.linspace(-3, 3, np.prod(drawn[0], dtype=int)).reshape(drawn[0]))
fitting = st.tuples(numbers, dtypes).map(lambda drawn: drawn[0].astype(drawn[1]))
odd = st.sampled_from(
    [
        *(np.array([1], "datetime64[s]"), np.array([None, 1.0]), np.array([1j]), np.zeros(3, [("a", int)])),
        *(np.zeros((1,) * 40), Input((3,)), [[1, 2], [3]], [[10**400]], {"a": 1}, {1, 2}, iter([1]), [[]], [["a"]]),
        *([np.zeros((2, 3)), np.zeros((2, 4))], (np.zeros((2, 3)), np.zeros((2, 3))), np.full((3, 5), 2**63, "uint64")),
    ]
)
inputs = fitting | odd | single


def arguments(cls):
    """What the constructor of a layer takes, also through its bases."""
    taken = {}
    for base in cls.__mro__:
        if base is not object and "__init__" in vars(base):
            taken |= inspect.signature(base.__init__).parameters
    return [name for name, parameter in taken.items() if name != "self" and parameter.kind.name[:3] != "VAR"]


def made(case):
    return Part(case.layer, case.arguments).of(layers)


def finite(value):
    """Whether there is no NaN in an output, be it an array or several; a symbolic one has no numbers yet."""
    if isinstance(value, SymbolicTensor):
        return True
    if isinstance(value, list | tuple):
        return all(map(finite, value))
    return not np.isnan(value).any()


def refused(call, *mentioned):
    """The result of a call, or None if it was refused in words that name a layer and mention all of these."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*does not support masks")
            return call()
    except NnlabError as error:
        sentence = str(error)
    assert sentence.split(":")[0].split(" ")[0].split("/")[0] in CLASSES, f"names no layer: {sentence}"
    assert all(word in sentence for word in mentioned), f"does not mention {mentioned}: {sentence}"
    assert "Unable to allocate" not in sentence, f"was asked of the machine first: {sentence}"
    return None


def check_constructor(case, argument, value):
    """Whether this value of an argument is refused, or makes a layer that refuses the row's input or answers."""
    stated = of(case.arguments, layers, {}) | {argument: value}
    layer = refused(lambda: CLASSES[case.layer](**stated), case.layer, argument)
    if layer is not None:
        y = refused(lambda: layer(case.x(), training=case.training, **case.given()))
        assert y is None or finite(y)
        layer.get_config(), repr(layer)


@every_layer
def test_a_constructor_refuses_each_kind_of_nonsense_or_makes_a_layer_that_works(name):
    for argument in arguments(CLASSES[name]):
        for value in NONSENSE:
            check_constructor(ROWS[name][0], argument, value)


@every_layer
@thrown(25)
@given(st.data())
def test_a_constructor_refuses_any_value_or_makes_a_layer_that_works(name, data):
    argument = data.draw(st.sampled_from(arguments(CLASSES[name])))
    check_constructor(data.draw(st.sampled_from(ROWS[name])), argument, data.draw(nonsense))


@every_layer
@thrown(30)
@given(st.data())
def test_build_and_output_shape_refuse_what_is_no_shape(name, data):
    layer, shape = made(data.draw(st.sampled_from(ROWS[name]))), data.draw(shapes)
    refused(lambda: layer.build(shape))
    layer = made(data.draw(st.sampled_from(ROWS[name])))
    refused(lambda: layer.compute_output_shape(shape))


@every_layer
@thrown(40)
@given(st.data())
def test_a_call_refuses_or_answers(name, data):
    case, x = data.draw(st.sampled_from(ROWS[name])), data.draw(inputs)
    layer = case.make() if data.draw(st.booleans()) else made(case)
    y = refused(lambda: layer(x, training=case.training))
    assert y is None or finite(y)


@every_layer
@thrown(30)
@given(st.data())
def test_a_mask_or_a_state_is_refused_or_used(name, data):
    case = data.draw(st.sampled_from(ROWS[name]))
    known = [*inspect.signature(CLASSES[name].forward).parameters][3:]
    given_as = data.draw(st.sampled_from([*known, "initial_states", "masks"]))
    layer, value = case.make(), data.draw(inputs | st.lists(inputs, max_size=3))
    refused(lambda: layer(case.x(), training=case.training, **(case.given() | {given_as: value})))


@every_layer
@pytest.mark.parametrize("unknown", ["unit", "kernal_size", "größe", "inputs"])
def test_an_unknown_argument_is_refused_by_its_name(name, unknown):
    stated = of(ROWS[name][0].arguments, layers, {})
    with pytest.raises(UnknownArgumentError, match=f"^{name}: .*{unknown}"):
        CLASSES[name](**stated, **{unknown: 1})


@every_layer
def test_too_many_arguments_are_refused(name):
    with pytest.raises(UnknownArgumentError, match=f"^{name}: too many positional arguments"):
        CLASSES[name](*[1] * 40)
