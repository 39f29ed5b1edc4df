"""Training in JupyterLab: one widget shows how far it is, and the stop button keeps what was learnt."""

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect

MODEL = """
import numpy as np
import nnlab
nnlab.utils.set_random_seed(0)
x = np.random.default_rng(0).normal(size=(60, 4))
model = nnlab.Sequential([nnlab.layers.Dense(3, activation="softmax", name="only", input_shape=(4,))])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
"""
START = "() => { jupyterapp.commands.execute('notebook:run-all-cells'); }"
STOP = "() => jupyterapp.commands.execute('notebook:interrupt-kernel')"


def test_one_widget_shows_the_training_and_ends_full(run_notebook):
    _, notebook = run_notebook(MODEL + "model.fit(x, x.argmax(1) % 3, epochs=4, batch_size=20)")
    bar = notebook.locator("progress")
    expect(bar).to_have_count(1)
    assert bar.evaluate("(bar) => [bar.value, bar.max]") == [12, 12]
    expect(notebook.get_by_role("progressbar", name="Training")).to_be_visible()
    expect(notebook.locator(".widget-html")).to_contain_text("4 epochs done")
    assert notebook.locator(".widget-html thead th").all_inner_texts() == ["epoch", "loss", "accuracy"]
    expect(notebook.locator(".widget-html tbody tr")).to_have_count(4)
    expect(notebook.locator(".jp-OutputArea-output img")).to_be_visible()  # the learning curves


def test_stop_button_keeps_what_was_learnt(run_notebook, execute):
    page, notebook = run_notebook(MODEL + "before = model.get_weights()")
    fit = "history = model.fit(x, x.argmax(1) % 3, epochs=10**6)"
    page.evaluate("(source) => nnPanel.content.model.sharedModel.cells[0].setSource(source)", fit)
    page.evaluate(START)
    expect(notebook.locator(".widget-html tbody tr").first).to_be_visible()
    page.evaluate(STOP)
    expect(notebook.locator(".widget-html strong")).to_contain_text("the model keeps what it had learnt by then.")
    assert not execute(
        "assert history.interrupted and len(history.epoch) > 0\n"
        "assert all((a != b).any() for a, b in zip(before, model.get_weights()))\n"
        "model.fit(x, x.argmax(1) % 3, verbose=0)"
    )
