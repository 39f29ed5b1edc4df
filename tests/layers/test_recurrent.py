"""What recurrent layers promise beside their numbers: where steps stand, how patches reach them, what is kept."""

import re

import numpy as np
import pytest
from formula import uniform

from nnlab import gradcheck, layers, models
from nnlab.core.errors import ArgumentError, GradientError, PatchError, ShapeError
from nnlab.core.step import Step

X = uniform("series", (3, 5, 2))
MASK = np.array([[1, 1, 1, 0, 0], [0, 1, 0, 1, 1], [1, 1, 1, 1, 1]], bool)
LOOPS = [layers.SimpleRNN, layers.LSTM, layers.GRU]
each_loop = pytest.mark.parametrize("loop", LOOPS)


def close(first, second):
    np.testing.assert_allclose(first, second, rtol=1e-5, atol=1e-6)


def twin(layer, **changes):
    """A layer with the same weights and other arguments."""
    other = type(layer).from_config(layer.get_config() | changes)
    other.build(X.shape)
    other.set_weights(layer.get_weights())
    return other


def built(layer):
    layer.build(X.shape)
    return layer


# ---- the documents' examples


def test_lstm_of_the_documents_has_128_units():
    assert layers.LSTM(128, activation="tanh")(np.ones((32, 10, 8))).shape == (32, 128)


def test_lstm_and_gru_return_sequences_and_states():
    x = np.ones((32, 10, 8))
    assert layers.LSTM(4)(x).shape == layers.GRU(4)(x).shape == (32, 4)
    y, memory, carry = layers.LSTM(4, return_sequences=True, return_state=True)(x)
    assert (y.shape, memory.shape, carry.shape) == ((32, 10, 4), (32, 4), (32, 4))
    y, state = layers.GRU(4, return_sequences=True, return_state=True)(x)
    assert (y.shape, state.shape) == ((32, 10, 4), (32, 4))


def test_time_distributed_dense_works_on_3_and_4_axes():
    layer = layers.TimeDistributed(layers.Dense(128))
    assert layer(np.ones((32, 10, 64))).shape == (32, 10, 128)
    assert layer(np.ones((32, 10, 10, 64))).shape == (32, 10, 10, 128)


def test_gru_has_three_quarters_of_the_parameters_of_an_lstm_but_for_its_second_bias():
    lstm, gru = built(layers.LSTM(4)), built(layers.GRU(4, reset_after=False))
    assert gru.count_params() * 4 == lstm.count_params() * 3
    assert lstm.count_params() == 4 * (2 * 4 + 4 * 4 + 4)


# ---- pairs that must agree


@each_loop
def test_last_of_the_sequence_is_the_output_and_the_state(loop):
    layer = built(loop(4, return_sequences=True, return_state=True))
    y, h, *_ = layer(X)
    close(y[:, -1], h)
    close(twin(layer, return_sequences=False, return_state=False)(X), h)


@each_loop
def test_a_loop_of_one_time_is_its_cell(loop):
    layer = built(loop(4, return_state=True))
    states = [uniform(f"state {k}", (3, 4)) for k in range(layer.cell.carries)]
    y, *after = layer(X[:, :1], initial_state=states)
    y_cell, after_cell = layer.cell(X[:, 0], states)
    close(y, y_cell)
    close(after, after_cell)


@each_loop
def test_backwards_is_forwards_over_the_reversed_sequence(loop):
    layer = built(loop(4, return_sequences=True))
    close(twin(layer, go_backwards=True)(X, mask=MASK), layer(X[:, ::-1], mask=MASK[:, ::-1]))


@each_loop
def test_a_masked_time_is_as_if_it_were_not_there(loop):
    layer = built(loop(4))
    y = layer(X, mask=MASK)
    for b in range(3):
        close(y[b], layer(X[b : b + 1, MASK[b]])[0])


@each_loop
def test_a_mask_of_true_changes_nothing(loop):
    layer = built(loop(4, return_sequences=True))
    close(layer(X, mask=np.ones((3, 5), bool)), layer(X))


def test_stacked_cells_are_layers_in_a_row():
    cells = [layers.LSTMCell(4), layers.GRUCell(3)]
    together = layers.RNN(cells, return_sequences=True)
    y = together(X, mask=MASK)
    first = layers.RNN(cells[0], return_sequences=True)
    second = layers.RNN(cells[1], return_sequences=True)
    first.built = second.built = True
    close(second(first(X, mask=MASK), mask=MASK), y)


