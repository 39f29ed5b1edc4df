"""How a number comes about, so that a learner can check it by hand: many terms joined, or one short equation.

Both kinds hold `links`: for each cell of the grid that they explain, which cells of other grids take part. Everything
that lights up under the pointer follows from these tables, read both ways.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import numpy as np


@dataclass(frozen=True)
class Terms:
    """A cell as the sum, the mean or the largest of its terms; each term is the product of cells of the `factors`.

    `links[grid]` has one row for each cell that is explained and one column for each term: a cell of `grid`, or -1
    where the term does not use it. A grid that is linked but no factor only lights up. `values` are the terms, in the
    same shape, NaN where a term stands for nothing (a place outside the input that a maximum passes over). `layout` is
    how a learner should see the terms: (rows, columns), or (groups, rows, columns) with a subtotal for each of the
    `groups`. The linked cell of each of the `addends` (or its only cell) is added to the sum. `count` is what each
    cell's mean divides by.
    """

    links: Mapping[str, np.ndarray]
    factors: tuple[str, ...]
    values: np.ndarray
    layout: tuple[int, ...]
    digits: int
    operation: Literal["sum", "mean", "max"] = "sum"
    addends: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    count: np.ndarray | None = None

    def payload(self, result: str, grids: Mapping[str, Any]) -> dict[str, Any]:
        """The account as JSON and arrays."""
        return {**vars(self), "kind": "terms"}


@dataclass(frozen=True)
class Equation:
    """A cell as one line: `template` with each {grid} replaced by the printed number of the linked cell.

    `links[grid]` has one cell number for each cell that is explained. `check` computes the line from the printed
    numbers, as Decimals in the order of `links`: where it gives the printed result the view writes "=", else "≈".

    >>> links = {"x": np.arange(4), "mean": np.array([0, 1, 0, 1])}
    >>> centered = Equation("{x} − {mean}", links, lambda x, mean: x - mean)
    """

    template: str
    links: Mapping[str, np.ndarray]
    check: Callable[..., Decimal] = field(compare=False)

    def payload(self, result: str, grids: Mapping[str, Any]) -> dict[str, Any]:
        """The account as JSON and arrays; `grids` are the scene's, by name."""
        columns = [printed_cells(grids[name], cells) for name, cells in self.links.items()]
        shown = printed_cells(grids[result], np.arange(grids[result].values.size))
        exact = [equal(self.check, operands, value) for *operands, value in zip(*columns, shown, strict=True)]
        links = {name: np.asarray(cells).reshape(-1, 1) for name, cells in self.links.items()}
        return {"kind": "equation", "template": self.template, "links": links, "exact": np.array(exact, bool)}


Account = Terms | Equation


def printed_cells(grid: Any, cells: np.ndarray) -> list[Decimal]:
    """The numbers that stand in those cells, as printed."""
    return [Decimal(f"{value:.{grid.shown_digits}f}") for value in np.ravel(grid.values)[cells]]


def equal(check: Callable[..., Decimal], operands: Sequence[Decimal], value: Decimal) -> bool:
    """True if the line gives exactly `value`; a line that has no value, such as 1 / 0, gives none."""
    try:
        return check(*operands) == value
    except ArithmeticError:
        return False
