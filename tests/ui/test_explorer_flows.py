"""What a learner does with an explorer in JupyterLab: point, scrub, play, drag, type, and use the keys alone."""

import re

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect

INPUT = [[1, 2, 3, 4, 5], [6, 7, 8, 9, 1], [2, 3, 4, 5, 6], [7, 8, 9, 1, 2], [3, 4, 5, 6, 7]]
KERNEL = [[1, 0], [0, -1]]
STRIDE = f"from nnlab import explorers\nex = explorers.Stride(x={INPUT}, kernel={KERNEL}, bias=0)\nex"


def output(row, column, stride=1):
    """An output of the explorer above: the kernel takes the difference along a diagonal."""
    return INPUT[row * stride][column * stride] - INPUT[row * stride + 1][column * stride + 1]


def printed(number):
    return f"{number}".replace("-", "−")


@pytest.fixture
def stride(run_notebook):
    """The explorer above: the page and its view."""
    page, notebook = run_notebook(STRIDE)
    view = notebook.locator(".nn-view")
    view.locator(".nn-result").wait_for()
    return page, view


def cell(view, grid, row, column):
    rows = view.locator(f'.nn-grid[data-name="{grid}"] .nn-row')
    return rows.nth(row + 1).locator(".nn-cell").nth(column)


def number(view, grid, row, column):
    """The number in a cell, without the badge of what it is multiplied by."""
    return cell(view, grid, row, column).locator(".nn-value")


def ready(view):
    """Waits until the near pictures are there before they are asked for."""
    expect(view).to_have_attribute("data-ahead", re.compile(r"\d\d"))


def slider(view, name):
    return view.locator(f'.nn-control[data-name="{name}"] input')


def point_play_and_scrub(page, view):
    """Each of them changes the account as it should."""
    cell(view, "y", 2, 1).hover()
    expect(view.locator(".nn-result")).to_have_text(f"= output (2, 1){printed(output(2, 1))}")
    cell(view, "x", 1, 1).hover()
    expect(view.locator(".nn-uses p")).to_have_text("input (1, 1) = 7 is used 4 times")
    cell(view, "kernel", 0, 0).hover()
    expect(view.locator(".nn-uses p")).to_have_text("weight (0, 0) = 1 is used 16 times")
    view.locator("header").hover()
    scrub = view.locator(".nn-transport input")
    box = scrub.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
    expect(view.locator(".nn-transport output")).to_have_text("16 of 16")
    expect(view.locator(".nn-result")).to_have_text(f"= output (3, 3){printed(output(3, 3))}")
    view.get_by_role("button", name="play").click()
    expect(view.locator(".nn-transport output")).to_have_text("3 of 16")
    view.get_by_role("button", name="pause").click()
    reached = view.locator(".nn-transport output").inner_text()
    page.wait_for_timeout(900)
    expect(view.locator(".nn-transport output")).to_have_text(reached)
    view.get_by_role("button", name="next").click()
    expect(view.locator(".nn-transport output")).to_have_text(f"{int(reached.split()[0]) + 1} of 16")


def test_pointing_playing_and_scrubbing(stride):
    point_play_and_scrub(*stride)


def test_pointing_playing_and_scrubbing_need_no_kernel(stride, shut_kernel_down):
    shut_kernel_down()
    point_play_and_scrub(*stride)


def test_the_stride_slider_moves_without_the_kernel(stride, shut_kernel_down):
    _, view = stride
    ready(view)
    shut_kernel_down()
    slider(view, "strides").focus()
    slider(view, "strides").press("ArrowRight")
    expect(view.locator('.nn-grid[data-name="y"] .nn-cell')).to_have_count(4)
    expect(number(view, "y", 1, 1)).to_have_text(printed(output(1, 1, stride=2)))
    expect(view.get_by_role("alert")).to_contain_text("This picture was computed ahead", timeout=9000)
    expect(number(view, "y", 1, 1)).to_have_text(printed(output(1, 1, stride=2)))


def test_a_change_that_the_kernel_does_not_answer_is_explained_and_taken_back(stride, shut_kernel_down):
    page, view = stride
    ready(view)
    shut_kernel_down()
    cell(view, "x", 0, 0).click()
    page.keyboard.type("50")
    page.keyboard.press("Enter")
    expect(view.get_by_role("alert")).to_contain_text("so this change is not made", timeout=9000)
    slider(view, "input_size").focus()
    slider(view, "input_size").press("ArrowRight")
    expect(view.locator('.nn-control[data-name="input_size"] output')).to_have_text("5")
    assert slider(view, "input_size").get_attribute("aria-valuetext") == "5"
    expect(number(view, "x", 0, 0)).to_have_text("1")


