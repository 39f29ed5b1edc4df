"""What can be asked of how an answer is written, beyond the values it returns."""

from __future__ import annotations

import ast
import textwrap

LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
HIDDEN_LOOPS = ("vectorize", "apply_along_axis", "apply_over_axes", "ndindex", "ndenumerate", "nditer", "map")


def no_loops(source: str) -> str | None:
    r"""Refuse an answer that loops in Python, openly or through a function that does.

    >>> no_loops("def f(x):\n    return sum(v for v in x)")
    'has a loop in line 2; let NumPy run over the axes'
    >>> no_loops("def f(x):\n    return x.sum()") is None
    True
    """
    for node in ast.walk(ast.parse(textwrap.dedent(source))):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if isinstance(node, LOOPS) or name in HIDDEN_LOOPS:
            line = node.lineno
        else:
            continue
        return f"has a loop in line {line}; let NumPy run over the axes"
    return None
