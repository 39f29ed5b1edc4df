"""The block of numbers that an explorer works on: drawn from a seed, given, or changed by a learner and remembered."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.core.arguments import integer, number
from nnlab.explorers.settings import Settings
from nnlab.explorers.sheets import drawn, numbers


class Block:
    """The setting x of an explorer, and its `sides`: the names of the settings that say how many rows and columns.

    What a learner put into a cell comes back when a side was made smaller and larger again.
    """

    def __init__(self, owner: str, sides: tuple[str, str], values: tuple[int, ...], most: int):
        self.owner, self.sides, self.values, self.most = owner, sides, values, most
        self._seed: int | None = None
        self._sheet = np.empty((0, 0))

    def prepared(self, settings: Settings, given: Mapping[str, Any]) -> Settings:
        """x and its sides after a change, whichever of them was given."""
        if "x" in given:
            x = numbers(self.owner, "x", given["x"], self.most)
        elif settings["x"] is None or {"seed", *self.sides} & set(given):
            rows, columns = (self._side(name, settings[name]) for name in self.sides)
            x = self._sheet_of(settings["seed"])[:rows, :columns].copy()
        else:
            x = settings["x"]
        x.flags.writeable = False  # a number set in place would not reach the picture
        return {"x": x, **dict(zip(self.sides, x.shape, strict=True))}

    def remember(self, settings: Settings) -> None:
        """Keep the numbers that are shown."""
        self._sheet, self._seed = self._sheet_of(settings["seed"]), settings["seed"]
        rows, columns = settings["x"].shape
        self._sheet[:rows, :columns] = settings["x"]

    def _side(self, name: str, value: Any) -> int:
        return int(number(self.owner, name, integer(self.owner, name, value), 1, self.most))

    def _sheet_of(self, seed: int) -> np.ndarray:
        """Numbers for the largest block: those that are remembered, if they are of this seed."""
        return self._sheet if seed == self._seed else drawn(self.values, self.most, (seed, self.most))
