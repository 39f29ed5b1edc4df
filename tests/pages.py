"""Pages for people as tests: the blocks of code in a file of Markdown, and whether a block shows what it says."""

import doctest
import re
from pathlib import Path
from typing import Any

from nnlab.core import naming
from nnlab.utils import set_random_seed

ROOT = Path(__file__).parents[1]


def text_of(page: str) -> str:
    """The page at this path in the repository."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks_of(page: str, language: str = "python") -> list[str]:
    """The blocks of code in a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", text_of(page), re.M | re.S)


def nothing_defined() -> dict[str, Any]:
    """What the blocks of a page begin with: no names, in a session in which nothing has been made or drawn."""
    naming.clear_session()
    set_random_seed(0)
    return {}


def shows_what_it_says(block: str, defined: dict[str, Any], options: int = 0, checker: Any = None) -> None:
    """Run the examples of a block, which may use what is `defined` and adds to it."""
    test = doctest.DocTestParser().get_doctest(block, defined, "block", "page", 0)
    assert test.examples, "an example without >>> shows no result that could be checked"
    report: list[str] = []
    doctest.DocTestRunner(checker, optionflags=options).run(test, out=report.append, clear_globs=False)
    defined.update(test.globs)
    assert not report, "".join(report)
