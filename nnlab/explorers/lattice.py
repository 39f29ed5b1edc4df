"""Pictures computed ahead: one for each position that a learner can reach with the controls, the nearest first.

They are computed a little at a time, when the view is idle, so that nothing waits for them and no thread is needed.
"""

import gzip
import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from nnlab.core.errors import NnlabError
from nnlab.explorers.settings import Settings, as_json
from nnlab.widgets.payload import Packer
from nnlab.widgets.scene import Scene

MOST_SCENES = 160
MOST_BYTES = 600_000
LARGEST_LEVEL = 2000  # positions that are put in order at once
MOST_SECONDS = 2.0  # of computing, on whatever machine this is: what is not there in time is asked for when needed


class Lattice:
    """The scenes around some settings: `values[control]` are the values that each control could take.

    `settle(changes)` gives the settings of a position, `show(settings)` their scene, `name(settings)` the name of the
    picture. `pictures[position]` are the names of those that are there, the position being the values as JSON.
    """

    def __init__(
        self,
        values: Mapping[str, Sequence[Any]],
        current: Settings,
        settle: Callable[[Settings], Settings],
        show: Callable[[Settings], Scene],
        name: Callable[[Settings], str],
    ):
        self.controls, self._current = list(values), current
        self._settle, self._show, self._name = settle, show, name
        self._left = nearest(values, current)
        self._packer = Packer(sharing=True)
        self._scenes: dict[str, Any] = {}
        self._spent = 0.0
        self.pictures = {self.position(current): name(current)}
        self.close = False  # whether all positions that are one move away are there
        self.done = not values

    def position(self, settings: Mapping[str, Any]) -> str:
        """Where the settings are in the lattice."""
        return as_json([settings[control] for control in self.controls])

    def compute(self, seconds: float) -> bool:
        """Go on for so long; True when all is there that will be."""
        start = time.perf_counter()
        spent = 0.0
        while not self.done and spent < seconds:
            position = next(self._left, None)
            if position is not None:
                values = dict(zip(self.controls, position, strict=True))
                self.close = sum(as_json(values[name]) != as_json(self._current[name]) for name in values) > 1
                self._add(values)
            spent = time.perf_counter() - start
            full = len(self._scenes) >= MOST_SCENES or self._packer.size >= MOST_BYTES
            late = self.close and self._spent + spent >= MOST_SECONDS
            self.done = position is None or full or late
        self._spent += spent
        return self.done

    def packed(self) -> tuple[dict[str, Any], bytes]:
        """What is there, for JavaScript: what it is, and its scenes, zipped: their header (JSON), then their arrays."""
        text = json.dumps({"scenes": self._scenes, "shared": self._packer.shared}).encode()
        text += b" " * (-len(text) % 8)  # arrays begin at multiples of 8
        about = {"controls": self.controls, "count": len(self._scenes), "header": len(text), "done": self.done}
        return about, gzip.compress(text + self._packer.data(), compresslevel=2, mtime=0)

    def forget(self) -> None:
        """Keep no more than which positions there are."""
        self._scenes, self._packer = {}, Packer(sharing=True)

    def _add(self, values: Settings) -> None:
        changes = {name: value for name, value in values.items() if as_json(value) != as_json(self._current[name])}
        try:
            settings = self._settle(changes)
            scene = self._show(settings)
        except NnlabError:
            return  # the layer refuses this position, and so no control offers it
        at = self.position(settings)
        self.pictures[at] = self._name(settings)
        self._scenes[at] = self._packer.add(scene.payload())


def nearest(values: Mapping[str, Sequence[Any]], current: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The combinations of the values: those that differ from the current ones in few controls, and by little, first.

    >>> list(nearest({"a": [1, 2, 3], "b": ["x", "y"]}, {"a": 1, "b": "x"}))
    [(1, 'x'), (2, 'x'), (1, 'y'), (3, 'x'), (2, 'y'), (3, 'y')]
    """
    others = {name: _others(options, current[name]) for name, options in values.items()}
    for moved in range(len(values) + 1):
        level: list[tuple[int, Settings]] = []
        for names in itertools.combinations(values, moved):
            for steps in itertools.islice(itertools.product(*(others[name] for name in names)), LARGEST_LEVEL):
                changed = {name: value for name, (_, value) in zip(names, steps, strict=True)}
                level.append((sum(far for far, _ in steps), changed))
        level.sort(key=lambda entry: entry[0])
        yield from (tuple(changed.get(name, current[name]) for name in values) for _, changed in level)


def _others(options: Sequence[Any], value: Any) -> list[tuple[int, Any]]:
    """The options beside `value`, the nearest first, each with how far it is."""
    known = [as_json(option) for option in options]
    at = known.index(as_json(value)) if as_json(value) in known else 0
    far = [(max(abs(index - at), 1), option) for index, option in enumerate(options) if known[index] != as_json(value)]
    return sorted(far, key=lambda entry: entry[0])
