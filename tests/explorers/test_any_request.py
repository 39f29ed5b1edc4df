"""Thousands of requests, sensible and senseless, in any order: none raises, and the picture is that of the settings."""

import json
import random

import pytest
from explorers.wire import ask, picture, same

from nnlab import explorers

ALL = [getattr(explorers, name) for name in explorers.__all__]
REQUESTS = 700  # for each explorer
NONSENSE = [
    None, True, -1, 0, 3, 2.5, 1e308, float("nan"), float("inf"), 2**70, "", "abc", "2", "−1,5", "\x00", "💥" * 50,
    "9" * 5000, [], [1, 2], [[1, [2]]], {}, {"kind": "set"}, {"dtype": "float64", "offset": 0}, "__class__", "y", "x",
]  # fmt: skip
LINES = [
    "Conv2D(1, 2)", "Conv2D(1, (2, 3), strides=2, padding='same')", "Dense(3)", "MaxPooling2D()", "Dropout(0.5)",
    "(" * 400, "BatchNormalization()", "Softmax()", "__import__('os')", "Conv2D(", "x" * 100_000,
    "Sequential([Dense(3), Dense(2)])",
]  # fmt: skip


def sensible(explorer, chance):
    """Something that a learner could do in this picture."""
    scene = explorer.scene
    kind = chance.choice(["set", "set", "edit", "edit", "undo", "redo", "line", "predict", "ahead", "mode"])
    if kind == "set" and scene.controls:
        control = chance.choice(scene.controls)
        return {"kind": "set", "name": control.name, "value": json.loads(json.dumps(chance.choice(control.options)))}
    if kind == "mode":
        return {"kind": "set", "name": "predict", "value": chance.choice([True, False])}
    editable = [grid for grid in scene.grids if grid.editable]
    if kind == "edit" and editable:
        grid = chance.choice(editable)
        number = chance.choice(["0", "1", "-2.5", "0,125", "9999", "1e-7", str(chance.uniform(-5, 5))])
        return {"kind": "edit", "name": grid.name, "cell": chance.randrange(grid.values.size), "text": number}
    if kind == "predict" and scene.waiting:
        cell = chance.randrange(scene.grid(scene.waiting[0]).values.size)
        answer = chance.choice([None, "1", "0.5", "-3"])
        return {"kind": "predict", "name": scene.waiting[0], "cell": cell, "text": answer, "key": scene.key}
    return {"kind": kind, "text": chance.choice(LINES)}


def spoilt(request, chance):
    """A request with some of its parts replaced, or one that never was any."""
    if chance.random() < 0.1:
        return chance.choice(NONSENSE)
    spoilt = dict(request)
    for name in chance.sample(["kind", "name", "value", "cell", "text", "key", "gesture", "view", "number"], 2):
        spoilt[name] = chance.choice(NONSENSE)
    return spoilt


@pytest.mark.parametrize("explorer", ALL)
def test_no_sequence_of_requests_raises_or_leaves_a_stale_picture(explorer):
    chance, subject = random.Random(explorer.__name__), explorer()
    taken = 0
    for count in range(REQUESTS):
        request = {**sensible(subject, chance), "view": "v", "number": count, "gesture": count // 3}
        if chance.random() < 0.4:
            request = spoilt(request, chance)
        version = subject.header["version"]
        subject._heard(subject, request, [])
        silent = isinstance(request, dict) and request.get("kind") in ("ahead", "here")
        assert silent or subject.header["version"] > version, request
        message = subject.header["message"]
        assert isinstance(message, str)
        assert len(message) < 600
        assert "cannot be shown" not in message, (request, message)
        taken += message == ""
        if count % 100 == 0:
            state = json.loads(json.dumps(subject.state))
            assert same(picture(explorer(**state)), picture(subject)), request
    assert taken > REQUESTS / 5


def test_a_fault_in_an_explorer_becomes_a_sentence():
    class Faulty(explorers.Stride):
        def draw(self, settings):
            if settings["strides"] == 3:
                raise ZeroDivisionError("a slip")
            return super().draw(settings)

    faulty = Faulty()
    before = faulty.state
    assert ask(faulty, kind="set", name="strides", value=3) == "Faulty: this cannot be shown (a slip)."
    assert faulty.state == before
