"""The pictures of a convolution: one pass with its account, or the outputs of all paddings side by side."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from nnlab.explorers import convolution_notes as notes
from nnlab.explorers import paddings
from nnlab.explorers.convolution_gradients import gradients
from nnlab.explorers.sheets import by, channels
from nnlab.explorers.windows import Pass, formula, ring
from nnlab.widgets import decimals
from nnlab.widgets.accounts import Account, Terms
from nnlab.widgets.scene import Grid, Mark, Scene

IMAGE, TILES = ("h", "w"), 13  # beyond so many cells a side a kernel is drawn small


def scene(title: str, shown: Pass, said: list[str], gradient: bool) -> Scene:
    """Input, kernel, bias and output, how often each pixel is used, and the gradients if they are asked for."""
    grids = inputs(shown)
    links = dict(shown.tables)
    links["used"] = np.where(links["x"] < 0, -1, links["x"] % pixels(shown))
    grids.append(used(shown, "used", "Times used", below="x"))
    grids += kernel(shown)
    if max(shown.layer.dilation_rate) > 1:
        grids.append(spread(shown))
        links["spread"] = notes.spread(numbers_of(shown.kernel) + 1, shown.layer.dilation_rate).ravel()
        links["spread"] = np.tile(np.flatnonzero(links["spread"]), (len(links["x"]), 1))
    if not shown.is_padded:
        del links["padded"]
    grids += [bias(shown), output(shown, "y", "Output")]
    accounts: dict[str, Account] = {"y": products(shown, links)}
    if gradient:
        backward = gradients(shown)
        grids, accounts = [*grids, *backward[0]], accounts | backward[1]
    lines = [*said, *notes.usage(shown), *notes.dilation(shown), *notes.constant(shown)]
    return finished(title, shown, grids, accounts, lines)


def comparison(title: str, shown: Pass, others: Mapping[str, Pass | str]) -> Scene:
    """The outputs of all paddings on the same input, each with the counts of use below; `shown` is the chosen one."""
    grids = [*inputs(shown)[:1], *kernel(shown), bias(shown)]
    grids[0] = replace(grids[0], mirrors="", marks=())
    accounts: dict[str, Account] = {}
    lines, counts = [], []
    for mode, other in others.items():
        if isinstance(other, str):
            lines.append(f"{mode}: {other}")
            continue
        name = "y" if mode == shown.padding else f"y_{mode}"
        grids += [
            replace(output(other, name, f"Output, {mode}"), before="" if accounts else "="),
            used(other, f"used_{mode}", f"Used, {mode}", below=name),
        ]
        accounts[name] = products(other, {name: other.tables[name] for name in ("x", "kernel")})
        times = other.used("x")
        middle = times[times.shape[0] // 2, times.shape[1] // 2]
        counts.append(f"{mode} {times[0, 0]} and {middle}")
        lines += [f"{mode}: an output of {by(other.y.shape)}. {line}" for line in notes.usage(other)]
    lines.append(f"Times that the corner and the middle of the input are used: {', '.join(counts)}.")
    return finished(title, shown, grids, accounts, lines)


def finished(title: str, shown: Pass, grids: list[Grid], accounts: Mapping[str, Account], lines: list[str]) -> Scene:
    """The scene of these parts, with formula, code and the sizes in words."""
    sides = shown.x.shape[-2:]
    padded = f"padded to {by(shown.padded.shape[-2:])}" if shown.is_padded else "without padding"
    several = f" in {len(shown.x)} channels" if shown.x.ndim == 3 else ""
    dilated = f", dilation rate {by(shown.layer.dilation_rate)}" if max(shown.layer.dilation_rate) > 1 else ""
    first = (
        f"{title}: an input of {by(sides)} cells{several}, {padded}; a kernel of {by(shown.layer.kernel_size)}, "
        f"moved by {by(shown.layer.strides)} cells{dilated}; an output of {by(shown.y.shape)}."
    )
    return Scene(
        title=title,
        formula=formula(shown.padding, shown.layer, sides, shown.amounts),
        parts=tuple(grids),
        accounts=accounts,
        result="y",
        notes=tuple(lines),
        code=paddings.code(shown.padding, shown.layer, sides),
        text=first,
    )


def products(shown: Pass, links: Mapping[str, np.ndarray]) -> Terms:
    """The output as products in groups, one for each channel, plus the bias.

    Where no padded input is drawn, the zeros of the padding stand for nothing.
    """
    values, tables = shown.terms, dict(links)
    if "padded" not in links:
        values = np.where(tables["x"] < 0, np.nan, values)
        tables["kernel"] = np.where(tables["x"] < 0, -1, tables["kernel"])
    return Terms(
        tables,
        ("padded" if "padded" in links else "x", "kernel"),
        values,
        shown.kernel.shape,
        digits(shown),
        addends=("bias",),
        groups=tuple(f"channel {name[1:]}" for name in channels(shown.x)),
    )


def digits(shown: Pass) -> int:
    """The decimals with which products, bias and output are printed."""
    return decimals.of_products(shown.x, shown.kernel, addend=shown.bias)


def pixels(shown: Pass) -> int:
    """How many there are in one channel."""
    return int(np.prod(shown.x.shape[-2:]))


def numbers_of(sheets: np.ndarray) -> np.ndarray:
    """The numbers of the cells of sheets."""
    return np.arange(sheets.size).reshape(sheets.shape)


# ---- the grids


def inputs(shown: Pass) -> list[Grid]:
    """The input, and the padded input where there is padding."""

    def unread(name: str) -> Mark:
        everywhere = np.broadcast_to(shown.used(name) == 0, getattr(shown, name).shape)
        return Mark("unread", "read by no window", everywhere)

    sheets = channels(shown.x)
    x = Grid("x", "Input", shown.x, "input", IMAGE, source=True, editable=True, marks=(unread("x"),), sheets=sheets)
    if not shown.is_padded:
        return [x]
    marks = (*ring(shown), unread("padded"))
    padded = Grid("padded", "Padded input", shown.padded, "padded input", IMAGE, "→", source=True)
    return [replace(x, mirrors="padded"), replace(padded, marks=marks, sheets=sheets)]


def used(shown: Pass, name: str, title: str, below: str) -> Grid:
    """How often each pixel of the input is read."""
    stands_for = ("padded" if shown.is_padded else "x") if below == "x" else ""
    grid = Grid(name, title, shown.used("x"), "uses of input", IMAGE, scale="count", below=below)
    return replace(grid, source=below == "x", mirrors=stands_for)


def kernel(shown: Pass) -> list[Grid]:
    """The weights."""
    grid = Grid("kernel", "Kernel", shown.kernel, "weight", ("u", "v"), "∗", editable=True)
    return [replace(grid, sheets=channels(shown.x))]


def spread(shown: Pass) -> Grid:
    """The dilated kernel with its zeros written out."""
    wide = notes.spread(shown.kernel, shown.layer.dilation_rate)
    between = notes.spread(np.ones(shown.kernel.shape), shown.layer.dilation_rate) == 0
    look = "tiles" if max(wide.shape[-2:]) > TILES else "cells"
    mark = Mark("padding", "zeros between the weights", between)
    grid = Grid("spread", "Kernel filled with zeros", wide, "weight, spread", ("u", "v"), look=look, below="kernel")
    return replace(grid, marks=(mark,), sheets=channels(shown.x), mirrors="kernel")


def bias(shown: Pass) -> Grid:
    """The bias."""
    return Grid("bias", "Bias", shown.bias, "bias", before="+", editable=True)


def output(shown: Pass, name: str, title: str) -> Grid:
    """The output."""
    noun = "output" if name == "y" else f"output ({shown.padding})"
    return Grid(name, title, shown.y, noun, ("i", "j"), "=", digits=digits(shown))
