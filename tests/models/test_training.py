"""Training: real Keras's steps, each whole or not at all, undisturbed by looking, the same from the same seed."""

import gc
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from model_cases import (
    LENET_OPTIMIZERS,
    MASKED,
    STOPPING,
    WEIGHTED,
    digest,
    lenet,
    lenet_batches,
    lenet_weights,
    masked,
    stopping,
    weighted,
)
from test_golden import assert_all_equal_to_keras, assert_equal_to_keras, load

import nnlab
from nnlab import Sequential, callbacks, layers, optimizers
from nnlab.core.errors import ArgumentError, NnlabError, ShapeError, UnknownArgumentError
from nnlab.layers import BatchNormalization, Dense, Dropout

PACKAGE = str(Path(nnlab.__file__).parent)


@pytest.fixture(autouse=True)
def seed():
    nnlab.utils.set_random_seed(0)


RNG = np.random.default_rng(5)
X = RNG.normal(size=(50, 4)).astype("float32")
Y = (X.sum(-1) > 0).astype(int) + (X[:, 0] > 1)  # three classes that can be learnt


def model(optimizer="adam", seed=0, metrics=("accuracy",)):
    """A small network with everything that moves: weights, statistics, random masks, penalties."""
    nnlab.utils.set_random_seed(seed)
    made = Sequential(
        [
            Dense(6, kernel_regularizer="l2", name="first", input_shape=(4,)),
            BatchNormalization(name="norm"),
            layers.Activation("tanh", name="tanh"),
            Dropout(0.25, name="drop"),
            Dense(3, activation="softmax", name="last"),
        ]
    )
    made.compile(optimizers.get(optimizer), "sparse_categorical_crossentropy", metrics=metrics)
    return made


