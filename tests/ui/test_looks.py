"""Bars, dots, tiles, curves and maps of areas in JupyterLab: what they print, and that they are drawn to scale."""

from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect

SCENES = (Path(__file__).parents[1] / "scenes.py").read_text("utf-8") + "\nfrom nnlab.widgets.grid_view import GridView"

# The view of a scene whose numbers can be dragged: each edit makes the scene anew, as an explorer does.
DRAGGABLE = """
values = [1.0, 2.5, -3.0, 4.0]
view = GridView(standardized(values))
def edited(_, content, buffers):
    values[content["cell"]] = float(content["text"])
    view.show(standardized(values), answer={"view": content["view"], "number": content["number"]})
view.on_msg(edited)
view"""


@pytest.fixture
def shown(run_notebook):
    """Runs code that ends with a view; returns the page and the view."""

    def show(code):
        page, notebook = run_notebook(SCENES, code)
        view = notebook.locator(".nn-view")
        view.first.wait_for()
        return page, view

    return show


def number(text):
    return float(text.replace("−", "-").replace(",", ""))


def numbers(locator):
    return [number(text) for text in locator.all_inner_texts()]


def middles(locator):
    """Where the elements' middles are, across the page."""
    return [box["x"] + box["width"] / 2 for box in (each.bounding_box() for each in locator.all())]


def linear(places, values):
    """True if places are a linear function of values, to a pixel."""
    low, high = values.index(min(values)), values.index(max(values))
    slope = (places[high] - places[low]) / (values[high] - values[low])
    return all(abs(places[low] + slope * (v - values[low]) - p) < 1 for p, v in zip(places, values, strict=True))


def test_bars_are_as_long_as_their_numbers(shown):
    _, view = shown("GridView(standardized())")
    cells = view.locator('[data-name="y"] .nn-cell')
    values = [(value - 1.125) / 3 for value in (1.0, 2.5, -3.0, 4.0)]
    assert numbers(cells.locator(".nn-value")) == [round(value, 3) for value in values]
    assert view.locator('[data-name="y"] .nn-head').all_inner_texts()[:4] == ["ant", "bee", "cow", "doe"]
    height = "cell => parseFloat(getComputedStyle(cell, '::after').height)"
    bottom = "cell => parseFloat(getComputedStyle(cell, '::after').bottom)"
    lengths, feet = zip(*((cell.evaluate(height), cell.evaluate(bottom)) for cell in cells.all()), strict=True)
    scale = lengths[3] / values[3]
    assert linear(list(lengths), [abs(value) for value in values])
    assert lengths == pytest.approx([abs(value) * scale for value in values], abs=1)
    assert feet[1] == pytest.approx(feet[3], abs=1)  # both stand on the zero line
    assert feet[2] + lengths[2] == pytest.approx(feet[1], abs=1.5)  # and the negative one hangs from it


def test_dots_and_ticks_stand_where_their_numbers_are(shown):
    _, view = shown("GridView(standardized())")
    grid = view.locator('[data-name="x"]')
    values, ticks = numbers(grid.locator(".nn-value")), numbers(grid.locator(".nn-axis span"))
    assert values == [1.0, 2.5, -3.0, 4.0]
    assert len(ticks) >= 3
    places = middles(grid.locator(".nn-cell")) + middles(grid.locator(".nn-axis span"))
    assert linear(places, values + ticks)


def test_each_dot_can_be_reached_on_several_lines(shown):
    _, view = shown(
        'points = Grid("x", "X", np.array([[1.0, 2, 3], [3, 1, 2], [1, 2, 3]]), "x", look="points", editable=True)\n'
        'GridView(Scene("Lines", "", (points,), {}, ""))'
    )
    on_top = """dot => {
      const box = dot.getBoundingClientRect();
      return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === dot; }"""
    assert [dot.evaluate(on_top) for dot in view.locator(".nn-cell").all()] == [True] * 9


def test_dragging_a_dot_moves_what_is_made_of_it_while_it_is_dragged(shown, execute):
    page, view = shown(DRAGGABLE)
    dots = view.locator('[data-name="x"] .nn-cell')
    middle = dots.nth(0).bounding_box()
    x, y = middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y, steps=8)
    mean = view.locator('[data-name="mean"] .nn-value')
    expect(mean).not_to_have_text("1.125")  # the button is still down
    page.mouse.move(x + 60, y, steps=8)
    assert middles(dots)[0] == pytest.approx(x + 60, abs=3)
    page.mouse.up()
    page.wait_for_timeout(500)  # the last request is on its way
    values = numbers(view.locator('[data-name="x"] .nn-value'))
    assert values[0] > 1.5
    assert values[1:] == [2.5, -3.0, 4.0]
    assert number(mean.inner_text()) == pytest.approx(sum(values) / 4, abs=6e-4)
    assert numbers(view.locator('[data-name="y"] .nn-value')) == pytest.approx(
        [(value - sum(values) / 4) / 3 for value in values], abs=6e-4
    )
    assert execute(f"assert values == {values}, values") == ""


