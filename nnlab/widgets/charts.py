"""What is not a grid: curves over a common axis, and a map whose areas are numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.widgets import decimals


@dataclass(frozen=True)
class Curves:
    """Lines over the points `x`: `lines[label]` has one number for each point.

    `at` is the point that the picture stands at, if any. Pointing at a place prints the numbers of the nearest point.
    """

    name: str
    title: str
    x: np.ndarray
    lines: Mapping[str, np.ndarray]
    x_label: str = ""
    y_label: str = ""
    at: int | None = None
    badge: str = "exact"
    below: str = ""

    @property
    def digits(self) -> int:
        """The decimals that its numbers are printed with."""
        return decimals.of(np.concatenate([np.ravel(line) for line in self.lines.values()]))

    def text(self) -> str:
        """The ends of each line in words."""
        ends = (
            f"{label} from {decimals.printed(line[0], self.digits)} to {decimals.printed(line[-1], self.digits)}"
            for label, line in self.lines.items()
        )
        return f"{self.title}: {'; '.join(ends)}."

    def payload(self) -> dict[str, Any]:
        """The chart as JSON and arrays."""
        lines = [{"label": label, "values": np.asarray(line, float)} for label, line in self.lines.items()]
        digits = {"digits": self.digits, "x_digits": decimals.of(self.x)}
        return {**vars(self), **digits, "kind": "curves", "x": np.asarray(self.x, float), "lines": lines}


@dataclass(frozen=True)
class Treemap:
    """Boxes whose areas are numbers: `measures[label]` has one whole number for each of the `labels`.

    The learner picks the measure. `details[i]` says of box i what its number is made of (`3·3·64·128 + 128`).
    """

    name: str
    title: str
    labels: tuple[str, ...]
    measures: Mapping[str, np.ndarray]
    details: Mapping[str, tuple[str, ...]]
    badge: str = "exact"
    below: str = ""

    def text(self) -> str:
        """The numbers in words, measure by measure."""
        return "\n".join(
            f"{label}: {', '.join(f'{name} {int(n):,}' for name, n in zip(self.labels, values, strict=True))}."
            for label, values in self.measures.items()
        )

    def payload(self) -> dict[str, Any]:
        """The chart as JSON and arrays."""
        measures = [
            {"label": label, "values": np.asarray(values, float), "details": list(self.details.get(label, ()))}
            for label, values in self.measures.items()
        ]
        return {**vars(self), "kind": "treemap", "measures": measures, "details": None}


Chart = Curves | Treemap


def squarified(values: np.ndarray, width: float, height: float) -> dict[int, tuple[float, float, float, float]]:
    """A box (left, top, width, height) for each number above zero, areas in proportion, sides as even as can be.

    Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000): the largest first, along the shorter side, a row ending
    where one more box would make its worst box longer.

    >>> squarified(np.array([3, 0, 1]), 4, 1)
    {0: (0.0, 0.0, 3.0, 1.0), 2: (3.0, 0.0, 1.0, 1.0)}
    """
    order = [int(index) for index in np.argsort(-values, kind="stable") if values[index] > 0]
    scale = width * height / (sum(float(values[index]) for index in order) or 1.0)
    areas = {index: float(values[index]) * scale for index in order}
    boxes: dict[int, tuple[float, float, float, float]] = {}
    left, top = 0.0, 0.0

    def worst(row: list[int], side: float) -> float:
        depth = sum(areas[index] for index in row) / side
        return max(max(areas[index] / depth**2, depth**2 / areas[index]) for index in row)

    while order:
        wide = width - left > height - top
        side = height - top if wide else width - left
        row = [order.pop(0)]
        while order and worst([*row, order[0]], side) <= worst(row, side):
            row.append(order.pop(0))
        depth, along = sum(areas[index] for index in row) / side, 0.0
        for index in row:
            length = areas[index] / depth
            corner = (left, top + along) if wide else (left + along, top)
            boxes[index] = (*corner, depth, length) if wide else (*corner, length, depth)
            along += length
        left, top = (left + depth, top) if wide else (left, top + depth)
    return boxes
