"""The backward pass of pooling: the winner takes the window's gradient, or all cells of a mean take equal shares."""

import numpy as np

from nnlab.core.trace import Trace
from nnlab.explorers.sheets import channels, sheets
from nnlab.explorers.windows import readers
from nnlab.widgets import decimals
from nnlab.widgets.accounts import Account, Equation, Terms
from nnlab.widgets.scene import Grid


def gradients(trace: Trace, links: np.ndarray, divisor: str = "members") -> tuple[list[Grid], dict[str, Account]]:
    """The grids of the gradients, each below what it is the gradient of, and how their numbers come about.

    `links` says for each window which cells it reads, -1 beyond the edge. How much of its gradient a window hands to a
    cell is read from the trace. `divisor` names the grid of how many cells share, if the picture has it already.
    """
    upstream = sheets(np.asarray(trace["y"].grad)[0]).astype(float)
    shares = window_shares(trace, links)
    reader = readers(links, trace["x"].value.size)  # the window in which a cell stands at each place
    place = np.broadcast_to(np.arange(links.shape[1]), reader.shape)
    received = np.where(reader >= 0, shares[reader, place], 0)
    giving = received > 0
    slots = max(int(giving.sum(1).max(initial=0)), 1)  # of the windows that hand a cell something
    order = np.argsort(~giving, axis=1, kind="stable")[:, :slots]
    windows = np.where(np.take_along_axis(giving, order, 1), np.take_along_axis(reader, order, 1), -1)
    portion = np.take_along_axis(received, order, 1)
    values = np.where(windows >= 0, upstream.ravel()[windows] * portion, np.nan)
    grids = [
        Grid(
            "grad",
            "Gradient of the output",
            upstream,
            "gradient of output",
            ("i", "j"),
            editable=True,
            sheets=channels(upstream),
            below="y",
        ),
    ]
    accounts: dict[str, Account] = {}
    factors: tuple[str, ...] = ("grad",)
    tables = {"grad": windows}
    parts = shares.max(1).reshape(upstream.shape)
    if (parts != 1).any():
        counts = np.rint(1 / parts).astype(int)
        names = channels(parts)
        if divisor == "members":
            grids.append(
                Grid(divisor, "Shared by", counts, "cells", ("i", "j"), scale="count", sheets=names, below="y")
            )
        grids.append(Grid("share", "Share of a cell", parts, "share", ("i", "j"), sheets=names, below="y"))
        cells = np.arange(parts.size) % (counts.size if divisor == "members" else np.prod(counts.shape[-2:]))
        accounts["share"] = Equation(f"1 / {{{divisor}}}", {divisor: cells}, lambda count: 1 / count)
        factors, tables = ("grad", "share"), {"grad": windows, "share": windows}
    digits = decimals.of_products(upstream, parts, addend=np.zeros(1))
    gradient = sheets(np.asarray(trace["x"].grad)[0])
    grids.append(
        Grid(
            "grad_x",
            "Gradient of the input",
            gradient,
            "gradient of input",
            ("h", "w"),
            source=True,
            below="x",
            digits=digits,
            sheets=channels(gradient),
        )
    )
    return grids, accounts | {"grad_x": Terms(tables, factors, values, (1, slots), digits)}


def window_shares(trace: Trace, links: np.ndarray) -> np.ndarray:
    """Which part of its gradient each window hands to each of its cells."""
    channels = trace["x"].shape[-1]
    if "winner" in trace.names and "windows" in trace.names:  # the first of the largest takes all
        winner = sheets(np.asarray(trace["winner"].value)[0]).reshape(-1, 1)
        return (np.arange(links.shape[1]) == winner).astype(float)
    if "windows" in trace.names:
        return (links >= 0) / np.tile(np.ravel(trace["count"].value), channels)[:, None]
    if "winner" in trace.names:  # of the whole picture: all that are largest share
        winner = sheets(np.asarray(trace["winner"].value)[0]).reshape(channels, -1)
        return winner / winner.sum(1, keepdims=True)
    return np.full(links.shape, 1 / links.shape[1])
