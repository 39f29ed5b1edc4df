"""An explorer as one page of HTML, opened from a file, without a network and without Python."""

import re

import numpy as np
import pytest

from nnlab import explorers

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect

ALL = [getattr(explorers, name) for name in explorers.__all__]
DECIMALS = np.random.default_rng(3).normal(size=(5, 5)).round(3)


@pytest.fixture
def opened(browser, tmp_path):
    """Opens an explorer's page; its view. Anything but the page itself, and any error, fails the test."""
    pages = []

    def open_page(explorer, **options):
        path = tmp_path / f"{len(pages)}.html"
        explorer.save_html(path)
        page = browser.new_page(viewport={"width": 1200, "height": 1000}, **options)
        page.asked, page.errors = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.errors.append(f"{error}\n{error.stack}"))
        page.on("console", lambda message: page.errors.append(message.text))
        page.goto(path.as_uri())
        pages.append((page, path))
        view = page.locator(".nn-view")
        if options.get("java_script_enabled", True):
            view.wait_for()
        return view

    yield open_page
    for page, path in pages:
        assert not page.errors, page.errors
        assert all(url == path.as_uri() or url.startswith("blob:") for url in page.asked), page.asked
        page.close()


def number(view, grid, cell):
    return view.locator(f'.nn-grid[data-name="{grid}"] [data-cell="{cell}"] .nn-value')


def numbers(view, grid):
    return view.locator(f'.nn-grid[data-name="{grid}"] .nn-cell .nn-value').all_inner_texts()


def control(view, name):
    return view.locator(f'.nn-control[data-name="{name}"]').locator("input, select")


def shown(explorer, grid):
    """The numbers of a grid as they should be printed."""
    spec = explorer.scene.grid(grid)
    return [spec.shown(cell) for cell in range(spec.values.size)]


@pytest.mark.parametrize("explorer", ALL)
def test_every_explorer_opens_from_a_file(opened, explorer):
    subject = explorer()
    view = opened(subject)
    for grid in subject.scene.grids:
        if grid.look != "tiles":
            assert numbers(view, grid.name) == shown(subject, grid.name)
    expect(view.locator(".nn-gone")).to_contain_text("There is no kernel behind this picture")


@pytest.mark.parametrize("explorer", ALL)
def test_the_page_is_small_and_the_same_each_time(explorer, tmp_path):
    first, second = explorer().to_html(), explorer().to_html()
    assert len(first) < 400_000
    assert re.sub(r"base64,[^\"]*|state\">[^<]*", "", first) == re.sub(r"base64,[^\"]*|state\">[^<]*", "", second)
    assert "http:" not in first.replace("http://www.w3.org/2000/svg", "")
    assert "https:" not in first


def test_a_reader_without_scripts_sees_the_picture_and_its_words(opened):
    subject = explorers.Stride()
    opened(subject, java_script_enabled=False)
    page = subject.to_html()
    picture = re.search(r'<div id="view">\s*<img src="data:image/png;base64,[^"]+" alt="([^"]+)">\s*</div>', page)
    assert picture[1].startswith("Stride: an input of 7 × 7 cells")


def test_sliders_move_in_any_order_without_python(opened):
    view = opened(explorers.Stride())
    twin = explorers.Stride()
    moves = [("strides", 1), ("kernel_size", 1), ("strides", 3), ("kernel_size", 3), ("strides", 0), ("kernel_size", 2)]
    for name, at in moves:
        control(view, name).fill(str(at))
        twin.change(**{name: next(c for c in twin.scene.controls if c.name == name).options[at]})
        for grid in ("x", "kernel", "y"):
            assert numbers(view, grid) == shown(twin, grid)
        expect(view.locator(".nn-code")).to_have_text(twin.code)
    control(view, "padding").select_option("same")
    control(view, "gradient").check()
    twin.change(padding="same", gradient=True)
    for grid in twin.scene.grids:
        assert numbers(view, grid.name) == shown(twin, grid.name)


