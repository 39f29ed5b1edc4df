"""Pooling under random settings: every number, account and note is that of naive loops."""

import json
import random

import numpy as np
import pytest
from explorers.accounts import check_accounts, check_text
from explorers.naive import pooling, sides

from nnlab import explorers
from nnlab.core.errors import ArgumentError, NnlabError, ShapeError


def by_channel(array):
    """Channels last, one channel without an axis, as channels first."""
    array = np.asarray(array, float)
    return np.moveaxis(array, -1, 0) if array.ndim == 3 else array[None]


def gradient(kind, x, windows, grad):
    """What a gradient of the output makes of one channel."""
    total = np.zeros(x.shape)
    for place, cells in windows.items():
        values = np.array([x[cell] for cell in cells])
        best = np.flatnonzero(values == values.max())
        takers = {"max": best[:1], "global max": best}.get(kind, np.arange(len(cells)))
        for taker in takers:
            total[cells[taker]] += grad[place] / len(takers)
    return total


def check_numbers(subject):
    """All that one picture shows; returns how many numbers were compared."""
    scene = subject.scene
    grids = {
        grid.name: by_channel(grid.values if grid.values.ndim == 2 else np.moveaxis(grid.values, 0, -1))
        for grid in scene.grids
    }
    x = np.float32(np.roll(subject.x, 1, axis=1) if subject.shift else subject.x)
    strides = subject.pool_size if subject.strides == "pool_size" else subject.strides
    sizes = (subject.pool_size, strides, subject.padding)
    if subject.kind.startswith("global"):
        sizes = (x.shape[:2], x.shape[:2], "valid")
    grad = np.ones(np.shape(scene.grid("y").values)) if subject.grad is None else np.asarray(subject.grad)
    changed = 0
    for channel, sheet in enumerate(by_channel(x)):
        average = subject.kind.endswith("average")
        y, count, windows = pooling(sheet, average, *sizes)
        np.testing.assert_allclose(grids["y"][channel], y, rtol=1e-5, atol=1e-4)
        moved, _, _ = pooling(np.roll(sheet, -1 if subject.shift else 1, axis=1), average, *sizes)
        changed += int((~np.isclose(moved, y, rtol=1e-6)).sum())
        if "count" in grids:
            assert np.array_equal(grids["count"][0], count)
        used = np.zeros(sheet.shape, int)
        for cells in windows.values():
            for cell in cells:
                used[cell] += 1
        assert ("used" in grids) == bool((used != 1).any())
        assert "used" not in grids or np.array_equal(grids["used"][0], used)
        if subject.gradient:
            upstream = by_channel(grad)[channel] if grad.ndim == 2 or subject.grad is not None else grad[channel]
            expected = gradient(subject.kind, sheet, windows, upstream)
            np.testing.assert_allclose(grids["grad_x"][channel], expected, rtol=1e-5, atol=1e-5)
    whole = bool((x == np.round(x)).all())
    if whole and not subject.kind.endswith("average"):  # means differ in their last digits
        assert f" {changed} of {scene.grid('y').values.size} output" in scene.text
    check_text(scene)
    return check_accounts(scene) + sum(values.size for values in grids.values())


def anything(draw):
    """A setting and a value for it, most of them sensible."""
    pair = (draw.randint(1, 4), draw.randint(1, 4))
    values = {
        "kind": ["max", "average", "global max", "global average", "median"],
        "pool_size": [draw.randint(1, 5), pair, 0, 7],
        "strides": [None, "pool_size", draw.randint(1, 4), pair, "two"],
        "padding": ["valid", "same", "full"],
        "input_size": [draw.randint(1, 8), (draw.randint(1, 8), draw.randint(1, 8)), 13],
        "channels": [1, 2, 3, 4],
        "shift": [True, False, 2],
        "gradient": [True, False],
        "seed": [draw.randint(0, 9)],
        "x": [np.ones((4, 5)), np.arange(24.0).reshape(3, 4, 2) / 4, np.ones((2, 2, 4)), [[np.nan]]],
    }
    name = draw.choice(list(values))
    return name, draw.choice(values[name])


