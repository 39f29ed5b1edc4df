"""What is drawn again takes over the elements that are there: nothing of an old picture may stay in a new one."""

import random

import bare_page
import pytest
from drawn_pictures import DRAWN

from nnlab import explorers
from nnlab.core.errors import NnlabError

PICTURES = 12  # that one view of each explorer shows, one after the other
ACTS = 3  # of a learner, before each of them

# All that can be told of a view at which nobody points: elements, attributes, texts, values and handlers, the stops of
# the Tab key in each grid, and the cells that each number of the account points out. Left out is what may differ: which
# cell is the stop, how much room was kept, and where dots are, whose lines stay as they are while they can.
EVERYTHING = """([number, position]) => {
  const view = views[number].element.querySelector(".nn-view");
  const all = (selector) => [...view.querySelectorAll(selector)];
  const point = (element, to) => element.dispatchEvent(new PointerEvent(`pointer${to}`));
  document.activeElement.blur();
  all(".nn-cells, .nn-plot, .nn-boxes").forEach((element) => point(element, "leave"));
  const scrub = view.querySelector(".nn-transport input");
  scrub.value = position ?? scrub.value;
  scrub.dispatchEvent(new Event("input"));

  const styled = (style) => [...style].map((name) => `${name}:${style.getPropertyValue(name)}`).sort().join(";");
  const free = (element, name) =>
    ["class", "data-ahead"].includes(name) ||
    (name === "tabindex" && element.matches(".nn-cell")) ||
    (name === "style" && element.matches(".nn-view, .nn-ledger")) ||
    (/^(style|aria-value)/.test(name) && element.closest("[data-look=points]"));
  const lines = [];
  const walk = (node, depth) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data && lines.push(depth + node.data);
    if (node.hidden) return lines.push(`${depth}hidden ${node.className}`);
    if (node.matches(".nn-badge:empty, [aria-live], [data-look=points] .nn-axis")) return;
    const attributes = [...node.attributes].filter(({ name }) => !free(node, name));
    lines.push(depth + [node.tagName, ...[...node.classList].sort(),
      ...attributes.map(({ name, value }) => `${name}=${name === "style" ? styled(node.style) : value}`).sort(),
      ...["value", "max", "checked", "disabled"].filter((name) => name in node).map((name) => `${name}:${node[name]}`),
      ...["onpointerenter", "onpointerleave"].filter((name) => node[name])].join(" "));
    node.childNodes.forEach((child) => walk(child, `${depth} `));
  };
  walk(view, "");
  const stops = (grid) => grid.querySelectorAll("[tabindex='0']").length;
  for (const grid of all(".nn-grid")) lines.push(`${stops(grid)} stops in ${grid.dataset.name}`);
  for (const chip of all(".nn-product, .nn-operand").filter((chip) => chip.checkVisibility())) {
    point(chip, "enter");
    const cells = all(".nn-pointed").map((cell) => `${cell.closest("figure").dataset.name} ${cell.dataset.cell}`);
    lines.push(`${chip.textContent} is of ${cells}`);
    point(chip, "leave");
  }
  return [lines, Number(scrub.value)]; }"""

# One thing that a learner does somewhere in a view, by chance.
ACT = """([number, what, chance]) => {
  const { element } = views[number];
  const all = (selector) => [...element.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  const one = (selector) => { const some = all(selector); return some[Math.floor(chance * some.length)]; };
  if (what === "point") one(".nn-cell")?.dispatchEvent(new PointerEvent("pointerenter"));
  if (what === "chip") one(".nn-product, .nn-operand")?.dispatchEvent(new PointerEvent("pointerenter"));
  if (what === "focus") one(".nn-cell")?.focus();
  if (what === "click") one("[data-name=y] .nn-cell, .nn-next")?.click();
  if (what === "last") for (const cell of all(".nn-grid .nn-cell").slice(-1)) cell.focus(); }"""

CLOSE = "(number) => { views[number].close(); views[number].element.remove(); }"


