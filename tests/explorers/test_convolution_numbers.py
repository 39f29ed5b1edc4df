"""Stride and Padding under random settings: every number, every account and every note is that of naive loops."""

import json
import random

import numpy as np
import pytest
from explorers.accounts import check_accounts, check_text
from explorers.naive import Convolution, sheets

from nnlab import explorers
from nnlab.core.errors import NnlabError
from nnlab.explorers import gridding

BOTH = pytest.mark.parametrize("explorer", [explorers.Stride, explorers.Padding])
MODES = ["valid", "same", "full", "causal", "reflect"]


def naive(explorer, **other):
    names = ("x", "kernel", "bias", "strides", "padding", "dilation_rate")
    given = {name: getattr(explorer, name) for name in names} | other
    given["x"], given["kernel"], given["bias"] = (np.float32(given[name]).astype(float) for name in names[:3])
    return Convolution(**given)


def check_numbers(explorer):
    """All that one picture shows; returns how many numbers were compared."""
    scene, expected = explorer.scene, naive(explorer)
    grids = {grid.name: grid.values for grid in scene.grids}
    if explorer.rates != "none":
        return check_stacks(explorer)
    close = {"rtol": 1e-5, "atol": 1e-3}
    assert np.array_equal(grids["x"], sheets(np.float32(explorer.x)))
    np.testing.assert_allclose(grids["y"], expected.y, **close)
    if explorer.compare:
        check_comparison(explorer)
    else:
        assert ("padded" in grids) == expected.is_padded
        assert np.array_equal(grids["used"], expected.used)
        if expected.is_padded:
            assert np.array_equal(grids["padded"], sheets(expected.padded))
        marks = {mark.style: mark.cells for mark in scene.grid("padded" if expected.is_padded else "x").marks}
        assert np.array_equal(np.atleast_3d(marks["unread"].T).T[-1], expected.used_padded == 0)
        if explorer.gradient:
            grad = np.ones(expected.y.shape) if explorer.grad is None else explorer.grad
            names = ("grad_x", "grad_kernel", "grad_bias")
            for name, value in zip(names, expected.gradients(grad), strict=True):
                shown = np.ravel(grids[name])
                np.testing.assert_allclose(shown, np.ravel(sheets(value)), err_msg=name, **close)
        if np.max(explorer.dilation_rate) > 1:
            assert np.count_nonzero(grids["spread"]) == np.count_nonzero(grids["kernel"])
            assert "computed as well, gives the same output" in scene.text or "differs by at most" in scene.text
        total, zeros = expected.used.sum(), expected.used_padded.sum() - expected.used.sum()
        assert f"The counts add up to {total}" in scene.text
        assert (f"of which {zeros} meet zeros" in scene.text) == (zeros > 0)
    check_text(scene)
    return check_accounts(scene) + sum(np.size(values) for values in grids.values())


def check_comparison(explorer):
    for mode in MODES:
        name = "y" if mode == explorer.padding else f"y_{mode}"
        grids = {grid.name: grid.values for grid in explorer.scene.grids}
        if name not in grids:
            assert f"{mode}: " in explorer.text
            continue
        expected = naive(explorer, padding=mode)
        np.testing.assert_allclose(grids[name], expected.y, rtol=1e-5, atol=1e-3)
        assert np.array_equal(grids[f"used_{mode}"], expected.used)


def check_stacks(explorer):
    for grid, rates in zip(explorer.scene.grids, gridding.parsed(explorer.rates), strict=True):
        ways = np.ones((1, 1))
        for rate in rates:  # each layer adds shifted copies of what the layers behind it see
            rows, columns = ((size - 1) * rate for size in explorer.kernel.shape[:2])
            wider = np.zeros((ways.shape[0] + rows, ways.shape[1] + columns))
            for u, v in np.ndindex(explorer.kernel.shape[:2]):
                wider[u * rate :, v * rate :][: ways.shape[0], : ways.shape[1]] += ways
            ways = wider
        assert np.array_equal(grid.values, ways)
    return sum(grid.values.size for grid in explorer.scene.grids)


def anything(draw):
    """A setting and a value for it, most of them sensible."""
    pair = (draw.randint(1, 4), draw.randint(1, 4))
    values = {
        "strides": [draw.randint(1, 5), pair, 0],
        "dilation_rate": [draw.randint(1, 4), pair, "2", 1, 1],
        "kernel_size": [draw.randint(1, 6), pair, 9],
        "input_size": [draw.randint(1, 8), (draw.randint(2, 8), draw.randint(2, 8)), 14],
        "padding": [*MODES, "round", 3],
        "channels": [1, 2, 3, 1, 4],
        "compare": [True, False, "yes"],
        "gradient": [True, False],
        "rates": ["none", "none", "2, 2, 2", (1, 2), ((2, 2), (1, 3)), "1, x", (9, 9, 9), ()],
        "bias": [0, 0.5, float("nan")],
        "seed": [draw.randint(0, 9)],
        "x": [np.ones((4, 5)), np.arange(24.0).reshape(3, 4, 2) / 4, np.ones((2, 2, 4))],
        "kernel": [np.full((2, 3), 0.1), np.eye(2)],
        "grad": [np.ones((2, 2))],
    }
    name = draw.choice(list(values))
    return name, draw.choice(values[name])


@BOTH
def test_thousands_of_settings_leave_true_numbers(explorer):
    draw, subject, numbers = random.Random(1), explorer(), 0
    for turn in range(1000):
        name, value = anything(draw)
        before = subject.state
        try:
            subject.change(**{name: value})
        except NnlabError:
            assert subject.state == before
        if name == "padding" and turn % 3 == 0 and subject.gradient:
            shape = subject.scene.grid("y").values.shape if subject.rates == "none" else (1, 1)
            grad = np.array([draw.randint(-3, 3) for _ in range(int(np.prod(shape)))], float).reshape(shape)
            subject.grad = grad if subject.rates == "none" else None
        numbers += check_numbers(subject)
        if turn % 50 == 0:
            again = explorer(**json.loads(json.dumps(subject.state)))
            assert again.text == subject.text
            line = subject.code
            subject.code = line
            assert subject.code == line
            assert again.text == subject.text, "the line that is shown changed something"
            subject.figure()
    assert numbers > 100_000
