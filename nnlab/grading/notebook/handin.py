"""The report to hand in as one HTML page: the marks, what failed and why, and the answers as they were checked."""

from __future__ import annotations

from html import escape

from nnlab.grading.notebook.markup import row
from nnlab.grading.notebook.overview import Overview

STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:52em;margin:2em auto;padding:0 1em}"
    "pre{background:#f4f4f4;padding:8px;overflow:auto}"
)


def page(overview: Overview) -> str:
    """Write the page; it needs no other file and holds no script."""
    title = escape(overview.lesson.title)
    parts = [overview.html()]
    for result in overview.to_dict()["exercises"]:
        parts.append(f"<h2>{escape(result['exercise'])}: {result['points']} of {result['maximum']}</h2>")
        for check in result["checks"]:
            said = [check["problem"]] if check["problem"] else []
            parts.append(row(check["status"], check["name"], f"{check['points']}/{check['maximum']}", said))
        if result["source"]:
            parts.append(f"<pre>{escape(result['source'])}</pre>")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        f"<h1>{title}</h1>{''.join(parts)}</html>\n"
    )
