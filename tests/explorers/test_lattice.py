"""Pictures computed ahead: those that Python would send, as many as agreed, and none that belongs to other numbers."""

import gzip
import itertools
import json

import numpy as np
import pytest
from explorers.wire import ask, picture, same

from nnlab import explorers
from nnlab.explorers import lattice
from nnlab.widgets.payload import unpack

ALL = pytest.mark.parametrize("explorer", [getattr(explorers, name) for name in explorers.__all__])
BOTH = pytest.mark.parametrize("explorer", [explorers.Stride, explorers.Padding])


@pytest.fixture(autouse=True)
def time_enough(monkeypatch):
    """What is computed must not depend on how busy the machine is."""
    monkeypatch.setattr(lattice, "MOST_SECONDS", float("inf"))


def computed(explorer):
    """Everything that can be computed ahead, as JavaScript receives it: scenes by position."""
    number = explorer.header["manners"]["lattice"]
    while explorer.lattice.get("number") != number or not explorer.lattice["done"]:
        ask(explorer, kind="ahead")
    content, end = gzip.decompress(explorer.lattice_data), explorer.lattice["header"]
    header = json.loads(content[:end])
    assert len(header["scenes"]) == explorer.lattice["count"]
    return explorer.lattice["controls"], unpack(header["scenes"], content[end:], header["shared"])


@ALL
def test_every_scene_computed_ahead_is_the_one_that_python_sends(explorer):
    subject = explorer(**({"gradient": True} if "gradient" in explorer.controls else {}))
    number = subject.header["manners"]["lattice"]
    controls, scenes = computed(subject)
    assert set(controls) <= set(explorer.ahead)
    assert len(scenes) > 1
    for position in np.random.default_rng(0).permutation(list(scenes))[:25]:
        subject.change(**dict(zip(controls, json.loads(position), strict=True)))
        assert same(picture(subject), scenes[str(position)])
        assert subject.header["manners"]["lattice"] == number


@ALL
def test_each_value_that_a_control_offers_here_is_there(explorer):
    subject = explorer()
    controls, scenes = computed(subject)
    here = [subject.settings[name] for name in controls]
    for at, name in enumerate(controls):
        control = next(control for control in subject.scene.controls if control.name == name)
        for value in control.options:
            assert json.dumps([*here[:at], value, *here[at + 1 :]], separators=(",", ":")) in scenes


@pytest.mark.parametrize(
    "change",
    [
        lambda subject: subject.change(bias=3),
        lambda subject: subject.change(seed=8),
        lambda subject: subject.change(hide=["notes"]),
        lambda subject: subject.change(gradient=True, predict="grad_x"),
        lambda subject: ask(subject, kind="edit", name="x", cell=1, text="77"),
    ],
)
def test_other_numbers_belong_to_another_lattice(change, monkeypatch):
    monkeypatch.setattr(lattice, "MOST_SCENES", 12)
    subject = explorers.Padding()
    computed(subject)
    number = subject.header["manners"]["lattice"]
    change(subject)
    assert subject.header["manners"]["lattice"] != number
    computed(subject)
    assert subject.lattice["number"] != number


def test_what_is_computed_ahead_is_bounded():
    class Greedy(explorers.Stride):
        ahead = ("strides", "kernel_size", "input_size", "padding", "dilation_rate", "gradient")

    subject = Greedy(input_size=12, kernel_size=3, padding="same", gradient=True)
    _, scenes = computed(subject)
    assert len(scenes) <= lattice.MOST_SCENES
    assert len(gzip.decompress(subject.lattice_data)) < 1_000_000
    assert len(subject.lattice_data) < 100_000


def test_an_explorer_that_computes_nothing_ahead_says_so_at_once():
    class Plain(explorers.Stride):
        ahead = ()

    _, scenes = computed(Plain())
    assert scenes == {}


def test_nothing_is_computed_ahead_before_the_view_is_idle():
    subject = explorers.Stride()
    subject.strides = 2
    assert subject.lattice == {}
    assert subject._lattice.packed()[0]["count"] == 0


def test_a_turn_of_computing_ahead_is_short(monkeypatch):
    subject, clock = explorers.Stride(), itertools.count()
    monkeypatch.setattr(lattice.time, "perf_counter", lambda: next(clock) * 0.03)
    ask(subject, kind="ahead")
    assert 0 < len(subject._lattice._scenes) <= 2
    assert subject.lattice == {}
