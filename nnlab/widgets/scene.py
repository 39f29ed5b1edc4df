"""What the grid view can show: grids of cells, the links between them, a ledger that adds up, and controls.

A scene is plain data. An explorer makes one from a layer's trace; the view, in JavaScript or as a still picture,
draws it without knowing what a layer is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab.widgets import decimals


@dataclass(frozen=True)
class Mark:
    """Cells that are special: `style` is "padding", "extra" or "unread", `label` says what it means."""

    style: str
    label: str
    cells: np.ndarray


@dataclass(frozen=True)
class Grid:
    """Numbers in rows and columns.

    `noun` is what one cell is called ("weight"), `axes` the letters of rows and columns, `before` the sign that
    stands between this grid and the one before it. `scale` is "signed" (blue below zero, orange above) or "count".
    `mirrors` names the grid of factors whose cells this grid's cells stand for, where it is not one of them itself;
    `below` names the grid under which it is drawn.
    """

    name: str
    title: str
    values: np.ndarray
    noun: str
    axes: tuple[str, str] = ("", "")
    before: str = ""
    scale: str = "signed"
    editable: bool = False
    marks: tuple[Mark, ...] = ()
    digits: int | None = None
    mirrors: str = ""
    below: str = ""

    @property
    def shown_digits(self) -> int:
        """The decimals that its numbers are printed with."""
        return decimals.of(self.values) if self.digits is None else self.digits

    def text(self) -> str:
        """The numbers in words, row by row."""
        rows = (" ".join(f"{value:z.{self.shown_digits}f}" for value in row) for row in self.values)
        return f"{self.title}: {'; '.join(rows)}."

    def payload(self) -> dict[str, Any]:
        """The grid as JSON and arrays."""
        marks = [{"style": m.style, "label": m.label, "cells": m.cells} for m in self.marks if m.cells.any()]
        return {**vars(self), "digits": self.shown_digits, "marks": marks}


@dataclass(frozen=True)
class Ledger:
    """How each cell of the grid `result` comes about: term by term a product, their sum, and an addend.

    `terms` has one row for each result cell; `layout` is how many rows and columns a learner should see them in.
    `factors` are the grids whose linked cells are multiplied, `addend` the grid whose only cell is added.
    """

    result: str
    terms: np.ndarray
    layout: tuple[int, int]
    factors: tuple[str, ...]
    digits: int
    addend: str | None = None


@dataclass(frozen=True)
class Control:
    """A setting: `options` are its valid values in order, `refused` the reason why the next one is not."""

    name: str
    value: Any
    options: list[Any]
    kind: str = "range"
    refused: str = ""


@dataclass(frozen=True)
class Scene:
    """One picture. `links[grid]` has the shape of the ledger's terms: which cell of `grid` each term uses, or -1."""

    title: str
    formula: str
    grids: tuple[Grid, ...]
    links: Mapping[str, np.ndarray]
    ledger: Ledger
    controls: tuple[Control, ...] = ()
    notes: tuple[str, ...] = ()
    code: str = ""
    text: str = ""
    hide: tuple[str, ...] = field(default=())

    def grid(self, name: str) -> Grid:
        """The grid of that name."""
        return next(grid for grid in self.grids if grid.name == name)

    def payload(self) -> dict[str, Any]:
        """The scene as JSON and arrays, for `payload.pack`."""
        return {
            **vars(self),
            "grids": [grid.payload() for grid in self.grids],
            "ledger": vars(self.ledger),
            "controls": [vars(control) for control in self.controls],
        }
