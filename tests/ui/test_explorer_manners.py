"""Undo, the editable line, predictions and the kernel's end, in JupyterLab with a kernel behind the view."""

import json
import random
import re

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect

INPUT = [[1, 2, 3, 4, 5], [6, 7, 8, 9, 1], [2, 3, 4, 5, 6], [7, 8, 9, 1, 2], [3, 4, 5, 6, 7]]
STRIDE = f"from nnlab import explorers\nex = explorers.Stride(x={INPUT}, kernel=[[1, 0], [0, -1]], bias=0)\nex"
RESTART = "async () => { await nnPanel.sessionContext.restartKernel(); }"
SAVE = "async () => { await nnPanel.context.save(); }"
REOPEN = """async (path) => {
  await nnPanel.sessionContext.shutdown(); nnPanel.context.model.dirty = false; nnPanel.close();
  const panel = await jupyterapp.commands.execute('docmanager:open', { path, factory: 'Notebook' });
  await panel.context.ready; await panel.revealed; await panel.sessionContext.ready;
  window.nnPanel = panel; return panel.context.path; }"""


@pytest.fixture
def stride(run_notebook):
    """An explorer: the page and its view."""
    page, notebook = run_notebook(STRIDE)
    view = notebook.locator(".nn-view")
    view.locator(".nn-result").wait_for()
    return page, view


def number(view, grid, cell):
    return view.locator(f'.nn-grid[data-name="{grid}"] [data-cell="{cell}"] .nn-value')


def slider(view, name):
    return view.locator(f'.nn-control[data-name="{name}"] input')


def edit(page, view, grid, cell, text):
    view.locator(f'.nn-grid[data-name="{grid}"] [data-cell="{cell}"]').click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(number(view, grid, cell)).to_have_text(text)


# ---- undo


def test_buttons_and_keys_take_back_and_make_again(stride, execute):
    page, view = stride
    undo, redo = view.get_by_role("button", name="undo"), view.get_by_role("button", name="redo")
    expect(undo).to_have_attribute("aria-disabled", "true")
    edit(page, view, "x", 0, "50")
    slider(view, "strides").focus()
    slider(view, "strides").press("ArrowRight")
    expect(view.locator('.nn-control[data-name="strides"] output')).to_have_text("2")
    expect(undo).to_have_attribute("title", "undo strides")
    undo.click()
    expect(view.locator('.nn-control[data-name="strides"] output')).to_have_text("1")
    expect(number(view, "x", 0)).to_have_text("50")
    page.keyboard.press("Control+z")
    expect(number(view, "x", 0)).to_have_text("1")
    expect(undo).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Control+Shift+Z")
    expect(number(view, "x", 0)).to_have_text("50")
    redo.click()
    expect(view.locator('.nn-control[data-name="strides"] output')).to_have_text("2")
    expect(redo).to_have_attribute("aria-disabled", "true")
    assert execute("assert ex.strides == 2 and ex.x[0, 0] == 50") == ""


def test_the_drag_of_a_slider_is_taken_back_at_once(stride):
    page, view = stride
    box = slider(view, "strides").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 8, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 8, middle, steps=10)
    page.mouse.up()
    expect(view.locator('.nn-control[data-name="strides"] output')).to_have_text("4")
    undo = view.get_by_role("button", name="undo")
    expect(undo).to_have_attribute("aria-disabled", "false")
    undo.click()
    expect(view.locator('.nn-control[data-name="strides"] output')).to_have_text("1")


def test_undo_in_a_text_box_belongs_to_the_box(stride):
    page, view = stride
    edit(page, view, "x", 0, "50")
    line = view.locator(".nn-code")
    before = line.inner_text()
    line.click()
    page.keyboard.press("End")
    page.keyboard.type("abc")
    page.keyboard.press("Control+z")
    page.wait_for_timeout(300)
    expect(number(view, "x", 0)).to_have_text("50")
    page.keyboard.press("Escape")
    expect(line).to_have_text(before)


# ---- the line of Keras


def test_the_picture_follows_the_line(stride, execute):
    page, view = stride
    line = view.get_by_role("textbox", name="line of code")
    line.fill("layers.Conv2D(1, 2, strides=2)")
    line.press("Enter")
    expect(view.locator('.nn-grid[data-name="y"] .nn-cell')).to_have_count(4)
    expect(view.locator('.nn-control[data-name="strides"] output')).to_have_text("2")
    expect(line).to_have_text('keras.layers.Conv2D(filters=1, kernel_size=(2, 2), strides=(2, 2), padding="valid")')
    assert execute("assert ex.strides == 2") == ""
    assert execute("ex.code = 'Conv2D(1, (1, 2))'") == ""
    expect(view.locator('.nn-grid[data-name="y"] .nn-cell')).to_have_count(20)
    page.keyboard.press("Escape")


