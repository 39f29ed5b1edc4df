"""Find the answers in a notebook that a student handed in.

An answer is found by the name of its function, or by its cell's tag `answer:<name>`: a copied, split or re-typed
cell, lost metadata and new cell ids change nothing. Only what the answer needs is taken: the statements that
define the names it uses, and so on backwards. The rest of the notebook (plots, explorers, training) never runs.
"""

from __future__ import annotations

import ast
import json
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from nnlab.core.errors import NnlabError
from nnlab.grading.notebook.report import CHECK
from nnlab.grading.release.strip import text_of

LARGEST = 100 << 20  # bytes of a notebook
LONGEST = 20_000  # characters of a cell; nobody writes so much by hand, and reading it could take for ever
LONGEST_IN_ALL = 1_000_000
TIMING = ("%%time", "%%timeit", "%%capture", "%%prun")  # cell magics with Python below them


class UnreadableError(NnlabError):
    """The file is no notebook; the message says what it is."""


@dataclass(frozen=True)
class Answer:
    """What a student wrote for one exercise.

    name         the function to call (another than the exercise's if it was found by the cell's tag)
    statements   what it needs, in the notebook's order, its own definition included
    source       its own definition alone
    definitions  how often it is defined; the last one counts
    """

    name: str
    statements: list[str]
    source: str
    definitions: int


@dataclass(frozen=True)
class Statement:
    """One statement at the top level of a cell: the names that it sets, and those that it reads."""

    text: str
    sets: frozenset[str]
    reads: frozenset[str]
    tags: frozenset[str] = frozenset()
    is_function: bool = False


@dataclass(frozen=True)
class Handed:
    """A notebook as it was handed in.

    statements  what its cells hold, in order
    broken      the cells that are not Python, each with the reason
    shown       the points and the maximum that its saved outputs claim, by exercise
    """

    statements: tuple[Statement, ...]
    broken: tuple[tuple[str, str], ...]
    shown: dict[str, tuple[int, int]]

    def answer(self, name: str) -> Answer | None:
        """Find the answer to the exercise `name`, or None where there is none."""
        mine = [statement for statement in self.statements if name in statement.sets]
        if not mine:
            mine = [s for s in self.statements if s.is_function and f"answer:{name}" in s.tags]
        if not mine:
            return None
        called = name if name in mine[-1].sets else min(mine[-1].sets)
        return Answer(called, self._needed(called), mine[-1].text, len(mine))

    def syntax_error(self, name: str) -> str | None:
        """Why the cell that seems to hold the answer is not Python, or None where there is no such cell."""
        for text, problem in reversed(self.broken):
            if re.search(rf"^\s*(async\s+)?def\s+{re.escape(name)}\b", text, re.M):
                return problem
        return None

    def _needed(self, name: str) -> list[str]:
        """The statements that `name` rests on: those that set it, those that set what they read, and so on."""
        wanted, chosen = {name}, set()
        while True:
            more = {
                number
                for number, statement in enumerate(self.statements)
                if number not in chosen and ("*" in statement.sets or not wanted.isdisjoint(statement.sets))
            }
            if not more:
                return [self.statements[number].text for number in sorted(chosen)]
            chosen |= more
            wanted = wanted.union(*(self.statements[number].reads for number in more))


def read_handed(path: Path) -> Handed:
    """Read the notebook at `path`; raise `UnreadableError` with one sentence where it is none."""
    if path.is_symlink():
        raise UnreadableError("is a symbolic link, which is not followed")
    if not path.is_file():
        raise UnreadableError("is not a file")
    if path.stat().st_size > LARGEST:
        raise UnreadableError(f"is larger than {LARGEST >> 20} MiB")
    try:
        return read_notebook(json.loads(path.read_bytes()))
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError("is not a Jupyter notebook (it is not JSON)") from error


