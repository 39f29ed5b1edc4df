"""Every number that the explorers display, read back from Chromium and compared with worksheets of plain Python.

`pytest -s tests/ui/test_explorer_numbers.py` prints how many numbers that are.
"""

import re
from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path

import bare_page
import numpy as np
import pytest
from concealed_numbers import READ, Concealed, concealed_pictures
from drawn_pictures import CONFIGURATIONS, DRAWN, pictures, worksheet
from further_pictures import FURTHER, explained, further_pictures
from shown_numbers import Check

from nnlab import explorers
from nnlab.widgets.grid_view import GridView

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
BATCH = 20  # pictures read in one go


def compare(page, name, made, how=bare_page.READ, against=Check):
    """How many numbers of each kind are displayed in the pictures that are made, all of them compared."""
    counts, number = Counter(), bare_page.opened(page, getattr(explorers, name.partition(",")[0])())
    while batch := list(islice(made, BATCH)):
        read = bare_page.read(page, number, [state for state, _, _ in batch], how)
        for seen, (_, sheet, settings) in zip(read, batch, strict=True):
            try:
                against(seen, sheet, counts).run()
            except (AssertionError, TypeError, ValueError, KeyError, IndexError) as error:
                raise AssertionError(f"{name} with {str(settings)[:700]}: {error}") from error
    return counts


@pytest.fixture
def open_page(browser):
    """Opens the bare page, with the bundle or with another script."""
    opened = []

    def open_(script=GridView._esm):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        opened.append((page, errors := []))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_content(bare_page.page_of(script))
        page.wait_for_function("() => window.ready")
        return page

    yield open_
    for page, errors in opened:
        page.close()
        assert not errors, errors


COUNTED = {}  # the numbers compared, by explorer


@pytest.mark.parametrize("name", list(DRAWN))
def test_every_displayed_number_is_that_of_a_worksheet(open_page, name):
    counts = COUNTED[name] = compare(open_page(), name, pictures(name))
    print(f"\n{name}: {told(counts)}")
    assert counts.total() > 10_000, counts


@pytest.mark.parametrize("kind", list(FURTHER))
def test_every_number_of_further_pictures_is_that_of_a_worksheet(open_page, kind):
    counts = COUNTED[kind] = compare(open_page(), kind, further_pictures(kind))
    print(f"\n{kind}: {told(counts)}")
    assert counts.total() > 1_000, counts


@pytest.mark.parametrize("name", list(DRAWN))
def test_what_waits_to_be_predicted_stands_nowhere_and_what_is_revealed_is_right(open_page, name):
    kind = f"{name}, predicted"
    counts = COUNTED[kind] = compare(open_page(), name, concealed_pictures(name), READ, Concealed)
    print(f"\n{kind}: {told(counts)}")
    assert counts["prediction"] >= 30, counts


def told(counts):
    return f"{counts.total():,} numbers: {', '.join(f'{many:,} {kind}' for kind, many in counts.items())}"


def test_the_readme_says_how_many_numbers_are_compared():
    if set(COUNTED) != {*DRAWN, *FURTHER, *(f"{name}, predicted" for name in DRAWN)}:
        pytest.skip("counted only where the numbers of all explorers are")
    total = sum(COUNTED.values(), Counter())
    print(f"\nIn all {told(total)}")
    said = int(re.search(r"([\d,]+) displayed numbers", README)[1].replace(",", ""))
    assert 0.8 * total.total() <= said <= total.total()
    assert f"{CONFIGURATIONS} pictures" in README


def test_the_explorers_of_the_readme_are_all_compared():
    assert set(DRAWN) == set(explorers.__all__)


# ---- the comparison notices what is wrong


WRONG_FORMAT = """{ const right = Number.prototype.toFixed; let calls = 0;
Number.prototype.toFixed = function (digits) {
  const text = right.call(this, digits);
  calls += 1;
  return calls % 300 === 0 ? text.replace(/\\d$/, (digit) => (Number(digit) + 1) % 10) : text; }; }
"""


def checked(page, widget, sheet):
    seen = bare_page.read(page, bare_page.opened(page, widget), [bare_page.state(widget)])
    Check(seen[0], sheet, Counter()).run()


def off_by_a_digit(scene, name):
    """The scene with the last printed digit of one cell changed."""
    grid = scene.grid(name)
    values = np.array(grid.values, float)
    values.flat[-1] += 10.0**-grid.shown_digits
    return replace(scene, parts=tuple(replace(part, values=values) if part is grid else part for part in scene.parts))


def mislinked(scene, name):
    """The scene with two cells exchanged in the table that says what a cell is made of."""
    account = scene.accounts[name]
    other = account.factors[0]
    table = np.array(account.links[other])
    table[0, [0, 1]] = table[0, [1, 0]]
    links = {**account.links, other: table}
    return replace(scene, accounts={**scene.accounts, name: replace(account, links=links)})


@pytest.mark.parametrize("fault", [None, off_by_a_digit, mislinked])
@pytest.mark.parametrize(
    ("name", "grid"), [("Stride", "y"), ("Pooling", "y"), ("BatchNorm", "mean"), ("Softmax", "sum")]
)
def test_a_planted_wrong_number_or_link_is_noticed(open_page, name, grid, fault):
    x = [[1.0, 2.0, 4.0, 7.0], [3.0, 5.0, 9.0, 8.0]][: 1 if name == "Softmax" else 2]
    given = {"kernel": [[1.0, 2.0], [3.0, 5.0]]} if name == "Stride" else {}
    explorer = getattr(explorers, name)(x=x, **given)
    page, sheet = open_page(), worksheet(name, explorer)
    if fault is None:
        checked(page, explorer, sheet)
    else:
        with pytest.raises(AssertionError):
            checked(page, GridView(fault(explorer.scene, grid)), sheet)