def test_thousands_of_settings_leave_true_numbers():
    draw, subject, numbers = random.Random(1), explorers.Pooling(), 0
    for turn in range(2000):
        name, value = anything(draw)
        before = subject.state
        try:
            subject.change(**{name: value})
        except NnlabError:
            assert subject.state == before
        if turn % 5 == 0 and subject.gradient:
            y = subject.scene.grid("y").values
            shape = (*y.shape[1:], y.shape[0]) if y.ndim == 3 else y.shape
            subject.grad = np.array([draw.randint(-3, 3) for _ in range(y.size)], float).reshape(shape)
        numbers += check_numbers(subject)
        if turn % 100 == 0:
            again = explorers.Pooling(**json.loads(json.dumps(subject.state)))
            assert again.text == subject.text
            subject.code = subject.code
            assert again.text == subject.text, "the line that is shown changed something"
            subject.figure()
    assert numbers > 100_000


def test_strides_that_are_none_follow_the_window():
    pooling = explorers.Pooling(pool_size=3, strides=None)
    assert pooling.strides == "pool_size"
    pooling.pool_size = 2
    assert sides(pooling.trace.layer.strides) == (2, 2)
    assert "null" not in str(pooling.header)
    pooling.strides = None
    assert pooling.strides == "pool_size"


def test_the_outputs_that_a_shift_changes_are_marked():
    pooling = explorers.Pooling(x=[[9, 1, 1, 1], [1, 1, 1, 1]], shift=True)
    assert "The picture is shifted by one pixel to the right: 0 of 2 outputs changed." in pooling.text
    assert not any(mark.style == "extra" and mark.cells.any() for mark in pooling.scene.grid("y").marks)
    pooling.x = [[1, 9, 1, 1], [1, 1, 1, 1]]
    marks = {mark.style: mark.cells for mark in pooling.scene.grid("y").marks}
    assert marks["extra"].tolist() == [[True, True]]


def test_the_divisor_of_average_same_is_a_grid_that_lights_up():
    pooling = explorers.Pooling(kind="average", padding="same", pool_size=2, strides=2, input_size=3)
    assert pooling.scene.grid("count").values.tolist() == [[4, 2], [2, 1]]
    assert pooling.scene.accounts["y"].cells("count", 3).tolist() == [3]


def test_ties_say_who_gets_the_gradient():
    pooling = explorers.Pooling(x=[[5, 5], [1, 5]], gradient=True)
    assert "1 window has a tie: the first winner, row by row, gets all of the gradient." in pooling.text
    assert pooling.scene.grid("grad_x").values.tolist() == [[1, 0], [0, 0]]
    pooling.kind = "global max"
    assert "they share the gradient" in pooling.text
    assert np.allclose(pooling.scene.grid("grad_x").values, [[1 / 3, 1 / 3], [0, 1 / 3]])


def test_overlapping_windows_are_said_and_counted():
    pooling = explorers.Pooling(input_size=4, pool_size=2, strides=1)
    assert "The windows overlap: 12 of 16 cells stand in more than one, at most in 4." in pooling.text
    assert pooling.scene.grid("used").values.sum() == 9 * 4


@pytest.mark.parametrize(
    ("setting", "sentence", "kind"),
    [
        ({"kind": "median"}, "kind must be one of", ArgumentError),
        ({"pool_size": 7}, "pool_size can be at most 6", ArgumentError),
        ({"strides": 0}, "strides must be an integer of at least 1", ArgumentError),
        ({"strides": "wide"}, "strides must be an integer", ArgumentError),
        ({"channels": 4}, "channels can be at most 3", ArgumentError),
        ({"input_size": 1}, "use a larger input", ShapeError),
        ({"x": np.ones((2, 2, 4))}, "x has shape", ShapeError),
        ({"grad": [[1]]}, "expected that of the output", ShapeError),
    ],
)
def test_nonsense_is_refused_in_one_sentence(setting, sentence, kind):
    pooling = explorers.Pooling()
    before = pooling.text
    with pytest.raises(kind, match=sentence):
        pooling.change(**setting)
    assert pooling.text == before
