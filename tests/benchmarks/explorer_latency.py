"""How fast the explorers answer in JupyterLab in Chromium: from a key, a click or a move to the paint that follows.

From the repository's root:

    PYTHONPATH=.:tests python tests/benchmarks/explorer_latency.py [--references]

Prints a table in Markdown. A time runs from the event, as the browser stamps it, over the first change of what is
measured to the task after the next frame. A drag is a real one with the mouse, for three seconds; its frames are those
in which the picture changed. What needs the kernel alternates with a bare slider that is echoed into a Label, pair by
pair. With --references other ways to draw the same are measured, too.
"""

import argparse
import os
import platform
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

import nbformat
from lab_server import CHROMIUM, FLAGS, OPEN, RUN, served
from playwright.sync_api import sync_playwright

ROUNDS, WARM, SECONDS = 40, 5, 3.0

WATCH = """(parts) => {
  window.nnWatch?.disconnect();
  const clock = window.nnClock = { start: 0, times: [], frames: 0, waiting: false };
  if (!window.nnHeard) {
    window.nnHeard = true;
    for (const kind of ['keydown', 'pointermove', 'pointerdown', 'click']) {
      addEventListener(kind, (event) => { nnClock.start ||= event.timeStamp; }, true);
    }
  }
  const painted = new MessageChannel();
  painted.port1.onmessage = () => {
    clock.waiting = false;
    clock.frames += 1;
    if (clock.start) clock.times.push(performance.now() - clock.start);
    clock.start = 0;
  };
  const changed = () => {
    if (clock.waiting) return;
    clock.waiting = true;
    requestAnimationFrame(() => painted.port2.postMessage(0));
  };
  window.nnWatch = new MutationObserver(changed);
  const every = { subtree: true, childList: true, characterData: true, attributes: true };
  for (const part of parts) nnWatch.observe(part, every);
}"""

CELLS = [
    """import json, numpy as np, ipywidgets as widgets
from nnlab import explorers
explorers.Stride(input_size=7)""",
    "explorers.Stride(input_size=12, kernel_size=3)",
    """slider, label = widgets.IntSlider(value=0, max=1000), widgets.Label("0")
slider.observe(lambda change: setattr(label, "value", str(change["new"])), "value")
widgets.VBox([slider, label])""",
]

REFERENCES = {
    "`interact`, a new Matplotlib figure each time": """import matplotlib.pyplot as plt
def draw(k=1):
    plt.figure(figsize=(5, 4)); plt.imshow(np.random.default_rng(k).random((10, 10)))
    for i in range(10):
        for j in range(10): plt.text(j, i, f"{i * j * k:.1f}", ha="center", va="center", fontsize=6)
    plt.show()
widgets.interact(draw, k=(0, 1000));""",
    "one Matplotlib figure, sent as a PNG": """from matplotlib.figure import Figure
import io
figure = Figure(figsize=(5, 4)); axes = figure.subplots(); picture = widgets.Image(format="png")
shown = axes.imshow(np.zeros((10, 10)), vmin=0, vmax=1)
texts = [axes.text(j, i, "0", ha="center", va="center", fontsize=6) for i in range(10) for j in range(10)]
def draw(change):
    shown.set_data(np.random.default_rng(change["new"]).random((10, 10)))
    for n, text in enumerate(texts): text.set_text(f"{n * change['new']:.1f}")
    buffer = io.BytesIO(); figure.savefig(buffer, format="png"); picture.value = buffer.getvalue()
control = widgets.IntSlider(max=1000); control.observe(draw, "value"); draw({"new": 0})
widgets.VBox([control, picture])""",
    "an SVG in `widgets.HTML`": """html, control = widgets.HTML(), widgets.IntSlider(max=1000)
def draw(change):
    html.value = "<svg width=400 height=400>" + "".join(
        f"<rect x={40 * j} y={40 * i} width=40 height=40 fill='hsl({(i * j * change['new']) % 360} 50% 70%)'/>"
        f"<text x={40 * j + 5} y={40 * i + 25} font-size=10>{i * j * change['new']}</text>"
        for i in range(10) for j in range(10)) + "</svg>"
control.observe(draw, "value"); draw({"new": 0})
widgets.VBox([control, html])""",
}


