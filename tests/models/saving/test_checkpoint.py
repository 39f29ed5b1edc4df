"""ModelCheckpoint: which models of a training are kept, under which names."""

import numpy as np
import pytest
from formula import uniform

import nnlab
from nnlab import Input, Sequential, callbacks, layers
from nnlab.core.errors import ArgumentError

X, Y = uniform("checkpoint x", (12, 3)), uniform("checkpoint y", (12, 1))


def model(rate=0.1):
    made = Sequential([Input((3,)), layers.Dense(1, kernel_initializer="ones")])
    made.compile(nnlab.optimizers.SGD(rate), "mse")
    return made


def trained(folder, name, epochs=3, made=None, **arguments):
    """The names of the files after a training."""
    keep = callbacks.ModelCheckpoint(folder / name, **arguments)
    (made or model()).fit(X, Y, batch_size=4, epochs=epochs, shuffle=False, verbose=0, callbacks=[keep])
    return sorted(path.name for path in folder.iterdir())


class Losses(callbacks.Callback):
    """Says what the loss was, epoch by epoch."""

    def __init__(self, *losses):
        self.losses = losses

    def on_epoch_end(self, epoch, logs=None):
        self.checkpoint.on_epoch_end(epoch, {"loss": self.losses[epoch], "val_accuracy": self.losses[epoch]})

    def on_epoch_begin(self, epoch, logs=None):
        self.checkpoint.on_epoch_begin(epoch)


def kept(folder, losses, **arguments):
    """The epochs whose models are kept, if the losses are these."""
    told = Losses(*losses)
    told.checkpoint = callbacks.ModelCheckpoint(folder / "{epoch}.keras", save_best_only=True, **arguments)
    told.checkpoint.model = made = model()
    made.fit(X, Y, epochs=len(losses), verbose=0, callbacks=[told])
    return [int(path.stem) for path in sorted(folder.iterdir())]


def test_names_the_epoch_and_the_logs(tmp_path):
    history = model().fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0).history["loss"]
    names = trained(tmp_path, "{epoch:02d}-{loss:.3f}.keras", epochs=2)
    assert names == [f"{epoch:02d}-{loss:.3f}.keras" for epoch, loss in enumerate(history, 1)]


def test_the_file_holds_the_model_of_its_epoch(tmp_path):
    made = model()
    trained(tmp_path, "{epoch}.keras", made=made)
    np.testing.assert_array_equal(nnlab.load_model(tmp_path / "3.keras")(X), made(X))
    assert np.abs(nnlab.load_model(tmp_path / "1.keras")(X) - made(X)).max() > 1e-4


def test_without_a_name_for_each_the_last_one_stays(tmp_path):
    made = model()
    assert trained(tmp_path, "model.keras", made=made) == ["model.keras"]
    np.testing.assert_array_equal(nnlab.load_model(tmp_path / "model.keras")(X), made(X))


def test_weights_alone(tmp_path):
    made, again = model(), model()
    trained(tmp_path / "deep" / "er", "last.weights.h5", made=made, save_weights_only=True)
    again.load_weights(tmp_path / "deep" / "er" / "last.weights.h5")
    np.testing.assert_array_equal(again(X), made(X))


def test_every_so_many_batches_over_the_epochs(tmp_path):
    assert trained(tmp_path, "{epoch}-{batch}.keras", save_freq=2) == [
        "1-2.keras",
        "2-1.keras",
        "2-3.keras",
        "3-2.keras",
    ]


@pytest.mark.parametrize(
    ("losses", "arguments", "epochs"),
    [
        ([3, 4, 2, 2, 1], {"monitor": "loss"}, [1, 3, 5]),
        ([3, 4, 2, 2, 5], {"monitor": "loss", "mode": "max"}, [1, 2, 5]),
        ([3, 4, 2, 2, 5], {"monitor": "val_accuracy"}, [1, 2, 5]),
        ([3, 4, 2, 2, 1], {"monitor": "loss", "initial_value_threshold": 2.5}, [3, 5]),
        ([np.nan, 3, np.nan, 2], {"monitor": "loss"}, [2, 4]),
    ],
)
def test_only_the_best(tmp_path, losses, arguments, epochs):
    assert kept(tmp_path, losses, **arguments) == epochs


def test_the_best_is_remembered_from_one_training_to_the_next(tmp_path):
    keep = callbacks.ModelCheckpoint(tmp_path / "best.keras", "loss", save_best_only=True)
    made = model()
    made.fit(X, Y, epochs=5, verbose=0, callbacks=[keep])
    best = keep.best
    model(0.0).fit(X, Y, verbose=0, callbacks=[keep])  # a worse one
    assert keep.best == best


def test_says_where_the_model_is(tmp_path, capsys):
    trained(tmp_path, "{epoch}.keras", epochs=1, verbose=1)
    assert capsys.readouterr().out == f"Epoch 1: saved the model to {tmp_path / '1.keras'}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"filepath": "model.zip"}, r"must end in \.keras"),
        ({"filepath": "model.keras", "save_weights_only": True}, r"must end in \.weights\.h5"),
        ({"filepath": 7}, "must be a path"),
        ({"filepath": "a.keras", "save_freq": 0}, "save_freq must be an integer"),
        ({"filepath": "a.keras", "mode": "best"}, "mode must be one of"),
        ({"filepath": "a.keras", "save_best_only": "yes"}, "must be True or False"),
    ],
)
def test_refuses_nonsense(arguments, words):
    with pytest.raises(ArgumentError, match=words):
        callbacks.ModelCheckpoint(**arguments)


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("{nix}.keras", {}, r"cannot be filled in \('nix'\); it may name epoch, loss"),
        ("{}.keras", {}, "cannot be filled in"),
        ("a.keras", {"save_best_only": True}, "there is no 'val_loss' to monitor, only loss"),
    ],
)
def test_names_what_is_not_among_the_logs(tmp_path, name, arguments, words):
    with pytest.raises(ArgumentError, match=words):
        trained(tmp_path, name, **arguments)
