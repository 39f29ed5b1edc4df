"""Every explorer for everyone: a checker of accessibility, the keys alone, a narrow page, two explorers on a page."""

import shutil
import subprocess
from pathlib import Path

import bare_page
import pytest

from nnlab import explorers

JS = Path(__file__).parents[2] / "nnlab" / "widgets" / "js"
AXE = "node_modules/axe-core/axe.min.js"

SHOWN = {
    "Stride": "explorers.Stride(strides=2, gradient=True)",
    "Padding": "explorers.Padding(kernel_size=4, channels=2)",
    "Pooling": "explorers.Pooling(gradient=True)",
    "Dropout": "explorers.Dropout()",
    "BatchNorm": "explorers.BatchNorm(gradient=True)",
    "ParameterCount": "explorers.ParameterCount()",
    "Softmax": "explorers.Softmax(predict=True)",
}

# What the checker finds in the views: rule, impact, the first place and how often.
FOUND = """async () => {
  const { violations } = await axe.run({ include: [['.nn-view']] }, { resultTypes: ['violations'] });
  return violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes[0].html.slice(0, 200)}, ${nodes.length} times; ` +
      nodes[0].failureSummary); }"""


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    """The checker's script, from the development tools of the views."""
    if (JS / AXE).exists():
        return (JS / AXE).read_text("utf-8")
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    copy = tmp_path_factory.mktemp("axe")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(JS / name, copy)
    installed = subprocess.run(["npm", "ci", "--silent"], cwd=copy, capture_output=True, text=True)
    if installed.returncode:
        pytest.skip(f"npm ci could not install axe-core: {installed.stderr.strip()[:200]}")
    return (copy / AXE).read_text("utf-8")


@pytest.fixture
def open_page(browser):
    """Opens the bare page with some explorers in it."""
    opened = []

    def open_(*widgets, width=1280):
        page = browser.new_page(viewport={"width": width, "height": 900})
        opened.append((page, errors := []))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_content(bare_page.page_of())
        page.wait_for_function("() => window.ready")
        for widget in widgets:
            bare_page.opened(page, widget)
        return page

    yield open_
    for page, errors in opened:
        page.close()
        assert not errors, errors


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_the_checker_finds_nothing_serious(run_notebook, use_theme, axe, theme):
    use_theme(theme)
    page, notebook = run_notebook("from nnlab import explorers", *SHOWN.values())
    notebook.locator(".nn-view").nth(len(SHOWN) - 1).wait_for()
    page.evaluate(axe)
    assert page.evaluate("() => document.querySelectorAll('.nn-view').length") == len(SHOWN)
    assert page.evaluate(FOUND) == []


def test_every_explorer_is_looked_at():
    assert set(SHOWN) == set(explorers.__all__)


@pytest.mark.parametrize("name", SHOWN)
def test_the_tab_key_comes_to_everything_once_and_goes_on(open_page, name):
    page = open_page(eval(SHOWN[name]))
    focusable = """() => [...document.querySelectorAll('.nn-view *')].filter((e) => !e.disabled
      && (e.tabIndex >= 0 || e.isContentEditable) && e.checkVisibility({ visibilityProperty: true })).length"""
    here = """() => { const at = document.activeElement;
      const style = getComputedStyle(at);
      const ring = at.matches(':focus-visible') && (style.outlineStyle !== 'none' || style.boxShadow !== 'none');
      at.dataset.met = Number(at.dataset.met ?? 0) + 1;
      return [at.tagName, Number(at.dataset.met), ring, at.className]; }"""
    count, met = page.evaluate(focusable), []
    for _ in range(count + 1):
        page.keyboard.press("Tab")
        met.append(page.evaluate(here))
    assert count > 3
    assert met[-1][0] == "BODY", "the keys cannot leave the view"
    assert all(times == 1 for _, times, *_ in met[:-1])
    assert [each for each in met[:-1] if not each[2]] == [], "the focus cannot be seen"


@pytest.mark.parametrize("name", SHOWN)
def test_a_page_of_360_pixels_is_wide_enough(open_page, name):
    page = open_page(eval(SHOWN[name]), width=360)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
    outside = """() => [...document.querySelectorAll('.nn-view *')].filter((e) => e.checkVisibility() &&
      !e.closest('.nn-spoken, svg') && e.getBoundingClientRect().right > innerWidth + 1 &&
      !getScrolled(e)).map((e) => `${e.tagName}.${e.className}`).slice(0, 5);"""
    scrolled = """window.getScrolled = (e) => { for (let at = e; at; at = at.parentElement)
      if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(at).overflowX)) return true; return false; };"""
    page.evaluate(f"() => {{ {scrolled} }}")
    assert page.evaluate(outside) == []


@pytest.mark.parametrize("name", SHOWN)
def test_no_control_is_cut_in_the_width_that_jupyterlab_leaves_of_400_pixels(open_page, name):
    page = open_page(eval(SHOWN[name]), width=400)
    page.evaluate("() => { document.querySelector('.nn-view').style.width = '269px'; }")
    cut = """() => [...document.querySelectorAll('.nn-control')].flatMap((control) => {
      const room = control.getBoundingClientRect();
      const end = Math.min(room.right, control.closest('.nn-view').getBoundingClientRect().right);
      return [...control.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > end + 1)
        .map((e) => `${control.dataset.name}: ${e.tagName}, ${e.getBoundingClientRect().right - end} px`); })"""
    assert page.evaluate(cut) == []


def test_two_explorers_and_two_copies_of_one_leave_each_other_alone(open_page):
    first = explorers.Stride()
    page = open_page(first, first, explorers.Pooling())
    views = page.locator(".nn-view")
    still = "() => [...document.querySelectorAll('.nn-view')].slice(1).map((view) => view.outerHTML)"
    page.wait_for_timeout(500)
    before = page.evaluate(still)
    views.nth(0).locator('[data-name="y"] .nn-cell').nth(7).hover()
    views.nth(0).locator('[data-name="x"] .nn-cell').nth(9).hover()
    views.nth(0).locator(".nn-next").click()
    page.wait_for_timeout(500)
    assert page.evaluate(still) == before
    ids = page.evaluate("() => [...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))
