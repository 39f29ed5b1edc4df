"""Gridding: which cells of the input one output sees through several dilated convolutions, one after the other.

Rates with a common factor leave holes, however many layers there are; rates such as 1, 2, 5 cover every cell (Wang et
al., Understanding convolution for semantic segmentation, arXiv:1702.08502). All weights are 1 here, so that the
gradient of the one output with regard to a cell is the number of ways that lead from the cell to it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlab import layers
from nnlab.core.arguments import integer
from nnlab.core.errors import ArgumentError
from nnlab.explorers.keras_line import Call
from nnlab.explorers.settings import Settings
from nnlab.explorers.sheets import by
from nnlab.models import Sequential
from nnlab.widgets.scene import Grid, Mark, Scene

NONE = "none"
OFFERED = (NONE, "2, 2, 2", "1, 2, 5", "1, 2, 3", "2, 2, 2 | 1, 2, 5")
MOST_LAYERS = 5
MOST_STACKS = 3
WIDEST = 37  # cells a side that a stack reaches over


def parsed(rates: str) -> list[tuple[int, ...]]:
    """The rates of each stack.

    >>> parsed("2, 2, 2 | 1, 2, 5")
    [(2, 2, 2), (1, 2, 5)]
    """
    return [tuple(int(rate) for rate in stack.split(",")) for stack in rates.split("|")]


def normal(owner: str, rates: Any, kernel_size: tuple[int, ...]) -> str:
    """Rates as they are written: "2, 2, 2", with " | " between stacks; from a text, a tuple, or a tuple of tuples."""
    if isinstance(rates, str):
        if rates.strip() == NONE:
            return NONE
        try:
            stacks = parsed(rates)
        except ValueError:
            stacks = []
    else:
        nested = isinstance(rates, list | tuple) and any(isinstance(each, list | tuple) for each in rates)
        stacks = list(rates) if nested else [rates]
    if not 1 <= len(stacks) <= MOST_STACKS or not all(isinstance(each, list | tuple) and each for each in stacks):
        raise ArgumentError(f"{owner}: rates must be 'none', (2, 2, 2) or '2, 2, 2 | 1, 2, 5', received {rates!r:.80}.")
    stacks = [tuple(integer(owner, "rates", rate) for rate in stack) for stack in stacks]
    for stack in stacks:
        reach = max(reaches(stack, kernel_size))
        if len(stack) > MOST_LAYERS or reach > WIDEST:
            raise ArgumentError(
                f"{owner}: rates {stack} reach over {reach} cells in {len(stack)} layers, expected at most "
                f"{WIDEST} cells and {MOST_LAYERS} layers."
            )
    return " | ".join(", ".join(map(str, stack)) for stack in stacks)


def reaches(rates: Sequence[int], kernel_size: tuple[int, ...]) -> tuple[int, ...]:
    """How many rows and columns of the input one output of the stack reaches over.

    >>> reaches((2, 2, 2), (3, 3))
    (13, 13)
    """
    return tuple(1 + (size - 1) * sum(rates) for size in kernel_size)


def ways(rates: Sequence[int], kernel_size: tuple[int, ...]) -> np.ndarray:
    """For each cell that the one output reaches over, in how many ways it is seen: the gradient of real layers.

    >>> ways((2, 2), (1, 3)).astype(int)
    array([[1, 0, 2, 0, 3, 0, 2, 0, 1]])
    """
    stack = Sequential(
        [
            layers.Conv2D(
                1, kernel_size, dilation_rate=rate, use_bias=False, kernel_initializer="ones", dtype="float64"
            )
            for rate in rates
        ],
        name="stack",
    )
    return stack.trace(np.zeros((1, *reaches(rates, kernel_size), 1)), seed=0)["x"].grad[0, :, :, 0]


def scene(title: str, settings: Settings) -> Scene:
    """A grid of counts for each stack."""
    size, grids, notes = settings["kernel"].shape[:2], [], []
    for number, rates in enumerate(parsed(settings["rates"])):
        seen = ways(rates, size)
        listed = ", ".join(map(str, rates))
        missed = seen == 0
        holes = Mark("unread", "not seen by the output", missed)
        grids.append(
            Grid(
                f"seen_{number}",
                f"Seen at rates {listed}",
                seen,
                "ways to the output from cell",
                ("h", "w"),
                scale="count",
                look="tiles",
                marks=(holes,),
            )
        )
        share = "all" if not missed.any() else f"{int((~missed).sum())}"
        notes.append(
            f"{len(rates)} layer{'s' * (len(rates) > 1)} with kernels of {by(size)} at rates {listed} reach over "
            f"{by(seen.shape)} cells: {reckoned(rates, size)}. One output sees {share} of these {seen.size}."
        )
    return Scene(
        title=f"{title}: stacked rates",
        formula="",
        parts=tuple(grids),
        accounts={},
        result="",
        notes=tuple(notes),
        code=code(settings["rates"], size),
        text=f"{title}: what one output sees through stacked layers.",
    )


def reckoned(rates: Sequence[int], kernel_size: tuple[int, ...]) -> str:
    """How far a stack reaches, with its numbers.

    >>> reckoned((2, 2, 2), (3, 3))
    '1 + (3 − 1) · (2 + 2 + 2) = 13'
    """
    sides = dict.fromkeys(zip(kernel_size, reaches(rates, kernel_size), strict=True))
    return " and ".join(f"1 + ({size} − 1) · ({' + '.join(map(str, rates))}) = {reach}" for size, reach in sides)


def code(rates: str, kernel_size: tuple[int, ...]) -> str:
    """A model of Keras for each stack."""
    lines = []
    for stack in parsed(rates):
        convolutions = (f"keras.layers.Conv2D(1, {kernel_size}, dilation_rate={rate})" for rate in stack)
        lines.append(f"keras.Sequential([{', '.join(convolutions)}])")
    return "\n".join(lines)


def read(calls: Sequence[Call], current: str) -> Settings:
    """The settings of several convolutions; cut into stacks as they are now, if they are as many."""
    owner, rates, sizes = calls[0].owner, [], set()
    for call in calls:
        layer = call.layer("Conv2D", shown=("filters", "kernel_size", "dilation_rate"))
        if layer.filters != 1 or len(set(layer.dilation_rate)) > 1:
            raise ArgumentError(f"{owner}: a stack takes one filter and one rate a layer, received {call.arguments}.")
        rates.append(layer.dilation_rate[0])
        sizes.add(layer.kernel_size)
    if len(sizes) > 1:
        raise ArgumentError(f"{owner}: the kernels of a stack must have one size here, received {sorted(sizes)}.")
    lengths = [len(stack) for stack in parsed(current)] if current != NONE else []
    if sum(lengths) != len(rates):
        lengths = [len(rates)]
    ends = np.cumsum(lengths)
    stacks = [tuple(rates[end - length : end]) for end, length in zip(ends, lengths, strict=True)]
    return {"rates": stacks, "kernel_size": sizes.pop()}