def test_dragging_the_stride_slider_redraws_and_reaches_python(stride, execute):
    page, view = stride
    box = slider(view, "strides").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 8, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=6)
    page.mouse.move(box["x"] + 8 + (box["width"] - 16) / 3, middle, steps=6)
    page.mouse.up()
    expect(view.locator('.nn-control[data-name="strides"] output')).to_have_text("2")
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        expect(number(view, "y", row, column)).to_have_text(printed(output(row, column, stride=2)))
    expect(view.locator(".nn-notes")).to_contain_text("leaves the last row and the last column unread")
    expect(view.locator(".nn-code")).to_contain_text("strides=(2, 2)")
    page.wait_for_timeout(500)  # the last request is on its way
    assert execute("assert ex.strides == 2, ex.strides") == ""


def test_an_edited_cell_is_recomputed_by_the_layer(stride, execute):
    page, view = stride
    cell(view, "x", 0, 0).click()
    page.keyboard.type("-2.5")
    page.keyboard.press("Enter")
    expect(number(view, "x", 0, 0)).to_have_text("−2.5")
    expect(number(view, "y", 0, 0)).to_have_text("−9.5")
    cell(view, "kernel", 1, 1).click()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(number(view, "y", 0, 0)).to_have_text("11.5")
    cell(view, "bias", 0, 0).click()
    page.keyboard.type("100")
    page.keyboard.press("Enter")
    expect(number(view, "y", 0, 0)).to_have_text("111.5")
    assert execute("assert ex.trace['y'].value[0, 0, 0, 0] == 111.5") == ""


NONSENSE = ["abc", "1e99", "nan", "-inf", "2 3", "", "__import__('os')", "<b>7</b>"]


def test_nonsense_in_a_cell_keeps_the_picture_and_says_why(stride):
    page, view = stride
    outputs = view.locator('.nn-grid[data-name="y"] .nn-value')
    before = outputs.all_inner_texts()
    for nonsense in NONSENSE:
        cell(view, "x", 1, 2).click()
        page.keyboard.press("Delete")
        page.keyboard.type(nonsense)
        page.keyboard.press("Enter")
        expect(view.get_by_role("alert")).to_contain_text(re.compile("Stride: (input|x).*received"))
        expect(number(view, "x", 1, 2)).to_have_text("8")
        assert outputs.all_inner_texts() == before, nonsense
    cell(view, "x", 1, 2).click()
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    expect(number(view, "x", 1, 2)).to_have_text("0")
    expect(view.get_by_role("alert")).to_be_hidden()


def test_escape_leaves_a_cell_as_it_was(stride):
    page, view = stride
    cell(view, "x", 1, 2).click()
    page.keyboard.type("77")
    page.keyboard.press("Escape")
    expect(number(view, "x", 1, 2)).to_have_text("8")
    expect(cell(view, "x", 1, 2)).to_be_focused()


def test_nonsense_from_python_raises_and_the_view_says_why(stride, execute):
    _, view = stride
    assert "strides must be an integer of at least 1" in execute("ex.strides = 0")
    expect(view.get_by_role("alert")).to_contain_text("strides must be an integer of at least 1")
    expect(view.locator('.nn-grid[data-name="y"] .nn-cell')).to_have_count(16)
    assert "dilation_rate" in execute("ex.change(strides=2, dilation_rate=2)")
    expect(view.get_by_role("alert")).to_contain_text("strides > 1 together with dilation_rate > 1")
    assert execute("ex.strides = 2") == ""
    expect(view.locator('.nn-grid[data-name="y"] .nn-cell')).to_have_count(4)
    expect(view.get_by_role("alert")).to_be_hidden()


def test_a_control_that_cannot_move_says_why(stride):
    _, view = stride
    slider(view, "strides").focus()
    slider(view, "strides").press("ArrowRight")
    expect(slider(view, "dilation_rate")).to_be_disabled()
    expect(view.locator(".nn-notes")).to_contain_text("dilation_rate stays at 1")
    slider(view, "strides").press("ArrowLeft")
    expect(slider(view, "dilation_rate")).to_be_enabled()


def test_the_keys_belong_to_the_view(stride):
    page, view = stride
    cells = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell")
    count = cells.count()
    cell(view, "y", 0, 0).focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "End", "b", "x", "j", "Home"):
        page.keyboard.press(key)
    expect(cell(view, "y", 2, 0)).to_be_focused()
    expect(view.locator(".nn-result")).to_have_text(f"= output (2, 0){printed(output(2, 0))}")
    slider(view, "strides").focus()
    for key in ("b", "ArrowUp", "ArrowDown", "d", "d"):
        page.keyboard.press(key)
    view.get_by_role("button", name="play").focus()
    page.keyboard.press("b")
    expect(cells).to_have_count(count)


