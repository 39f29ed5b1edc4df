"""The few styles of the static pages. They are inline, with plain colours, because sanitizers remove everything else.

Nothing has a background of its own, text has the page's colour and lines are half-transparent, so the same HTML fits
a light and a dark theme.
"""

LINE = "#8886"
QUIET = "opacity:.65;font-size:11px"
MONO = "font-family:ui-monospace,monospace"
LOUD = "font-weight:bold;background-color:rgba(214,0,147,0.25);padding:1px 6px;font-size:12px;display:inline-block"
HIDDEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)"  # for screen readers only


def note(html: str, loud: bool = False) -> str:
    """A quiet line, or one that cannot be overlooked."""
    return f'<div style="{LOUD if loud else QUIET}">{html}</div>'


def row(parts: list[str]) -> str:
    """Parts side by side, on further lines where the page is narrow."""
    if len(parts) == 1:
        return parts[0]
    return f'<div style="display:flex;flex-wrap:wrap;gap:8px 16px">{"".join(parts)}</div>'