@pytest.fixture
def page(browser):
    page, errors = browser.new_page(viewport={"width": 1280, "height": 900}), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content(bare_page.page_of())
    page.wait_for_function("() => window.ready")
    page.keyboard.press("Shift")  # who uses the keys sees where the focus is
    yield page
    page.close()
    assert not errors, errors


def changed(explorer, draw):
    """Changes some settings of an explorer at random, or all of them."""
    settings = DRAWN[type(explorer).__name__](draw)
    some = {name: value for name, value in settings.items() if draw.random() < 0.4}
    try:
        explorer.change(**draw.choice([some, settings]))
    except NnlabError:
        changed(explorer, draw)  # a kernel larger than its input, say


@pytest.mark.parametrize("name", DRAWN)
def test_a_view_that_was_renewed_is_the_view_that_is_made_anew(page, name):
    draw, explorer = random.Random(name), getattr(explorers, name)()
    old = bare_page.opened(page, explorer)
    for _ in range(PICTURES):
        for _ in range(ACTS):
            page.evaluate(ACT, [old, draw.choice(["point", "chip", "focus", "last", "click"]), draw.random()])
        changed(explorer, draw)
        bare_page.renewed(page, old, explorer)
        renewed, position = page.evaluate(EVERYTHING, [old, None])
        new = bare_page.opened(page, explorer)
        fresh, _ = page.evaluate(EVERYTHING, [new, position])
        page.evaluate(CLOSE, new)
        assert renewed == fresh, explorer.state
        assert [line for line in renewed if " stops in " in line and not line.startswith("1 ")] == []


def test_a_number_that_is_typed_reaches_its_cell_after_the_grid_got_another_shape(page):
    explorer = explorers.Stride(x=[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], kernel=[[1.0]])
    view = bare_page.opened(page, explorer)
    page.locator('[data-name="x"] [data-cell="3"]').focus()
    page.keyboard.type("7")
    explorer.x = [[1.0, 2.0], [4.0, 5.0]]
    bare_page.renewed(page, view, explorer)
    page.keyboard.press("Enter")
    sent = page.evaluate("(number) => views[number].model.sent", view)
    assert [(request["cell"], request["text"]) for request in sent if request["kind"] == "edit"] == [(2, "7")]


@pytest.mark.parametrize("how", ["focus", "hover"])
def test_what_is_pointed_at_still_is_when_the_cells_around_it_change(page, how):
    explorer = explorers.Stride(input_size=5)
    view = bare_page.opened(page, explorer)
    getattr(page.locator('[data-name="x"] [data-cell="6"]'), how)()
    pointed, uses = page.locator('[data-name="x"] .nn-pointed'), page.locator(".nn-uses p").last
    before = pointed.get_attribute("aria-label")
    assert uses.inner_text() == f"{before} is used 4 times"
    explorer.strides = 2
    bare_page.renewed(page, view, explorer)
    assert pointed.get_attribute("aria-label") == before
    assert uses.inner_text() == f"{before} is used once"
    explorer.input_size = 4
    bare_page.renewed(page, view, explorer)
    assert pointed.get_attribute("data-cell") == "5"


def test_the_focus_of_a_cell_that_is_gone_stays_in_its_grid(page):
    explorer = explorers.Stride(input_size=5)
    view = bare_page.opened(page, explorer)
    page.locator('[data-name="x"] [data-cell="24"]').focus()
    explorer.input_size = 3
    bare_page.renewed(page, view, explorer)
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')").startswith("input (0, 0) = ")
    assert page.locator('[data-name="x"] .nn-pointed').get_attribute("data-cell") == "0"


def test_a_number_of_the_account_points_out_its_cells_while_the_steps_go_on(page):
    view = bare_page.opened(page, explorers.Stride())
    page.locator(".nn-sum .nn-product").nth(4).hover()
    pointed = page.locator('[data-name="x"] .nn-pointed')
    assert pointed.get_attribute("data-cell") == "8"
    page.evaluate("(number) => views[number].element.querySelector('.nn-next').click()", view)
    assert pointed.get_attribute("data-cell") == "9"
