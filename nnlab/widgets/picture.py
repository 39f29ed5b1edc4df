"""A scene as a still picture, for pages and printers where no widget runs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from matplotlib.figure import Figure

from nnlab.widgets import drawing
from nnlab.widgets.charts import Chart
from nnlab.widgets.scene import Grid, Scene

GAP, TITLE, LINE = 0.55, 0.62, 0.17  # inches: between parts, above each for its title, a line of text
WIDEST = 13.0  # inches, after which parts go on below


@dataclass
class Stack:
    """Parts that stand one below the other, and how much room they take."""

    parts: list[Grid | Chart]

    @property
    def width(self) -> float:
        """Inches, without the gap to the next."""
        return max(drawing.size(part)[0] for part in self.parts)

    @property
    def height(self) -> float:
        """Inches, with the titles."""
        return sum(drawing.size(part)[1] + TITLE for part in self.parts)


def figure(scene: Scene, cell: int = 0) -> Figure:
    """All parts, with what result cell number `cell` is made of framed, and the account of that cell."""
    result = next((grid for grid in scene.grids if grid.name == scene.result), None)
    if result is not None and not 0 <= cell < result.values.size:
        raise IndexError(f"cell must be from 0 to {result.values.size - 1}, received {cell}.")
    rows = list(wrapped(stacks(scene)))
    lines = account(scene, cell).splitlines()
    top, bottom = 0.45, 0.3 + LINE * len(lines)
    width = max([sum(stack.width + GAP for stack in row) for row in rows] + [4.0]) + GAP
    height = sum(max(stack.height for stack in row) for row in rows) + top + bottom
    # No pyplot: a widget's callbacks run in another thread, and pyplot's current figure is shared by all.
    picture = Figure(figsize=(width, height), facecolor="white")
    above = height - top
    for row in rows:
        left, tall = GAP, max(stack.height for stack in row)
        for stack in row:
            sign = getattr(stack.parts[0], "before", "")
            if sign:
                middle = (above - tall / 2 - TITLE / 2) / height
                picture.text((left - GAP / 2) / width, middle, sign, ha="center", va="center", fontsize=15)
            place(picture, stack, scene, cell, (left, above - (tall - stack.height) / 2))
            left += stack.width + GAP
        above -= tall
    picture.text(GAP / width, 1 - 0.1 / height, f"{scene.title}   {scene.formula}", va="top", fontsize=10)
    picture.text(GAP / width, 0.14 / height, "\n".join(lines), fontsize=9, va="bottom")
    return picture


def stacks(scene: Scene) -> list[Stack]:
    """The parts in the order they are drawn, those that stand below another together with it."""
    names = {part.name for part in scene.parts}
    above = [part for part in scene.parts if part.below not in names]
    return [Stack([part, *(other for other in scene.parts if other.below == part.name)]) for part in above]


def wrapped(all_stacks: Sequence[Stack]) -> Iterator[list[Stack]]:
    """The stacks in rows that are not too wide."""
    numbered, row, used = [], 0, 0.0
    for stack in all_stacks:
        if used and used + stack.width > WIDEST:
            row, used = row + 1, 0.0
        numbered.append((row, stack))
        used += stack.width + GAP
    for _, members in groupby(numbered, key=lambda pair: pair[0]):
        yield [stack for _, stack in members]


def place(picture: Figure, stack: Stack, scene: Scene, cell: int, corner: tuple[float, float]) -> None:
    """Draws a stack with its upper left corner there (inches)."""
    width, height = picture.get_size_inches()
    left, above = corner
    for part in stack.parts:
        above -= TITLE
        for sheet, (x, y, wide, tall) in enumerate(drawing.boxes(part)):
            axes = picture.add_axes(((left + x) / width, (above - y - tall) / height, wide / width, tall / height))
            drawing.draw(part, axes, sheet, linked(scene, part.name, cell))
        above -= drawing.size(part)[1]


def linked(scene: Scene, name: str, cell: int) -> np.ndarray:
    """The cells of grid `name` that result cell `cell` rests on; none if all of them do."""
    none = np.array([], int)
    if name == scene.result:
        return np.array([cell])
    cells = [
        scene.accounts[result].cells(name, at)
        for result, at in scene.trail(scene.result, cell)
        if name in scene.accounts[result].links
    ]
    grid = next((grid for grid in scene.grids if grid.name == name), None)
    if grid is None or not cells:
        return none
    found = np.unique(np.concatenate(cells))
    return found if found.size < grid.values.size else none


def account(scene: Scene, cell: int) -> str:
    """How result cell `cell` comes about, in lines that are true of what is printed."""
    grids = {grid.name: grid for grid in scene.grids}
    trail = scene.trail(scene.result, cell)
    return "\n".join(scene.accounts[name].line(name, at, grids) for name, at in trail)