class Bench:
    """One open notebook, and a clock in its page."""

    def __init__(self, page):
        self.page, self.rows = page, []

    def watch(self, *parts):
        self.page.evaluate(WATCH, [part.element_handle() for part in parts])

    def timed(self, act):
        """The milliseconds from what `act` does to the paint, or None if nothing changed."""
        before = self.page.evaluate("() => { nnClock.start = 0; return nnClock.times.length; }")
        act()
        try:
            self.page.wait_for_function("(before) => nnClock.times.length > before", arg=before, timeout=5000)
        except Exception:  # a slider at its end moves nothing
            return None
        return self.page.evaluate("() => nnClock.times.at(-1)")

    def times(self, acts):
        found = [self.timed(act) for act in acts]
        return [each for each in found[WARM:] if each is not None]

    def dragged(self, places):
        """Frames a second in which the picture changed, while the mouse goes from place to place."""
        self.page.evaluate("() => { nnClock.frames = 0; }")
        start = time.perf_counter()
        while time.perf_counter() - start < SECONDS:
            for x, y in places:
                self.page.mouse.move(x, y)
        return self.page.evaluate("() => nnClock.frames") / (time.perf_counter() - start)

    def row(self, name, times, frames=None):
        middle, late = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        self.rows.append((name, middle, late, frames))
        print(f"| {name} | {middle:.1f} | {late:.1f} | {'' if frames is None else f'{frames:.0f}'} |", flush=True)


