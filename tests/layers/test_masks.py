"""Masks: who makes them, how they travel through a model, who heeds them, and where they end."""

import numpy as np
import pytest
from formula import uniform

from nnlab import gradcheck, layers, models, optimizers
from nnlab.core.errors import ShapeError
from nnlab.utils import set_random_seed

X = uniform("series", (3, 5, 2))
WORDS = np.array([[1, 4, 2, 0, 0], [3, 0, 0, 0, 0], [2, 2, 1, 4, 3]])


def close(first, second):
    np.testing.assert_allclose(first, second, rtol=1e-5, atol=1e-6)


def words(**arguments):
    return layers.Embedding(5, 3, mask_zero=True, **arguments)


def test_an_embedding_masks_zeros_only_if_it_is_told_to():
    trace = words().trace(WORDS)
    np.testing.assert_array_equal(trace["mask"].value, WORDS != 0)
    assert "mask" not in layers.Embedding(5, 3).trace(WORDS)


def test_masking_marks_and_clears_the_times_at_which_all_features_have_the_value():
    x = np.array([[[7.0, 7.0], [7.0, 1.0], [0.0, 0.0]]])
    trace = layers.Masking(7).trace(x)
    assert trace["mask"].value.tolist() == [[False, True, True]]
    assert trace["y"].value.tolist() == [[[0, 0], [7, 1], [0, 0]]]
    assert trace["x"].grad.tolist() == [[[0, 0], [1, 1], [1, 1]]]


@pytest.mark.parametrize("loop", [layers.SimpleRNN, layers.LSTM, layers.GRU])
def test_a_mask_reaches_the_loop_past_layers_that_hand_it_on(loop):
    embedding, dense, last = words(), layers.Dense(4, activation="relu"), loop(4)
    model = models.Sequential([embedding, dense, layers.Dropout(0.5), last])
    close(model(WORDS), last(dense(embedding(WORDS)), mask=WORDS != 0))
    assert not np.allclose(model(WORDS), last(dense(embedding(WORDS))))
    np.testing.assert_array_equal(model.trace(WORDS)[f"{last.name}/mask"].value, WORDS != 0)


def test_a_padded_text_gives_what_the_text_alone_gives():
    model = models.Sequential([words(), layers.LSTM(4), layers.Dense(2)])
    close(model(WORDS)[:1], model(WORDS[:1, :3]))


def test_a_mask_goes_on_after_a_sequence_and_ends_with_a_last_output():
    sequence, last = layers.LSTM(4, return_sequences=True, name="one"), layers.LSTM(4, name="two")
    trace = models.Sequential([words(), sequence, last, layers.Dense(2)]).trace(WORDS)
    np.testing.assert_array_equal(trace["two/mask"].value, WORDS != 0)
    assert "output_mask" not in trace
    trace = models.Sequential([words(), layers.LSTM(4, return_sequences=True)]).trace(WORDS)
    np.testing.assert_array_equal(trace["output_mask"].value, WORDS != 0)


def test_a_mask_goes_through_models_in_models_both_ways():
    last = layers.GRU(4)
    inside = models.Sequential([layers.Masking(name="marks"), layers.Dense(3, use_bias=False)], name="inside")
    x = X * (WORDS != 0)[..., None]
    model = models.Sequential([inside, models.Sequential([layers.Dropout(0.5), last], name="end")])
    trace = model.trace(x)
    np.testing.assert_array_equal(trace[f"end/{last.name}/mask"].value, WORDS != 0)
    close(model(x), last(inside(x), mask=WORDS != 0))


def test_a_mask_may_be_given_to_a_model():
    last = layers.LSTM(4)
    model = models.Sequential([layers.Dense(3), last])
    close(model(X, mask=WORDS != 0), last(model.layers[0](X), mask=WORDS != 0))
    assert gradcheck(model, X, mask=WORDS != 0)


def test_bidirectional_gives_the_mask_to_both_and_zeros_where_it_is_false():
    both = layers.Bidirectional(layers.LSTM(4, return_sequences=True), name="both")
    model = models.Sequential([words(), both])
    y = model(WORDS)
    assert (y[WORDS == 0] == 0).all()
    assert (y[WORDS != 0] != 0).all()
    trace = model.trace(WORDS)
    np.testing.assert_array_equal(trace["both/forward/mask"].value, trace["both/backward/mask"].value)


