"""What a learner asks for in the view, read as changes of an explorer's settings.

A request is a dictionary from the outside: it can hold anything.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.core.errors import ArgumentError
from nnlab.explorers import predictions
from nnlab.widgets.scene import Scene

LONGEST = 60  # characters of a number


def changes(owner: str, scene: Scene, controls: tuple[str, ...], request: Mapping[str, Any]) -> dict[str, Any]:
    """What a request to set a control or to edit a cell would set: one control, or the numbers of one grid."""
    kind, name = request.get("kind"), request.get("name")
    if kind == "set" and isinstance(name, str) and name in controls:
        return {name: request.get("value")}
    editable = {grid.name: grid for grid in scene.grids if grid.editable}
    if kind != "edit" or not isinstance(name, str) or name not in editable:
        raise ArgumentError(f"{owner}: there is nothing to change under {name!r:.40}.")
    grid = editable[name]
    values = np.array(grid.values, float)
    cell = cell_number(owner, request.get("cell"), values.size)
    place = ", ".join(str(index) for index in np.unravel_index(cell, values.shape))
    values.flat[cell] = number(owner, f"{grid.noun} ({place})", request.get("text"))
    return {name: values}


def prediction(owner: str, scene: Scene, score: predictions.Score, request: Mapping[str, Any]) -> predictions.Score:
    """The score after a learner said a number, or gave a cell up by saying nothing."""
    asked = scene.waiting[0] if scene.waiting else None
    if asked is None or request.get("key") != scene.key or request.get("name") != asked:
        raise ArgumentError(f"{owner}: the picture has changed since this prediction, which does not count.")
    cell = cell_number(owner, request.get("cell"), scene.grid(asked).values.size)
    found = score["found"].get(asked, [])
    if cell in found:
        return score
    if request.get("text") is None:
        outcome = "shown"
    else:
        said = number(owner, "a prediction", request["text"])
        outcome = "right" if predictions.right(scene, cell, said) else "wrong"
    return score | {outcome: score[outcome] + 1, "found": score["found"] | {asked: sorted([*found, cell])}}


def cell_number(owner: str, cell: Any, size: int) -> int:
    """`cell` if a grid of that size has it."""
    if not isinstance(cell, int) or isinstance(cell, bool) or not 0 <= cell < size:
        raise ArgumentError(f"{owner}: there is no cell {cell!r:.40}.")
    return cell


def number(owner: str, what: str, text: Any) -> float:
    """`text` as a number, written with a comma or a typographic minus sign if one likes."""
    try:
        if not isinstance(text, str) or len(text) > LONGEST:
            raise ValueError
        return float(text.replace("\N{MINUS SIGN}", "-").replace(",", "."))
    except ValueError:
        raise ArgumentError(
            f"{owner}: {what} takes a number such as 2 or -0.5, received {text!r:.80}; the old number stays."
        ) from None
