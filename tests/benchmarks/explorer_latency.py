"""How fast the explorers answer in JupyterLab in Chromium: from a key, a click or a move to the paint that follows.

From the repository's root, with little else to do on the machine:

    PYTHONPATH=.:tests python tests/benchmarks/explorer_latency.py

Prints a table in Markdown. A time runs from the event, as the browser stamps it, over the first change of what is
measured to the task after the next frame; it is taken from rest, at a random moment between two frames. A drag is a
real one with the mouse, sixty moves a second for three seconds; its frames are those in which the picture changed.
What needs the kernel alternates with a bare slider that is echoed into a Label, pair by pair. Other ways to draw stand
at the end.
"""

import asyncio
import os
import platform
import random
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

import nbformat
from benchmarks.ways_to_draw import SETUP, WAYS
from lab_server import CHROMIUM, FLAGS, OPEN, RUN, served
from playwright.async_api import async_playwright

ROUNDS, WARM, SECONDS, MOVES = 40, 5, 3.0, 60  # moves a second of a mouse that is dragged
REST, LOOK = (60, 120), 12  # milliseconds before an act, and between two looks at what became of it

WATCH = """(parts) => {
  window.nnWatch?.disconnect();
  const clock = window.nnClock = { start: 0, times: [], frames: 0, waiting: false };
  if (!window.nnHeard) {
    window.nnHeard = true;
    for (const kind of ['keydown', 'pointermove', 'click']) {
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
    "import ipywidgets as widgets\nfrom nnlab import explorers",
    "explorers.Stride(input_size=7)",
    "explorers.Stride(input_size=12, kernel_size=3)",
    """slider, label = widgets.IntSlider(value=0, max=1000), widgets.Label("0")
