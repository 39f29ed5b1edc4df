"""What is asked: an exercise is a function that the student writes, and the checks that it must pass.

The same objects serve three readers: the notebook at once, the marking of submissions, and the tests that try
right and wrong answers on the checks themselves. An exercise says nothing of how the answer is run.
"""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Arguments = Callable[[np.random.Generator], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True)
class Case:
    """One call of the answer: its arguments by name, in order, and the value that is right."""

    arguments: dict[str, Any]
    expected: Any


@dataclass(frozen=True)
class Check:
    """One property of a right answer, worth `points`: every case that `make(rng)` yields must agree.

    `tolerance` is relative, see `nnlab.grading.compare`. `hint` is one sentence for this failure alone.
    """

    name: str
    points: int
    make: Callable[[np.random.Generator], Iterable[Case]]
    tolerance: float = 1e-5
    hint: str = ""

    def cases(self, seed: int | str = 0) -> list[Case]:
        """Make the cases anew: the same arrays for the same seed, never shared between two calls."""
        digest = hashlib.sha256(f"{seed}/{self.name}".encode()).digest()
        return list(self.make(np.random.default_rng(int.from_bytes(digest[:8], "big"))))


@dataclass(frozen=True)
class SourceCheck:
    """A property of how the answer is written: `refuse` reads its source and says what is wrong, or None.

    It counts only for an answer that passes all checks of its values: an empty function earns nothing.
    """

    name: str
    points: int
    refuse: Callable[[str], str | None]
    hint: str = ""


@dataclass(frozen=True)
class Exercise:
    """A function to write, found by its `name`: its arguments in order, its checks, its hints.

    step     the step of the layer that the function computes ("windows", "grad:kernel"), if there is one:
             the lesson then also runs the layer with the answer in its place.
    adapt    makes of the answer the function that stands in for the step, where it takes other arguments than
             the record holds; left out, the answer's arguments are those of the record.
    axes     a letter an axis of the result, for messages ("b h w c").
    banned   names that the answer must not use, each with what to do instead.
    """

    name: str
    task: str
    arguments: tuple[str, ...]
    checks: tuple[Check | SourceCheck, ...] = field(repr=False)
    hints: tuple[str, ...] = field(default=(), repr=False)
    step: str | None = None
    adapt: Callable[[Callable], Callable] | None = field(default=None, repr=False)
    axes: str = ""
    banned: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def points(self) -> int:
        """The most that the exercise is worth: the sum over its checks."""
        return sum(check.points for check in self.checks)

    @property
    def is_prediction(self) -> bool:
        """Whether this is a `Prediction`, which is committed once, and not a step to write."""
        return isinstance(self, Prediction)

    @property
    def stub(self) -> str:
        """The untouched answer, as a student receives it: the task and the points stand in its docstring."""
        points = f"({self.points}~point{'' if self.points == 1 else 's'})"
        lines = textwrap.fill(f'"""{self.task} {points}"""', 100).replace("~", " ").splitlines()
        body = [*lines, "# YOUR CODE HERE", "raise NotImplementedError()"]
        return f"def {self.name}({', '.join(self.arguments)}):\n" + "".join(f"    {line}\n" for line in body)


class Prediction(Exercise):
    """An answer that the student commits to before it is shown: a function without arguments.

    `answer()` computes the right value with the real layer, so that it is never a number typed by hand;
    `because` explains it once it is shown. The first answer counts.
    """

    def __init__(
        self,
        name: str,
        task: str,
        answer: Callable[[], Any],
        because: str,
        points: int = 1,
        tolerance: float = 1e-5,
    ) -> None:
        check = Check("prediction", points, lambda rng: [Case({}, answer())], tolerance)
        super().__init__(name, task, (), (check,))
        object.__setattr__(self, "answer", answer)
        object.__setattr__(self, "because", because)

    answer: Callable[[], Any]
    because: str


def calls(reference: Callable[..., Any], arguments: Callable[[np.random.Generator], Iterable[Mapping[str, Any]]]):
    """Make the `make` of a `Check` from a reference function and a generator of its arguments.

    >>> double = Check("doubles", 1, calls(lambda x: 2 * x, lambda rng: [{"x": 3}, {"x": -1}]))
    >>> [case.expected for case in double.cases()]
    [6, -2]
    """

    def make(rng: np.random.Generator) -> Iterable[Case]:
        for given in arguments(rng):
            yield Case(dict(given), reference(**given))

    return make
