"""A trace as a page that is read from top to bottom: each value with its formula, its shape, and its gradient beside.

Sublayers are folded (<details>), so that the trace of a model is a list of its layers at first. The HTML needs no
script and no style sheet, so that it survives in a saved notebook. An entry that cannot be drawn says why in one
line, and the rest still shows.
"""

from collections.abc import Callable
from html import escape
from pathlib import PurePath

from nnlab.core.trace import Entry, Trace
from nnlab.explain import heatmap, latex
from nnlab.explain.heatmap import ALONE, LINE, MONO, PAGE, Limits
from nnlab.explain.plain import text as text
from nnlab.explain.story import Chapter, Line, parts, patch_note, tell

MARKS = {
    "input": "rgba(128,128,128,0.6)",
    "weight": "rgba(150,90,200,0.7)",
    "step": LINE,
    "output": "rgba(40,150,90,0.8)",
}
TITLES = {"value": "value", "grad": "gradient"}


def html(shown: Trace | Entry) -> str:
    """A trace, or one entry of it, large."""
    if isinstance(shown, Entry):
        return page(guarded(lambda: section(Line(shown), ALONE), shown.path))
    return page(guarded(lambda: story(shown), "trace"))


def page(content: str) -> str:
    """What is around everything."""
    return f'<div style="line-height:1.45;max-width:1100px">{content}</div>'


def guarded(draw: Callable[[], str], name: str) -> str:
    """What `draw` returns; if it fails, one line that says so."""
    try:
        return draw()
    except Exception as error:
        return heatmap.note(escape(f"{name} cannot be shown: {type(error).__name__}: {error}"), loud=True)


def story(trace: Trace) -> str:
    """Head, warnings, and the layer with all that it did."""
    root = tell(trace)
    mode = "training" if trace.training else "inference"
    return (
        f'<div style="padding:2px 0 6px 0"><b style="font-size:16px">{escape(root.title)}</b> &nbsp;'
        f'<span style="{MONO}">{escape(root.shapes)}</span> &nbsp;<span style="{heatmap.QUIET}">{mode}</span></div>'
        + banner(trace)
        + contents(root)
    )


def banner(trace: Trace) -> str:
    """Names the first value that is NaN or infinite."""
    path = trace.first_nonfinite
    if path is None:
        return ""
    sentence = f"NaN or infinite numbers: the first are in <code>{escape(path)}</code>."
    return f'<div role="alert">{heatmap.note(sentence, loud=True)}</div>'


def contents(chapter: Chapter) -> str:
    """The lines of a layer, with its sublayers folded between them."""
    return "".join(
        folded(each) if isinstance(each, Chapter) else guarded(lambda line=each: section(line), each.entry.path)
        for each in chapter.contents
    )


def folded(chapter: Chapter) -> str:
    """A sublayer."""
    return (
        f'<details style="border-left:3px solid {MARKS["step"]};padding:5px 0 5px 12px;margin:4px 0">'
        f'<summary style="cursor:pointer;display:list-item"><code>{escape(chapter.path)}</code> &nbsp;'
        f"<b>{escape(type(chapter.layer).__name__)}</b> &nbsp;"
        f'<span style="{MONO}">{escape(chapter.shapes)}</span></summary>{contents(chapter)}</details>'
    )


def section(line: Line, limits: Limits = PAGE) -> str:
    """One entry: its head, then value and gradient side by side in columns of the same make."""
    entry = line.entry
    columns = "".join(
        f'<div style="flex:1 1 340px;min-width:0;overflow-x:auto">{column(line, name, limits)}</div>' for name in TITLES
    )
    return (
        f'<div style="border-left:3px solid {MARKS[entry.kind]};padding:5px 0 7px 12px;margin:6px 0">{header(line)}'
        f'<div style="display:flex;flex-wrap:wrap;gap:6px 24px">{columns}</div></div>'
    )


def header(line: Line) -> str:
    """Name, kind, shape; what it is in words; the line of code that computes it."""
    entry = line.entry
    out = (
        f'<div><code style="font-weight:bold">{escape(entry.path)}</code> &nbsp;'
        f'<span style="{heatmap.QUIET}">{entry.kind}</span> &nbsp;<span style="{MONO}">{escape(line.shape)}</span> '
        f'<span style="{heatmap.QUIET}">{line.dtype}</span></div>'
    )
    if entry.note:
        out += f'<div style="opacity:0.8">{escape(entry.note)}</div>'
    if entry.source:
        where = f"{PurePath(entry.file).name}:{entry.line}"
        code = f'<code style="font-size:11px">{escape(entry.source)}</code>'
        out += f'<div style="{heatmap.QUIET}">{code} &nbsp;{escape(where)}</div>'
    return out


def column(line: Line, name: str, limits: Limits) -> str:
    """The value or the gradient of an entry under its formula."""
    entry = line.entry
    formula = entry.latex if name == "value" else entry.grad_latex
    out = f'<div style="{heatmap.QUIET}">{TITLES[name]}</div>'
    out += "".join(f'<div style="padding:2px 0 4px 0">{latex.html(each)}</div>' for each in latex.lines(formula))
    if line.patches[name]:
        out += heatmap.note(f"<b>{escape(patch_note(*line.patches[name]))}</b>")
    value = getattr(entry, name)
    if value is None:
        return out + heatmap.note("no gradient" if name == "grad" else "none")
    if line.same[name] and not line.further_in[name]:  # what is folded away is shown again
        return out + heatmap.note(f"the same numbers as <code>{escape(line.same[name])}</code>")
    label = f"{entry.path}, {TITLES[name]}"
    return out + "".join(heatmap.html(part, line.axes, label, limits) for part in parts(value))
