"""A page with the real view in it and nothing else: what Python sends is put into its model, as Jupyter would.

It is for what takes many pictures. That the view works in JupyterLab is tested there.
"""

import base64
import json
from pathlib import Path
from typing import Any

from nnlab.widgets.grid_view import GridView

READ = (Path(__file__).parent / "read_view.js").read_text("utf-8").partition("\n\n")[2]

# A model as anywidget's, whose messages to Python are kept in `sent`.
PAGE = """<!doctype html><html lang="en"><head><title>nnlab</title><style>STYLE</style></head>
<body data-jp-theme-light="true"><main></main><script type="module">
const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
class Model {
  constructor(state) { this.state = state; this.listeners = []; this.sent = []; }
  get(name) { return this.state[name]; }
  on(names, act) { for (const name of names.split(" ")) this.listeners.push([name, act]); }
  off(names, act) {
    this.listeners = this.listeners.filter(([name, other]) => !(names.includes(name) && other === act));
  }
  send(message) { this.sent.push(message); }
  put(state) {
    this.state = { ...this.state, ...state };
    const changed = new Set(Object.keys(state).map((name) => `change:${name}`));
    for (const [heard, act] of this.listeners) if (changed.has(heard)) act();
  }
}
const url = URL.createObjectURL(new Blob([SCRIPT], { type: "text/javascript" }));
const widget = (await import(url)).default;
window.views = [];
/** Shows a widget's state in a place of its own, and returns its number. */
window.open_ = ({ header, data }) => {
  const element = document.querySelector("main").appendChild(document.createElement("section"));
  const model = new Model({ header, data: bytes(data) });
  const close = widget.render({ model, el: element });
  return views.push({ model, close, element }) - 1;
};
/** Puts a new picture into the model of a view. */
window.put = (number, { header, data }) => views[number].model.put({ data: bytes(data), header });
/** Puts new pictures into the model of a view, and reads all that each displays. */
window.readAll = (number, states, read) => {
  const { element } = views[number];
  element.hidden = true; // what is read is text; without its layout it takes a tenth of the time
  const seen = states.map((state) => {
    put(number, state);
    return read(element.querySelector(".nn-view"));
  });
  element.hidden = false;
  return seen;
};
window.ready = true;
</script></body></html>"""


def page_of(script: str = GridView._esm, style: str = GridView._css) -> str:
    """The page as HTML."""
    return PAGE.replace("STYLE", style).replace("SCRIPT", json.dumps(script).replace("</", "<\\/"))


def state(widget: GridView) -> dict[str, Any]:
    """What a widget has sent to the view."""
    return {"header": widget.header, "data": base64.b64encode(widget.data).decode()}


def opened(page: Any, widget: GridView) -> int:
    """Shows a widget in the page; returns its number there."""
    return page.evaluate("(state) => open_(state)", state(widget))


def renewed(page: Any, number: int, widget: GridView) -> None:
    """Shows what a widget has sent meanwhile in a view that is open."""
    page.evaluate("([number, state]) => put(number, state)", [number, state(widget)])


def read(page: Any, number: int, states: list[dict[str, Any]], how: str = READ) -> list[dict[str, Any]]:
    """Shows one picture after the other in a view, and reads all that each displays."""
    return page.evaluate(f"([number, states]) => readAll(number, states, {how})", [number, states])
