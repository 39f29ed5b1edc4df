"""Several inputs and outputs: Keras's logs and weights after training, iterators of batches, mistakes in words."""

import branch_cases
import numpy as np
import pytest
from branch_cases import KIND, ONE, SIZE, TWO, WEIGHT
from library import LIBRARY
from test_golden import assert_all_equal_to_keras

import nnlab
from nnlab import Model, Sequential, layers, optimizers
from nnlab.core.errors import ArgumentError, NnlabError, ShapeError


@pytest.fixture(autouse=True)
def seed():
    nnlab.utils.set_random_seed(0)


def compiled(**arguments):
    model = branch_cases.branches(LIBRARY)
    model.compile(optimizers.SGD(0.1), **({"loss": branch_cases.BY_NAME} | arguments))
    return model


@pytest.mark.parametrize("name", branch_cases.COMPILED)
def test_training_gives_keras_logs_predictions_and_weights(name):
    assert_all_equal_to_keras(branch_cases.trained(LIBRARY, optimizers, name), "branches", name)


def test_the_loss_comes_first_in_the_logs_then_that_of_each_output():
    model = compiled(metrics={"kind": ["accuracy"], "size": ["mae"]})
    logs = model.train_on_batch([ONE, TWO], [KIND, SIZE], return_dict=True)
    assert list(logs) == ["loss", "kind_loss", "size_loss", "kind_accuracy", "size_mae"]
    assert model.evaluate([ONE, TWO], [KIND, SIZE]) == list(
        model.evaluate([ONE, TWO], [KIND, SIZE], return_dict=True).values()
    )


def test_a_trace_goes_from_the_weighted_sum_of_the_losses_down():
    model = compiled(loss_weights={"kind": 0.5, "size": 2.0})
    trace = model.trace([ONE, TWO], y={"kind": KIND, "size": SIZE}, training=True)
    kind, size = trace["loss/kind/y"].value, trace["loss/size/y"].value
    assert trace["loss/each"].value == (kind, size)
    assert trace["loss/y"].value == pytest.approx(0.5 * kind + 2 * size)
    assert trace["loss/size/y"].grad == 2
    difference = trace["size/y"].value - SIZE
    np.testing.assert_allclose(trace["size/y"].grad, 2 * 2 * difference / 11, rtol=1e-5)
    before = model.get_layer("size").kernel.numpy()
    model.train_on_batch([ONE, TWO], [KIND, SIZE])
    after = before - np.float32(0.1) * trace["size/kernel"].grad
    np.testing.assert_allclose(model.get_layer("size").kernel.numpy(), after, rtol=1e-6)


def test_a_trace_of_one_loss_for_all_outputs_and_weights_of_each():
    model = branch_cases.branches(LIBRARY)
    truth = [np.eye(3)[KIND], SIZE]
    trace = model.trace([ONE, TWO], y=truth, loss="mse", sample_weight={"size": WEIGHT})
    assert trace["loss/size/sample_weight"].shape == (11,)
    assert "loss/kind/sample_weight" not in trace
    assert trace["loss/y"].value == pytest.approx(trace["loss/kind/y"].value + trace["loss/size/y"].value)


def test_an_output_without_a_loss_gets_no_gradient_and_needs_no_truth():
    model = compiled(loss={"kind": "sparse_categorical_crossentropy", "size": None})
    trace = model.trace([ONE, TWO], y={"kind": KIND})
    assert not trace["size/kernel"].grad.any()
    assert list(model.fit([ONE, TWO], {"kind": KIND}, verbose=0).history) == ["loss"]


def test_a_weight_counts_in_the_loss_of_a_single_output():
    net = Sequential([layers.Dense(1, name="only", kernel_initializer="ones", input_shape=(4,))])
    net.compile(optimizers.SGD(0.0), "mse")
    plain = net.train_on_batch(ONE, SIZE)
    net.compile(optimizers.SGD(0.0), "mse", loss_weights=0.5)
    assert net.train_on_batch(ONE, SIZE) == pytest.approx(plain / 2)
    net.compile(optimizers.SGD(0.0), {"only": "mse"}, metrics={"only": "mae"})
    assert net.train_on_batch(ONE, {"only": SIZE}, return_dict=True)["loss"] == pytest.approx(plain)


def test_calls_of_a_shared_layer_that_are_outputs_have_names_of_their_own():
    one, other, shared = layers.Input((4,)), layers.Input((4,)), layers.Dense(1, name="shared")
    model = Model([one, other], [shared(one), shared(other)])
    model.compile("sgd", "mse")
    assert list(model.train_on_batch([ONE, ONE], [SIZE, SIZE], return_dict=True)) == [
        "loss", "shared_loss", "shared#2_loss",
    ]  # fmt: skip


