"""A trace as a page that is read from top to bottom: each value with its formula, its shape, and its gradient beside.

Sublayers are folded (<details>), so that the trace of a model is a list of its layers at first. The HTML needs no
script and no style sheet, so that it survives in a saved notebook. An entry that cannot be drawn says why in one
line, and the rest still shows.
"""

from collections.abc import Callable
from html import escape
from pathlib import PurePath

from nnlab.core.entry import Entry
from nnlab.core.trace import Trace
from nnlab.explain import heatmap, latex
from nnlab.explain.heatmap import ALONE, FOLDED, PAGE, Limits
from nnlab.explain.plain import text as text
from nnlab.explain.story import Chapter, Line, alarm, one_time, parts, patch_note, tell
from nnlab.explain.style import LINE, MONO, QUIET, note

MARKS = {
    "input": "#888a",
    "weight": "rgba(150,90,200,0.7)",
    "step": LINE,
    "output": "rgba(40,150,90,0.8)",
}
SHAPE = f"{MONO};font-size:12px"
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
        return note(escape(f"{name} cannot be shown: {type(error).__name__}: {error}"), loud=True)


def story(trace: Trace) -> str:
    """Head, warnings, and the layer with all that it did."""
    root = tell(trace)
    mode = "training" if trace.training else "inference"
    return (
        f'<div style="padding:2px 0 6px 0"><b style="font-size:16px">{escape(root.title)}</b> &nbsp;'
        f'<span style="{SHAPE}">{escape(root.shapes)}</span> &nbsp;<span style="{QUIET}">{mode}</span></div>'
        + banner(trace)
        + meaning(trace)
        + contents(root)
    )


def banner(trace: Trace) -> str:
    """Names the first value that is NaN or infinite."""
    path = alarm(trace)
    if not path:
        return ""
    sentence = f"NaN or infinite numbers: the first are in <code>{escape(path)}</code>."
    return f'<div role="alert">{note(sentence, loud=True)}</div>'


def meaning(trace: Trace) -> str:
    """What the gradients on this page are gradients of, and how a loop reads."""
    of = "the loss" if "loss/y" in trace else r"$\sum \bar y \cdot y$, where $\bar y$ is the gradient at the output"
    said = rf"Beside each value $v$ its gradient, $\bar v = \partial L / \partial v$; $L$ is {of}."
    if path := one_time(trace):
        one = f"<code>trace[{escape(repr(path))}]</code>"
        said += f" Axis t holds all times together; one time by itself is {one} and so on."
    return note(said)


def contents(chapter: Chapter, limits: Limits = PAGE) -> str:
    """The lines of a layer, with its sublayers folded between them."""
    return "".join(
        folded(each) if isinstance(each, Chapter) else guarded(lambda line=each: section(line, limits), each.entry.path)
        for each in chapter.contents
    )


def folded(chapter: Chapter) -> str:
    """A sublayer: what stands in its line, and behind it the whole."""
    kind = escape(type(chapter.layer).__name__)
    return (
        f'<details style="border-left:3px solid {MARKS["step"]};padding:3px 0 3px 12px;margin:4px 0">'
        f'<summary style="cursor:pointer;display:list-item">{wide(f"<b>{kind}</b>", 190)} '
        f"{wide(f'<code>{escape(chapter.path)}</code>', 170)} {wide(escape(chapter.shapes), 330)} "
        f"{guarded(lambda: preview(chapter), chapter.path)}</summary>{contents(chapter, FOLDED)}</details>"
    )


def wide(html: str, width: int) -> str:
    """A part of a line that starts where it does in the lines above and below."""
    return f'<span style="display:inline-block;width:{width}px;max-width:100%;{SHAPE}">{html}</span>'


def preview(chapter: Chapter) -> str:
    """The output of a layer, small; of several the first."""
    line = chapter.line("y")
    return heatmap.thumbnail(parts(line.entry.value)[0], line.axes, line.entry.path) if line else ""


def section(line: Line, limits: Limits = PAGE) -> str:
    """One entry: its head, then value and gradient side by side in columns of the same make."""
    if line.repeats:
        shown = note(f"the same numbers and gradients as <code>{escape(line.same['value'])}</code>")
    else:
        columns = "".join(column(line, name, limits) for name in TITLES)
        shown = f'<div style="display:flex;flex-wrap:wrap;gap:6px 24px">{columns}</div>'
    style = f"border-left:3px solid {MARKS[line.entry.kind]};padding:5px 0 7px 12px;margin:6px 0"
    return f'<div style="{style}">{header(line)}{shown}</div>'


def header(line: Line) -> str:
    """Name, kind, shape; what it is in words; the line of code that computes it."""
    entry = line.entry
    out = (
        f'<div><code style="font-weight:bold">{escape(entry.path)}</code> &nbsp;'
        f'<span style="{QUIET}">{entry.kind}</span> &nbsp;<span style="{SHAPE}">{escape(line.shape)}</span> '
        f'<span style="{QUIET}">{line.dtype}</span></div>'
    )
    if entry.note:
        out += f'<div style="opacity:0.85;font-size:13px">{escape(entry.note)}</div>'
    if entry.source:
        where = f"{PurePath(entry.file).name}:{entry.line}"
        code = f'<code style="font-size:11px">{escape(entry.source)}</code>'
        out += f'<div style="{QUIET}">{code} &nbsp;{escape(where)}</div>'
    return out


def column(line: Line, name: str, limits: Limits) -> str:
    """The value or the gradient of an entry under its formula; the numbers of both stand at the same height."""
    formula = line.entry.latex if name == "value" else line.entry.grad_latex
    head = note(TITLES[name]) + "".join(
        f'<div style="padding:1px 0 3px 0;overflow-x:auto">{latex.html(each)}</div>' for each in latex.lines(formula)
    )
    if line.patches[name]:
        head += note(f"<b>{escape(patch_note(*line.patches[name]))}</b>")
    return (
        '<div style="flex:1 1 340px;min-width:0;display:flex;flex-direction:column;justify-content:space-between">'
        f'<div>{head}</div><div style="overflow-x:auto">{numbers(line, name, limits)}</div></div>'
    )


def numbers(line: Line, name: str, limits: Limits) -> str:
    """The numbers of a column, or where they stand already."""
    value = getattr(line.entry, name)
    if value is None:
        return note("no gradient" if name == "grad" else "none")
    if line.same[name]:
        return note(f"the same numbers as <code>{escape(line.same[name])}</code>")
    label = f"{line.entry.path}, {TITLES[name]}"
    return "".join(heatmap.html(part, line.axes, label, limits, line.entry.outside) for part in parts(value))