def test_what_was_not_computed_ahead_is_explained_and_the_picture_stays(opened):
    view = opened(explorers.Stride())
    before = numbers(view, "y")
    control(view, "input_size").fill("8")
    expect(view.get_by_role("alert")).to_contain_text("this change is not made")
    expect(view.locator('.nn-control[data-name="input_size"] output')).to_have_text("7")
    view.locator(".nn-code").fill("Conv2D(1, 2)")
    view.locator(".nn-code").press("Enter")
    expect(view.get_by_role("alert")).to_contain_text("this change is not made")
    assert numbers(view, "y") == before


# ---- predict mode


def test_a_prediction_is_right_wrong_or_given_up_and_the_score_is_kept(opened):
    subject = explorers.Stride(predict=True)
    view = opened(subject)
    truth = shown(subject, "y")
    box = view.get_by_role("textbox", name="output")
    expect(view.locator(".nn-prompt label")).to_contain_text("output (0, 0) =")
    box.fill(truth[0])
    box.press("Enter")
    expect(view.locator(".nn-verdict")).to_have_text(f"Right: output (0, 0) = {truth[0]}.")
    expect(view.locator(".nn-ledger .nn-result")).to_have_text(f"= output (0, 0){truth[0]}")
    view.get_by_role("button", name="next").last.click()
    expect(view.locator(".nn-prompt label")).to_contain_text("output (0, 1) =")
    box.fill("1234")
    view.get_by_role("button", name="check").click()
    expect(view.locator(".nn-verdict")).to_have_text(f"No: output (0, 1) = {truth[1]}; you said 1234.")
    view.locator('.nn-grid[data-name="y"] [data-cell="7"]').click()
    expect(box).to_be_focused()
    view.get_by_role("button", name="show me").click()
    expect(view.locator(".nn-verdict")).to_have_text(f"output (1, 2) = {truth[7]}.")
    expect(view.locator(".nn-score")).to_have_text("1 right, 1 wrong, 1 shown")
    found = [0, 1, 7]
    assert numbers(view, "y") == [text if cell in found else "?" for cell, text in enumerate(truth)]


def test_nonsense_is_no_attempt(opened):
    view = opened(explorers.Stride(predict=True))
    box = view.get_by_role("textbox", name="output")
    for nonsense in ("", "seven", "1e", "0x10", "nan", "<b>3</b>", "1 2"):
        box.fill(nonsense)
        box.press("Enter")
        expect(view.locator(".nn-verdict")).to_contain_text("A number such as 2 or −0.5 is expected")
    expect(view.locator(".nn-score")).to_have_text("0 right, 0 wrong, 0 shown")
    expect(number(view, "y", 0)).to_have_text("?")


@pytest.mark.parametrize("explorer", ALL)
def test_nothing_in_the_page_gives_a_hidden_number_away(opened, explorer):
    given = {"x": DECIMALS} if explorer in (explorers.Stride, explorers.Padding) else {}
    subject = explorer(**given, predict=True)
    scene = subject.scene
    if not scene.waiting:
        pytest.skip("nothing is asked here")
    visible = {
        grid.shown(cell) for grid in scene.grids if grid.name not in scene.waiting for cell in range(grid.values.size)
    }
    secret = [text for text in shown(subject, scene.waiting[0]) if len(text) > 3 and text not in visible]
    view = opened(subject)

    def told():
        page = view.evaluate("view => view.outerHTML")
        return [text for text in secret if text in page or text.replace("−", "-") in page]

    assert told() == []
    for grid in view.locator(".nn-grid").all():
        for cell in grid.locator(".nn-cell").all()[:3]:
            cell.hover(force=True)
            assert told() == []
    view.page.wait_for_timeout(400)  # what it points at is spoken
    assert told() == []
    view.get_by_role("switch", name="predict").uncheck()
    assert set(told()) == set(secret)