def test_stacked_cells_stepped_together_are_their_loop():
    cell = layers.StackedRNNCells([layers.LSTMCell(4), layers.GRUCell(3)])
    y, *last = layers.RNN(cell, return_sequences=True, return_state=True)(X)
    states = [[np.zeros((3, 4)), np.zeros((3, 4))], [np.zeros((3, 3))]]  # as nested as they come back
    for t in range(5):
        output, states = cell(X[:, t], states)
        close(output, y[:, t])
    (h, c), (gru,) = states
    for own, expected in zip((h, c, gru), (*last[0], *last[1]), strict=True):
        close(own, expected)


def test_bidirectional_is_a_layer_and_its_mirror_image():
    layer = layers.Bidirectional(layers.GRU(4, return_sequences=True))
    y = layer(X)
    close(y[..., :4], layer.forward_layer(X))
    close(y[..., 4:], layer.backward_layer(X)[:, ::-1])


def test_both_directions_have_weights_of_their_own_whatever_the_cell():
    cells = [layers.LSTMCell(4), layers.GRUCell(3)]
    layer = layers.Bidirectional(layers.RNN(cells))
    trace = layer.trace(X)
    assert len(layer.weights) == len({weight.path for weight in layer.weights}) == len(trace.weight_gradients) == 12
    again = layers.Bidirectional.from_config(layer.get_config())
    again.build(X.shape)
    again.set_weights(layer.get_weights())
    close(again(X), layer(X))


def test_time_distributed_dense_is_dense():
    dense = layers.Dense(4)
    close(layers.TimeDistributed(dense)(X), dense(X))


def test_an_embedding_is_the_product_of_one_hot_vectors_with_the_table():
    layer, words = layers.Embedding(7, 4), np.array([[1, 6, 1], [0, 3, 2]])
    trace = layer.trace(words)
    one_hot = np.eye(7, dtype="float32")[words]
    close(trace["y"].value, one_hot @ layer.embeddings)
    close(trace["embeddings"].grad, one_hot.reshape(-1, 7).T @ np.ones((6, 4)))


# ---- the trace


def test_gates_read_stacked_over_time_and_at_one_time():
    trace = layers.LSTM(4).trace(X)
    gates = ["z", "i", "f", "cand", "o", "c", "tanh_c", "h"]
    assert [name for name in trace.names if name in gates] == gates
    assert (trace["i"].axes, trace["i"].shape) == ("t b d", (5, 3, 4))
    assert (trace["t3/i"].axes, trace["t3/i"].shape) == ("b d", (3, 4))
    np.testing.assert_array_equal(trace["i"].value[3], trace["t3/i"].value)
    np.testing.assert_array_equal(trace["i"].grad[3], trace["t3/i"].grad)
    assert "s.i = opened[:, 0]" in trace["i"].source == trace["t3/i"].source


def test_a_page_says_how_to_read_one_time_of_a_loop():
    for layer in (layers.LSTM(4), layers.Bidirectional(layers.GRU(2))):
        trace = layer.trace(X)
        shown = trace._repr_mimebundle_()
        said = re.search(r"one time by itself is trace\['(.*?)'\]", shown["text/plain"])[1]
        assert trace[said].shape == trace[said.replace("t0/", "")].shape[1:]
        assert f"trace[&#x27;{said}&#x27;]" in shown["text/html"]
    assert "Axis t" not in layers.Dense(2).trace(X)._repr_mimebundle_()["text/html"]


def test_paths_lead_through_models_wrappers_and_stacks():
    stack = layers.RNN([layers.LSTMCell(4), layers.GRUCell(3)], return_sequences=True, name="stack")
    model = models.Sequential([stack, layers.Bidirectional(layers.LSTM(2, return_sequences=True), name="both")])
    model.add(layers.TimeDistributed(layers.Dense(2, activation="relu"), name="each"))
    trace = model.trace(X)
    for path in ("stack/cell_0/i", "stack/cell_1/t2/r", "both/backward/t4/c", "each/layer/z", "each/t1/layer/z"):
        assert trace[path].grad.shape == trace[path].shape
    assert trace["each/layer/activation/y"].shape == (5, 3, 2)
    assert len(set(trace.names)) == len(trace.names)
    assert model.trace(X).names == trace.names


def test_a_loop_in_a_loop_has_two_axes_of_time():
    x = uniform("films", (2, 3, 4, 2))
    trace = layers.TimeDistributed(layers.LSTM(5)).trace(x)
    assert (trace["layer/i"].axes, trace["layer/i"].shape) == ("t t b d", (3, 4, 2, 5))
    np.testing.assert_array_equal(trace["layer/i"].value[2, 1], trace["t2/layer/t1/i"].value)
    np.testing.assert_array_equal(trace["layer/kernel"].value, trace["t1/layer/kernel"].value)
    each = sum(trace[f"t{t}/layer/kernel"].grad for t in range(3))
    close(trace["layer/kernel"].grad, each)


