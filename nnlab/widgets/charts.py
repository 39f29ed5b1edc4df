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
            f"{label} from {line[0]:z.{self.digits}f} to {line[-1]:z.{self.digits}f}"
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