slider.observe(lambda change: setattr(label, "value", str(change["new"])), "value")
widgets.VBox([slider, label])""",
]


class Bench:
    """One open notebook, and a clock in its page."""

    def __init__(self, page):
        self.page, self.rows = page, []

    async def watch(self, *parts):
        await self.page.evaluate(WATCH, [await part.element_handle() for part in parts])

    async def timed(self, act):
        """The milliseconds from what `act` does to the paint, or None if nothing changed."""
        await self.page.wait_for_timeout(random.uniform(*REST))
        before = await self.page.evaluate("() => { nnClock.start = 0; return nnClock.times.length; }")
        await act()
        for _ in range(5000 // LOOK):
            # Waiting in the page would ask for frames, and a page that draws frames answers later than one at rest.
            await self.page.wait_for_timeout(LOOK)
            count, latest = await self.page.evaluate("() => [nnClock.times.length, nnClock.times.at(-1)]")
            if count > before:
                return latest
        return None  # a slider at its end moves nothing

    async def times(self, acts):
        found = [await self.timed(act) for act in acts]
        return [each for each in found[WARM:] if each is not None]

    async def dragged(self, places):
        """Frames a second in which the picture changed, while the mouse goes through places, there and back.

        A mouse does not wait for the page: sixty moves a second are sent, whether or not they are answered in time.
        """
        await self.page.wait_for_timeout(3000)  # until the kernel is done with what came before
        await self.page.evaluate("() => { nnClock.frames = 0; }")
        path, moves, start = [*places, *places[-2:0:-1]], [], time.perf_counter()
        for number in range(int(SECONDS * MOVES)):
            moves.append(asyncio.create_task(self.page.mouse.move(*path[number % len(path)])))
            await asyncio.sleep(max(0, start + (number + 1) / MOVES - time.perf_counter()))
        await asyncio.gather(*moves)
        return await self.page.evaluate("() => nnClock.frames") / (time.perf_counter() - start)

    async def slid(self, slider, handle=None, steps=None):
        """The same while a slider is dragged over each of its positions."""
        box, steps = await slider.bounding_box(), steps or int(await slider.get_attribute("max"))
        ends = box["x"] + 8, box["x"] + box["width"] - 8
        height = box["y"] + box["height"] / 2
        places = [(ends[0] + (ends[1] - ends[0]) * step / steps, height) for step in range(steps + 1)]
        await self.page.mouse.move(*(await middle_of(handle) if handle else places[0]))
        await self.page.mouse.down()
        frames = await self.dragged(places)
        await self.page.mouse.up()
        return frames

    def row(self, name, times, frames=None):
        middle, late = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        self.rows.append((name, middle, late, frames))
        print(f"| {name} | {middle:.1f} | {late:.1f} | {'' if frames is None else f'{frames:.0f}'} |", flush=True)


async def middle_of(locator):
    box = await locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def clicked(page):
    """A click where the mouse lies."""
    await page.mouse.down()
    await page.mouse.up()


async def without_kernel(bench, view):
    """What the page does by itself: pointing, stepping, and positions that were computed ahead."""
    page = bench.page
    cells = view.locator('[data-name="y"] .nn-cell')
    places = [await middle_of(cell) for cell in await cells.all()]
    await bench.watch(view.locator(".nn-ledger"))
    times = await bench.times([lambda at=at: page.mouse.move(*at) for at in (places * 3)[: ROUNDS + WARM]])
    bench.row("pointing at outputs (7 × 7 input)", times, await bench.dragged(places))
    inputs = [await middle_of(cell) for cell in await view.locator('[data-name="x"] .nn-cell').all()]
    times = await bench.times([lambda at=at: page.mouse.move(*at) for at in inputs[: ROUNDS + WARM]])
    bench.row("pointing at inputs: all uses", times, await bench.dragged(inputs))
    await page.mouse.move(2, 2)
    scrub = view.locator(".nn-transport input")
    await scrub.focus()
    keys = (["ArrowRight"] * 20 + ["ArrowLeft"] * 20) * 2
    times = await bench.times([lambda key=key: page.keyboard.press(key) for key in keys[: ROUNDS + WARM]])
    bench.row("scrubbing through the steps", times, await bench.slid(scrub))
    step = view.locator(".nn-next")
    await page.mouse.move(*(await middle_of(step)))
    times = await bench.times([lambda: clicked(page)] * (ROUNDS + WARM))
    bench.row("stepping with the button", times)
    await view.locator(".nn-play").click()
    await page.evaluate("() => { nnClock.start = 0; }")
    await page.wait_for_timeout(500)
    await view.locator(".nn-play").click()
    await ahead(page, view)
    await bench.watch(view.locator(".nn-stage"))
    slider = view.get_by_role("slider", name="strides")
    await slider.focus()
    keys = (["ArrowRight"] * 3 + ["ArrowLeft"] * 3) * 10
    times = await bench.times([lambda key=key: page.keyboard.press(key) for key in keys[: ROUNDS + WARM]])
    bench.row("a slider whose positions are computed ahead", times, await bench.slid(slider))


async def ahead(page, view):
    """Waits until all that is computed ahead has arrived."""
    count, quiet = None, 0
    while quiet < 4:
        await page.wait_for_timeout(500)
        now = await view.get_attribute("data-ahead")
        count, quiet = now, quiet + 1 if now == count and now else 0


async def with_kernel(bench, view, echo):
    """A cell edit that the kernel answers, beside a bare echo, pair by pair."""
    page = bench.page
    handle, label = echo.locator(".noUi-handle"), echo.locator(".widget-label").last
    cell = view.locator('[data-name="x"] .nn-cell').nth(40)
    pairs = []
    for number in range(ROUNDS + WARM):
        await handle.focus()
        await bench.watch(label)
        plain = await bench.timed(lambda: page.keyboard.press("ArrowRight"))
        await page.wait_for_timeout(150)
        await cell.focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Control+a")
        await page.keyboard.type(str(number % 7 - 3 + 10 * (number % 2)))
        await bench.watch(view.locator('[data-name="y"]'))
        edit = await bench.timed(lambda: page.keyboard.press("Enter"))
        await page.wait_for_timeout(150)
        if plain and edit and number >= WARM:
            pairs.append((plain, edit))
    bench.row("a bare slider echoed into a Label", [plain for plain, _ in pairs])
    bench.row("a cell of a 12 × 12 input edited, answered by the kernel", [edit for _, edit in pairs])
    ratio = statistics.median(edit / plain for plain, edit in pairs)
    return f"A cell edit takes {ratio:.2f} of the echo beside it (median of {len(pairs)} pairs)."


async def other_ways(bench, cells):
    """The same kind of step drawn in other ways, all of them by the kernel."""
    for (name, _, picture), cell in zip(WAYS, cells, strict=True):
        await cell.scroll_into_view_if_needed()
        handle, track = cell.locator(".noUi-handle"), cell.locator(".noUi-target")
        await bench.watch(cell.locator(picture))
        await handle.focus()
        times = await bench.times([lambda: bench.page.keyboard.press("ArrowRight")] * (ROUNDS + WARM))
        frames = await bench.slid(track, handle, steps=63)
        bench.row(name, times, frames)
        await bench.page.wait_for_timeout(3000)  # until the kernel has worked off what the drag asked for


async def opened(page, root, name, cells):
    """The code cells of a new notebook in JupyterLab, run and shown."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, root / name)
    await page.evaluate(OPEN, name)
    if errors := await page.evaluate(RUN):
        raise RuntimeError("\n".join(errors))
    shown = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell")
    return [shown.nth(number) for number in range(len(cells))]


async def main():
    with tempfile.TemporaryDirectory() as home, served(Path(home)) as (address, root):
        await measured(address, root)


async def measured(address, root):
    async with async_playwright() as driver:
        chromium = await driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await chromium.new_page(viewport={"width": 1280, "height": 1400})
        await page.goto(f"{address}/lab/workspaces/latency?reset", wait_until="domcontentloaded")
        await page.wait_for_function("() => window.jupyterapp", timeout=90_000)
        await page.evaluate("async () => { await jupyterapp.restored; jupyterapp.shell.collapseLeft(); }")
        _, small, large, echo = await opened(page, root, "explorers.ipynb", CELLS)
        print(f"{date.today()}, {os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f}\n")
        print("| what | median ms to paint | 95 % | frames a second while dragging |\n|---|---|---|---|")
        bench = Bench(page)
        await small.scroll_into_view_if_needed()
        await without_kernel(bench, small.locator(".nn-view"))
        await large.scroll_into_view_if_needed()
        ratio = await with_kernel(bench, large.locator(".nn-view"), echo)
        cells = await opened(page, root, "others.ipynb", [SETUP, *(code for _, code, _ in WAYS)])
        await other_ways(bench, cells[1:])
        print(f"\n{ratio}", flush=True)
        await chromium.close()


if __name__ == "__main__":
    asyncio.run(main())
