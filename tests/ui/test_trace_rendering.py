"""A trace as a learner meets it in JupyterLab: formulas set, numbers true, in both themes, narrow, and reopened."""

import nbformat
import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect

SETUP = """import numpy as np
from nnlab import datasets, layers, models
layer = layers.Conv2D(2, 2, activation="relu", name="edges")
layer.build((None, 3, 3, 1))
layer.set_weights([np.array([[1, -1], [2, 0], [0.5, 3], [-2, 1]]).reshape(2, 2, 1, 2), np.array([0.5, -1])])
x = np.arange(9).reshape(1, 3, 3, 1) - 4
"""
TRACE = SETUP + "layer.trace(x)"
DIGIT = """(train, labels), _ = datasets.mnist.load_data()
model = models.Sequential([layers.Conv2D(2, 5, strides=2, name="c"), layers.Flatten(), layers.Dense(10)])
model.trace(train[:1, :, :, None] / 255)"""

# Opens a notebook without running it; its outputs are those that were saved.
OPEN_SAVED = """async (path) => {
  const panel = await jupyterapp.commands.execute('docmanager:open', { path, factory: 'Notebook' });
  await panel.context.ready; await panel.revealed; await panel.sessionContext.ready;
  await panel.sessionContext.session.kernel.info; window.nnSaved = panel; }"""
TRUSTED = "() => nnSaved.content.widgets.every((cell) => cell.model.trusted)"
CLOSE_SAVED = (
    "async () => { await nnSaved.sessionContext.shutdown(); nnSaved.context.model.dirty = false; nnSaved.close(); }"
)
THEME_COLOUR = """() => {
  const probe = document.createElement('i'); probe.style.color = 'var(--jp-ui-font-color1)';
  document.body.append(probe); const { color } = getComputedStyle(probe); probe.remove(); return color; }"""
SAVED_OUTPUT = "() => nnPanel.content.model.sharedModel.cells.at(-1).outputs.at(-1).data"


def shown(notebook):
    """The last trace of a notebook."""
    return notebook.locator(".jp-OutputArea-output.jp-RenderedHTMLCommon").last


def test_formulas_are_typeset(run_notebook):
    _, notebook = run_notebook(TRACE)
    trace = shown(notebook)
    expect(trace.locator("mjx-container").first).to_be_visible()
    formulas = trace.locator("mjx-container").evaluate_all("all => all.map((each) => each.textContent)")
    assert len(formulas) >= 8  # three steps with their gradients, and the sentence about gradients
    assert "$" not in trace.inner_text()
    assert trace.locator("mjx-merror").count() == 0


def test_the_numbers_are_those_of_the_layer(run_notebook):
    _, notebook = run_notebook(TRACE)
    table = shown(notebook).get_by_role("table", name="y, value, f=1")
    assert [float(text) for text in table.locator("td[title]").all_inner_texts()] == outputs(1)
    cell = table.locator("td[title]").nth(3)
    assert cell.get_attribute("title") == f"[0, 1, 1, 1] = {outputs(1)[3]:.1f}"


def outputs(place):
    """What the filter of the layer above gives, by hand."""
    x = [[-4, -3, -2], [-1, 0, 1], [2, 3, 4]]
    kernel, bias = ([[-1, 0], [3, 1]], -1) if place else ([[1, 2], [0.5, -2]], 0.5)
    sums = [
        sum(x[i + u][j + v] * kernel[u][v] for u in range(2) for v in range(2)) + bias
        for i in range(2)
        for j in range(2)
    ]
    return [max(each, 0.0) for each in sums]


def test_sublayers_open_on_a_click(run_notebook):
    _, notebook = run_notebook(SETUP, DIGIT)
    trace = shown(notebook)
    kernel = trace.get_by_text("c/kernel", exact=True)
    expect(kernel).to_be_hidden()
    trace.locator("summary", has_text="Conv2D").click()
    expect(kernel).to_be_visible()
    pictures = trace.locator("img").evaluate_all("all => all.map((each) => each.complete && each.naturalWidth > 0)")
    assert len(pictures) > 10
    assert all(pictures)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_text_has_the_colour_of_the_theme_and_nothing_brings_its_own_page(run_notebook, use_theme, theme):
    _, notebook = run_notebook(TRACE)
    use_theme(theme)
    cell = shown(notebook).locator("td[title='[0, 0, 0, 0] = -4.0']").first
    wanted = cell.page.evaluate(THEME_COLOUR)
    assert cell.evaluate("(cell) => getComputedStyle(cell).color") == wanted
    rows = shown(notebook).locator("tr").evaluate_all("all => all.map((row) => getComputedStyle(row).backgroundColor)")
    assert set(rows) == {"rgba(0, 0, 0, 0)"}


def test_a_narrow_page_is_never_scrolled_sideways_as_a_whole(run_notebook):
    page, notebook = run_notebook(TRACE)
    page.set_viewport_size({"width": 420, "height": 900})
    try:
        story = shown(notebook).locator("> div")
        assert story.evaluate("(each) => each.scrollWidth <= each.clientWidth")
        value = shown(notebook).get_by_role("table", name="x, value").bounding_box()
        gradient = shown(notebook).get_by_role("table", name="x, gradient").bounding_box()
        assert gradient["y"] > value["y"] + value["height"]  # one under the other
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})


def test_value_and_gradient_stand_at_one_height_where_there_is_room(run_notebook):
    _, notebook = run_notebook(TRACE)
    tables = [shown(notebook).get_by_role("table", name=f"windows, {side}") for side in ("value", "gradient")]
    value, gradient = (table.bounding_box() for table in tables)
    assert gradient["x"] > value["x"] + value["width"]
    assert abs(gradient["y"] - value["y"]) < 3


def test_a_notebook_that_is_not_trusted_shows_the_same(run_notebook, lab_page):
    page, root = lab_page
    _, notebook = run_notebook(SETUP, DIGIT)
    live = look(shown(notebook))
    data = page.evaluate(SAVED_OUTPUT)
    output = nbformat.v4.new_output("execute_result", data, execution_count=1)
    cell = nbformat.v4.new_code_cell("trace", execution_count=1, outputs=[output])
    sent = nbformat.v4.new_notebook(cells=[cell])
    sent.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(sent, root / "sent.ipynb")
    page.evaluate(OPEN_SAVED, "sent.ipynb")
    try:
        assert not page.evaluate(TRUSTED)
        saved = shown(page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)"))
        saved.locator("mjx-container").first.wait_for()
        assert look(saved) == live
    finally:
        page.evaluate(CLOSE_SAVED)


def look(trace):
    """What a page shows: its words, its pictures, its folds, and the background of every number and ramp."""
    trace.locator("mjx-container").first.wait_for()
    return trace.evaluate(
        """(root) => [
        root.innerText,
        [...root.querySelectorAll('img')].map((each) => [each.src, each.width, each.height, each.alt]),
        root.querySelectorAll('details').length,
        [...root.querySelectorAll('td, span, div')].map((each) => {
          const style = getComputedStyle(each);
          return [style.backgroundColor, style.backgroundImage, style.display, style.padding, style.color]; }),
        ]"""
    )
