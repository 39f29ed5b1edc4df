"""Other ways to draw one step of a convolution at each move of a slider, for comparison: each is a cell of a notebook.

All draw the same: a 10 x 10 input and its 8 x 8 output with their numbers, and a frame around window and result.
"""

SETUP = """import io
import anywidget, traitlets
import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from nnlab.layers import Conv2D

x = np.random.default_rng(0).integers(-3, 4, (10, 10)).astype("float32")
layer = Conv2D(1, 3)
y = np.asarray(layer(x[None, :, :, None]))[0, :, :, 0]

def draw(figure):
    figure.clear()
    for axes, numbers in zip(figure.subplots(1, 2), (x, y)):
        axes.imshow(numbers, cmap="PuOr")
        for (row, column), number in np.ndenumerate(numbers):
            axes.text(column, row, f"{number:.1f}", ha="center", va="center", fontsize=6)

def frame(figure, step):
    row, column = divmod(step, 8)
    for axes, side in zip(figure.axes, (3, 1)):
        for old in axes.patches:
            old.remove()
        axes.add_patch(plt.Rectangle((column - 0.5, row - 0.5), side, side, fill=False, lw=3))

def svg(step):
    row, column = divmod(step, 8)
    parts = []
    for numbers, left, side in ((x, 0, 3), (y, 320, 1)):
        for (r, c), number in np.ndenumerate(numbers):
            hue = 30 if number > 0 else 210
            at = f'x="{left + 30 * c}" y="{30 * r}"'
            parts.append(f'<rect {at} width="28" height="28" fill="hsl({hue} 70% 75%)"/>')
            parts.append(f'<text {at} dx="14" dy="18" font-size="10" text-anchor="middle">{number:.1f}</text>')
        at = f'x="{left + 30 * column}" y="{30 * row}" width="{30 * side}" height="{30 * side}"'
        parts.append(f'<rect {at} fill="none" stroke="black" stroke-width="3"/>')
    return f'<svg width="580" height="300">{"".join(parts)}</svg>'

def moved(act):
    slider = widgets.IntSlider(value=0, max=63)
    slider.observe(lambda change: act(change["new"]), "value")
    return slider"""

INTERACT = """%matplotlib inline
def show(step=0):
    figure = plt.figure(figsize=(8, 4))
    draw(figure)
    frame(figure, step)
    plt.show()
widgets.interact(show, step=(0, 63));"""

IMAGE = """figure, image = Figure(figsize=(8, 4)), widgets.Image(format="png")
draw(figure)
def show(step):
    frame(figure, step)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    image.value = file.getvalue()
show(0)
widgets.VBox([moved(show), image])"""

HTML = """page = widgets.HTML(svg(0))
widgets.VBox([moved(lambda step: setattr(page, "value", svg(step))), page])"""

BYTES = '''class Grids(anywidget.AnyWidget):
    _esm = """
    export default { render({ model, el }) {
      el.innerHTML = model.get("picture");
      const frames = [...el.querySelectorAll("rect[fill=none]")];
      const texts = [...el.querySelectorAll("text")].slice(100);
      model.on("change:numbers", () => {
        const { buffer, byteOffset, byteLength } = model.get("numbers");
        const numbers = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
        const step = numbers[0], row = Math.floor(step / 8), column = step % 8;
        frames.forEach((frame, k) => {
          frame.setAttribute("x", 320 * k + 30 * column);
          frame.setAttribute("y", 30 * row);
        });
        texts.forEach((text, k) => { text.textContent = numbers[k + 1].toFixed(1); });
      });
    } };"""
    picture = traitlets.Unicode().tag(sync=True)
    numbers = traitlets.Bytes().tag(sync=True)

grids = Grids(picture=svg(0))
def send(step):
    grids.numbers = np.concatenate([[step], y.ravel()]).astype("float32").tobytes()
widgets.VBox([moved(send), grids])'''

# The name of a way, its cell, and what changes in the page when it draws.
WAYS = [
    ("`interact` and a new figure", INTERACT, ".widget-output"),
    ("one figure, sent as PNG", IMAGE, "img.widget-image"),
    ("a string of SVG in an HTML widget", HTML, ".widget-html-content"),
    ("an anywidget of SVG, numbers as bytes", BYTES, "svg[width='580']"),
]