def middle_of(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def along(box, steps=40):
    """Places along a slider, there and back."""
    ahead = [box["x"] + 8 + (box["width"] - 16) * step / steps for step in range(steps + 1)]
    return [(x, box["y"] + box["height"] / 2) for x in ahead + ahead[::-1]]


def without_kernel(bench, view):
    """What the page does by itself: pointing, stepping, and positions that were computed ahead."""
    page = bench.page
    cells = view.locator('[data-name="y"] .nn-cell')
    places = [middle_of(cell) for cell in cells.all()]
    bench.watch(view.locator(".nn-ledger"))
    times = bench.times([lambda at=at: page.mouse.move(*at) for at in (places * 3)[: ROUNDS + WARM]])
    bench.row("pointing at outputs (7 × 7 input)", times, bench.dragged(places))
    inputs = [middle_of(cell) for cell in view.locator('[data-name="x"] .nn-cell').all()]
    times = bench.times([lambda at=at: page.mouse.move(*at) for at in inputs[: ROUNDS + WARM]])
    bench.row("pointing at inputs: all uses", times, bench.dragged(inputs))
    page.mouse.move(2, 2)
    scrub = view.locator(".nn-transport input")
    scrub.focus()
    keys = (["ArrowRight"] * 20 + ["ArrowLeft"] * 20) * 2
    times = bench.times([lambda key=key: page.keyboard.press(key) for key in keys[: ROUNDS + WARM]])
    box = scrub.bounding_box()
    page.mouse.move(*along(box)[0])
    page.mouse.down()
    frames = bench.dragged(along(box))
    page.mouse.up()
    bench.row("scrubbing through the steps", times, frames)
    step = view.locator(".nn-next")
    times = bench.times([step.click for _ in range(ROUNDS + WARM)])
    bench.row("stepping with the button", times)
    view.locator(".nn-play").click()
    page.evaluate("() => { nnClock.start = 0; }")
    page.wait_for_timeout(500)
    view.locator(".nn-play").click()
    ahead(page, view)
    bench.watch(view.locator(".nn-stage"))
    slider = view.get_by_role("slider", name="strides")
    slider.focus()
    keys = (["ArrowRight"] * 3 + ["ArrowLeft"] * 3) * 10
    times = bench.times([lambda key=key: page.keyboard.press(key) for key in keys[: ROUNDS + WARM]])
    box = slider.bounding_box()
    page.mouse.move(*along(box)[0])
    page.mouse.down()
    frames = bench.dragged(along(box))
    page.mouse.up()
    bench.row("a slider whose positions are computed ahead", times, frames)


def ahead(page, view):
    """Waits until all that is computed ahead has arrived."""
    count, quiet = None, 0
    while quiet < 4:
        page.wait_for_timeout(500)
        now = view.get_attribute("data-ahead")
        count, quiet = now, quiet + 1 if now == count and now else 0


def with_kernel(bench, view, echo):
    """A cell edit that the kernel answers, beside a bare echo, pair by pair."""
    page = bench.page
    handle, label = echo.locator(".noUi-handle"), echo.locator(".widget-label").last
    cell = view.locator('[data-name="x"] .nn-cell').nth(40)
    pairs = []
    for number in range(ROUNDS + WARM):
        handle.focus()
        bench.watch(label)
        plain = bench.timed(lambda: page.keyboard.press("ArrowRight"))
        page.wait_for_timeout(150)
        cell.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Control+a")
        page.keyboard.type(str(number % 7 - 3 + 10 * (number % 2)))
        bench.watch(view.locator('[data-name="y"]'))
        edit = bench.timed(lambda: page.keyboard.press("Enter"))
        page.wait_for_timeout(150)
        if plain and edit and number >= WARM:
            pairs.append((plain, edit))
    bench.row("a bare slider echoed into a Label", [plain for plain, _ in pairs])
    bench.row("a cell of a 12 × 12 input edited, answered by the kernel", [edit for _, edit in pairs])
    ratio = statistics.median(edit / plain for plain, edit in pairs)
    print(f"\nA cell edit takes {ratio:.2f} of the echo beside it (median of {len(pairs)} pairs).", flush=True)


def references(bench, outputs):
    for name, output in zip(REFERENCES, outputs, strict=True):
        handle = output.locator(".noUi-handle")
        handle.focus()
        bench.watch(output.locator(".jp-OutputArea-output, .widget-output, .widget-image, .widget-html").last)
        times = bench.times([lambda: bench.page.keyboard.press("ArrowRight") for _ in range(20)])
        if len(times) > 3:
            bench.row(name, times)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--references", action="store_true", help="measure other ways to draw the same")
    wanted = parser.parse_args().references
    cells = CELLS + (list(REFERENCES.values()) if wanted else [])
    with tempfile.TemporaryDirectory() as home, served(Path(home)) as (address, root), sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = chromium.new_page(viewport={"width": 1280, "height": 1400})
        page.goto(f"{address}/lab/workspaces/latency?reset", wait_until="domcontentloaded")
        page.wait_for_function("() => window.jupyterapp", timeout=90_000)
        page.evaluate("async () => { await jupyterapp.restored; jupyterapp.shell.collapseLeft(); }")
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, root / "latency.ipynb")
        page.evaluate(OPEN, "latency.ipynb")
        if errors := page.evaluate(RUN):
            raise RuntimeError("\n".join(errors))
        views = page.locator(".nn-view")
        views.nth(1).wait_for()
        print(f"{date.today()}, {os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f}\n")
        print("| what | median ms to paint | 95 % | frames a second while dragging |\n|---|---|---|---|")
        bench = Bench(page)
        views.nth(0).scroll_into_view_if_needed()
        without_kernel(bench, views.nth(0))
        views.nth(1).scroll_into_view_if_needed()
        outputs = page.locator(".jp-CodeCell .jp-OutputArea")
        with_kernel(bench, views.nth(1), outputs.nth(2))
        if wanted:
            references(bench, [outputs.nth(3 + number) for number in range(len(REFERENCES))])
        chromium.close()


if __name__ == "__main__":
    main()