def test_arrow_keys_move_a_dot_and_typing_sets_it(shown, execute):
    page, view = shown(DRAGGABLE)
    dot = view.get_by_role("slider", name="sample (0, 0)")
    dot.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(view.locator('[data-name="x"] .nn-value').first).to_have_text("1.2")
    expect(dot).to_have_attribute("aria-valuenow", "1.2")
    page.keyboard.press("7")
    page.keyboard.press("Enter")
    expect(view.locator('[data-name="x"] .nn-value').first).to_have_text("7.0")
    expect(dot).to_be_focused()
    assert execute("assert values[0] == 7, values") == ""
    box = view.locator('[data-name="x"] .nn-row').nth(1).bounding_box()
    for middle in middles(view.locator('[data-name="x"] .nn-cell')):
        assert box["x"] <= middle <= box["x"] + box["width"]  # the line has grown with it


def test_pointing_at_a_tile_prints_its_place_and_number(shown):
    page, view = shown("GridView(charted())")
    grid = view.locator('[data-name="tiles"]')
    assert grid.locator(".nn-cell").count() == 600
    for cell in (0, 299, 300, 437, 599):
        sheet, row, column = cell // 300, cell % 300 // 20, cell % 20
        grid.locator(f'[data-cell="{cell}"]').hover()
        value = f"{-1 + 2 * cell / 599:.3f}".replace("-", "−")
        name = ("left", "right")[sheet]
        expect(grid.locator(".nn-readout")).to_have_text(f"weight ({name}, {row}, {column}) = {value}")
    view.locator("header").hover()
    grid.get_by_role("group", name="Tiles left").focus()
    for key in ("ArrowRight", "ArrowDown", "PageDown"):
        page.keyboard.press(key)
    expect(grid.locator(".nn-readout")).to_have_text("weight (right, 1, 1) = 0.072")
    expect(view.locator("[aria-live]")).to_have_text("weight (right, 1, 1) = 0.072.")


def test_curves_print_the_numbers_of_the_point_that_is_nearest(shown):
    page, view = shown("GridView(charted())")
    chart = view.locator('[data-name="loss"]')
    readout, plot = chart.locator(".nn-readout"), chart.locator(".nn-plot")
    expect(readout).to_have_text("epoch 10: training = 0.500, test = 0.200")  # where the picture stands
    box = plot.bounding_box()
    for epoch in range(0, 50, 5):
        plot.hover(position={"x": min(box["width"] * (epoch + 2) / 45, box["width"] - 3), "y": 20})
        test = "NaN" if epoch == 20 else f"{epoch / 50:.3f}"
        expect(readout).to_have_text(f"epoch {epoch}: training = {1 / (1 + epoch / 10):.3f}, test = {test}")
    view.locator("header").hover()
    plot.focus()
    for key in ("Home", "ArrowRight", "b"):
        page.keyboard.press(key)
    expect(readout).to_have_text("epoch 5: training = 0.667, test = 0.100")
    expect(plot).to_have_attribute("aria-valuetext", "epoch 5: training = 0.667, test = 0.100")


def test_curves_are_drawn_to_the_scale_of_their_ticks(shown):
    _, view = shown("GridView(charted())")
    chart = view.locator('[data-name="loss"]')
    ticks = {kind: chart.locator(f".nn-{kind}") for kind in "xy"}
    across = dict(zip(numbers(ticks["x"]), middles(ticks["x"]), strict=True))
    assert linear(list(across.values()), list(across))
    boxes = [each.bounding_box() for each in ticks["y"].all()]
    up = dict(zip(numbers(ticks["y"]), [box["y"] + box["height"] / 2 for box in boxes], strict=True))
    assert linear(list(up.values()), list(up))
    points = """path => Array.from({ length: 2 }, (_, end) => path.getPointAtLength(end ? path.getTotalLength() : 0))
      .map((point) => point.matrixTransform(path.getScreenCTM())).map((point) => [point.x, point.y])"""
    for path, line in zip(chart.locator(".nn-plot path").all(), [(1, 1 / 5.5), (0, 0.9)], strict=True):
        (x0, y0), (x1, y1) = path.evaluate(points)
        assert linear([*across.values(), x0, x1], [*across, 0, 45])
        assert linear([*up.values(), y0, y1], [*up, *line])
    dashes = [path.get_attribute("stroke-dasharray") for path in chart.locator(".nn-plot path").all()]
    assert len(set(dashes)) == 2  # told apart without colour
    assert chart.locator(".nn-plot path").nth(1).get_attribute("d").count("M") == 2  # a gap where a number is missing