def test_the_parts_of_a_tuple_read_together_and_alone():
    trace = layers.LSTM(4, return_state=True).trace(X, initial_state=[np.zeros((3, 4))] * 2)
    assert trace["y"].shape == ((3, 4), (3, 4), (3, 4))
    assert trace["y[2]"].shape == trace["initial_state[1]"].grad.shape == (3, 4)
    with pytest.raises(ShapeError, match="grad must hold 3 too"):
        layers.LSTM(4, return_state=True).trace(X, grad=np.ones((3, 4)))


# ---- patches


def test_a_patch_of_a_gate_is_called_at_each_time():
    def f(z, units):
        return np.ones_like(z[:, units : 2 * units])

    layer = layers.LSTM(4)
    trace = layer.trace(X, patch={"f": f})
    assert (trace["f"].value == 1).all()
    assert trace.patched["f"].own.shape == (5, 3, 4)
    np.testing.assert_array_equal(trace.patched["f"].own[0], layer.trace(X)["t0/f"].value)
    assert not np.array_equal(trace["y"].value, layer.trace(X)["y"].value)


def test_a_patch_of_one_time_changes_that_time_and_what_follows():
    layer = layers.LSTM(4)
    own, other = layer.trace(X), layer.trace(X, patch={"t2/i": np.zeros((3, 4))})
    np.testing.assert_array_equal(own["h"].value[:2], other["h"].value[:2])
    assert (other["i"].value[2] == 0).all()
    assert all((own["h"].value[t] != other["h"].value[t]).any() for t in (2, 3, 4))
    np.testing.assert_array_equal(other.patched["t2/i"].own, own["t2/i"].value)


def test_a_patch_may_be_an_array_with_time_first():
    gates = uniform("gates", (5, 3, 4))
    np.testing.assert_array_equal(layers.GRU(4).trace(X, patch={"z": gates})["z"].value, gates)
    with pytest.raises(PatchError, match=r"the patch of 'z' has shape \(6, 3, 4\), expected the 5 times first"):
        layers.GRU(4).trace(X, patch={"z": np.zeros((6, 3, 4))})


def test_a_gradient_is_patched_at_each_time_and_at_one():
    layer = layers.SimpleRNN(4)
    own = layer.trace(X)
    cut = layer.trace(X, patch={"grad:h_prev": lambda h_prev: 0 * h_prev})
    assert (cut["h"].grad[:-1] == 0).all()  # nothing comes back through time
    assert (own["h"].grad[:-1] != 0).any()
    once = layer.trace(X, patch={"grad:t3/h_prev": lambda h_prev: 0 * h_prev})
    assert (once["h"].grad[:3] == 0).all()
    assert once.patched["grad:t3/h_prev"].own.shape == (3, 4)


def test_what_a_patch_cannot_reach_is_said():
    with pytest.raises(PatchError, match="there is no step 't9/i' to patch"):
        layers.LSTM(4).trace(X, patch={"t9/i": np.zeros((3, 4))})
    with pytest.raises(PatchError, match=r"'y' holds 3 arrays; patch them one by one, as 'y\[0\]'"):
        layers.LSTM(4, return_state=True).trace(X, patch={"y": np.zeros((3, 4))})


def test_gradcheck_finds_a_gate_that_is_wrong_at_one_time_only():
    class Wrong(layers.LSTMCell):
        unsteps = 0

        def unstep(self, s, g, after):
            before = super().unstep(s, g, after)
            self.unsteps += 1
            if self.unsteps % 5 == 3:  # of the five times, from the last to the first: t2
                g.f = 1.01 * g.f
            return before

    assert gradcheck(layers.RNN(layers.LSTMCell(4)), X)
    with pytest.raises(GradientError, match="the gradient of 't2/f' is wrong"):
        gradcheck(layers.RNN(Wrong(4)), X)


