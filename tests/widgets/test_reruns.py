"""A cell that is run again closes what only it showed; what is closed can be shown again."""

import gc
import weakref

import pytest

from nnlab import explorers
from nnlab.widgets import reruns

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def run(monkeypatch):
    """Shows explorers as a cell's run would: `run("cell", 1, explorer)`."""
    monkeypatch.setattr(reruns, "_shown", {})

    def show(cell, number, *shown):
        monkeypatch.setattr(reruns, "running", lambda: (cell, str(number)))
        return [each._repr_mimebundle_()[0] for each in shown]

    return show


def test_the_next_run_closes_what_the_last_one_showed(run):
    first, second, third = (explorers.Stride() for _ in range(3))
    run("a", 1, first, second)
    assert first.comm is not None
    assert second.comm is not None
    run("a", 2, third)
    assert first.comm is None
    assert second.comm is None
    assert third.comm is not None


def test_what_is_shown_again_or_elsewhere_stays_open(run):
    kept, moved = explorers.Stride(), explorers.Stride()
    run("a", 1, kept, moved)
    run("b", 2, moved)
    run("a", 3, kept)
    assert kept.comm is not None
    assert moved.comm is not None
    run("b", 4)
    run("b", 5, explorers.Padding())
    assert moved.comm is None


def test_a_closed_explorer_works_on_and_can_be_shown_again(run):
    stride = explorers.Stride()
    run("a", 1, stride)
    run("a", 2, explorers.Stride())
    stride.strides = 2
    (data,) = run("b", 3, stride)
    assert stride.comm is not None
    assert data[VIEW]["model_id"] == stride.model_id
    assert stride.trace["y"].shape == (1, 3, 3, 1)
    stride._heard(stride, {"kind": "ahead"}, [])
    assert stride.header["message"] == ""


def test_runs_keep_nothing_alive(run):
    forgotten = []
    for number in range(10):
        stride = explorers.Stride()
        forgotten.append(weakref.ref(stride))
        run("a", number, stride)
    del stride
    gc.collect()
    assert sum(each() is not None for each in forgotten) == 1


def test_without_a_notebook_nothing_is_closed():
    assert reruns.running() == ("", "")
    first, second = explorers.Stride(), explorers.Stride()
    first._repr_mimebundle_()
    second._repr_mimebundle_()
    assert first.comm is not None
