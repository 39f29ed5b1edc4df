"""docs/models.md: its blocks run in order and print what they say; what training printed may differ by a little."""

import doctest
import re

import pytest
from pages import blocks_of, nothing_defined, shows_what_it_says

BLOCKS = blocks_of("docs/models.md")
ACCURACY = re.compile(r"^0\.\d{3}", re.M)
NEAR = 0.02  # between the accuracy that the page states and that of another machine


class Near(doctest.OutputChecker):
    """As doctest, but an accuracy at the beginning of a line may be off by a little."""

    def check_output(self, want, got, optionflags):
        stated, found = ACCURACY.findall(want), ACCURACY.findall(got)
        if stated and len(stated) == len(found):
            if any(abs(float(one) - float(other)) > NEAR for one, other in zip(stated, found, strict=True)):
                return False
            want, got = ACCURACY.sub("0.", want), ACCURACY.sub("0.", got)
        return super().check_output(want, got, optionflags)


@pytest.fixture(scope="module")
def defined():
    """What the blocks define, one after the other."""
    return nothing_defined()


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_block_shows_what_it_says(number, defined):
    shows_what_it_says(BLOCKS[number], defined, doctest.NORMALIZE_WHITESPACE, Near())


@pytest.mark.parametrize(("stated", "found", "same"), [("0.940 x\n", "0.935 x\n", True), ("0.94\n", "0.90\n", False)])
def test_an_accuracy_may_be_off_by_a_little_only(stated, found, same):
    assert Near().check_output(stated, found, 0) is same


def test_an_accuracy_that_is_far_off_is_told():
    assert not Near().check_output("0.940 of all\n", "0.840 of all\n", 0)
    assert not Near().check_output("0.940 of all\n", "0.940 of none\n", 0)