def same(one, other):
    return all((a == b).all() for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("case", LENET_OPTIMIZERS, ids=lambda case: case.id)
def test_five_steps_of_lenet_leave_keras_weights(case):
    golden = load("lenet")
    net = lenet(nnlab)
    net.set_weights(lenet_weights([weight.shape for weight in net.weights]))
    optimizer = getattr(optimizers, case.name)(**case.arguments)
    net.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    logs = [net.train_on_batch(x, y) for x, y in lenet_batches()]
    assert_equal_to_keras(np.array(logs), golden[f"{case.id}/logs"])
    assert_equal_to_keras(net.predict(lenet_batches()[0][0]), golden[f"{case.id}/prediction"])
    for index, weight in enumerate(net.get_weights()):
        for name, part in digest(weight).items():
            assert_equal_to_keras(part, golden[f"{case.id}/weight {index} {name}"])


@pytest.mark.parametrize("name", WEIGHTED)
def test_weights_of_examples_and_classes_count_as_in_keras(name):
    assert_all_equal_to_keras(weighted(nnlab, optimizers, WEIGHTED[name]), "weighted", name)


@pytest.mark.parametrize("name", MASKED)
def test_a_mask_that_reaches_the_output_weighs_the_loss_and_the_metrics_as_in_keras(name):
    assert_all_equal_to_keras(masked(nnlab, optimizers, MASKED[name]), "masked", name)


def sentences():
    """A model of words whose mask reaches the output, and sentences that end before their last time."""
    row = [layers.Embedding(4, 3, mask_zero=True), layers.GRU(4, return_sequences=True), Dense(3, activation="softmax")]
    net = Sequential([nnlab.Input((5,)), *row])
    net.compile(optimizers.SGD(0.5), "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = RNG.integers(1, 4, (6, 5)), RNG.integers(0, 3, (6, 5))
    x[:, 3:] = 0
    return net, x, y


def test_what_the_truth_says_of_masked_times_changes_nothing():
    net, x, y = sentences()
    start = net.get_weights()
    histories, ends = [], []
    for truth in (y, np.where(x == 0, 0, y)):
        net.set_weights(start)
        histories.append(net.fit(x, truth, epochs=2, batch_size=4, shuffle=False, verbose=0).history)
        ends.append(net.get_weights())
    assert histories[0] == histories[1]
    assert same(*ends)


def test_a_trace_shows_the_mask_in_the_loss_that_a_step_descends():
    net, x, y = sentences()
    trace, before = net.trace(x, y=y), net.layers[-1].kernel.numpy()
    np.testing.assert_array_equal(trace["loss/mask"].value, x != 0)
    assert not trace["loss/per_example"].grad[x == 0].any()
    assert net.train_on_batch(x, y)[0] == pytest.approx(trace["loss/y"].value)
    expected = before - trace[f"{net.layers[-1].name}/kernel"].grad * np.float32(0.5)
    np.testing.assert_allclose(net.layers[-1].kernel.numpy(), expected, rtol=1e-6)


def test_a_mask_of_times_does_not_fit_one_loss_an_example():
    net = Sequential([layers.Masking(input_shape=(5, 3)), layers.Identity(), layers.Dense(1), SqueezeTimes()])
    net.compile("sgd", "mse")
    with pytest.raises(ShapeError, match=r"the mask that reaches the output has shape \(2, 5\), but there are losses"):
        net.train_on_batch(np.ones((2, 5, 3)), np.ones((2, 5)))


class SqueezeTimes(layers.Layer):
    """Drops the last axis and hands the mask on, though there is one number an example after it."""

    supports_masking = True

    def call(self, x):
        return x[..., 0]


def test_an_example_of_weight_0_teaches_nothing():
    changed = np.where(np.arange(50)[:, None] < 10, 100, X)
    weight = (np.arange(50) >= 10).astype(float)
    weights_after = []
    for x in (X, changed):
        net = Sequential([Dense(3, activation="softmax", kernel_initializer="ones", input_shape=(4,))])
        net.compile(optimizers.SGD(1.0), "sparse_categorical_crossentropy")
        net.train_on_batch(x, Y, sample_weight=weight)
        weights_after.append(net.get_weights())
    assert same(*weights_after)


def test_weights_follow_their_examples_through_the_shuffle():
    net = Sequential([Dense(3, activation="softmax", input_shape=(4,))])
    net.compile(optimizers.SGD(0.0), "sparse_categorical_crossentropy", weighted_metrics=["accuracy"])
    weight = np.arange(50.0)
    history = net.fit(X, Y, batch_size=7, sample_weight=weight, verbose=0).history
    expected = net.evaluate(X, Y, batch_size=50, sample_weight=weight, return_dict=True)
    assert history["loss"][0] == pytest.approx(expected["loss"], rel=1e-5)
    assert history["accuracy"][0] == pytest.approx(expected["accuracy"])


def test_a_trace_shows_the_weighted_loss_that_a_step_descends():
    net = Sequential([Dense(3, activation="softmax", name="only", input_shape=(4,))])
    net.compile(optimizers.SGD(0.5), "sparse_categorical_crossentropy")
    weight = np.linspace(0, 2, 50)
    trace, kernel = net.trace(X, y=Y, sample_weight=weight), net.layers[0].kernel.numpy()
    assert net.train_on_batch(X, Y, sample_weight=weight) == pytest.approx(trace["loss/y"].value)
    expected = kernel - trace["only/kernel"].grad * np.float32(0.5)
    np.testing.assert_allclose(net.layers[0].kernel.numpy(), expected, rtol=1e-6)
    np.testing.assert_allclose(trace["loss/sample_weight"].value, weight, rtol=1e-6)
    with pytest.raises(ArgumentError, match=r"trace\(sample_weight=...\) needs the truth too"):
        net.trace(X, sample_weight=weight)


def test_a_schedule_of_the_learning_rate_moves_in_fit():
    net = model(optimizers.SGD(optimizers.schedules.PiecewiseConstantDecay([4], [0.1, 0.0])))
    net.fit(X, Y, batch_size=10, verbose=0)  # steps 0 to 4
    still = net.get_layer("first").get_weights()
    net.fit(X, Y, batch_size=10, verbose=0)
    assert same(still, net.get_layer("first").get_weights())
    assert net.optimizer.iterations == 10


@pytest.mark.parametrize("name", ["val_accuracy", "acc", "val_auc", "precision", "val_recall"])
def test_early_stopping_waits_for_larger_values_of_what_should_grow(name):
    assert callbacks.EarlyStopping(name).sign == 1
    assert callbacks.EarlyStopping("val_loss").sign == -1


def test_a_step_is_gradient_descent_on_the_loss_that_a_trace_shows():
    net = Sequential([Dense(3, activation="softmax", name="only", input_shape=(4,))])
    net.compile(optimizers.SGD(0.5), "sparse_categorical_crossentropy")
    trace, kernel = net.trace(X, training=True, y=Y), net.layers[0].kernel.numpy()
    loss = net.train_on_batch(X, Y)
    assert loss == pytest.approx(trace["loss/y"].value)
    expected = kernel - trace["only/kernel"].grad * np.float32(0.5)
    np.testing.assert_allclose(net.layers[0].kernel.numpy(), expected, rtol=1e-6)


def test_penalties_join_the_loss_and_the_gradient():
    def step(strength):
        net = Sequential([Dense(3, kernel_regularizer=nnlab.regularizers.L2(strength), input_shape=(4,))])
        net.set_weights([np.full((4, 3), 0.5), np.zeros(3)])
        net.compile(optimizers.SGD(1.0), "mse")
        loss = net.train_on_batch(X, np.zeros((50, 3)))
        return loss, net.get_weights()[0]

    (plain, moved), (penalized, moved_more) = step(0.0), step(0.1)
    assert penalized - plain == pytest.approx(0.1 * 12 * 0.25, rel=1e-5)
    np.testing.assert_allclose(moved - moved_more, 2 * 0.1 * 0.5, rtol=1e-4)


def test_a_layer_that_is_not_trainable_stays():
    net = model()
    net.get_layer("first").trainable = False
    net.get_layer("norm").trainable = False
    frozen = [weight for name in ("first", "norm") for weight in net.get_layer(name).get_weights()]
    net.fit(X, Y, epochs=2, verbose=0)
    assert same(frozen, [weight for name in ("first", "norm") for weight in net.get_layer(name).get_weights()])


def test_a_shared_layer_gets_the_sum_of_its_gradients():
    shared = Dense(4, use_bias=False, kernel_initializer="ones", name="shared")
    net = Sequential([Sequential([shared], name="one"), Sequential([shared], name="two")])
    net.compile(optimizers.SGD(1e-3), "mse")
    net.build((None, 4))
    trace = net.trace(X, y=np.zeros((50, 4)))
    both = trace["one/shared/kernel"].grad + trace["two/shared/kernel"].grad
    before = shared.kernel.numpy()
    net.train_on_batch(X, np.zeros((50, 4)))
    np.testing.assert_allclose(before - shared.kernel.numpy(), 1e-3 * both, rtol=1e-3)


def test_the_same_seed_gives_the_same_training():
    one, other, third = model(), model(), model(seed=1)
    histories = []
    for net, start in ((one, 7), (other, 7), (third, 8)):
        nnlab.utils.set_random_seed(start)
        histories.append(net.fit(X, Y, epochs=3, batch_size=8, verbose=0).history)
    assert histories[0] == histories[1]
    assert same(one.get_weights(), other.get_weights())
    assert histories[0] != histories[2]


def test_looking_between_the_steps_changes_nothing():
    class Look(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.trace(X[:3], training=True, y=Y[:3])
            self.model.trace(X[:3])
            self.model(X[:3])
            self.model.predict(X)
            self.model.evaluate(X, Y)

    results = []
    for watchers in ((), (Look(),)):
        net = model()
        history = net.fit(X, Y, epochs=2, batch_size=8, verbose=0, callbacks=watchers, validation_data=(X, Y))
        results.append((history.history, net.get_weights()))
    assert results[0][0] == results[1][0]
    assert same(results[0][1], results[1][1])


def test_logs_are_means_weighted_by_the_size_of_the_batch():
    plain = Sequential([Dense(3, activation="softmax", input_shape=(4,))])
    plain.compile(optimizers.SGD(0.0), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = plain.fit(X, Y, batch_size=32, verbose=0).history  # batches of 32 and 18
    loss, accuracy = plain.evaluate(X, Y, batch_size=50)
    assert history["loss"][0] == pytest.approx(loss, rel=1e-6)
    assert history["accuracy"][0] == pytest.approx(accuracy)


def test_training_learns():
    history = model(optimizers.Adam(0.05)).fit(X, Y, epochs=30, batch_size=10, verbose=0).history
    assert history["loss"][-1] < history["loss"][0] / 2
    assert history["accuracy"][-1] > 0.8


def test_validation_data_is_judged_after_each_epoch_without_being_learnt():
    def fitted(**arguments):
        net = model()
        return net, net.fit(X[:40], Y[:40], epochs=2, verbose=0, **arguments)

    (net, history), (plain, _) = fitted(validation_data=(X[40:], Y[40:])), fitted()
    assert list(history.history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert same(net.get_weights(), plain.get_weights())
    expected = net.evaluate(X[40:], Y[40:], return_dict=True)
    assert history.history["val_loss"][-1] == pytest.approx(expected["loss"])
    assert history.history["val_accuracy"][-1] == expected["accuracy"]


def test_validation_split_keeps_the_end_of_the_data():
    one, other = model(), model()
    split = one.fit(X, Y, epochs=2, verbose=0, validation_split=0.2).history
    nnlab.utils.set_random_seed(0)
    other = model()
    given = other.fit(X[:40], Y[:40], epochs=2, verbose=0, validation_data=(X[40:], Y[40:])).history
    assert split == given


def test_without_shuffle_batches_come_in_order():
    seen = []

    class Watched(Dense):
        def forward(self, s, x):
            seen.append(x.copy())
            return super().forward(s, x)

    net = Sequential([Watched(1, input_shape=(4,))])
    net.compile("sgd", "mse")
    net.fit(X, X[:, :1], batch_size=20, shuffle=False, verbose=0)
    assert [len(part) for part in seen] == [20, 20, 10]
    assert (np.concatenate(seen) == X).all()
    seen.clear()
    net.fit(X, X[:, :1], batch_size=20, verbose=0)
    assert not (np.concatenate(seen) == X).all()
    assert (np.sort(np.concatenate(seen), 0) == np.sort(X, 0)).all()


def test_predict_equals_the_call_whatever_the_batches():
    net = model()
    np.testing.assert_allclose(net.predict(X, batch_size=7), net(X), rtol=1e-5)


def test_predict_of_nothing_is_empty():
    assert model().predict(np.zeros((0, 4))).shape == (0, 3)


def test_lists_are_accepted():
    net = Sequential([Dense(1, input_shape=(2,))])
    net.compile("sgd", "mse")
    net.fit([[1, 2], [3, 4]], [1, 2], verbose=0)
    assert net.predict([[1, 2]]).shape == (1, 1)
    assert isinstance(net.evaluate([[1, 2]], [[1]]), float)


def test_train_on_batch_returns_what_keras_returns():
    assert isinstance(model(metrics=None).train_on_batch(X, Y), float)
    assert len(model().train_on_batch(X, Y)) == 2
    assert list(model().train_on_batch(X, Y, return_dict=True)) == ["loss", "accuracy"]


def bytes_of_arrays():
    """What all NumPy arrays made since tracing began hold at the moment."""
    arrays = tracemalloc.DomainFilter(inclusive=True, domain=np.lib.tracemalloc_domain)
    snapshot = tracemalloc.take_snapshot().filter_traces([arrays])
    return sum(trace.size for trace in snapshot.traces)


@pytest.mark.parametrize("work", ["train_on_batch", "evaluate"])
def test_no_array_outlives_a_step(work):
    net = model()
    tracemalloc.start()
    gc.disable()  # what lives in a circle counts as kept
    try:
        net.train_on_batch(X, Y)
        before = bytes_of_arrays()
        for _ in range(3):
            getattr(net, work)(X, Y)
        assert bytes_of_arrays() == before
    finally:
        gc.enable()
        tracemalloc.stop()


# ---- interrupts


class Interrupt(callbacks.Callback):
    """Ctrl-C, pressed at a chosen moment."""

    def __init__(self, hook, at):
        self.count, self.at = 0, at
        setattr(self, hook, self.strike)

    def strike(self, *_):
        self.count += 1
        if self.count == self.at:
            raise KeyboardInterrupt


def test_ctrl_c_keeps_the_last_whole_batch_and_the_finished_epochs():
    net, plain = model(), model()
    history = net.fit(X, Y, epochs=5, batch_size=10, verbose=0, callbacks=[Interrupt("on_train_batch_end", 8)])
    assert history.interrupted
    assert history.epoch == [0]
    assert [len(values) for values in history.history.values()] == [1, 1]
    assert history.notes == [
        "Interrupted in epoch 2 of 5, after 3 of 5 batches: the model keeps what it had learnt by then."
    ]
    nnlab.utils.set_random_seed(0)
    plain = model()
    plain.fit(X, Y, epochs=5, batch_size=10, verbose=0, callbacks=[StopAfter(8)])
    assert same(net.get_weights(), plain.get_weights())


class StopAfter(callbacks.Callback):
    def __init__(self, batches):
        self.left = batches

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        self.model.stop_training = self.left == 0


def test_training_goes_on_after_ctrl_c():
    net = model()
    net.fit(X, Y, verbose=0, callbacks=[Interrupt("on_train_batch_end", 1)])
    history = net.fit(X, Y, epochs=2, verbose=0)
    assert not history.interrupted
    assert history.epoch == [0, 1]


def test_ctrl_c_before_the_first_batch_leaves_the_model_as_it_was():
    net = model()
    before = net.get_weights()
    history = net.fit(X, Y, verbose=0, callbacks=[Interrupt("on_epoch_begin", 1)])
    assert history.interrupted
    assert history.history == {}
    assert same(before, net.get_weights())


def interrupted_at(line, function, *arguments):
    """Call with a KeyboardInterrupt at the n-th line that runs inside the package; whether it came to that."""
    count = 0

    def watch(frame, event, _):
        nonlocal count
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        if event == "line":
            count += 1
            if count == line:
                raise KeyboardInterrupt
        return watch

    previous = sys.gettrace()
    sys.settrace(watch)
    try:
        function(*arguments)
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(previous)
    return False


@pytest.mark.parametrize("optimizer", ["adam", optimizers.SGD(0.1, momentum=0.9)])
def test_a_step_interrupted_at_any_line_moves_everything_or_nothing(optimizer):
    net = model(optimizer)
    net.train_on_batch(X, Y)
    start, remembered = net.get_weights(), dict(net.optimizer.slots)
    values, line, outcomes = [variable.value for variable in net.weights], 0, set()
    while True:
        line += 1
        interrupted = interrupted_at(line, net.train_step, X, Y)
        moved = [variable.value is not value for variable, value in zip(net.weights, values, strict=True)]
        slots = [net.optimizer.slots[variable] is not remembered[variable] for variable in remembered]
        assert len({*moved, *slots, net.optimizer.iterations == 2}) == 1
        outcomes.add((interrupted, moved[0]))
        for variable, value in zip(net.weights, values, strict=True):
            variable.value = value
        net.optimizer.slots, net.optimizer.iterations = dict(remembered), 1
        if not interrupted:
            break
    assert line > 100
    assert (True, False) in outcomes
    assert (False, True) in outcomes
    assert same(start, net.get_weights())


def test_an_error_in_the_middle_of_a_step_leaves_the_model_as_it_was():
    class Broken(Dense):
        def backward(self, s, g):
            raise RuntimeError("broken")

    net = Sequential([BatchNormalization(input_shape=(4,)), Broken(3, activation="softmax")])
    net.compile("adam", "sparse_categorical_crossentropy")
    before = net.get_weights()
    with pytest.raises(RuntimeError, match="broken"):
        net.fit(X, Y, verbose=0)
    assert same(before, net.get_weights())  # the moving statistics had moved in the forward pass


# ---- callbacks


def test_callbacks_are_called_in_order():
    calls = []
    hooks = {name: (lambda *arguments, name=name: calls.append((name, *arguments[:1]))) for name in callbacks.HOOKS}
    model().fit(X, Y, batch_size=25, epochs=1, verbose=0, callbacks=[callbacks.LambdaCallback(**hooks)])
    names = [
        (name, argument) if isinstance(argument, int) else (name,)
        for name, *rest in calls
        for argument in rest or [None]
    ]
    assert names == [
        ("on_train_begin",),
        ("on_epoch_begin", 0),
        ("on_train_batch_begin", 0),
        ("on_train_batch_end", 0),
        ("on_train_batch_begin", 1),
        ("on_train_batch_end", 1),
        ("on_epoch_end", 0),
        ("on_train_end",),
    ]


def test_early_stopping_waits_and_puts_the_best_weights_back():
    net = model()
    values, kept = iter([3.0, 1.0, 2.0, 2.0, 2.0]), []

    class Judge(callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            kept.append(self.model.get_weights())
            stopper.on_epoch_end(epoch, {"val_loss": next(values)})

    stopper = callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    stopper.model = net
    stopper.on_train_begin()
    history = net.fit(X, Y, epochs=5, verbose=0, callbacks=[Judge()])
    stopper.on_train_end()
    assert history.epoch == [0, 1, 2, 3]
    assert stopper.stopped_epoch == 3
    assert same(net.get_weights(), kept[1])


@pytest.mark.parametrize("name", STOPPING)
def test_early_stopping_stops_where_keras_stops(name):
    np.testing.assert_array_equal(stopping(callbacks, STOPPING[name]), load("stopping")[name])


def test_early_stopping_tells_the_best_epoch_if_asked(capsys):
    stopping(callbacks, {"patience": 2, "verbose": 1})
    assert capsys.readouterr().out == "Epoch 6: early stopping; the best was 4.\n"


def test_early_stopping_says_what_it_could_monitor():
    with pytest.raises(ArgumentError, match="there is no 'val_loss' to monitor, only loss, accuracy"):
        model().fit(X, Y, verbose=0, callbacks=[callbacks.EarlyStopping()])


@pytest.mark.parametrize("schedule", [lambda epoch: 0.5**epoch, lambda epoch, rate: 1.0 if epoch == 0 else rate / 2])
def test_a_schedule_sets_the_learning_rate(schedule):
    net, rates = model("sgd"), []
    watch = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: rates.append(net.optimizer.learning_rate))
    net.fit(X, Y, epochs=3, verbose=0, callbacks=[callbacks.LearningRateScheduler(schedule), watch])
    assert rates == [1, 0.5, 0.25]


def rows(path, separator=","):
    """The rows of a file of comma-separated values; the values as they are written."""
    return [line.split(separator) for line in path.read_text().splitlines()]


def test_csv_logger_writes_one_row_an_epoch(tmp_path):
    path = tmp_path / "log.csv"
    logger = callbacks.CSVLogger(path, separator=";")
    history = model().fit(X, Y, epochs=3, verbose=0, validation_data=(X, Y), callbacks=[logger]).history
    header, *written = rows(path, ";")
    assert header == ["epoch", "accuracy", "loss", "val_accuracy", "val_loss"]
    assert [row[0] for row in written] == ["0", "1", "2"]
    for column, name in enumerate(header[1:], 1):
        assert [float(row[column]) for row in written] == history[name]


def test_csv_logger_leaves_keras_columns_for_a_validation_that_is_not_there(tmp_path):
    path = tmp_path / "log.csv"
    model().fit(X, Y, verbose=0, callbacks=[callbacks.CSVLogger(path)])
    assert rows(path)[0] == ["epoch", "accuracy", "loss", "val_accuracy", "val_loss"]
    assert rows(path)[1][3:] == ["NA", "NA"]


def test_csv_logger_appends_or_begins_anew(tmp_path):
    path, net = tmp_path / "log.csv", model()
    for _ in range(2):
        net.fit(X, Y, epochs=2, verbose=0, callbacks=[callbacks.CSVLogger(path, append=True)])
    assert [row[0] for row in rows(path)] == ["epoch", "0", "1", "0", "1"]
    net.fit(X, Y, verbose=0, callbacks=[callbacks.CSVLogger(path)])
    assert [row[0] for row in rows(path)] == ["epoch", "0"]


def test_csv_logger_keeps_the_finished_epochs_of_a_training_that_is_interrupted(tmp_path):
    path = tmp_path / "log.csv"
    watchers = [callbacks.CSVLogger(path), Interrupt("on_epoch_begin", 3)]
    model().fit(X, Y, epochs=5, verbose=0, callbacks=watchers)
    assert [row[0] for row in rows(path)] == ["epoch", "0", "1"]


def test_csv_logger_refuses_a_folder_that_is_not_there_before_anything_is_trained(tmp_path):
    net = model()
    before = net.get_weights()
    with pytest.raises(ArgumentError, match=r"CSVLogger: .* cannot be written \(No such file or directory\)"):
        net.fit(X, Y, verbose=0, callbacks=[callbacks.CSVLogger(tmp_path / "nowhere" / "log.csv")])
    assert same(before, net.get_weights())


# ---- mistakes


def uncompiled():
    net = Sequential([Dense(3, input_shape=(4,))])
    net.fit(X, Y)


MISTAKES = {
    "not compiled": (uncompiled, ArgumentError, "call compile(optimizer=..., loss=...) before fit."),
    "no loss": (lambda: Sequential().compile("sgd"), ArgumentError, "compile needs a loss, such as loss='mse'."),
    "unknown in compile": (
        lambda: Sequential().compile("sgd", "mse", metric=["accuracy"]), UnknownArgumentError,
        "unknown argument 'metric', did you mean 'metrics'?",
    ),
    "unknown in fit": (
        lambda: model().fit(X, Y, epoch=3), UnknownArgumentError, "unknown argument 'epoch', did you mean 'epochs'?",
    ),
    "not supported in fit": (
        lambda: model().fit(X, Y, initial_epoch=1), UnknownArgumentError, "unknown argument 'initial_epoch'",
    ),
    "epochs of zero": (
        lambda: model().fit(X, Y, epochs=0), ArgumentError, "epochs must be an integer of at least 1, received 0.",
    ),
    "batch size in words": (
        lambda: model().fit(X, Y, batch_size="32"), ArgumentError, "batch_size must be an integer of at least 1",
    ),
    "unequal lengths": (
        lambda: model().fit(X, Y[:3]), ShapeError, "must hold as many examples as each other, received 50 and 3.",
    ),
    "no examples": (lambda: model().fit(X[:0], Y[:0]), ArgumentError, "x and y hold no examples"),
    "a number is missing in x": (
        lambda: model().fit(np.where(np.arange(50)[:, None] == 3, np.nan, X), Y),
        ArgumentError, "x must hold finite numbers, received nan at [3, 0] (4 of 200 are not finite)",
    ),
    "an infinite truth": (
        lambda: model().evaluate(X, np.where(Y > 0, np.inf, Y)), ArgumentError, "y must hold finite numbers",
    ),
    "no truth": (lambda: model().fit(X), ArgumentError, "fit: y is missing; pass the truth for each example of x."),
    "no truth to judge by": (lambda: model().evaluate(X), ArgumentError, "evaluate: y is missing"),
    "no truth in a batch": (lambda: model().train_on_batch(X), ArgumentError, "train_on_batch: y is missing"),
    "words": (lambda: model().fit(X, ["a"] * 50), ArgumentError, "y must hold real numbers"),
    "a label in the last batch": (
        lambda: model().fit(X, [*Y[:-1], 3]), ArgumentError, "received the label 3, expected whole numbers from 0 to 2",
    ),
    "one-hot truth": (lambda: model().fit(X, np.eye(3)[Y]), ShapeError, "use CategoricalCrossentropy"),
    "wrong shape of x": (lambda: model().fit(X[:, :2], Y), ShapeError, "expected an input of shape (None, 4)"),
    "validation is no pair": (
        lambda: model().fit(X, Y, validation_data=X), ArgumentError, "validation_data must be a pair (x, y)",
    ),
    "validation of another shape": (
        lambda: model().fit(X, Y, validation_data=(X[:, :1], Y)), ShapeError, "expected an input of shape (None, 4)",
    ),
    "split of all": (
        lambda: model().fit(X, Y, validation_split=1.0), ArgumentError, "leaves none to train on",
    ),
    "weights of another length": (
        lambda: model().fit(X, Y, sample_weight=[1, 2]), ShapeError,
        "fit: sample_weight has shape (2,), expected one weight for each example, shape (50,).",
    ),
    "a single weight": (lambda: model().fit(X, Y, sample_weight=2.0), ShapeError, "received a single number."),
    "weights in words": (
        lambda: model().fit(X, Y, sample_weight=["a"] * 50), ArgumentError, "sample_weight must hold real numbers",
    ),
    "both weights": (
        lambda: model().fit(X, Y, sample_weight=X[:, 0], class_weight={0: 2}), ArgumentError,
        "pass sample_weight or class_weight, not both",
    ),
    "class weights in a list": (
        lambda: model().fit(X, Y, class_weight=[1, 2, 3]), ArgumentError,
        "class_weight must be a dictionary from the number of a class to its weight, such as {0: 1.0, 1: 5.0}",
    ),
    "a class by its name": (
        lambda: model().fit(X, Y, class_weight={"cat": 2}), ArgumentError,
        "a class in class_weight must be an integer of at least 0, received 'cat'.",
    ),
    "a class weight in words": (
        lambda: model().fit(X, Y, class_weight={0: "2"}), ArgumentError, "a weight in class_weight must be a number",
    ),
    "several thresholds": (
        lambda: model(metrics=[nnlab.metrics.Precision([0.3, 0.6])]), ArgumentError, "several thresholds, expected one",
    ),
    "no callback": (lambda: model().fit(X, Y, callbacks=[print]), ArgumentError, "LambdaCallback(on_epoch_end=...)"),
    "verbose": (lambda: model().fit(X, Y, verbose="loud"), ArgumentError, "verbose must be 'auto', 0 (silent)"),
    "a log file of no name": (lambda: callbacks.CSVLogger(3), ArgumentError, "filename must be a path, received 3."),
    "a long separator": (
        lambda: callbacks.CSVLogger("log", ", "), ArgumentError, "separator must be a single character, received ', '.",
    ),
    "unknown hook": (
        lambda: callbacks.LambdaCallback(on_epoch_ends=print), UnknownArgumentError, "did you mean 'on_epoch_end'?",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_answered_in_words(mistake):
    make, error, sentence = MISTAKES[mistake]
    with pytest.raises(error) as caught:
        make()
    assert sentence in str(caught.value)


def test_a_refused_fit_moves_nothing():
    net = model()
    before = net.get_weights()
    with pytest.raises(ArgumentError):
        net.fit(X, [*Y[:-1], 3], verbose=0)
    assert same(before, net.get_weights())


@pytest.mark.parametrize(
    ("last", "loss"),
    [
        (Dense(3, activation="softmax"), "SparseCategoricalCrossentropy"),
        (layers.Softmax(), "SparseCategoricalCrossentropy"),
        (layers.Activation("softmax"), "SparseCategoricalCrossentropy"),
        (Dense(1, activation="sigmoid"), "BinaryCrossentropy"),
    ],
)
def test_taking_softmax_or_sigmoid_twice_is_refused(last, loss):
    net = Sequential([Dense(3, input_shape=(4,)), last])
    net.compile("sgd", getattr(nnlab.losses, loss)(from_logits=True))
    with pytest.raises(ArgumentError, match=r"drop from_logits=True, or the (softmax|sigmoid) at the end of the model"):
        net.fit(X, Y % 2, verbose=0)


def test_logits_without_from_logits_are_refused():
    net = Sequential([Dense(3, input_shape=(4,))])
    net.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(ArgumentError, match="end the model with softmax, or pass from_logits=True"):
        net.fit(X, Y, verbose=0)


def test_a_loss_that_is_no_number_any_more_is_said_once():
    net = Sequential([Dense(1, input_shape=(4,))])
    net.compile(optimizers.SGD(1e30), "mse")
    history = net.fit(X, X[:, :1], epochs=3, batch_size=10, verbose=0)
    assert len(history.notes) == 1
    assert history.notes[0].startswith("The loss is ")
    assert "try a smaller learning rate" in history.notes[0]
    assert not np.isfinite(history.history["loss"][-1])


def test_a_weight_without_a_gradient_is_named():
    class Forgetful(Dense):
        def backward(self, s, g):
            g.z = g.y
            g.kernel = s.x.T @ g.z
            return g.z @ s.kernel.T

    net = Sequential([Forgetful(1, name="forgetful", input_shape=(4,))])
    net.compile("sgd", "mse")
    with pytest.raises(
        NnlabError, match=r"forgetful/bias: backward left no gradient of this weight; store it as g\.bias"
    ):
        net.train_on_batch(X, X[:, :1])