NESTED = {
    "stack": lambda: layers.RNN(
        [layers.LSTMCell(3, dropout=0.3, recurrent_dropout=0.2), layers.GRUCell(2, dropout=0.4, reset_after=False)],
        return_sequences=True,
    ),
    "both directions": lambda: layers.Bidirectional(
        layers.LSTM(3, dropout=0.3, recurrent_dropout=0.3, return_sequences=True), merge_mode="mul"
    ),
    "both directions of a stack": lambda: layers.Bidirectional(
        layers.RNN([layers.GRUCell(3), layers.LSTMCell(2)], return_state=True)
    ),
    "model": lambda: models.Sequential(
        [
            layers.Bidirectional(layers.GRU(3, return_sequences=True)),
            layers.TimeDistributed(layers.Dropout(0.4)),
            layers.LSTM(2),
        ]
    ),
}


@pytest.mark.parametrize("name", NESTED)
@pytest.mark.parametrize("mask", [None, MASK], ids=["all times", "some times"])
def test_gradients_hold_through_loops_in_layers_in_training(name, mask):
    assert gradcheck(NESTED[name](), X, training=True, mask=mask)


# ---- a cell of one's own


def test_a_cell_of_ones_own_needs_a_step_and_its_way_back():
    class Leaky(layers.SimpleRNNCell):
        """Half of the state stays as it is."""

        steps = layers.SimpleRNNCell.steps | {"blend": Step("b d", r"(h_{t-1} + h_t) / 2")}

        def step(self, s, states):
            (new,) = super().step(s, states)
            s.blend = (s.h_prev + new) / 2
            return (s.blend,)

        def unstep(self, s, g, after):
            (g.blend,) = after
            (before,) = super().unstep(s, g, (g.blend / 2,))
            g.h_prev = before + g.blend / 2
            return (g.h_prev,)

    layer = layers.RNN(Leaky(4), return_sequences=True)
    assert "t4/blend" in {row.name for row in gradcheck(layer, X, mask=MASK)}
    assert layer.trace(X)["blend"].axes == "t b d"


# ---- states


@each_loop
def test_a_stateful_layer_goes_on_where_it_ended(loop):
    layer = built(loop(4, stateful=True))
    whole = twin(layer, stateful=False)(X)
    layer(X[:, :2])
    close(layer(X[:, 2:]), whole)
    layer.reset_state()
    close(layer(X), whole)