def test_a_learner_can_switch_to_predicting_without_python(opened):
    subject = explorers.Stride()
    view = opened(subject)
    expect(view.locator(".nn-prompt")).to_be_hidden()
    view.get_by_role("switch", name="predict").check()
    assert set(numbers(view, "y")) == {"?"}
    control(view, "strides").fill("1")
    assert set(numbers(view, "y")) == {"?"}
    view.get_by_role("button", name="show me").click()
    control(view, "strides").fill("0")
    assert set(numbers(view, "y")) == {"?"}
    control(view, "strides").fill("1")
    assert numbers(view, "y").count("?") == 8  # of nine, one was shown


def test_a_picture_without_a_result_asks_for_nothing_and_the_next_one_asks_again(opened):
    class Rates(explorers.Stride):
        ahead = ("rates", "strides")

    view = opened(Rates(predict=True))
    control(view, "rates").select_option("2, 2, 2")
    expect(view.locator('.nn-grid[data-name="y"]')).to_have_count(0)
    expect(view.locator(".nn-prompt")).to_be_hidden()
    control(view, "rates").select_option("none")
    expect(view.locator(".nn-prompt")).to_be_visible()
    assert set(numbers(view, "y")) == {"?"}


def test_predicting_needs_only_the_keys(opened):
    subject = explorers.Stride(input_size=3, kernel_size=2, predict=True)
    view = opened(subject)
    truth = shown(subject, "y")
    view.locator('.nn-grid[data-name="y"] [data-cell="0"]').focus()
    view.page.keyboard.press("Enter")
    for cell in range(4):
        expect(view.get_by_role("textbox", name="output")).to_be_focused()
        view.page.keyboard.type(truth[cell].replace("−", "-"))
        view.page.keyboard.press("Enter")
        expect(view.get_by_role("status").filter(has_text="Right: ")).to_have_count(1)
        if cell < 3:
            view.page.keyboard.press("Enter")  # on "next"
    expect(view.locator(".nn-score")).to_have_text("4 right, 0 wrong, 0 shown")
    assert numbers(view, "y") == truth


def test_the_winner_of_a_maximum_can_be_clicked(opened):
    subject = explorers.Pooling(x=[[1, 7, 2, 3], [4, 5, 9, 6]], pool_size=2, predict=True)
    view = opened(subject)
    view.locator('.nn-grid[data-name="x"] [data-cell="3"]').click()  # outside the window: no answer, but an edit
    view.page.keyboard.press("Escape")
    expect(view.locator(".nn-score")).to_have_text("0 right, 0 wrong, 0 shown")
    view.locator('.nn-grid[data-name="x"] [data-cell="1"]').click()
    expect(view.locator(".nn-verdict")).to_have_text("Right: output (0, 0) = 7.")
    view.get_by_role("button", name="next").first.click()
    view.locator('.nn-grid[data-name="x"] [data-cell="7"]').click()
    expect(view.locator(".nn-verdict")).to_have_text("No: output (0, 1) = 9; you chose 6.")
    expect(view.locator(".nn-score")).to_have_text("1 right, 1 wrong, 0 shown")


def test_a_state_with_a_score_comes_back_as_it_was(opened):
    subject = explorers.Stride(predict=True, score={"right": 5, "shown": 1, "found": {"y": [2, 3]}})
    view = opened(subject)
    expect(view.locator(".nn-score")).to_have_text("5 right, 0 wrong, 1 shown")
    assert [cell for cell, text in enumerate(numbers(view, "y")) if text != "?"] == [2, 3]


def test_a_teacher_can_take_the_manners_away(opened):
    view = opened(explorers.Stride(hide=("predict", "undo", "line")))
    expect(view.get_by_role("switch", name="predict")).to_be_hidden()
    expect(view.get_by_role("button", name="undo")).to_be_hidden()
    assert view.locator(".nn-code").get_attribute("contenteditable") is None
