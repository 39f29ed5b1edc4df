"""What a view can show: grids of cells, accounts of how their numbers come about, charts, and controls.

A scene is plain data. An explorer makes one from a layer's trace; the view, in JavaScript or as a still picture,
draws it without knowing what a layer is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from nnlab.widgets import decimals
from nnlab.widgets.accounts import Account
from nnlab.widgets.charts import Chart

Look = Literal["cells", "bars", "points", "tiles"]


@dataclass(frozen=True)
class Mark:
    """Cells that are special; `label` says what it means.

    `style` is "padding", "extra", "unread", "dropped" (struck out), "winner" (framed) or "padded" (masked).
    """

    style: str
    label: str
    cells: np.ndarray


@dataclass(frozen=True)
class Grid:
    """Numbers in rows and columns, or in sheets of rows and columns.

    `noun` is what one cell is called ("weight"), `axes` the letters of its axes, `before` the sign that stands between
    this grid and the one before it. `scale` is "signed" (blue below zero, orange above) or "count". `look` is how
    cells are drawn: with their numbers ("cells"), as bars or as points on a number line with their numbers beside
    them, or as small tiles whose number shows on pointing. `labels` name the columns in place of their numbers,
    `sheets` the sheets. A `source` stands on the left, what is made of it on the right; `mirrors` names the grid whose
    cells this grid's cells stand for, where it takes part in no account itself; `below` names the part under which it
    is drawn. `size` is what its size is called where that is not its rows and columns. `badge` says where its numbers
    are from: computed for all ("exact"), for some ("sampled"), or summed up ("aggregated"). A `hidden` grid keeps the
    numbers back that are NaN in it.
    """

    name: str
    title: str
    values: np.ndarray
    noun: str
    axes: tuple[str, ...] = ("", "")
    before: str = ""
    scale: str = "signed"
    look: Look = "cells"
    source: bool = False
    editable: bool = False
    marks: tuple[Mark, ...] = ()
    digits: int | None = None
    labels: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    mirrors: str = ""
    below: str = ""
    size: str = ""
    badge: str = "exact"
    hidden: bool = False

    @property
    def shown_digits(self) -> int:
        """The decimals that its numbers are printed with."""
        return decimals.of(self.values) if self.digits is None else self.digits

    def place(self, cell: int) -> str:
        """Where cell number `cell` stands, by names where there are some: (1, 2), (red, 0, 2), (cat); "" if alone."""
        if self.values.size == 1:
            return ""
        *sheet, row, column = np.unravel_index(cell, self.values.shape)
        rows = [] if self.labels and self.values.shape[-2] == 1 else [str(row)]
        sheets = [self.sheets[number] if self.sheets else str(number) for number in sheet]
        return f"({', '.join([*sheets, *rows, self.labels[column] if self.labels else str(column)])})"

    def shown(self, cell: int) -> str:
        """The number of a cell as it is printed."""
        value = np.ravel(self.values)[cell]
        return "?" if self.hidden and np.isnan(value) else decimals.text(value, self.shown_digits)

    def text(self) -> str:
        """The numbers in words, row by row; of tiles, which are too many to read, how many and from where to where."""
        if self.look == "tiles" and self.values.size:
            low, high = (decimals.printed(end(self.values), self.shown_digits) for end in (np.min, np.max))
            size = self.size or " × ".join(map(str, self.values.shape))
            return f"{self.title}: {size} numbers from {low} to {high}."
        tables = np.reshape(self.values, (-1, *self.values.shape[-2:]))
        digits, names = self.shown_digits, self.sheets or ("",) * len(tables)
        sheets = []
        for name, table in zip(names, tables, strict=False):
            rows = "; ".join(" ".join(str(decimals.printed(value, digits)) for value in row) for row in table)
            sheets.append(f"{name}: {rows}" if name else rows)
        return f"{self.title}: {'; '.join(sheets)}."

    def payload(self) -> dict[str, Any]:
        """The grid as JSON and arrays."""
        marks = [{"style": m.style, "label": m.label, "cells": m.cells} for m in self.marks if m.cells.any()]
        return {**vars(self), "kind": "grid", "digits": self.shown_digits, "marks": marks}


@dataclass(frozen=True)
class Control:
    """A setting: `options` are its valid values in order, `refused` the reason why the next one is not.

    `label` is what it is called where that is not its name. `kind` is "range" (a slider), "choice" (a menu) or
    "switch" (true or false).
    """

    name: str
    value: Any
    options: list[Any]
    kind: str = "range"
    refused: str = ""
    label: str = ""


@dataclass(frozen=True)
class Scene:
    """One picture: grids and charts in the order they are drawn, and the accounts of the grids that have one.

    The learner steps through the cells of the grid `result`; its account, and that of each grid from which it takes a
    single cell, is shown line by line in the order of `accounts`. `waiting` are the parts whose numbers are hidden
    while the learner predicts those of the first of them. Equal pictures have equal keys.
    """

    title: str
    formula: str
    parts: tuple[Grid | Chart, ...]
    accounts: Mapping[str, Account]
    result: str
    controls: tuple[Control, ...] = ()
    notes: tuple[str, ...] = ()
    code: str = ""
    text: str = ""
    hide: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    key: str = ""

    @property
    def grids(self) -> tuple[Grid, ...]:
        """The parts that are grids."""
        return tuple(part for part in self.parts if isinstance(part, Grid))

    def trail(self, name: str, cell: int) -> list[tuple[str, int]]:
        """The cells on which a cell rests one by one, itself among them, as (grid, cell) in the order of `accounts`."""
        reached: dict[str, int] = {}
        waiting = [(name, cell)]
        while waiting:
            grid, at = waiting.pop(0)
            if grid in self.accounts and grid not in reached:
                reached[grid] = at
                steps = ((other, self.accounts[grid].cells(other, at)) for other in self.accounts[grid].links)
                waiting += [(other, int(cells[0])) for other, cells in steps if len(cells) == 1]
        return [(grid, reached[grid]) for grid in self.accounts if grid in reached]

    def grid(self, name: str) -> Grid:
        """The grid of that name."""
        return next(grid for grid in self.grids if grid.name == name)

    def payload(self) -> dict[str, Any]:
        """The scene as JSON and arrays, for `payload.pack`."""
        grids = {grid.name: grid for grid in self.grids}
        return {
            **vars(self),
            "parts": [part.payload() for part in self.parts],
            "accounts": {name: account.payload(name, grids) for name, account in self.accounts.items()},
            "controls": [vars(control) for control in self.controls],
        }
