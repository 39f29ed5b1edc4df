"""Bodies of functions become answers, and the notebook's own solutions are read from it."""

import ast
import linecache
import textwrap
from pathlib import Path

import nbformat
import numpy as np

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def answer(exercise, body):
    """The text of a whole answer: the exercise's own first line, then the body."""
    body = textwrap.indent(textwrap.dedent(body.lstrip("\n")) or "pass", "    ")
    return f"def {exercise.name}({', '.join(exercise.arguments)}):\n{body}\n"


def function(name, source):
    """The function that the source defines; its text is known to `inspect`, as a notebook cell's is."""
    file = f"<answer {name} {abs(hash(source))}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    space = {"np": np}
    exec(compile(source, file, "exec"), space)
    return space[name]


def solutions(lesson):
    """The solution of each exercise in the lesson's notebook, by name: the text of the function alone."""
    notebook = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4)
    found = {}
    for cell in notebook.cells:
        for tag in cell.metadata.get("tags", ()):
            if tag.startswith("answer:"):
                name = tag.removeprefix("answer:")
                nodes = [n for n in ast.parse(cell.source).body if isinstance(n, ast.FunctionDef) and n.name == name]
                found[name] = ast.get_source_segment(cell.source, nodes[-1]) + "\n"
    return found
