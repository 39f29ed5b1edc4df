"""The picture of pooling: who wins a window, what a mean divides by, and which outputs a shift by one pixel changes."""

from dataclasses import replace
from typing import Any

import numpy as np

from nnlab.core.trace import Trace
from nnlab.explorers.pooling_gradients import gradients
from nnlab.explorers.settings import Settings
from nnlab.explorers.sheets import by, channels, sheets
from nnlab.explorers.windows import counts, side_formula, size_formula
from nnlab.widgets import decimals
from nnlab.widgets.accounts import Account, Terms
from nnlab.widgets.scene import Grid, Mark, Scene


def scene(layer: Any, trace: Trace, unshifted: np.ndarray, settings: Settings) -> Scene:
    """Input and output, what they are made with, and the gradients if they are asked for.

    `unshifted` is the output of the picture shifted by one pixel, or that of the other if this one is shifted.
    """
    x, y = (sheets(np.asarray(trace[name].value)[0]) for name in ("x", "y"))
    names = channels(x)
    sides, kind = x.shape[-2:], settings["kind"]
    links = reading(layer, sides, max(len(names), 1))
    inside, average = links >= 0, kind.endswith("average")
    terms = np.where(inside, x.ravel()[links], np.nan)
    used = counts(links[: len(links) // max(len(names), 1)], sides)
    grids = [Grid("x", "Input", x, "input", ("h", "w"), source=True, editable=True, sheets=names)]
    grids[0] = replace(grids[0], marks=_marks(x, links, terms, average))
    tables = {"x": links}
    if (used != 1).any():
        times = Grid("used", "Times used", used, "uses of input", ("h", "w"), scale="count", source=True, below="x")
        grids.append(replace(times, mirrors="x"))
        tables["used"] = np.where(inside, links % used.size, -1)
    if average and settings["padding"] == "same" and hasattr(layer, "pool_size"):
        divisor = np.asarray(trace["count"].value)
        grids.append(Grid("count", "Divides by", divisor, "cells of window", ("i", "j"), "÷", scale="count"))
        tables["count"] = np.where(inside, np.tile(np.arange(divisor.size), max(len(names), 1))[:, None], -1)
    changed = ~np.isclose(y, unshifted, rtol=1e-5, atol=1e-6)  # the same sum in another order is no change
    moved = Mark("extra", "changed by the shift", changed & settings["shift"])
    grids.append(Grid("y", "Output", y, "output", ("i", "j"), before="=", marks=(moved,), sheets=names))
    accounts: dict[str, Account] = {
        "y": Terms(
            tables,
            ("x",),
            terms,
            layer.pool_size if hasattr(layer, "pool_size") else sides,
            decimals.of(x),
            operation="mean" if average else "max",
            count=inside.sum(1) if average else None,
        )
    }
    if settings["gradient"]:
        backward = gradients(trace, links, "count" if "count" in tables else "members")
        grids, accounts = [*grids, *backward[0]], accounts | backward[1]
    notes = [*_overlap(layer, used), _shift(settings["shift"], changed), *_ties(kind, terms)]
    title = f"{kind.capitalize()} pooling"
    several = f" in {len(names)} channels, each by itself" if names else ""
    windows = f"windows of {by(layer.pool_size)}, moved by {by(layer.strides)}; " if hasattr(layer, "pool_size") else ""
    first = f"{title} of {by(sides)} numbers{several}; {windows}an output of {by(y.shape[-2:])}."
    return Scene(
        title=title,
        formula=formula(layer, sides),
        parts=tuple(grids),
        accounts=accounts,
        result="y",
        notes=tuple(notes),
        code=code(layer),
        text=first,
    )


def reading(layer: Any, sides: tuple[int, ...], channels: int = 1) -> np.ndarray:
    """For each output, which cells of the input its window reads, sheet by sheet; -1 beyond the edge.

    The same function that cuts the layer's windows cuts them here, from an array that holds the numbers of its cells.
    """
    cells = np.arange(int(np.prod(sides)))
    table = cells[None]
    if hasattr(layer, "pool_size"):
        images = cells.reshape(1, *sides, 1)
        table = layer.windows(images, outside=-1).reshape(-1, int(np.prod(layer.pool_size)))
    return np.concatenate([np.where(table < 0, -1, table + channel * cells.size) for channel in range(channels)])


def _marks(x: np.ndarray, links: np.ndarray, terms: np.ndarray, average: bool) -> tuple[Mark, ...]:
    unread = Mark("unread", "read by no window", counts(links, x.shape) == 0)
    if average:
        return (unread,)
    won = np.zeros(x.size, bool)
    won[links[terms == np.nanmax(terms, 1, keepdims=True)]] = True
    return unread, Mark("winner", "the largest of a window", won.reshape(x.shape))


def _overlap(layer: Any, used: np.ndarray) -> list[str]:
    """How many windows read a cell."""
    if not hasattr(layer, "pool_size"):
        return []
    shared, lost = int((used > 1).sum()), int((used == 0).sum())
    notes = []
    if shared:
        notes.append(
            f"The windows overlap: {shared} of {used.size} cells stand in more than one, at most in {used.max()}."
        )
    if lost:
        notes.append(f"{lost} of {used.size} cells stand in no window.")
    return notes


def _shift(shifted: bool, changed: np.ndarray) -> str:
    some = f"{int(changed.sum())} of {changed.size} output{'s' * (changed.size > 1)}"
    if shifted:
        return f"The picture is shifted by one pixel to the right: {some} changed."
    return f"Shifting the picture by one pixel changes {some}."


def _ties(kind: str, terms: np.ndarray) -> list[str]:
    """What becomes of the gradient where several cells are the largest."""
    if not kind.endswith("max"):
        return []
    ties = int(((terms == np.nanmax(terms, 1, keepdims=True)).sum(1) > 1).sum())
    if not ties:
        return []
    who = (
        "they share the gradient" if kind == "global max" else "the first winner, row by row, gets all of the gradient"
    )
    return [f"{ties} window{'s have' if ties > 1 else ' has'} a tie: {who}."]


def formula(layer: Any, sides: tuple[int, ...]) -> str:
    """The output's size, computed with this picture's numbers; rows and columns apart where they differ."""
    if not hasattr(layer, "pool_size"):
        return "output size: 1"
    axes = zip(sides, layer.pool_size, layer.strides, strict=True)
    return size_formula(*(side_formula(n, size, stride, 1, layer.padding) for n, size, stride in axes))


def code(layer: Any) -> str:
    """The line of Keras that makes the layer."""
    name = type(layer).__name__
    if not hasattr(layer, "pool_size"):
        return f"keras.layers.{name}(keepdims=True)"
    return f'keras.layers.{name}(pool_size={layer.pool_size}, strides={layer.strides}, padding="{layer.padding}")'
