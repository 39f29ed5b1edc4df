"""A view as one HTML page that asks nobody for anything: what was computed ahead is live in it, without a kernel.

The page holds the bundle, the view's state, and a stand-in for the model that a notebook would give it. A still
picture stands where the view will be, for readers that run no scripts.
"""

import base64
import gzip
import html
import json
from collections.abc import Mapping
from typing import Any

POLICY = "default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; img-src data:"

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>
body {{ margin: 16px; background: Canvas; color: CanvasText; color-scheme: light dark; }}
img {{ max-width: 100%; background: white; }}
{css}
</style>
</head>
<body>
<div id="view">
<img src="data:image/png;base64,{png}" alt="{text}">
</div>
<script type="application/json" id="state">{state}</script>
<script type="module">
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const zipped = new Blob([bytes(document.getElementById("state").textContent)]).stream();
const unzipped = zipped.pipeThrough(new DecompressionStream("gzip"));
const state = JSON.parse(await new Response(unzipped).text());
for (const name of {buffers}) state[name] = new DataView(bytes(state[name]).buffer);
const model = {{ alone: true, get: (name) => state[name], on() {{}}, off() {{}}, send() {{}} }};
const code = URL.createObjectURL(new Blob([state.bundle], {{ type: "text/javascript" }}));
const {{ default: widget }} = await import(code);
const host = document.getElementById("view");
const still = [...host.childNodes];
widget.render({{ model, el: host }});
still.forEach((node) => node.remove());
</script>
</body>
</html>
"""


def page(title: str, text: str, png: bytes, state: Mapping[str, Any], bundle: str, css: str) -> str:
    """The page: `state` are the view's traits; bytes among them arrive as the buffers that a notebook would send."""
    buffers = [name for name, value in state.items() if isinstance(value, bytes)]
    plain = {"bundle": bundle} | {name: encoded(value) if name in buffers else value for name, value in state.items()}
    return PAGE.format(
        policy=POLICY,
        title=html.escape(title),
        css=css.replace("</", r"<\/"),
        png=encoded(png),
        text=html.escape(text, quote=True),
        state=encoded(gzip.compress(json.dumps(plain).encode(), mtime=0)),
        buffers=json.dumps(buffers),
    )


def encoded(data: bytes) -> str:
    """Bytes as ASCII."""
    return base64.b64encode(data).decode("ascii")