def read_notebook(notebook: Any) -> Handed:
    """Read a notebook of format 4 as parsed JSON; raise `UnreadableError` where it is none."""
    statements: list[Statement] = []
    broken: list[tuple[str, str]] = []
    shown: dict[str, tuple[int, int]] = {}
    characters = 0
    try:
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                source, tags = text_of(cell), _tags(cell)
                shown |= _shown(cell)
                characters += len(source)
                if characters > LONGEST_IN_ALL:
                    raise UnreadableError(f"holds more than {LONGEST_IN_ALL:,} characters of code")
                if len(source) > LONGEST:
                    broken.append((source, f"its cell is longer than {LONGEST:,} characters"))
                    continue
                try:
                    statements += list(_statements(_without_magics(source), tags))
                except SyntaxError as error:
                    broken.append((source, f"line {error.lineno or 1} of its cell is not Python: {error.msg}"))
                except (ValueError, RuntimeError, MemoryError) as error:  # null bytes; thousands of brackets or magics
                    broken.append((source, f"its cell is not Python: {error or type(error).__name__}"))
    except (TypeError, KeyError, AttributeError) as error:
        raise UnreadableError("is not a Jupyter notebook of format 4") from error
    return Handed(tuple(statements), tuple(broken), shown)


def _tags(cell: dict[str, Any]) -> frozenset[str]:
    tags = cell.get("metadata", {}).get("tags", ())
    return frozenset(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else frozenset()


def _shown(cell: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """The marks in a cell's saved outputs: a claim of the notebook's, never a mark."""
    try:
        marks = [output["data"][CHECK] for output in cell["outputs"] if CHECK in output.get("data", ())]
        return {str(mark["exercise"]): (int(mark["points"]), int(mark["maximum"])) for mark in marks}
    except (TypeError, KeyError, ValueError, AttributeError):  # somebody wrote there
        return {}


def _without_magics(source: str) -> str:
    """Make plain Python of a cell: a magic becomes a call that nobody needs, a cell of another language nothing."""
    if source.lstrip().startswith(TIMING):
        source = source.lstrip().partition("\n")[2]
    if source.lstrip().startswith("%%"):
        return ""
    return TransformerManager().transform_cell(source)


def _statements(source: str, tags: frozenset[str]) -> Iterator[Statement]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imports(node, tags)
            continue
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        text = "\n".join(source.split("\n")[first - 1 : node.end_lineno])
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        text = text if _is_alone(text) else ast.unparse(node)  # `a = 1; b = 2` stand on one line
        yield Statement(text + "\n", *_names(text, node), tags, is_function)


def _imports(node: ast.Import | ast.ImportFrom, tags: frozenset[str]) -> Iterator[Statement]:
    """Give each imported name a statement of its own, so that one that is missing costs only itself."""
    for alias in node.names:
        single = type(node)(**{**{key: getattr(node, key) for key in node._fields}, "names": [alias]})
        name = alias.asname or (alias.name.split(".")[0] if isinstance(node, ast.Import) else alias.name)
        yield Statement(ast.unparse(single) + "\n", frozenset({name}), frozenset(), tags)


def _is_alone(text: str) -> bool:
    try:
        return len(ast.parse(text).body) == 1
    except SyntaxError:
        return False


def _names(text: str, node: ast.stmt) -> tuple[frozenset[str], frozenset[str]]:
    r"""The global names that a statement sets, and those that it reads at once or when what it defines is called.

    >>> code = "def f(x):\n    y = x + bias\n    return helper(y)"
    >>> [sorted(names) for names in _names(code, ast.parse(code).body[0])]
    [['f'], ['bias', 'helper']]
    """
    top = symtable.symtable(text, "<answer>", "exec")
    sets = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
    reads = {s.get_name() for s in top.get_symbols() if s.is_referenced()}
    tables = top.get_children()
    while tables:
        table = tables.pop()
        reads |= {s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced()}
        tables += table.get_children()
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        sets |= {name for target in getattr(node, "targets", None) or [node.target] for name in _owners(target)}
    return frozenset(sets), frozenset(reads)


def _owners(target: ast.expr) -> Iterator[str]:
    """Whom an assignment changes: `a = 1`, `a[0] = 1` and `a.b = 1` all concern `a`."""
    if isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            yield from _owners(part)
        return
    while isinstance(target, ast.Attribute | ast.Subscript | ast.Starred):
        target = target.value
    if isinstance(target, ast.Name):
        yield target.id
