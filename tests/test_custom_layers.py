"""docs/custom-layers.md: its blocks run in order, and its table lists the operations that have rules, no others."""

import doctest
import re
from pathlib import Path

import pytest

from nnlab.core import naming
from nnlab.core.gradients import RULES, SEVERAL, astype, index
from nnlab.core.recorded_array import title
from nnlab.utils import set_random_seed

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs/custom-layers.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", TEXT, re.M | re.S)


@pytest.fixture(scope="module")
def defined():
    """What the blocks define, one after the other."""
    naming.clear_session()
    set_random_seed(0)
    return {}


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_block_shows_what_it_says(number, defined):
    test = doctest.DocTestParser().get_doctest(BLOCKS[number], defined, f"block {number}", "custom-layers.md", 0)
    report = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    runner.run(test, out=report.append, clear_globs=False)
    defined.update(test.globs)
    assert test.examples
    assert not report, "".join(report)


def test_the_table_lists_the_operations_that_have_rules():
    rows = re.findall(r"^\| [^|]+ \| (`.*`) \|$", TEXT, re.M)
    listed = [name for row in rows for name in re.findall(r"`([\w.]+)`", row)]
    assert len(listed) == len(set(listed))
    assert {f"np.{name}" for name in listed} == {title(each) for each in {*RULES, *SEVERAL} - {astype, index}}


def test_links_lead_to_files():
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", TEXT):
        assert (ROOT / "docs" / target).exists()
