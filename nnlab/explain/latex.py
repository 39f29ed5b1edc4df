r"""Formulas on a page: `$...$` for MathJax, which Jupyter runs over HTML outputs, and plain LaTeX in a terminal."""

from html import escape


def html(latex: str, display: bool = False) -> str:
    r"""A formula for an HTML output; "" stays "".

    >>> html(r"a < b")
    '$\\displaystyle a &lt; b$'
    """
    if not latex:
        return ""
    return f"$${escape(latex, quote=False)}$$" if display else rf"$\displaystyle {escape(latex, quote=False)}$"


def lines(latex: str) -> list[str]:
    r"""The formulas of one string, which are separated by `, \quad`, one by one.

    >>> lines(r"\bar a = b, \quad \bar c = d")
    ['\\bar a = b', '\\bar c = d']
    """
    return [part.strip() for part in latex.replace(r"\qquad", r"\quad").split(r", \quad") if part.strip()]
