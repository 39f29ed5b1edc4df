"""Where batches come from: arrays that are cut, or an iterator of the user's that yields them.

A source gives, for one epoch after the other, batches that are checked: x, y and weights that fit the model.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from nnlab.core import seed as seeding
from nnlab.core.errors import ArgumentError, NnlabError
from nnlab.models import data

Check = Callable[..., data.Examples]  # of x, y and sample_weight as a person gives them


def is_source(x: Any) -> bool:
    """Whether `x` yields batches instead of being data itself.

    >>> is_source(iter([1, 2])), is_source([[1, 2]]), is_source({"x": [1]})
    (True, False, False)
    """
    known = isinstance(x, list | tuple | Mapping | np.ndarray | str | bytes) or hasattr(x, "__array__")
    return not known and (isinstance(x, Iterable) or hasattr(x, "__getitem__"))


class Arrays:
    """Arrays, cut into batches of `size`; in a new order in each epoch if `shuffle`.

    With `steps` an epoch has that many batches, and the next goes on where it ended.
    """

    ended = False

    def __init__(self, examples: data.Examples, size: int, shuffle: bool = False, steps: int | None = None):
        self.examples, self.size, self.shuffle = examples, size, shuffle
        self.count = data.count(examples[0])
        self.steps = math.ceil(self.count / size) if steps is None else steps
        self._left = None if steps is None else endless(self._once)

    def epoch(self) -> Iterator[data.Examples]:
        """The batches of the next epoch."""
        return self._once() if self._left is None else itertools.islice(self._left, self.steps)

    def _once(self) -> Iterator[data.Examples]:
        order = seeding.generator().permutation(self.count) if self.shuffle else None
        for part in data.batches(self.count, self.size, order):
            yield data.taken(self.examples, part)


class Yielded:
    """What an iterator yields, each batch checked as it comes.

    An iterator goes on from epoch to epoch, each of `steps` batches; what can begin again (a list-like of batches) does
    so in each epoch, or, if `steps` are given, whenever it ends. `ended` tells that there was not enough for an epoch.
    """

    def __init__(self, owner: str, batches: Any, check: Check, steps: int | None = None, fewest: int = 2):
        self.owner, self.batches, self.check, self.ended, self.seen = owner, batches, check, False, 0
        self.fewest = fewest  # arrays in a batch: 1 if x alone will do
        self.asked = steps
        self.steps = len(batches) if steps is None and hasattr(batches, "__len__") else steps
        if isinstance(batches, Iterator):
            self._left: Iterator[Any] | None = batches
        else:
            self._left = None if steps is None else endless(self._once)

    def epoch(self) -> Iterator[data.Examples]:
        """The batches of the next epoch."""
        left, taken = self._once() if self._left is None else self._left, 0
        for batch in itertools.islice(left, self.asked):
            taken, self.seen = taken + 1, self.seen + 1
            yield self._checked(batch)
        self.ended = taken < (self.asked or 1)

    def _once(self) -> Iterator[Any]:
        if isinstance(self.batches, Iterable):
            return iter(self.batches)
        return (self.batches[index] for index in range(len(self.batches)))

    def _checked(self, batch: Any) -> data.Examples:
        if self.fewest == 1 and not isinstance(batch, tuple):
            batch = (batch,)
        if not isinstance(batch, tuple | list) or not self.fewest <= len(batch) <= 3:
            raise ArgumentError(
                f"{self.owner}: batch {self.seen} that the iterator yields must be a tuple (x, y) or (x, y, "
                f"sample_weight), received {described(batch)}."
            )
        try:
            return self.check(*batch)
        except NnlabError as error:
            raise type(error)(f"batch {self.seen} of the iterator: {error}") from None


Source = Arrays | Yielded


def endless(once: Callable[[], Iterator[Any]]) -> Iterator[Any]:
    """All that `once` gives, again and again; nothing, if it gives nothing."""
    given = True
    while given:
        given = False
        for each in once():
            given = True
            yield each


def described(batch: Any) -> str:
    """What was yielded, in a few words."""
    if isinstance(batch, tuple | list):
        return f"a {type(batch).__name__} of {len(batch)}"
    if isinstance(batch, np.ndarray):
        return f"an array of shape {batch.shape}"
    return f"{type(batch).__name__} {batch!r}" if np.isscalar(batch) else type(batch).__name__