def test_a_wrong_line_is_explained_and_stays_to_be_mended(stride):
    _, view = stride
    line = view.get_by_role("textbox", name="line of code")
    for text, sentence in [
        ("Conv2D(1, 2, stride=2)", "unknown argument 'stride', did you mean 'strides'"),
        ("Conv2D(1, 2, strides=0)", "strides must be an integer of at least 1"),
        ("__import__('os').getcwd()", "there is no layer"),
        ("Conv2D(1, ", "not a line of Python"),
    ]:
        line.fill(text)
        line.press("Enter")
        expect(view.get_by_role("alert")).to_contain_text(sentence)
        expect(line).to_have_text(text)
        expect(view.locator('.nn-grid[data-name="y"] .nn-cell')).to_have_count(16)
    line.fill("Conv2D(1, 2)")
    line.press("Enter")
    expect(view.get_by_role("alert")).to_be_hidden()
    expect(line).to_contain_text("keras.layers.Conv2D(filters=1")


# ---- predictions


def test_the_score_reaches_python_and_its_state(stride, execute):
    page, view = stride
    view.get_by_role("switch", name="predict").check()
    expect(number(view, "y", 0)).to_have_text("?")
    box = view.get_by_role("textbox", name="output")
    box.fill("-6")
    box.press("Enter")
    expect(view.locator(".nn-verdict")).to_have_text("Right: output (0, 0) = −6.")
    page.keyboard.press("Enter")
    view.get_by_role("button", name="show me").click()
    expect(view.locator(".nn-score")).to_have_text("1 right, 0 wrong, 1 shown")
    page.wait_for_timeout(500)  # the last request is on its way
    expected = {"right": 1, "wrong": 0, "shown": 1, "found": {"y": [0, 1]}}
    assert execute(f"assert ex.predict and ex.score == {expected}, ex.score") == ""
    assert execute("assert explorers.Stride(**ex.state).state == ex.state") == ""
    assert execute("assert 'hidden until it is predicted' in ex.text") == ""


def test_python_can_ask_for_a_prediction(stride, execute):
    _, view = stride
    assert execute("ex.predict = True") == ""
    expect(number(view, "y", 3)).to_have_text("?")
    expect(view.locator(".nn-prompt")).to_be_visible()
    assert execute("ex.predict = False") == ""
    expect(number(view, "y", 0)).to_have_text("−6")
    expect(view.locator(".nn-prompt")).to_be_hidden()


# ---- the kernel's end


def test_a_restart_is_said_and_running_the_cell_again_goes_on(stride):
    page, view = stride
    expect(view).to_have_attribute("data-ahead", re.compile(r"\d\d"))
    page.evaluate(RESTART)
    expect(view.locator(".nn-gone")).to_contain_text("There is no kernel behind this picture", timeout=9000)
    expect(view.locator(".nn-gone")).to_contain_text("run the cell again")
    expect(number(view, "y", 0)).to_have_text("−6")
    slider(view, "strides").focus()
    slider(view, "strides").press("ArrowRight")
    expect(view.locator('.nn-grid[data-name="y"] .nn-cell')).to_have_count(4)
    slider(view, "input_size").focus()
    slider(view, "input_size").press("ArrowRight")
    expect(view.get_by_role("alert")).to_contain_text("this change is not made", timeout=2000)
    page.evaluate("async () => { await jupyterapp.commands.execute('notebook:run-all-cells'); }")
    expect(view.locator(".nn-gone")).to_have_text("")
    slider(view, "input_size").focus()
    slider(view, "input_size").press("ArrowRight")
    expect(view.locator('.nn-control[data-name="input_size"] output')).to_have_text("6")


