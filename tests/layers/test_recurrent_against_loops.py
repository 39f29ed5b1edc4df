"""Random configurations of the recurrent layers against naive loops, forward and backward, in float64.

The loops have no backward of their own: a gradient is compared with how the loops' output changes along a direction.
"""

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
