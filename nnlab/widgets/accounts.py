"""How a number comes about, so that a learner can check it by hand: many terms joined, or one short equation.

Both kinds hold `links`: for each cell of the grid that they explain, which cells of other grids take part. Everything
that lights up under the pointer follows from these tables, read both ways.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from nnlab.widgets import decimals
from nnlab.widgets.decimals import signed


@dataclass(frozen=True)
class Terms:
    """A cell as the sum, the mean or the largest of its terms; each term is the product of cells of the `factors`.

    `links[grid]` has one row for each cell that is explained and one column for each term: a cell of `grid`, or -1
    where the term does not use it; a single column stands for all terms. A grid that is linked but no factor only
    lights up. `values` are the terms, one row for each cell, NaN where a term stands for nothing (a place outside the
    input that a maximum passes over). `layout` is how a learner should see the terms: (rows, columns), or (groups,
    rows, columns) with a subtotal for each of the `groups`. The linked cell of each of the `addends` (or its only
    cell) is added to the sum, mean or maximum. `count` is what each cell's mean divides by, where it is not the
    number of its terms.
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

    def cells(self, name: str, cell: int) -> np.ndarray:
        """The different cells of grid `name` that a cell uses."""
        return present(self.links[name], cell)

    def line(self, result: str, cell: int, grids: Mapping[str, Any]) -> str:
        """How a cell comes about, in one line that is true of what is printed."""
        grid, values = grids[result], np.asarray(self.values[cell], float)
        values = values[~np.isnan(values)]
        added = [np.ravel(grids[name].values)[self._addend(name, cell)] for name in self.addends]
        shown = decimals.printed(np.ravel(grid.values)[cell], grid.shown_digits)
        name = f"{grid.noun} {grid.place(cell)}".rstrip()
        if not np.isfinite([*values, *added, float(shown)]).all():
            return f"{name} = {grid.shown(cell)}"
        if self.operation == "max":
            total = max((decimals.printed(value, self.digits) for value in values), default=Decimal(0))
            first = f"largest of {len(values)}: {signed(total)}"
        else:
            total = decimals.printed(values.sum(), self.digits)
            first = signed(total)
        exact = Fraction(total)
        if self.operation == "mean":
            count = int(np.ravel(self.count)[cell]) if self.count is not None else len(values)
            first, exact = f"{first} / {count}", exact / max(count, 1)
        plus = [decimals.printed(value, self.digits) for value in added]
        sides = [first, *map(signed, plus)]
        rest = Fraction(shown) - exact - sum(map(Fraction, plus))
        if rest and self.operation == "sum":
            most = max(self.digits, grid.shown_digits)
            sides.append(f"{signed(decimals.printed(float(rest), most))} (rounding)")
            rest = Fraction(0)
        return f"{name} = {' + '.join(sides)} {'≈' if rest else '='} {grid.shown(cell)}"

    def payload(self, result: str, grids: Mapping[str, Any]) -> dict[str, Any]:
        """The account as JSON and arrays."""
        return {**vars(self), "values": np.asarray(self.values, float), "kind": "terms"}

    def _addend(self, name: str, cell: int) -> int:
        return int(self.cells(name, cell)[0]) if name in self.links else 0


@dataclass(frozen=True)
class Equation:
    """A cell as one line: `template` (or its own one of several) with the printed number of the cell that is linked
    in place of each {grid}.

    `links[grid]` has one cell number for each cell that is explained. `check` computes the line from the printed
    numbers, as Decimals in the order of `links`: where it gives the printed result the view writes "=", else "≈".
    Of several templates it gets the cell's own before the numbers.

    >>> links = {"x": np.arange(4), "mean": np.array([0, 1, 0, 1])}
    >>> centered = Equation("{x} − {mean}", links, lambda x, mean: x - mean)
    """

    template: str | tuple[str, ...]
    links: Mapping[str, np.ndarray]
    check: Callable[..., Decimal] = field(compare=False)

    def cells(self, name: str, cell: int) -> np.ndarray:
        """The cell of grid `name` that a cell uses."""
        return present(np.reshape(self.links[name], (-1, 1)), cell)

    def line(self, result: str, cell: int, grids: Mapping[str, Any]) -> str:
        """How a cell comes about, in one line that is true of what is printed."""

        def operand(found: re.Match[str]) -> str:
            text = grids[found[1]].shown(int(np.ravel(self.links[found[1]])[cell]))
            return f"({text})" if text.startswith("\N{MINUS SIGN}") and found.start() else text

        grid = grids[result]
        sign = "=" if self._exact(result, grids)[cell] else "≈"
        template = self.template if isinstance(self.template, str) else self.template[cell]
        side = re.sub(r"\{(\w+)\}", operand, template)
        return f"{f'{grid.noun} {grid.place(cell)}'.rstrip()} = {side} {sign} {grid.shown(cell)}"

    def payload(self, result: str, grids: Mapping[str, Any]) -> dict[str, Any]:
        """The account as JSON and arrays; `grids` are the scene's, by name."""
        links = {name: np.asarray(cells).reshape(-1, 1) for name, cells in self.links.items()}
        exact = np.array(self._exact(result, grids), bool)
        return {"kind": "equation", "template": self.template, "links": links, "exact": exact}

    def _exact(self, result: str, grids: Mapping[str, Any]) -> list[bool]:
        columns: list[Sequence[Any]] = [] if isinstance(self.template, str) else [self.template]
        columns += [printed_cells(grids[name], np.ravel(cells)) for name, cells in self.links.items()]
        shown = printed_cells(grids[result], np.arange(grids[result].values.size))
        return [equal(self.check, operands, value) for *operands, value in zip(*columns, shown, strict=True)]


Account = Terms | Equation


def present(table: np.ndarray, cell: int) -> np.ndarray:
    """The different cells in one row of a table of links."""
    row = np.unique(table[cell])
    return row[row >= 0]


def printed_cells(grid: Any, cells: np.ndarray) -> list[Decimal]:
    """The numbers that stand in those cells, as printed."""
    digits = grid.shown_digits
    return [decimals.printed(value, digits) for value in np.ravel(grid.values)[cells]]


def equal(check: Callable[..., Decimal], operands: Sequence[Decimal], value: Decimal) -> bool:
    """True if the line gives exactly `value`; a line that has no value, such as 1 / 0, gives none."""
    try:
        return check(*operands) == value
    except ArithmeticError:
        return False
