"""Progress and history: what stands in a terminal, in a file and in a notebook, letter for letter."""

import subprocess
import sys

import pytest

from nnlab import Sequential, optimizers
from nnlab.layers import Dense
from nnlab.models import History, progress
from nnlab.models.progress import Bar, Lines, Progress, progress_for


def played(shown):
    """Two epochs of three batches, the second with a warning and cut short."""
    shown.begin()
    for batch in range(3):
        shown.batch(0, batch, {"loss": 1.5 - batch / 2, "accuracy": 0.25})
    shown.epoch(0, {"loss": 0.5, "accuracy": 0.25, "val_loss": 0.0000123})
    shown.batch(1, 0, {"loss": float("nan"), "accuracy": 0.5})
    shown.say("Something happened.")
    shown.end()


def test_bar_grows_in_place(capsys):
    played(Bar(2, 3))
    assert capsys.readouterr().out == (
        "\rEpoch 1/2 [======>             ] 1/3 - loss: 1.5000 - accuracy: 0.2500"
        "\rEpoch 1/2 [=============>      ] 2/3 - loss: 1.0000 - accuracy: 0.2500"
        "\rEpoch 1/2 [====================] 3/3 - loss: 0.5000 - accuracy: 0.2500 - val_loss: 1.2300e-05\n"
        "\rEpoch 2/2 [======>             ] 1/3 - loss: nan - accuracy: 0.5000\n"
        "Something happened.\n"
    )


def test_lines_are_one_for_each_epoch(capsys):
    played(Lines(2, 3))
    assert capsys.readouterr().out == (
        "Epoch 1/2 - loss: 0.5000 - accuracy: 0.2500 - val_loss: 1.2300e-05\nSomething happened.\n"
    )


def test_silence_is_silent(capsys):
    played(Progress(2, 3))
    assert capsys.readouterr().out == ""


def test_a_long_epoch_draws_at_most_a_hundred_times(capsys):
    bar = Bar(1, 1000)
    for batch in range(1000):
        bar.batch(0, batch, {"loss": 1.0})
    assert capsys.readouterr().out.count("\r") == 99


def test_epochs_stand_under_each_other(capsys):
    assert Lines(10, 3).title(0) == "Epoch  1/10"


def test_a_terminal_gets_a_bar_and_a_file_gets_lines(monkeypatch):
    assert type(progress_for("auto", 1, 1)) is Lines
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert type(progress_for("auto", 1, 1)) is Bar
    assert type(progress_for(1, 1, 1)) is Bar
    assert type(progress_for(2, 1, 1)) is Lines
    assert type(progress_for(0, 1, 1)) is Progress