def test_inputs_by_name_reach_every_method():
    model, by_name = compiled(), {"two": TWO, "one": ONE}
    for mine, theirs in zip(model(by_name), model([ONE, TWO]), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_array_equal(model.predict(by_name)[1], model.predict([ONE, TWO])[1])
    np.testing.assert_array_equal(model.trace(by_name)["y[0]"].value, model([ONE, TWO])[0])
    tensors = {"one": layers.Input((4,)), "two": layers.Input((3,))}
    assert len(Model(list(tensors.values()), model(tensors))([ONE, TWO])) == 2


# ---- iterators


def pairs(count):
    for index in range(count):
        part = slice(index % 2 * 4, index % 2 * 4 + 4)
        yield ONE[part], SIZE[part]


def net():
    made = Sequential([layers.Dense(1, kernel_initializer="ones", input_shape=(4,))])
    made.compile(optimizers.SGD(0.1), "mse")
    return made


class Batches:
    """What can be gone through again, as a data loader can."""

    def __init__(self, count):
        self.count = count

    def __iter__(self):
        return pairs(self.count)


class Numbered:
    """A sequence of batches in Keras's style."""

    def __len__(self):
        return 3

    def __getitem__(self, index):
        return list(pairs(3))[index]


def test_a_generator_trains_as_the_arrays_that_it_is_cut_from():
    one, other = net(), net()
    one.fit(ONE[:8], SIZE[:8], batch_size=4, epochs=2, shuffle=False, verbose=0)
    other.fit(pairs(4), epochs=2, steps_per_epoch=2, verbose=0)
    np.testing.assert_array_equal(one.get_weights()[0], other.get_weights()[0])


@pytest.mark.parametrize("again", [Batches(3), Numbered()])
def test_what_can_begin_again_does_so_in_each_epoch(again):
    one, other = net(), net()
    history = one.fit(again, epochs=2, verbose=0)
    other.fit((batch for _ in range(2) for batch in pairs(3)), epochs=2, steps_per_epoch=3, verbose=0)
    assert history.epoch == [0, 1]
    assert not history.notes
    np.testing.assert_array_equal(one.get_weights()[0], other.get_weights()[0])
    assert one.fit(again, epochs=3, steps_per_epoch=2, verbose=0).epoch == [0, 1, 2]


def test_steps_per_epoch_of_arrays_go_on_where_the_last_epoch_ended():
    one, other = net(), net()
    one.fit(ONE[:8], SIZE[:8], batch_size=4, epochs=3, steps_per_epoch=1, shuffle=False, verbose=0)
    other.fit(pairs(3), verbose=0)
    np.testing.assert_array_equal(one.get_weights()[0], other.get_weights()[0])


def test_evaluate_and_predict_take_iterators():
    model = net()
    assert model.evaluate(pairs(2)) == pytest.approx(model.evaluate(ONE[:8], SIZE[:8], batch_size=4))
    expected = model.predict(ONE[:8], batch_size=4)
    np.testing.assert_array_equal(model.predict(pairs(2)), expected)
    np.testing.assert_array_equal(model.predict((x for x, _ in pairs(5)), steps=2), expected)


@pytest.mark.parametrize("verbose", [1, 2])
def test_progress_of_an_iterator_of_unknown_length(verbose, capsys):
    net().fit(pairs(3), verbose=verbose)
    assert capsys.readouterr().out.startswith("Epoch 1/1 - loss: ")


def test_an_iterator_that_ends_early_ends_the_training_and_keeps_what_was_learnt():
    model = net()
    before = model.get_weights()[0]
    history = model.fit(pairs(5), epochs=4, steps_per_epoch=2, verbose=0)
    assert history.epoch == [0, 1, 2]
    assert history.notes == [
        "The iterator has run out of batches in epoch 3 of 4, after 1 of 2 batches: training ends there; let it yield "
        "more, or ask for fewer."
    ]
    assert not (model.get_weights()[0] == before).all()
    assert (
        net().fit(pairs(3), epochs=2, verbose=0).notes[0].startswith("The iterator has run out of batches in epoch 2")
    )


def test_validation_ends_with_its_iterator_and_training_goes_on():
    history = net().fit(ONE, SIZE, epochs=3, validation_data=pairs(3), validation_steps=2, verbose=0)
    assert (len(history.history["loss"]), len(history.history["val_loss"])) == (3, 2)
    assert history.notes[0].startswith("validation_data has run out of batches in epoch 2 of 3")


# ---- mistakes


def broken(batch):
    yield from pairs(1)
    yield batch


MISTAKES = {
    "received one, three": lambda: compiled()({"one": ONE, "three": TWO}),
    "x must be a list of 2 arrays (one, two), or a dict of them by name, received 3.": (
        lambda: compiled().predict([ONE, TWO, TWO])
    ),
    "expected for the input 'two' an array of shape (None, 3), received (11, 4)": lambda: compiled().predict(
        [ONE, ONE]
    ),
    "fit: y must hold an array for each of the 2 outputs (kind, size), in a list or in a dict by name, received a "
    "single ndarray.": lambda: compiled().fit([ONE, TWO], KIND),
    "in a dict by name, received 3 of them.": lambda: compiled().fit([ONE, TWO], [KIND, SIZE, SIZE]),
    "y names an output 'sice' that is not there; the model has: kind, size.": (
        lambda: compiled().fit([ONE, TWO], {"kind": KIND, "sice": SIZE})
    ),
    "fit: y of the output 'size' is missing": lambda: compiled().fit([ONE, TWO], {"kind": KIND}),
    "fit: the output 'size': MeanSquaredError: y_true has shape (11, 2) but y_pred has (11, 1)": (
        lambda: compiled().fit([ONE, TWO], [KIND, TWO[:, :2]])
    ),
    "x and y of the output 'size' must hold as many examples as each other, received 11 and 4.": (
        lambda: compiled().fit([ONE, TWO], [KIND, SIZE[:4]])
    ),
    "y of the output 'size' must hold finite numbers": lambda: compiled().fit([ONE, TWO], [KIND, SIZE * np.nan]),
    "the inputs must hold as many examples as each other, received 11, 5.": (
        lambda: compiled().fit([ONE, TWO[:5]], [KIND, SIZE])
    ),
    "compile: loss says nothing of the output 'size'; give it a loss, or None": (
        lambda: compiled(loss={"kind": "sparse_categorical_crossentropy"})
    ),
    "compile: loss names an output 'sise' that is not there; the model has: kind, size.": (
        lambda: compiled(loss=branch_cases.BY_NAME | {"sise": "mse"})
    ),
    "compile: loss must hold one entry for each of the 2 outputs (kind, size), received 3.": (
        lambda: compiled(loss=["mse"] * 3)
    ),
    "compile: at least one output needs a loss": lambda: compiled(loss=[None, None]),
    "a weight in loss_weights must be a number, received 'much'.": lambda: compiled(loss_weights={"kind": "much"}),
    "with 2 outputs, metrics must say which is watched by what, such as {'kind': ['mae']}, received ['mae'].": (
        lambda: compiled(metrics=["mae"])
    ),
    "metrics names an output 'age' that is not there": lambda: compiled(metrics={"age": "mae"}),
    "weighted_metrics names an output 'age' that is not there; the model has: dense": (
        lambda: net().compile("sgd", "mse", weighted_metrics={"age": "mae"})
    ),
    "class_weight is for a model with one output; pass sample_weight": (
        lambda: compiled().fit([ONE, TWO], [KIND, SIZE], class_weight={0: 2.0})
    ),
    ".fit: sample_weight names an output 'age' that is not there; the model has: kind, size.": (
        lambda: compiled().fit([ONE, TWO], [KIND, SIZE], sample_weight={"age": WEIGHT})
    ),
    "fit: x yields no batch at all": lambda: net().fit(iter([])),
    "fit: batch 2 that the iterator yields must be a tuple (x, y) or (x, y, sample_weight), received an array of shape "
    "(4, 4).": lambda: net().fit(broken(ONE[:4])),
    "received a tuple of 1.": lambda: net().fit(broken((ONE,))),
    "received int 3.": lambda: net().fit(broken(3)),
    "batch 2 of the iterator: Sequential ": (lambda: net().fit(broken((TWO, SIZE)))),
    "fit: x is an iterator that yields whole batches; leave out y=.": lambda: net().fit(pairs(2), SIZE),
    "leave out batch_size=.": lambda: net().fit(pairs(2), batch_size=2),
    "leave out validation_split=.": lambda: net().fit(pairs(2), validation_split=0.5),
    "steps_per_epoch must be an integer of at least 1, received 0.": lambda: net().fit(pairs(2), steps_per_epoch=0),
    "validation_data is a generator, which can be gone through only once, and there are 2 epochs": (
        lambda: net().fit(ONE, SIZE, epochs=2, validation_data=pairs(2))
    ),
    "evaluate: the iterator has run out after 2 batches, asked for 3": lambda: net().evaluate(pairs(2), steps=3),
    "predict: the iterator has run out after 0 batches": lambda: net().predict(iter([])),
}


@pytest.mark.parametrize("sentence", MISTAKES)
def test_a_mistake_is_told_in_one_sentence(sentence):
    with pytest.raises((ArgumentError, ShapeError, NnlabError)) as error:
        MISTAKES[sentence]()
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)
