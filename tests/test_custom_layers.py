"""docs/custom-layers.md: its blocks run in order, and its table lists the operations that have rules, no others."""

import doctest
import re

import pytest
from pages import blocks_of, nothing_defined, shows_what_it_says, text_of

from nnlab.core.gradients import RULES, SEVERAL, astype, index
from nnlab.core.recorded_array import title

BLOCKS = blocks_of("docs/custom-layers.md")


@pytest.fixture(scope="module")
def defined():
    """What the blocks define, one after the other."""
    return nothing_defined()


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_block_shows_what_it_says(number, defined):
    shows_what_it_says(BLOCKS[number], defined, doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)


def test_the_table_lists_the_operations_that_have_rules():
    rows = re.findall(r"^\| [^|]+ \| (`.*`) \|$", text_of("docs/custom-layers.md"), re.M)
    listed = [name for row in rows for name in re.findall(r"`([\w.]+)`", row)]
    assert len(listed) == len(set(listed))
    assert {f"np.{name}" for name in listed} == {title(each) for each in {*RULES, *SEVERAL} - {astype, index}}