def test_areas_are_exactly_in_proportion_in_every_measure(shown):
    page, view = shown("GridView(charted())")
    chart = view.locator('[data-name="sizes"]')
    for measure, values in (("weights", [600, 300, 0, 100]), ("products", [10, 20, 30, 40])):
        chart.get_by_role("combobox", name="measure").select_option(measure)
        whole = chart.locator(".nn-boxes").bounding_box()
        names = ["first", "second", "none", "third"]
        boxes = chart.get_by_role("listitem")
        expect(boxes).to_have_count(sum(value > 0 for value in values))
        for name, value in zip(names, values, strict=True):
            if not value:
                continue
            box = chart.get_by_role("listitem", name=f"{name}: {value} of {sum(values):,} {measure}")
            area = box.bounding_box()
            share = area["width"] * area["height"] / (whole["width"] * whole["height"])
            assert share == pytest.approx(value / sum(values), rel=0.01)
            assert number(box.locator("em").inner_text()) == value
        rows = chart.locator("table tr").all()[1:]
        cells = [row.locator("td").all_text_contents() for row in rows]
        assert [(row[0], number(row[1])) for row in cells] == list(zip(names, values, strict=True))
    chart.get_by_role("combobox", name="measure").select_option("weights")
    chart.get_by_role("listitem").first.focus()
    page.keyboard.press("ArrowRight")
    expect(chart.locator(".nn-readout")).to_have_text("second: 300 of 1,000 weights, 30.0 %; 10·30")


def test_parts_say_where_their_numbers_are_from(shown):
    _, view = shown("GridView(charted())")
    assert view.locator("header .nn-source").inner_text() == ""
    badges = {
        name: view.locator(f'[data-name="{name}"] .nn-source').inner_text() for name in ("loss", "sizes", "tiles")
    }
    assert badges == {"loss": "sampled", "sizes": "exact", "tiles": "exact"}


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_text_is_readable_on_every_ground(shown, use_theme, theme):
    use_theme(theme)
    _, view = shown("GridView(charted())\n")
    contrasts = view.evaluate(CONTRASTS)
    assert len(contrasts) > 20
    assert min(contrasts.values()) >= 4.5, contrasts


# Paints text and grounds into one pixel each, so that color-mix and half-transparent colours become plain numbers.
CONTRASTS = """(view) => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  const painted = (colours) => {
    for (const colour of colours) { pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); }
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3).map((c) => c / 255);
  };
  const light = (rgb) => rgb.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const found = {};
  for (const element of view.querySelectorAll('b, em, small, span, li, option, .nn-readout')) {
    const text = [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.textContent.trim()).join('');
    if (!text || !element.checkVisibility() || element.closest('.nn-spoken, option')) continue;
    const grounds = [];
    for (let at = element; at; at = at.parentElement) grounds.unshift(getComputedStyle(at).backgroundColor);
    const ground = light(painted(['white', ...grounds]));
    const ink = light(painted([getComputedStyle(element).color]));
    found[text] = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
  }
  return found;
}"""


@pytest.mark.parametrize("width", [360, 700, 1280])
def test_no_look_is_wider_than_the_page(shown, width):
    page, view = shown(
        "for scene in (charted(), standardized(), channels(), pooled('max')):\n    display(GridView(scene))"
    )
    view.nth(3).wait_for()
    try:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(400)
        for each in view.all():
            assert each.evaluate("view => view.scrollWidth - view.clientWidth") <= 0
            outside = """view => [...view.querySelectorAll('.nn-cell, .nn-plot, .nn-boxes, .nn-step')].filter((e) =>
              e.getBoundingClientRect().right > view.getBoundingClientRect().right + 1).map((e) => e.className)"""
            assert each.evaluate(outside) == []
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})


def test_a_grid_of_the_same_size_takes_over_its_new_title(shown, execute):
    named = 'Scene("Titles", "", (Grid("x", "{}", np.ones((2, 2)), "x", look="tiles", size="{}"),), {{}}, "")'
    _, view = shown(f"view = GridView({named.format('first', '4')})\nview")
    caption = view.locator('[data-name="x"] figcaption')
    expect(caption).to_contain_text("first4")
    assert execute(f"view.show({named.format('second', '2 × 2')})") == ""
    expect(caption).to_contain_text("second2 × 2")