def test_a_notebook_that_was_saved_opens_with_its_explorer_alive(stride, lab_page):
    page, view = stride
    expect(view).to_have_attribute("data-ahead", re.compile(r"\d\d"))
    slider(view, "strides").focus()
    slider(view, "strides").press("ArrowRight")
    expect(view.locator('.nn-control[data-name="strides"] output')).to_have_text("2")
    page.wait_for_timeout(500)
    path = page.evaluate("nnPanel.context.path")
    page.evaluate(SAVE)
    saved = json.loads((lab_page[1] / path).read_text())
    states = saved["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    assert len(json.dumps(states)) < 400_000
    page.evaluate(REOPEN, path)
    view.locator(".nn-result").wait_for()
    expect(view.locator('.nn-control[data-name="strides"] output')).to_have_text("2")
    slider(view, "strides").focus()
    slider(view, "strides").press("ArrowLeft")
    expect(view.locator('.nn-grid[data-name="y"] .nn-cell')).to_have_count(16)
    expect(page.get_by_text("model not found")).to_have_count(0)
    expect(page.get_by_text("Error displaying widget")).to_have_count(0)


# ---- what is left of a cell that is run again

RUN_AGAIN = "async () => { await jupyterapp.commands.execute('notebook:run-all-cells'); }"
COUNT = "import gc; from ipywidgets.widgets.widget import _instances; gc.collect()"


def test_fifty_runs_of_a_cell_leave_one_explorer_in_python_and_in_the_page(stride, execute):
    page, view = stride
    session = page.context.new_cdp_session(page)

    def nodes():
        session.send("HeapProfiler.collectGarbage")
        return session.send("Memory.getDOMCounters")["nodes"]

    for _ in range(5):
        page.evaluate(RUN_AGAIN)
    view.locator(".nn-result").wait_for()
    before = nodes()
    one_view = view.evaluate("view => view.querySelectorAll('*').length")
    for _ in range(45):
        page.evaluate(RUN_AGAIN)
    expect(view).to_have_count(1)
    view.locator(".nn-result").wait_for()
    assert execute(f"{COUNT}\nassert len(_instances) == 2, len(_instances)") == ""  # it and its layout
    assert execute(f"{COUNT}\nassert sum(type(o) is explorers.Stride for o in gc.get_objects()) <= 8") == ""
    assert nodes() - before < 10 * one_view


def test_an_explorer_shown_in_two_cells_stays_in_the_one_that_is_not_run_again(run_notebook):
    page, notebook = run_notebook(STRIDE, "ex")
    expect(notebook.locator(".nn-view .nn-result")).to_have_count(2)
    page.evaluate("""async () => { nnPanel.content.activeCellIndex = 0;
      await jupyterapp.commands.execute('notebook:run-cell'); }""")
    expect(notebook.locator(".nn-view .nn-result")).to_have_count(2)
    edit(page, notebook.locator(".nn-view").nth(1), "x", 0, "50")
    expect(number(notebook.locator(".nn-view").nth(0), "x", 0)).to_have_text("1")


# ---- anything, in any order, faster than it can be drawn

SETTLED = """view => new Promise((done) => {
  let last = view.innerText, quiet = 0;
  const look = () => {
    quiet = view.innerText === last ? quiet + 1 : 0;
    last = view.innerText;
    if (quiet > 8) done(); else setTimeout(look, 100);
  };
  look(); })"""


def something(page, view, chance):
    """One thing that a learner could do, without waiting for its effect."""
    act = chance.choice(
        ["slide", "slide", "slide", "edit", "undo", "redo", "predict", "say", "line", "point", "choose"]
    )
    if act == "slide":
        name = chance.choice(["strides", "kernel_size", "input_size"])
        most = int(slider(view, name).get_attribute("max"))
        for _ in range(3):
            slider(view, name).fill(str(chance.randint(0, most)), force=True)
    elif act == "edit":
        view.locator(f'.nn-grid[data-name="x"] [data-cell="{chance.randrange(4)}"]').click(force=True)
        page.keyboard.type(chance.choice(["3", "-1.5", "x", ""]))
        page.keyboard.press(chance.choice(["Enter", "Escape"]))
    elif act in ("undo", "redo"):
        view.get_by_role("button", name=act).click(force=True)
    elif act == "predict":
        view.get_by_role("switch", name="predict").click(force=True)
    elif act == "say" and view.get_by_role("button", name="show me").is_visible():
        view.get_by_role("textbox", name="output").fill(chance.choice(["1", "seven", "-6"]))
        view.get_by_role("button", name=chance.choice(["check", "show me"])).click(force=True)
    elif act == "line":
        view.locator(".nn-code").fill(chance.choice(["Conv2D(1, 2)", "Conv2D(1, 3, strides=2)", "Conv2D(", "Dense(1)"]))
        view.locator(".nn-code").press("Enter")
    elif act == "point":
        view.locator('.nn-grid[data-name="kernel"] .nn-cell').first.hover(force=True)
    elif act == "choose":
        view.locator('[data-name="padding"] select').select_option(chance.choice(["valid", "same"]), force=True)


@pytest.mark.parametrize("seed", [0, 1])
def test_whatever_a_learner_does_the_view_ends_with_what_python_has(stride, execute, seed):
    page, view = stride
    chance = random.Random(seed)
    for _ in range(60):
        something(page, view, chance)
    if view.get_by_role("switch", name="predict").is_checked():
        view.get_by_role("switch", name="predict").uncheck()
    view.evaluate(SETTLED)
    for grid in ("x", "kernel", "y"):
        texts = view.locator(f'.nn-grid[data-name="{grid}"] .nn-cell .nn-value').all_inner_texts()
        expected = f"(lambda g: [g.shown(c) for c in range(g.values.size)])(ex.scene.grid('{grid}'))"
        assert execute(f"assert {expected} == {texts}, ({expected}, {texts})") == ""
    score = view.locator(".nn-score").inner_text()
    shown = "', '.join(f'{ex.score[n]} {n}' for n in ('right', 'wrong', 'shown'))"
    assert execute(f"assert {score!r} in ('', {shown}), {shown}") == ""
    assert execute("assert not ex.predict") == ""
