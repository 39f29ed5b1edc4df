"""A worksheet: grids of numbers, and of what each cell is made."""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any, NamedTuple

from worksheets.arithmetic import calculated

Cell = tuple[str, int]  # a grid and the number of a cell in it, row by row


class Term(NamedTuple):
    """The product of some cells; `lights` are others that belong to it without being multiplied."""

    factors: tuple[Cell, ...]
    lights: tuple[Cell, ...] = ()


class Terms(NamedTuple):
    """A cell as the "sum", "mean" or "max" of terms, to which cells are added."""

    terms: list[Term]
    operation: str = "sum"
    addends: tuple[Cell, ...] = ()


class Line(NamedTuple):
    """A cell as a line of arithmetic, in which {grid} stands for a cell of that grid."""

    template: str
    operands: dict[str, int] = {}


class Worksheet:
    """Grids of numbers by name: `shape`, `values` (row by row) and `made` (how each cell comes about) of each.

    `mirrors[name]` is the grid whose cells a grid's cells stand for; `notes` are the numbers that each note says, in
    order; `size` is the shape of the output in the formula; `curves` and `maps` are what the charts show.
    """

    def __init__(self) -> None:
        self.shape: dict[str, tuple[int, ...]] = {}
        self.values: dict[str, list[float]] = {}
        self.made: dict[str, list[Terms | Line]] = {}
        self.mirrors: dict[str, str] = {}
        self.marks: dict[tuple[str, str], set[int]] = {}
        self.notes: list[list[float]] = []
        self.formula: list[float] | None = None
        self.code: dict[str, Any] = {}
        self.sizes: dict[str, tuple[int, ...]] = {}  # of grids that are drawn in another shape than they have
        self.curves: dict[str, tuple[list[float], dict[str, list[float]]]] = {}
        self.maps: dict[str, dict[str, list[int]]] = {}
        self.names: dict[str, list[str]] = {}
        self.result = "y"  # the grid that is stepped through, "" for none
        self.refused: list[str] = []  # paddings of which a note says why they cannot be
        self.code_numbers: list[float] = []  # of several lines of Keras, in order
        self.edges: list[float] = []  # from where on a histogram's bars count
        self.rates: list[float] = []  # of the layers that drop, in the formula

    def give(self, name: str, values: Any, shape: Sequence[int]) -> None:
        """A grid whose numbers are known."""
        flat = [float(value) for value in flattened(values)]
        assert len(flat) == math.prod(shape), (name, shape)
        self.shape[name], self.values[name] = tuple(shape), flat

    def make(self, name: str, shape: Sequence[int], how: Callable[..., Terms | Line]) -> None:
        """A grid whose cells are made of others: `how(*place)` says of what."""
        self.shape[name] = tuple(shape)
        self.made[name] = [how(*place) for place in product(*map(range, shape))]
        self.values[name] = [self.value(made) for made in self.made[name]]

    def value(self, made: Terms | Line) -> float:
        """The number of a cell that is made so."""
        if isinstance(made, Line):
            numbers = {name: self.values[name][cell] for name, cell in made.operands.items()}
            return calculated(made.template, numbers)
        products = [self.product(term) for term in made.terms]
        joined = {"sum": math.fsum, "mean": lambda all_: math.fsum(all_) / len(all_), "max": max}[made.operation]
        return joined(products) + sum(self.values[name][cell] for name, cell in made.addends)

    def product(self, term: Term) -> float:
        return math.prod(self.values[name][cell] for name, cell in term.factors)

    def uses(self) -> dict[Cell, list[tuple[str, int, Term | Line]]]:
        """Where each cell is used, apart from being added."""
        found: dict[Cell, list[tuple[str, int, Term | Line]]] = {}
        for name, all_made in self.made.items():
            for cell, made in enumerate(all_made):
                if isinstance(made, Line):
                    for other in made.operands.items():
                        found.setdefault(other, []).append((name, cell, made))
                    continue
                for term in made.terms:
                    for other in {*term.factors, *term.lights}:
                        found.setdefault(other, []).append((name, cell, term))
        return found

    def added(self, cell: Cell) -> list[Cell]:
        """The cells to which a cell is added."""
        return [
            (name, at)
            for name, all_made in self.made.items()
            for at, made in enumerate(all_made)
            if isinstance(made, Terms) and cell in made.addends
        ]

    def trail(self, name: str, cell: int) -> dict[str, int]:
        """The cells on which a cell rests one by one, itself among them."""
        reached: dict[str, int] = {}
        waiting = [(name, cell)]
        while waiting:
            grid, at = waiting.pop()
            if grid not in self.made or grid in reached:
                continue
            reached[grid] = at
            made, used = self.made[grid][at], {}
            if isinstance(made, Line):
                pairs: Iterable[Cell] = made.operands.items()
            else:
                pairs = [cell for term in made.terms for cell in (*term.factors, *term.lights)] + list(made.addends)
            for other, index in pairs:
                used.setdefault(other, set()).add(index)
            waiting += [(other, cells.pop()) for other, cells in used.items() if len(cells) == 1]
        return reached


def flattened(values: Any) -> list[float]:
    """The numbers of nested lists, or a number alone, in order."""
    return [values] if isinstance(values, int | float) else [one for each in values for one in flattened(each)]


def flat_number(place: Sequence[int], shape: Sequence[int]) -> int:
    """The number of a cell, row by row."""
    number = 0
    for at, side in zip(place, shape, strict=True):
        number = number * side + at
    return number