def test_training_outside_a_notebook_loads_no_jupyter_and_no_matplotlib():
    code = """
import sys
from nnlab import Sequential, layers
model = Sequential([layers.Dense(1, input_shape=(2,))])
model.compile("sgd", "mse")
print(model.fit([[1, 2]], [[1]]))
model.summary()
assert not {"matplotlib", "ipywidgets", "IPython", "anywidget"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_fit_writes_what_it_says(capsys):
    model = Sequential([Dense(1, kernel_initializer="ones", input_shape=(1,))])
    model.compile(optimizers.SGD(0.0), "mse")
    model.fit([[1.0], [2.0]], [[0.0], [0.0]], epochs=2, batch_size=1)
    assert capsys.readouterr().out == "Epoch 1/2 - loss: 2.5000\nEpoch 2/2 - loss: 2.5000\n"


def test_evaluate_and_predict_show_progress_only_if_asked(capsys, monkeypatch):
    model = Sequential([Dense(1, kernel_initializer="ones", input_shape=(1,))])
    model.compile("sgd", "mse")
    model.evaluate([[1.0], [2.0]], [[0.0], [0.0]])
    model.predict([[1.0], [2.0]])
    assert capsys.readouterr().out == ""
    model.evaluate([[1.0], [2.0]], [[0.0], [0.0]], verbose=1)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    model.predict([[1.0], [2.0]], batch_size=1, verbose=1)
    assert capsys.readouterr().out == (
        "Evaluate - loss: 2.5000\n\rPredict [==========>         ] 1/2\rPredict [====================] 2/2\n"
    )


# ---- in a notebook


@pytest.fixture
def widget(monkeypatch):
    """The widget, with what it displays caught."""
    training = pytest.importorskip("nnlab.widgets.training")
    shown = []
    monkeypatch.setattr(training, "display", shown.append)
    made = training.TrainingProgress(2, 3)
    made.shown = shown
    return made


def test_a_kernel_gets_one_widget(monkeypatch):
    training = pytest.importorskip("nnlab.widgets.training")
    monkeypatch.setattr(progress, "in_notebook", lambda: True)
    assert type(progress_for("auto", 2, 3)) is training.TrainingProgress
    assert type(progress_for(2, 2, 3)) is Lines


def test_the_widget_is_displayed_once_and_its_text_never_changes(widget):
    before = repr(widget)
    played(widget)
    assert widget.shown == [widget]
    assert repr(widget) == before == "Training: 2 epochs of 3 batches"


def test_the_widget_shows_the_state_in_the_end(widget):
    played(widget)
    assert '<progress max="6" value="4" aria-label="Training"' in widget.value
    assert "1 epoch done" in widget.value
    for cell in ("accuracy", "val_loss", "0.2500", "nan", "<strong>Something happened.</strong>"):
        assert cell in widget.value


def test_the_widget_counts_batches_where_nobody_knows_how_many_there_are(monkeypatch):
    training = pytest.importorskip("nnlab.widgets.training")
    monkeypatch.setattr(training, "display", lambda widget: None)
    made = training.TrainingProgress(2, None)
    made.begin()
    made.batch(1, 6, {"loss": 0.5})
    made.draw()
    assert "Epoch 2 of 2, batch 7<progress" in made.value
    assert 'max="2" value="1"' in made.value
    assert repr(made) == "Training: 2 epochs of an iterator"


def test_the_widget_escapes_names(widget):
    widget.batch(0, 0, {"<b>": 1.0})
    widget.draw()
    assert "&lt;b&gt;" in widget.value


def test_the_widget_keeps_the_table_short(widget):
    for epoch in range(50):
        widget.rows[epoch] = {"loss": 1.0}
    widget.draw()
    assert widget.value.count("<tr>") == 13


# ---- history


def history():
    made = History(3, 5)
    made.on_epoch_end(0, {"loss": 2.0, "accuracy": 0.5, "val_loss": 2.5})
    made.on_epoch_end(1, {"loss": 1.0, "accuracy": 0.75, "val_loss": 1.5})
    return made


def test_history_is_keras_dictionary():
    made = history()
    assert made.history == {"loss": [2.0, 1.0], "accuracy": [0.5, 0.75], "val_loss": [2.5, 1.5]}
    assert made.epoch == [0, 1]


def test_text_of_a_history_names_what_it_has_and_what_was_said():
    made = history()
    assert repr(made) == "History of 2 epochs: loss, accuracy, val_loss"
    made.notes.append("Interrupted.")
    assert repr(made) == "History of 2 epochs: loss, accuracy, val_loss\nInterrupted."
    assert repr(History(3, 5)) == "History of 0 epochs"


def test_curves_show_the_values_over_the_epochs():
    loss, accuracy = history().figure().axes
    assert [line.get_label() for line in loss.lines] == ["training", "validation"]
    assert [line.get_ydata().tolist() for line in loss.lines] == [[2.0, 1.0], [2.5, 1.5]]
    assert loss.lines[0].get_xdata().tolist() == [1, 2]
    assert [line.get_ydata().tolist() for line in accuracy.lines] == [[0.5, 0.75]]
    assert (loss.get_title(), accuracy.get_title()) == ("loss", "accuracy")


def test_a_notebook_shows_the_curves_beside_the_text():
    bundle = history()._repr_mimebundle_()
    assert bundle["text/plain"] == repr(history())
    assert bundle["image/png"].startswith("iVBORw0KGgo")
    assert set(History(3, 5)._repr_mimebundle_()) == {"text/plain"}
