"""The account under the grids, read back from JupyterLab: terms, subtotals, lines, trails and uses, as printed."""

from decimal import Decimal
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect

SCENES = (Path(__file__).parents[1] / "scenes.py").read_text("utf-8") + "\nfrom nnlab.widgets.grid_view import GridView"


@pytest.fixture
def shown(run_notebook):
    """Shows a scene, given as the code that makes it; returns the page and the view."""

    def show(code, wrap="GridView({})"):
        page, notebook = run_notebook(SCENES, wrap.format(code) if wrap else code)
        view = notebook.locator(".nn-view")
        view.wait_for()
        return page, view

    return show


def number(text):
    return Decimal(text.strip().lstrip("=≈ ").replace("−", "-"))


def cell(view, grid, index):
    return view.locator(f'[data-name="{grid}"] [data-cell="{index}"]')


def lines(view):
    """The lines of the account as (name, number)."""
    found = view.locator(".nn-sum .nn-account > div").all()
    return [tuple(line.locator("span").all_inner_texts()) for line in found]


def test_a_maximum_marks_its_winners_and_what_lies_outside(shown):
    _, view = shown('pooled("max")')
    chips = view.locator(".nn-sum .nn-product")
    assert [number(text) for text in chips.locator(".nn-value").all_inner_texts()] == [4, 7, 1, 7]
    assert view.locator(".nn-sum .nn-product[data-winner] .nn-value").all_inner_texts() == ["7", "7"]
    assert lines(view) == [("largest of 4 numbers (2 are equal)", "7"), ("= pooled (0, 0)", "7")]
    assert view.locator('[data-name="x"] [data-marks~="winner"]').count() == 3
    cell(view, "y", 2).hover()
    expect(view.locator(".nn-sum .nn-product[data-outside]")).to_have_count(2)
    expect(view.locator(".nn-sum .nn-product[data-outside] small").first).to_have_text("outside")
    assert lines(view) == [("largest of 2 numbers", "4"), ("= pooled (0, 2)", "4")]


def test_a_mean_divides_the_printed_sum_by_what_was_counted(shown):
    _, view = shown('pooled("mean")')
    for index, (terms, mean) in enumerate([((4, 7, 1, 7), "4.75"), ((7, 7, 7, 2), "5.75"), ((4, 1), "2.50")]):
        cell(view, "y", index).hover()
        total, count = f"{sum(terms)}", f"{len(terms)}"
        expected = [(f"sum of {count} numbers", total), ("divided by", count), (f"= pooled (0, {index})", mean)]
        expect(view.locator(".nn-sum .nn-count .nn-value")).to_have_text(count)
        assert lines(view) == expected
        assert number(total) / number(count) == number(mean)


def test_subtotals_and_addends_add_up_to_the_printed_result(shown):
    _, view = shown("channels()")
    for index, shift in ((0, "0.50"), (1, "−0.50")):
        cell(view, "y", index).hover()
        expect(view.locator(".nn-sum .nn-result .nn-value")).to_have_text(("9.75", "12.25")[index])
        groups = view.locator(".nn-sum .nn-group")
        assert groups.locator("> small").all_inner_texts() == ["red", "blue"]
        subtotals = []
        for group in groups.all():
            products = [number(text) for text in group.locator(".nn-product .nn-value").all_inner_texts()]
            subtotals.append(number(group.locator(".nn-subtotal .nn-value").inner_text()))
            assert sum(products) == subtotals[-1]
        names = ["sum of 4 products", "+ bias", "+ shift", f"= sum ({index}, 0)"]
        assert [name for name, _ in lines(view)] == names
        total, bias, added, result = (number(text) for _, text in lines(view))
        assert (sum(subtotals), bias, added) == (total, 1, number(shift))
        assert total + bias + added == result


def test_the_trail_shows_each_line_and_says_what_is_only_about_equal(shown):
    _, view = shown("standardized()")
    cell(view, "y", 1).click()
    expect(view.locator(".nn-sum .nn-step")).to_have_count(3)
    assert lines(view) == [("sum of 4 numbers", "4.500"), ("divided by", "4"), ("= mean", "1.125")]
    sides = [text.replace("\xa0", " ") for text in view.locator(".nn-sum .nn-side").all_inner_texts()]
    assert [side.replace(" ", "") for side in sides] == ["=2.5−1.125", "=1.375/3"]
    assert view.locator(".nn-sum .nn-line .nn-result").all_inner_texts() == ["= 1.375", "≈ 0.458"]
    lit = view.locator('[data-name="x"] .nn-lit')
    assert lit.count() == 4  # all of them are in the mean
    view.locator(".nn-sum .nn-operand").first.hover()
    expect(cell(view, "x", 1)).to_have_class("nn-cell nn-lit nn-pointed")


