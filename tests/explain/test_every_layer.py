"""The trace of every row of the table of layers as a page and as text: each value is there, and nothing fails."""

import pytest
from explain.page import Page
from layer_cases import CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_trace_of_every_layer_renders(case):
    trace = case.make().trace(case.x(), case.training, **case.given())
    shown = trace._repr_mimebundle_()
    page = Page(shown["text/html"])
    for told in (page.text, shown["text/plain"]):
        assert "cannot be shown" not in told
        for entry in trace.rows():
            assert entry.path in told
            if entry.kind == "step":
                assert entry.note in told or entry.latex in told, entry