def test_states_move_only_in_a_real_call():
    layer = built(layers.LSTM(4, stateful=True, return_state=True))
    layer.trace(X)
    assert layer.states is None
    _, h, _ = layer(X)
    before = [state.copy() for state in layer.states]
    layer.trace(X)
    h += 1  # the caller's own
    for now, then in zip(layer.states, before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_stateful_layer_refuses_another_number_of_examples():
    layer = built(layers.LSTM(4, stateful=True))
    layer(X)
    with pytest.raises(ShapeError, match=r"had 3 examples; received 2. Call reset_state\(\) first"):
        layer(X[:2])
    layer.reset_state()
    assert layer(X[:2]).shape == (2, 4)


def test_a_seeded_layer_drops_the_same_again():
    first, second = (built(layers.GRU(4, recurrent_dropout=0.5, seed=7)) for _ in range(2))
    second.set_weights(first.get_weights())
    np.testing.assert_array_equal(first(X, training=True), second(X, training=True))
    assert not np.array_equal(first(X, training=True), first(X, training=True))


def test_dropout_is_the_same_at_all_times():
    layer = layers.SimpleRNN(4, dropout=0.5, kernel_initializer="ones", use_bias=False)
    trace = layer.trace(np.ones((3, 5, 2)), training=True, seed=1)
    assert (trace["projected"].value == trace["projected"].value[0]).all()
    assert trace["dropout_mask"].axes == "k b c"


# ---- weights at the start


def test_recurrent_kernels_start_orthogonal_and_the_forget_gate_open():
    layer = built(layers.LSTM(4, bias_initializer=lambda shape: np.full(shape, 0.5)))
    kernel, bias = layer.cell.recurrent_kernel, layer.cell.bias
    close(kernel @ kernel.T, np.eye(4))
    assert bias.numpy().tolist() == [0.5] * 4 + [1.0] * 4 + [0.5] * 8


# ---- what makes no sense

BAD = {
    "LSTM: units must be an integer of at least 1, received '4'.": lambda: layers.LSTM("4"),
    "GRU: recurrent_activation must be one of 'linear'": lambda: layers.GRU(4, recurrent_activation="sigmod"),
    "SimpleRNN: dropout must be a number from 0 to 1, received 2.": lambda: layers.SimpleRNN(4, dropout=2),
    "LSTM: dropout and recurrent_dropout must be below 1": lambda: layers.LSTM(4, dropout=1.0),
    "GRU: reset_after must be True or False": lambda: layers.GRU(4, reset_after="yes"),
    "LSTM: return_sequences must be True or False": lambda: layers.LSTM(4, return_sequences="all"),
    "LSTM: recurrent_constraint='x' is not supported": lambda: layers.LSTM(4, recurrent_constraint="x"),
    "LSTM: use_cudnn=True is not supported": lambda: layers.LSTM(4, use_cudnn=True),
    "RNN: cell must be a layer such as LSTMCell(4), received 4.": lambda: layers.RNN(4),
    "; write it with ()": lambda: layers.RNN(layers.LSTMCell),
    "StackedRNNCells: cells must be a list of cells, received [].": lambda: layers.RNN([]),
    "StackedRNNCells: cells must be a layer such as": lambda: layers.RNN([4]),
    "expected an input of shape (batch, time, features), received (3, 2).": lambda: layers.LSTM(4)(X[:, 0]),
    "expected an input of shape (batch, time, 2), received (3, 5, 1).": lambda: built(layers.LSTM(4))(X[..., :1]),
    "expected at least one time step": lambda: layers.LSTM(4)(X[:, :0]),
    "expected a mask of shape (3, 5), received (3,).": lambda: layers.LSTM(4)(X, mask=[True] * 3),
    "expected states of shapes [(3, 4), (3, 4)], received [(3, 4)].": (
        lambda: layers.LSTM(4)(X, initial_state=np.zeros((3, 4)))
    ),
    "initial_state must hold real numbers, received strings.": lambda: layers.LSTM(4)(X, initial_state="zeros"),
    "initial_state must hold the states, received [].": lambda: layers.LSTM(4)(X, initial_state=[]),
    "mask must be an array; received rows of unequal lengths.": lambda: layers.LSTM(4)(X, mask=[[1], [1, 0]]),
    "states must hold 2 arrays, received 0.": lambda: layers.LSTMCell(4)(X[:, 0]),
    "states must hold 2 arrays, received 1.": lambda: layers.LSTMCell(4)(X[:, 0], np.zeros((3, 4))),
    "unknown argument 'masks', did you mean 'mask'?": lambda: layers.LSTM(4)(X, masks=MASK),
    "Bidirectional: layer must be a layer such as LSTM(4)": lambda: layers.Bidirectional(layers.Dense(4)),
    "Bidirectional: merge_mode must be one of 'concat'": lambda: layers.Bidirectional(layers.LSTM(4), "add"),
    "Bidirectional: layer and backward_layer must go in opposite directions": (
        lambda: layers.Bidirectional(layers.LSTM(4), backward_layer=layers.LSTM(4))
    ),
    "Bidirectional: return_state must be the same": lambda: layers.Bidirectional(
        layers.LSTM(4), backward_layer=layers.LSTM(4, go_backwards=True, return_state=True)
    ),
    "Bidirectional: merge_mode='sum' needs outputs of equal size, received 4 and 3 units.": (
        lambda: layers.Bidirectional(layers.LSTM(4), "sum", backward_layer=layers.LSTM(3, go_backwards=True))
    ),
    "TimeDistributed: layer must be a layer such as Dense(4), received 'dense'.": (
        lambda: layers.TimeDistributed("dense")
    ),
    "expected an input of shape (batch, time, ...), received (3, 2).": (
        lambda: layers.TimeDistributed(layers.Dense(4))(X[:, 0])
    ),
    "the layer must have one output": lambda: layers.TimeDistributed(layers.LSTM(4, return_state=True))(X[:, None]),
    "Embedding: input_dim must be an integer of at least 1, received 0.": lambda: layers.Embedding(0, 2),
    "x must hold whole numbers from 0 to 3 (input_dim is 4), received 4.": lambda: layers.Embedding(4, 2)([[4]]),
    "from 0 to 3 (input_dim is 4), received -1.": lambda: layers.Embedding(4, 2)([[-1]]),
    "from 0 to 3 (input_dim is 4), received 0.5.": lambda: layers.Embedding(4, 2)([[0.5]]),
    "from 0 to 3 (input_dim is 4), received nan.": lambda: layers.Embedding(4, 2)([[np.nan]]),
    "Masking: mask_value must be a number": lambda: layers.Masking("0"),
    "gives 3 outputs, and layers in a row take one; leave out return_state": (
        lambda: models.Sequential([layers.LSTM(4, return_state=True), layers.Dense(2)])(X)
    ),
}


@pytest.mark.parametrize("message", BAD)
def test_what_makes_no_sense_gets_one_sentence(message):
    with pytest.raises((ArgumentError, ShapeError, TypeError)) as caught:
        BAD[message]()
    assert message in str(caught.value)
