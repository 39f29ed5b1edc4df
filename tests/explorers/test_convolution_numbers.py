"""Stride and Padding under random settings: every number, every account and every note is that of naive loops."""

import json
import random
from dataclasses import replace

import numpy as np
import pytest
from explorers.accounts import check_accounts, check_text
from explorers.naive import Convolution, sheets
from explorers.wire import ask

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


@BOTH
def test_a_wrong_digit_is_found(explorer):
    scene = explorer(channels=2, gradient=True).scene
    assert check_accounts(scene) > 0
    for name in scene.accounts:
        grid = scene.grid(name)
        wrong = np.array(grid.values, float)
        wrong.flat[-1] += 1
        parts = tuple(replace(part, values=wrong) if part is grid else part for part in scene.parts)
        with pytest.raises(AssertionError, match=name):
            check_accounts(replace(scene, parts=parts))


@BOTH
def test_channels_are_summed_apart_and_then_together_with_the_bias(explorer):
    subject = explorer(channels=3, input_size=4, bias=2)
    scene = subject.scene
    account = scene.accounts["y"]
    assert account.groups == ("channel 0", "channel 1", "channel 2")
    sums = account.values.reshape(len(account.values), 3, -1).sum(2)
    assert np.allclose(sums.sum(1) + 2, scene.grid("y").values.ravel())
    assert "Input: c0: 5 0 -2 2; " in subject.text
    assert "; c1: 2 0 0 4; " in subject.text


def test_an_edited_cell_of_a_second_channel_reaches_its_channel():
    stride = explorers.Stride(channels=2, input_size=3, kernel_size=2)
    ask(stride, kind="edit", name="x", cell=9 + 5, text="7")
    assert stride.x[1, 2, 1] == 7
    stride.channels = 1
    stride.channels = 2
    assert stride.x[1, 2, 1] == 7


def test_a_constant_input_gets_darker_at_the_border_unless_it_is_mirrored():
    padding = explorers.Padding(x=np.ones((5, 5)), kernel=np.ones((3, 3)), bias=0)
    assert "where zeros take part it goes from 4 to 6 (inside it is 9)" in padding.text
    padding.padding = "reflect"
    assert "The input is the same everywhere, and so is the output: 9." in padding.text
    padding.padding = "valid"
    assert "and so is the output: 9." in padding.text


def test_side_by_side_stand_the_outputs_of_all_paddings():
    padding = explorers.Padding(compare=True)
    sizes = {mode: len(padding.scene.grid("y" if mode == "same" else f"y_{mode}").values) for mode in MODES}
    assert sizes == {"valid": 3, "same": 5, "full": 7, "causal": 5, "reflect": 5}
    assert "valid 1 and 9, same 4 and 9, full 9 and 9, causal 9 and 9, reflect 4 and 9" in padding.text
    small = explorers.Padding(compare=True, input_size=2)
    assert "y_valid" not in [grid.name for grid in small.scene.grids]
    assert "the kernel reaches over (3, 3) cells but the input has only (2, 2)" in small.text


def test_rates_with_a_common_factor_leave_holes():
    stride = explorers.Stride(rates="2, 2, 2 | 1, 2, 5")
    assert "1 + (3 − 1) · (2 + 2 + 2) = 13. One output sees 49 of these 169." in stride.text
    assert "One output sees all of these 289." in stride.text
    holes, whole = (grid.values for grid in stride.scene.grids)
    assert (holes[1::2] == 0).all()
    assert (holes[::2, ::2] > 0).all()
    assert (whole > 0).all()
    assert [control.name for control in stride.scene.controls] == ["kernel_size", "rates"]


def test_a_dilated_kernel_reaches_as_far_as_the_one_filled_with_zeros():
    stride = explorers.Stride(dilation_rate=(1, 2), kernel=[[1, 2], [3, 4]])
    assert stride.scene.grid("spread").values.tolist() == [[1, 0, 2], [3, 0, 4]]
    assert "At dilation rate 1 × 2 a kernel of 2 × 2 reaches over 2 × 3 cells" in stride.text
    assert (
        "An ordinary convolution with the kernel filled with zeros, computed as well, gives the same output"
        in stride.text
    )
