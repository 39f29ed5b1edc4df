"""Predict mode: which numbers wait to be found, whether what a learner said is right, and the score.

While a grid waits, the view shows nothing but what that grid is computed from.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from nnlab.core.arguments import integer
from nnlab.core.errors import ArgumentError
from nnlab.widgets import decimals
from nnlab.widgets.scene import Scene

COUNTS = ("right", "wrong", "shown")
HIDDEN = "hidden until it is predicted"

Score = dict[str, Any]


def score(owner: str, value: Any) -> Score:
    """A score in its normal form: how often right, wrong and shown, and the cells `found` in this picture.

    >>> score("Stride", {"right": 2})
    {'right': 2, 'wrong': 0, 'shown': 0, 'found': {}}
    """
    if not isinstance(value, Mapping) or not set(value) <= {*COUNTS, "found"}:
        raise ArgumentError(f"{owner}: score must be a dictionary with {', '.join(COUNTS)}, received {value!r:.80}.")
    found = value.get("found", {})
    if not isinstance(found, Mapping) or not all(isinstance(cells, list | tuple) for cells in found.values()):
        raise ArgumentError(f"{owner}: found must name the cells of each grid, received {found!r:.80}.")
    counted = {name: integer(owner, name, value.get(name, 0), minimum=0) for name in COUNTS}
    cells = {str(grid): sorted({integer(owner, "found", cell, minimum=0) for cell in found[grid]}) for grid in found}
    return {**counted, "found": cells}


def waiting(scene: Scene, grid: str) -> tuple[str, ...]:
    """`grid`, and every other part that is neither needed for its numbers, nor stands for one that is, nor given."""
    needed, new = set(), {grid}
    while new:
        needed |= new
        accounts = [scene.accounts[name] for name in new if name in scene.accounts]
        new = {name for account in accounts for name in (*account.links, *getattr(account, "addends", ()))} - needed
    given = {part.name for part in scene.grids if part.source and part.name not in scene.accounts}
    shown = needed | given | {part.name for part in scene.grids if part.mirrors in needed}
    return (grid, *(part.name for part in scene.parts if part.name not in shown))


def concealed(scene: Scene, found: Collection[int]) -> Scene:
    """The scene without what waits, and without the cells of the first grid that waits, until all are found."""
    asked = scene.waiting[0]
    values = np.array(scene.grid(asked).values, float)
    left = np.setdiff1d(np.arange(values.size), list(found))
    if not left.size:
        return scene
    values.flat[left] = np.nan
    parts = []
    for part in scene.grids:
        marks = tuple(mark for mark in part.marks if mark.style != "winner")
        kept = {"values": values, "digits": part.shown_digits, "hidden": True} if part.name == asked else {}
        if part.name == asked or part.name not in scene.waiting:
            parts.append(replace(part, marks=marks, **kept))
    accounts = {name: account for name, account in scene.accounts.items() if name not in scene.waiting}
    lines = (line for line in scene.text.split("\n") if line not in scene.notes)
    titles = [part.title for part in scene.parts if part.name in scene.waiting]
    text = "\n".join(
        next((f"{title}: {HIDDEN}." for title in titles if line.startswith(f"{title}: ")), line) for line in lines
    )
    return replace(scene, parts=tuple(parts), accounts=accounts, notes=(), text=text)


def right(scene: Scene, cell: int, answer: Any) -> bool:
    """Whether `answer` is the number of that cell of the grid that waits, as precisely as it is printed."""
    grid = scene.grid(scene.waiting[0])
    value = float(decimals.printed(np.ravel(grid.values)[cell], grid.shown_digits))
    return bool(abs(answer - value) <= 0.5 * 10.0**-grid.shown_digits * (1 + 1e-9))