def test_time_distributed_gives_each_time_its_part_of_a_mask():
    films = uniform("films", (2, 3, 4, 2))
    mask = uniform("which", (2, 3, 4)) > 0
    mask[:, :, 0] = True
    inner = layers.LSTM(5)
    y = layers.TimeDistributed(inner)(films, mask=mask)
    for t in range(3):
        close(y[:, t], inner(films[:, t], mask=mask[:, t]))
    with pytest.raises(ShapeError, match=r"expected a mask of shape \(2, 3\), received \(2, 4\)"):
        layers.TimeDistributed(layers.Dense(2))(films, mask=np.ones((2, 4), bool))


def test_a_patched_mask_is_the_one_that_travels():
    model = models.Sequential([words(name="words"), layers.LSTM(4, name="lstm")])
    everything = np.ones(WORDS.shape, bool)
    trace = model.trace(WORDS, patch={"words/mask": everything})
    np.testing.assert_array_equal(trace["lstm/mask"].value, everything)
    lstm = model.layers[1]
    close(trace["y"].value, lstm(model.layers[0](WORDS)))


def test_a_layer_that_cannot_hand_a_mask_on_says_so():
    model = models.Sequential([words(), layers.Flatten(name="flat"), layers.Dense(2)])
    with pytest.warns(UserWarning, match="Flatten 'flat' does not support masks: the layers after it see none"):
        model(WORDS)


def test_a_model_with_masks_learns():
    set_random_seed(0)
    model = models.Sequential([words(), layers.Bidirectional(layers.GRU(4)), layers.Dense(1)])
    model.compile(optimizers.Adam(0.01), "mse")
    y = uniform("targets", (3, 1))
    losses = [model.train_on_batch(WORDS, y) for _ in range(60)]
    assert losses[-1] < losses[0] / 2


def test_softmax_shares_the_whole_among_the_numbers_that_count():
    x, mask = X[:, :, 0], WORDS != 0
    layer = layers.Softmax()
    trace = layer.trace(x, mask=mask, grad=uniform("arriving", x.shape))
    for row, counts, y in zip(x, mask, trace["y"].value, strict=True):
        close(y[counts], layer(row[np.newaxis, counts])[0])
        assert (y[~counts] == 0).all()
    assert (trace["x"].grad[~mask] == 0).all()
    nothing = layer.trace(x, mask=np.zeros(x.shape, bool))
    assert not nothing["y"].value.any()
    assert not nothing["x"].grad.any()
    assert gradcheck(layer, x, mask=mask)


FIRST = np.array([[1, 1, 0], [1, 0, 0]], bool)
OTHER = np.array([[1, 0, 0], [0, 0, 1]], bool)
SHORT = np.array([[0, 1], [1, 1]], bool)


@pytest.mark.parametrize(
    ("axis", "masks", "expected"),
    [
        (-1, (FIRST, OTHER), [[1, 1, 0], [1, 0, 1]]),
        (-1, (FIRST, None), [[1, 1, 1], [1, 1, 1]]),
        (1, (FIRST, SHORT), [[1, 1, 0, 0, 1], [1, 0, 0, 1, 1]]),
        (1, (None, SHORT), [[1, 1, 1, 0, 1], [1, 1, 1, 1, 1]]),
    ],
)
def test_masks_are_concatenated_as_keras_does(axis, masks, expected):
    marks = [np.ones((2, 3 if mask is None else mask.shape[1], 1)) for mask in masks]
    inputs = [layers.Input(part.shape[1:]) for part in marks]
    parts = [tensor if mask is None else layers.Masking()(tensor) for tensor, mask in zip(inputs, masks, strict=True)]
    joined = layers.Concatenate(axis)(parts)
    model = models.Model(inputs, layers.LSTM(2, name="lstm")(joined))
    x = [part if mask is None else part * mask[..., None] for part, mask in zip(marks, masks, strict=True)]
    np.testing.assert_array_equal(model.trace(x)["lstm/mask"].value, np.array(expected, bool))


def test_a_dot_product_ends_the_masks_of_its_arrays_without_a_word(recwarn):
    both = layers.Input((5, 2))
    masked = layers.Masking()(both)
    trace = models.Model(both, layers.Dense(2)(layers.Dot(axes=2)([masked, masked]))).trace(X)
    assert "output_mask" not in trace
    assert not recwarn


def test_the_row_of_the_padding_is_never_learnt():
    trace = models.Sequential([words(name="words"), layers.LSTM(4)]).trace(WORDS)
    assert (trace["words/embeddings"].grad[0] == 0).all()
    assert (trace["words/embeddings"].grad[1:] != 0).any(-1).all()