def test_a_cell_in_the_middle_shows_how_it_comes_about_and_every_use(shown):
    _, view = shown("standardized()")
    cell(view, "centred", 2).hover()
    uses = view.locator(".nn-uses")
    expect(uses.locator(".nn-step")).to_have_count(2)
    expect(uses.locator("> p")).to_have_text("difference (0, 2) = −4.125 is used once")
    expect(uses.locator("> div:not(.nn-step) .nn-product")).to_have_text("−4.125 / 3 = −1.375→ third (cow)")
    expect(cell(view, "y", 2)).to_have_class("nn-cell nn-lit")
    cell(view, "x", 3).hover()
    expect(uses.locator("> p")).to_have_text("sample (0, 3) = 4.0 is used 2 times")
    assert uses.locator(".nn-goal").all_inner_texts() == ["→ mean", "→ difference (0, 3)"]


def test_a_cell_with_addends_says_to_what_it_is_added(shown):
    _, view = shown("channels()")
    cell(view, "bias", 0).hover()
    expect(view.locator(".nn-uses > p")).to_have_text("bias = 1 is added to every sum")
    cell(view, "shift", 1).hover()
    expect(view.locator(".nn-uses > p")).to_have_text("shift (1, 0) = −0.5 is added to 1 sum")
    expect(cell(view, "y", 1).locator(".nn-badge")).to_have_text("+−0.5")


def test_sheets_stand_side_by_side_with_captions_and_the_keys_turn_them(shown):
    page, view = shown("channels()")
    sheets = view.locator('[data-name="x"] .nn-sheet')
    assert sheets.locator(".nn-caption").all_inner_texts() == ["red", "blue"]
    numbers = [sheet.locator(".nn-value").all_inner_texts() for sheet in sheets.all()]
    assert numbers == [["0", "1", "2", "3"], ["4", "5", "6", "7"]]
    cell(view, "x", 1).focus()
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowDown")
    expect(cell(view, "x", 7)).to_be_focused()
    expect(view.get_by_role("gridcell", name="input (blue, 1, 1) = 7")).to_be_focused()


def test_a_switch_asks_for_the_other_value(shown):
    page, view = shown('pooled("max")')
    switch = view.get_by_role("switch", name="sharp")
    expect(switch).to_be_checked()
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).not_to_be_checked()
    expect(view.get_by_role("alert")).to_contain_text("so this change is not made", timeout=9000)  # nobody listens here
    expect(switch).to_be_checked()


SHARED = """
x = np.arange(1.0, 4.0)[None]
first = Equation("2 × {x}", {"x": np.arange(3)}, lambda x: 2 * x)
last = Terms({"y": np.arange(3)[None]}, ("y",), 2 * x, (1, 3), 0)
parts = (Grid("x", "X", x, "x"), Grid("y", "Y", 2 * x, "double"), Grid("sum", "Sum", np.array([[12.0]]), "sum"))
GridView(Scene("Shared", "", parts, {"y": first, "sum": last}, "y"))"""

MANY = """
x = np.arange(300.0).reshape(15, 20) / 8
account = Terms({"x": np.arange(300)[None]}, ("x",), x.reshape(1, -1), (15, 20), 3)
parts = (Grid("x", "X", x, "x", look="tiles"), Grid("sum", "Sum", x.sum(keepdims=True)[:1, :1], "sum"))
GridView(Scene("Many", "", parts, {"sum": account}, "sum"))"""


def test_a_result_that_others_use_is_explained_in_its_own_place(shown):
    _, view = shown(SHARED, "")
    cell(view, "y", 1).click()
    expect(view.locator(".nn-sum .nn-side")).to_have_text("= 2 × 2")
    expect(view.locator(".nn-sum > p")).to_have_text("double (0, 1) = 4 is used once")
    expect(view.locator(".nn-sum .nn-goal")).to_have_text("→ sum")
    expect(view.locator(".nn-uses")).to_be_hidden()


def test_terms_that_are_too_many_to_draw_are_still_added_up(shown):
    _, view = shown(MANY, "")
    expect(view.locator(".nn-sum .nn-result .nn-value")).to_have_text("5606.25")
    assert view.locator(".nn-sum .nn-product").count() == 0
    assert lines(view) == [("sum of 300 numbers", "5606.250"), ("= sum", "5606.25")]


def test_what_is_printed_as_zero_is_not_coloured(shown):
    _, view = shown('GridView(Scene("", "", (Grid("x", "X", np.array([[1e-8, -3e-8]]), "x"),), {}, ""))', "")
    colours = {
        each.evaluate("cell => getComputedStyle(cell).backgroundColor") for each in view.locator(".nn-cell").all()
    }
    assert view.locator(".nn-cell .nn-value").all_inner_texts() == ["0.000", "0.000"]
    assert len(colours) == 1
    expect(view.locator(".nn-scale")).to_be_hidden()