def test_everything_can_be_done_with_the_keys(stride):
    page, view = stride
    slider(view, "strides").focus()
    reached = []
    controls = [box.get_attribute("data-name") for box in view.locator(".nn-control").all()][1:]
    grids = [grid.get_attribute("data-name") for grid in view.locator(".nn-grid").all()]
    for _ in range(len(controls) + len(grids) + 4):
        page.keyboard.press("Tab")
        where = "e => e.closest('[data-name]')?.dataset.name ?? e.getAttribute('aria-label')"
        reached.append(page.locator(":focus").evaluate(where))
    assert {"kernel_size", "padding", "gradient", "x", "kernel", "bias", "y"} <= {*controls, *grids}
    expected = [*controls, *grids, "back", "play", "next", "position"]
    assert reached == expected
    cell(view, "kernel", 0, 0).focus()
    page.keyboard.press("ArrowRight")
    expect(view.locator(".nn-uses p")).to_have_text("weight (0, 1) = 0 is used 16 times")
    page.keyboard.press("5")
    page.keyboard.press("Enter")
    expect(number(view, "kernel", 0, 1)).to_have_text("5")
    expect(cell(view, "kernel", 0, 1)).to_be_focused()
    expect(number(view, "y", 0, 0)).to_have_text(printed(output(0, 0) + 5 * INPUT[0][1]))


def test_the_view_speaks(stride):
    _, view = stride
    cell(view, "y", 0, 1).click()
    expect(view.locator("[aria-live]")).to_have_text("output (0, 1) = −6: 4 products add up to −6, plus bias 0.")
    expect(view.get_by_role("gridcell", name="input (1, 2) = 8")).to_have_count(1)
    expect(view.get_by_role("grid", name="Output, 4 rows, 4 columns")).to_have_count(1)
    expect(slider(view, "strides")).to_have_attribute("aria-valuetext", "1")


def test_two_views_of_one_explorer_stay_in_step(run_notebook):
    _, notebook = run_notebook(STRIDE, "ex", "explorers.Stride(strides=3)")
    views = notebook.locator(".nn-view")
    views.nth(2).locator(".nn-result").wait_for()
    slider(views.nth(0), "strides").focus()
    slider(views.nth(0), "strides").press("ArrowRight")
    for index in (0, 1):
        expect(views.nth(index).locator('.nn-grid[data-name="y"] .nn-cell')).to_have_count(4)
    expect(views.nth(2).locator('.nn-control[data-name="strides"] output')).to_have_text("3")


def test_clearing_the_output_while_it_plays_stops_it(stride):
    page, view = stride
    view.get_by_role("button", name="play").click()
    expect(view.locator(".nn-transport output")).to_have_text("3 of 16")
    view.locator(".nn-transport output").evaluate("label => { window.nnLabel = label; }")
    page.evaluate("() => jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    expect(view).to_have_count(0)
    reached = page.evaluate("nnLabel.textContent")
    page.wait_for_timeout(1500)
    assert page.evaluate("nnLabel.textContent") == reached


@pytest.mark.parametrize("width", [420, 700, 1400])
def test_nothing_overflows(run_notebook, width):
    page, notebook = run_notebook(
        "from nnlab import explorers\nexplorers.Stride(input_size=10, kernel_size=5)",
        "explorers.Padding(input_size=7, kernel_size=5, bias=0.123)",
    )
    views = notebook.locator(".nn-view")
    views.nth(1).locator(".nn-result").wait_for()
    try:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(400)
        for index in range(2):
            assert views.nth(index).evaluate("view => view.scrollWidth - view.clientWidth") <= 0
            outside = """view => [...view.querySelectorAll('.nn-cell, .nn-account, button, .nn-control')].filter((e) =>
              e.getBoundingClientRect().right > view.getBoundingClientRect().right + 1).length"""
            assert views.nth(index).evaluate(outside) == 0
            clipped = """view => [...view.querySelectorAll('.nn-cell > .nn-value, .nn-product .nn-value')].filter((e) =>
              e.getBoundingClientRect().width > e.parentElement.getBoundingClientRect().width + 1).length"""
            assert views.nth(index).evaluate(clipped) == 0
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})


def test_colours_follow_the_theme(stride, use_theme):
    _, view = stride
    background = "view => getComputedStyle(view).backgroundColor"
    light = view.evaluate(background)
    use_theme("JupyterLab Dark")
    assert view.evaluate(background) != light
    use_theme("JupyterLab Light")
    assert view.evaluate(background) == light


def test_reduced_motion_is_respected(stride):
    page, view = stride
    page.emulate_media(reduced_motion="reduce")
    try:
        frame = view.locator('.nn-grid[data-name="x"] .nn-frame')
        assert frame.evaluate("frame => getComputedStyle(frame).transitionDuration") == "0s"
    finally:
        page.emulate_media(reduced_motion="no-preference")


def test_the_frame_of_a_single_cell_lies_on_it(run_notebook):
    _, notebook = run_notebook("from nnlab import explorers\nexplorers.Stride(input_size=1, kernel_size=1)")
    view = notebook.locator(".nn-view")
    view.locator(".nn-result").wait_for()
    for name in ("x", "y"):
        frame = view.locator(f'.nn-grid[data-name="{name}"] .nn-frame').bounding_box()
        number = cell(view, name, 0, 0).bounding_box()
        assert abs(frame["x"] - number["x"]) <= 3
        assert abs(frame["y"] - number["y"]) <= 3
