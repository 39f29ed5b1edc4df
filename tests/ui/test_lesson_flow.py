"""A student at work in a real JupyterLab: the lesson as handed out, a wrong answer, a hint, the right one, a report."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from nnlab import lessons
from nnlab.grading.release.strip import student_copy

SOURCE = Path(__file__).parents[2] / "notebooks" / "03_convolution.ipynb"
LESSON = lessons.get("03_convolution")

# Put text into a cell and run it: what typing and Shift-Enter do, without the autocompletion between the two.
ANSWER = """async ([cell, source]) => {
  const notebook = nnPanel.content;
  notebook.activeCellIndex = cell;
  notebook.model.sharedModel.cells[cell].setSource(source);
  await jupyterapp.commands.execute('notebook:run-cell');
  return (notebook.model.sharedModel.cells[cell].outputs || []).filter((o) => o.output_type === 'error').length; }"""

WRONG = """
    return np.einsum("bijuvc,uvcf->bijf", windows, kernel)
"""
RIGHT = """
    return np.einsum("bijuvc,uvcf->bijf", windows, kernel) + bias
"""


@pytest.fixture(scope="module")
def sources():
    """The code cells of the student's copy, in order, and the place of each answer among them."""
    student = nbformat.from_dict(student_copy(nbformat.read(SOURCE, as_version=4)).notebook)
    code = [cell for cell in student.cells if cell.cell_type == "code"]
    places = {tag[7:]: k for k, cell in enumerate(code) for tag in cell.metadata.get("tags", ()) if ":" in tag}
    return [cell.source for cell in code], places


def test_lesson_from_the_first_run_to_the_report(run_notebook, lab_page, sources):
    cells, places = sources
    page, panel = run_notebook(*cells)
    outputs = panel.locator(".jp-CodeCell")

    for exercise in LESSON.exercises:
        shown = outputs.nth(places[exercise.name]).locator(".jp-OutputArea-output").last
        assert f"not attempted, 0 of {exercise.points} point" in shown.inner_text()

    def answer(name, body):
        stub = LESSON.exercise(name).stub
        source = stub.split("    # YOUR CODE HERE")[0].rstrip() + body + f"\n\ngrading.check({name})"
        assert page.evaluate(ANSWER, [places[name], source]) == 0
        return outputs.nth(places[name]).locator(".jp-OutputArea-output").last

    shown = answer("z", WRONG)
    text = shown.inner_text()
    assert "failed, 0 of 3 points" in text
    assert "In the layer: of z, z is the first that differs" not in text
    assert "z differs from Conv2D's own step" in text
    assert re.search(r"Alone it changes y by [\d.]+ at most", text)
    assert shown.locator("td").first.is_visible()
    hint = shown.locator("details").first
    assert not hint.get_by_text("share").is_visible()
    hint.locator("summary").first.click()
    assert hint.get_by_text("share").is_visible()

    shown = answer("z", RIGHT)
    assert "passed, 3 of 3 points" in shown.inner_text()
    assert "Conv2D computes the same y." in shown.inner_text()
    assert shown.locator("details").count() == 0

    shown = answer("valid_size", "\n    return (4, 4)\n")
    assert "You predicted (4, 4); it is (3, 3): not what happens." in shown.inner_text()
    shown = answer("valid_size", "\n    return (3, 3)\n")
    assert "not right, 0 of 1 point" in shown.inner_text()
    assert "Your first answer counts." in shown.inner_text()

    assert page.evaluate(ANSWER, [len(cells) - 2, cells[-2]]) == 0
    links = outputs.nth(len(cells) - 2).locator("a")
    assert [links.nth(k).inner_text() for k in range(links.count())] == [
        "03_convolution-report.html",
        "03_convolution-report.json",
    ]
    _, root = lab_page
    assert json.loads((root / "03_convolution-report.json").read_text())["points"] == 3


def test_progress_outlives_the_kernel(run_notebook, lab_page, sources):
    _, root = lab_page
    for path in (root / ".nnlab").glob("*.json"):
        path.unlink()
    cells, _ = sources
    solution = "def output_size(size, kernel, stride):\n    return (size - kernel) // stride + 1\n\n\n"
    run_notebook(cells[0], solution + "grading.check(output_size)")
    _, panel = run_notebook(cells[0], "lesson.progress()")
    assert "3 of 37 points" in panel.locator(".jp-OutputArea-output").last.inner_text()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_marks_can_be_read_in_both_themes(run_notebook, sources, theme):
    """The contrast of every text in a mark, as the browser computed its colours, is that of WCAG's level AA."""
    cells, _ = sources
    body = "def z(windows, kernel, bias):\n    print('seen')\n    return windows[..., 0, 0]\n\n\ngrading.check(z)"
    page, panel = run_notebook(cells[0], body)
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
    page.wait_for_function("dark => (document.body.dataset.jpThemeLight === 'false') === dark", arg="Dark" in theme)
    page.wait_for_timeout(500)
    try:
        output = panel.locator(".jp-RenderedHTML").last
        contrasts = output.evaluate(CONTRASTS)
    finally:
        page.evaluate("() => jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Light' })")
    assert contrasts
    assert min(ratio for ratio, _ in contrasts) >= 4.5, sorted(contrasts)[:5]


CONTRASTS = """(root) => {
  const parse = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
    const full = colour.startsWith('color(') ? 255 : 1;      // color(srgb 0.9 0.4 0.4), which a mixture computes to
    return [r * full, g * full, b * full, a]; };
  const over = (top, below) => top.slice(0, 3).map((v, k) => v * top[3] + below[k] * (1 - top[3])).concat(1);
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((v) => {
      v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const background = (element) => {
    const chain = [];
    for (let e = element; e; e = e.parentElement) chain.unshift(parse(getComputedStyle(e).backgroundColor));
    return chain.reduce((below, top) => over(top, below), [255, 255, 255, 1]); };
  const found = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement;
    if (!text || !element.checkVisibility()) continue;
    const behind = background(element), ink = over(parse(getComputedStyle(element).color), behind);
    const [a, b] = [luminance(ink), luminance(behind)].sort((x, y) => y - x);
    found.push([(a + 0.05) / (b + 0.05), text.slice(0, 40)]);
  }
  return found; }"""
