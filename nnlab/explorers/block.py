"""The arrays of an explorer: drawn from its seed, given, or changed by a learner and remembered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.explorers.settings import Settings
from nnlab.explorers.sheets import drawn_channels, flat, numbers, volume


@dataclass(frozen=True)
class Block:
    """A setting that is an array: rows and columns of `values`, at most so many, in up to so many channels.

    `ones` are the axes of length 1 with which a layer takes it.
    """

    name: str
    values: tuple[int, ...]
    most: int
    channels: int = 1
    ones: tuple[int, ...] = ()

    def drawn(self, seed: int) -> np.ndarray:
        """The largest such array (rows, columns, channels); smaller ones are its corner."""
        return drawn_channels(self.values, self.most, seed, self.channels)


class Memory:
    """What stands in the blocks of an explorer, also beyond what is shown.

    What a learner put into a cell comes back when a side was made smaller and larger again, until another seed is set.
    """

    def __init__(self, owner: str, blocks: Sequence[Block]):
        self._owner, self._blocks = owner, {block.name: block for block in blocks}
        self._seed: int | None = None
        self._sheets: dict[str, np.ndarray] = {}

    def read(self, name: str, value: Any) -> np.ndarray:
        """An array that is given for a block."""
        block = self._blocks[name]
        return numbers(self._owner, name, value, block.most, block.ones, block.channels)

    def array(
        self, name: str, settings: Settings, given: Mapping[str, Any], shape: Callable[[], tuple[int, ...]]
    ) -> np.ndarray:
        """A block as it is given, else in that shape (rows, columns, channels), drawn anew if the seed was just set."""
        array = settings[name]
        if name in given:
            array = self.read(name, array)
        elif array is None or "seed" in given:
            array = corner(self._blocks[name].drawn(settings["seed"]), shape())
        elif volume(array).shape != shape():
            array = self.corner(name, shape(), settings["seed"])
        array.flags.writeable = False  # a number set in place would not reach the picture
        return array

    def corner(self, name: str, shape: tuple[int, ...], seed: int) -> np.ndarray:
        """So many rows, columns and channels of what is remembered, or else drawn."""
        return corner(self._sheets[name] if name in self._sheets else self._blocks[name].drawn(seed), shape)

    def remember(self, settings: Settings) -> None:
        """Keep the numbers that are shown."""
        for name, block in self._blocks.items():
            if settings["seed"] != self._seed:
                self._sheets[name] = block.drawn(settings["seed"])
            shown = volume(settings[name])
            self._sheets[name][tuple(map(slice, shown.shape))] = shown
        self._seed = settings["seed"]


def corner(sheet: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The first rows, columns and channels; one channel without its axis."""
    return flat(sheet[tuple(map(slice, shape))].copy())