def noted_wrong(scene, _):
    """The scene with the last digit of its last note changed."""
    *others, last = scene.notes
    wrong = re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit[0]) + 1) % 10), last)
    return replace(scene, notes=(*others, wrong))


def labelled_wrong(scene, name):
    """The scene with the last digit of a grid's last label changed."""
    grid = scene.grid(name)
    labels = (*grid.labels[:-1], f"{grid.labels[-1][:-1]}{(int(grid.labels[-1][-1]) + 1) % 10}")
    return replace(scene, parts=tuple(replace(part, labels=labels) if part is grid else part for part in scene.parts))


def curved_wrong(scene, name):
    """The scene with one point of a line elsewhere by a printed digit."""

    def bent(curve):
        lines = {label: np.array(line, float) for label, line in curve.lines.items()}
        next(iter(lines.values()))[50] += 10.0**-curve.digits
        return replace(curve, lines=lines)

    return replace(scene, parts=tuple(bent(part) if part.name == name else part for part in scene.parts))


@pytest.mark.parametrize(
    ("kind", "name", "faults"),
    [
        ("Stride, gradient edited", "grad", [off_by_a_digit]),
        ("Stride, gradient edited", "grad_kernel", [off_by_a_digit, mislinked]),
        ("Padding, gradient edited", "grad_x", [off_by_a_digit]),
        ("Pooling, gradient edited", "grad_x", [off_by_a_digit]),
        ("Dropout, gradient edited", "grad_x", [off_by_a_digit]),
        ("BatchNorm, gradient edited", "grad_gamma", [off_by_a_digit, mislinked]),
        ("Padding, side by side", "y_", [off_by_a_digit, mislinked, noted_wrong]),
        ("Stride, side by side", "used_", [off_by_a_digit]),
        ("Stride, stacked rates", "seen_", [off_by_a_digit, noted_wrong]),
        ("Dropout, a network", "draws", [off_by_a_digit, noted_wrong]),
        ("Dropout, a network", "inference", [off_by_a_digit]),
        ("Dropout, a network", "histogram", [off_by_a_digit, labelled_wrong]),
        ("Dropout, a network", "running", [curved_wrong]),
    ],
)
def test_a_wrong_digit_planted_in_a_further_picture_is_noticed(open_page, kind, name, faults):
    explorer, sheet = next(explained(kind))
    name = next(part.name for part in explorer.scene.parts if part.name.startswith(name))
    page = open_page()
    checked(page, GridView(explorer.scene), sheet)
    for fault in faults:
        with pytest.raises(AssertionError):
            checked(page, GridView(fault(explorer.scene, name)), sheet)


def revealed(explorer):
    """The explorer's scene as if nothing waited in it."""
    return replace(explorer.scene, waiting=())


def hinted(explorer):
    """The scene with a hidden number said in its title."""
    return replace(explorer.scene, title=f"The first is {explorer.scene.grid('y').shown(0)}")


def kept_apart(explorer):
    """The scene in which only the first of the parts that wait is hidden."""
    return replace(explorer.scene, waiting=explorer.scene.waiting[:1])


@pytest.mark.parametrize("fault", [None, revealed, hinted, kept_apart])
def test_a_hidden_number_that_is_shown_is_noticed(open_page, fault):
    x = np.random.default_rng(5).normal(size=(3, 3)).tolist()
    explorer = explorers.Stride(x=x, kernel=[[0.123, 0.457], [-0.871, 0.333]], gradient=True, predict=True)
    sheet = worksheet("Stride", explorer)
    widget = explorer if fault is None else GridView(fault(explorer), explorer.header["manners"])
    page = open_page()
    (seen,) = bare_page.read(page, bare_page.opened(page, widget), [bare_page.state(widget)], READ)
    if fault is None:
        Concealed(seen, (sheet, "y", set()), Counter()).run()
    else:
        with pytest.raises(AssertionError):
            Concealed(seen, (sheet, "y", set()), Counter()).run()


def test_a_wrong_digit_in_what_is_revealed_is_noticed(open_page):
    explorer = explorers.Stride(x=[[1, 2, 4], [3, 5, 9], [2, 2, 7]], kernel=[[1, 2], [3, 5]], predict=True)
    explorer.score = {"found": {"y": [0, 3]}}
    sheet, page = worksheet("Stride", explorer), open_page()
    wrong = GridView(off_by_a_digit(explorer.scene, "y"), explorer.header["manners"])
    (seen,) = bare_page.read(page, bare_page.opened(page, wrong), [bare_page.state(wrong)], READ)
    with pytest.raises(AssertionError):
        Concealed(seen, (sheet, "y", {0, 3}), Counter()).run()


def test_a_planted_wrong_digit_in_how_numbers_are_written_is_noticed(open_page):
    explorer = explorers.Stride()
    with pytest.raises(AssertionError):
        checked(open_page(WRONG_FORMAT + GridView._esm), explorer, worksheet("Stride", explorer))


def test_jupyterlab_displays_the_same_numbers(run_notebook):
    names = [name for name in DRAWN if name != "ParameterCount"]
    _, notebook = run_notebook("from nnlab import explorers", *(f"explorers.{name}()" for name in names))
    views = notebook.locator(".nn-view")
    views.nth(len(names) - 1).wait_for()
    for index, name in enumerate(names):
        counts = Counter()
        Check(views.nth(index).evaluate(bare_page.READ), worksheet(name, getattr(explorers, name)()), counts).run()
        assert counts.total() > 200
