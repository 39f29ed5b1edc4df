"""Random configurations of the recurrent layers against naive loops, forward and backward, in float64.

The loops have no backward of their own: a gradient is compared with how the loops' output changes along a direction.
"""

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_cases import numbered
from loops import agrees, each_cell, numbers

from nnlab import layers

upto = st.integers
LAYERS = {
    "SimpleRNN": (oracles.simple_rnn_step, {}, 1),
    "LSTM": (oracles.lstm_step, {}, 2),
    "GRU": (oracles.gru_step, {}, 1),
    "GRU, reset before": (oracles.gru_step, {"reset_after": False}, 1),
}


@pytest.mark.parametrize("name", LAYERS)
@settings(deadline=None)
@given(
    shape=st.tuples(upto(1, 3), upto(1, 4), upto(1, 3)),
    units=upto(1, 3),
    flags=st.tuples(*[st.booleans()] * 4),
    masked=st.booleans(),
    seed=upto(0, 2**32),
)
def test_layer_equals_the_loops(name, shape, units, flags, masked, seed):
    step, arguments, carries = LAYERS[name]
    sequences, with_states, backwards, zero = flags
    rng = np.random.default_rng(seed)
    layer = getattr(layers, name.split(",")[0])(
        units,
        return_sequences=sequences,
        return_state=with_states,
        go_backwards=backwards,
        zero_output_for_mask=zero,
        dtype="float64",
        **arguments,
    )
    layer.build(shape)
    values = {
        "x": rng.normal(size=shape),
        **{f"initial_state[{k}]": rng.normal(size=(shape[0], units)) for k in range(carries)},
        **{variable.name: rng.normal(size=variable.shape) for variable in layer.weights},
    }
    mask = rng.random(shape[:2]) < 0.6 if masked else None
    weights = ("kernel", "recurrent_kernel", "bias")

    def expected(values):
        states = [values[f"initial_state[{k}]"] for k in range(carries)]
        outputs, last = oracles.recurrent_layer(
            step, values["x"], states, [values[weight] for weight in weights], mask, backwards, zero
        )
        return [outputs if sequences else outputs[:, -1], *(last if with_states else [])]

    y = expected(values)
    upstream = [rng.normal(size=part.shape) for part in y]
    for variable in layer.weights:
        variable.assign(values[variable.name])
    states = [values[f"initial_state[{k}]"] for k in range(carries)]
    grad = tuple(upstream) if with_states else upstream[0]
    trace = layer.trace(values["x"], grad=grad, initial_state=states, mask=mask)
    seen = trace["y"].value if with_states else (trace["y"].value,)
    for ours, theirs in zip(seen, y, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)

    for path, value in values.items():
        direction = rng.normal(size=value.shape)

        def along(by, path=path, value=value, direction=direction):
            moved = expected(values | {path: value + by * direction})
            return sum((part * weight).sum() for part, weight in zip(moved, upstream, strict=True))

        change = (along(1e-5) - along(-1e-5)) / 2e-5
        np.testing.assert_allclose((trace[path].grad * direction).sum(), change, rtol=1e-6, atol=1e-6)


sequences = st.tuples(upto(1, 3), upto(1, 4), upto(1, 3))
seeds = upto(0, 2**32 - 99)
WEIGHTS = ("kernel", "recurrent_kernel", "bias")


def drawn_weights(layer, seed):
    return {
        name: numbers(seed + k, variable.shape) for k, (name, variable) in enumerate(numbered(layer.weights).items())
    }


def read(name, v, order, x, units, mask=None, **options):
    """All outputs of the layer whose weights are the first, second, ... of their names."""
    step, _, carries = LAYERS[name]
    own = [v[weight if order == 1 else f"{weight}#{order}"] for weight in WEIGHTS]
    states = [np.zeros((len(x), units))] * carries
    return oracles.recurrent_layer(step, x, states, own, mask, **options)[0]


@settings(deadline=None)
@given(
    st.sampled_from(["SimpleRNN", "LSTM", "GRU"]),
    sequences,
    upto(1, 3),
    st.booleans(),
    st.sampled_from(["concat", "sum", "mul", "ave"]),
    st.booleans(),
    seeds,
)
def test_bidirectional_merges_two_loops(name, shape, units, whole, mode, masked, seed):
    inner = getattr(layers, name)(units, return_sequences=whole, dtype="float64")
    layer = layers.Bidirectional(inner, mode, dtype="float64")
    layer.build(shape)
    mask = np.random.default_rng(seed).random(shape[:2]) < 0.6 if masked else None
    merged = {"sum": lambda a, b: a + b, "mul": lambda a, b: a * b, "ave": lambda a, b: (a + b) / 2}

    def expected(v):
        one = read(name, v, 1, v["x"], units, mask, zero_output=whole)
        other = read(name, v, 2, v["x"], units, mask, go_backwards=True, zero_output=whole)
        one, other = (one, other[:, ::-1]) if whole else (one[:, -1], other[:, -1])
        if mode == "concat":
            shape_of_both = (*one.shape[:-1], 2 * units)
            return each_cell(lambda cell: [*one[cell[:-1]], *other[cell[:-1]]][cell[-1]], shape_of_both)
        return each_cell(lambda cell: merged[mode](one[cell], other[cell]), one.shape)

    agrees(layer, {"x": numbers(seed, shape), **drawn_weights(layer, seed + 1)}, expected, seed + 20, mask=mask)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["SimpleRNN", "LSTM", "GRU"]), min_size=1, max_size=3), sequences, st.data(), seeds)
def test_stacked_cells_are_loops_one_above_the_other(names, shape, data, seed):
    units = [data.draw(upto(1, 3)) for _ in names]
    cells = [getattr(layers, f"{name}Cell")(size, dtype="float64") for name, size in zip(names, units, strict=True)]
    layer = layers.RNN(cells, return_sequences=True, dtype="float64")
    layer.build(shape)

    def expected(v):
        y = v["x"]
        for order, (name, size) in enumerate(zip(names, units, strict=True), 1):
            y = read(name, v, order, y, size)
        return y

    agrees(layer, {"x": numbers(seed, shape), **drawn_weights(layer, seed + 1)}, expected, seed + 20)


@settings(deadline=None)
@given(sequences, upto(1, 3), seeds)
def test_time_distributed_does_the_same_at_each_time(shape, units, seed):
    layer = layers.TimeDistributed(layers.Dense(units, "tanh", dtype="float64"), dtype="float64")
    layer.build(shape)

    def expected(v):
        def value(cell):
            b, t, f = cell
            return np.tanh(sum(v["x"][b, t, d] * v["kernel"][d, f] for d in range(shape[2])) + v["bias"][f])

        return each_cell(value, (*shape[:2], units))

    agrees(layer, {"x": numbers(seed, shape), **drawn_weights(layer, seed + 1)}, expected, seed + 20)
