"""docs/explorers.md: the tests that it names exist, what it quotes stands in the package, its example runs."""

import re

import pytest
from pages import ROOT, blocks_of, shows_what_it_says, text_of

from nnlab import explorers

PAGE = text_of("docs/explorers.md")
BLOCKS = blocks_of("docs/explorers.md")
ROWS = [*range(1, 4), 5, *range(11, 17), *range(18, 25), *range(27, 31), *range(34, 37), *range(38, 41), *range(43, 50)]


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(tests/\S+?::\w+)`", PAGE))))
def test_each_test_that_is_named_exists(named):
    path, name = named.split("::")
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text("utf-8"), re.M)


def test_each_row_names_a_test():
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| `tests/", PAGE, re.M)
    assert [int(row) for row in rows] == ROWS


def test_what_is_quoted_stands_in_the_package():
    source = (ROOT / "nnlab" / "explorers" / "softmax.py").read_text("utf-8")
    quotes = [block for block in BLOCKS if not block.startswith(">>>")]
    assert len(quotes) > 3
    assert [block for block in quotes if block not in source] == []


def test_the_example_shows_what_it_says():
    examples = [block for block in BLOCKS if block.startswith(">>>")]
    assert examples
    for block in examples:
        shows_what_it_says(block, {})


def test_each_explorer_has_a_picture():
    pictures = re.findall(r"!\[(\w+)\]\((\S+)\)", PAGE)
    assert {name for name, _ in pictures} == set(explorers.__all__)
    assert all((ROOT / "docs" / path).stat().st_size > 5_000 for _, path in pictures)
