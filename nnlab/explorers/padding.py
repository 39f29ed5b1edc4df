"""Padding: the ring of zeros, the size it keeps, and how often each pixel takes part with and without it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from nnlab.core.trace import Trace
from nnlab.explorers.convolution import ConvolutionExplorer
from nnlab.layers import Conv2D
from nnlab.widgets.scene import Grid


class Padding(ConvolutionExplorer):
    """What `padding="same"` adds around an input, compared with "valid", and how often each pixel is used.

    The parameters are those of `Stride`. An odd total of padding puts its extra row or column below or right.

    >>> explorer = Padding(input_size=5, kernel_size=4)
    >>> explorer.trace["y"].shape
    (1, 5, 5, 1)
    >>> print(explorer.scene.notes[0])
    Rows of zeros: 1 above and 2 below. Columns of zeros: 1 left and 2 right; the total is odd, so the extra one goes
    below and right.
    >>> explorer.padding = "valid"
    >>> explorer.trace["y"].shape
    (1, 2, 2, 1)
    """

    title = "Padding"
    defaults = {**ConvolutionExplorer.defaults, "input_size": 5}
    controls = ("padding", "kernel_size", "input_size", "strides", "gradient")
    ahead = ("padding", "kernel_size", "strides", "gradient")

    def __init__(
        self,
        x: Any = None,
        kernel: Any = None,
        padding: str = "same",
        strides: int | tuple[int, int] = 1,
        dilation_rate: int | tuple[int, int] = 1,
        input_size: int | tuple[int, int] | None = None,
        kernel_size: int | tuple[int, int] | None = None,
        bias: float = 1.0,
        hide: tuple[str, ...] = (),
        seed: int = 0,
        **unknown: Any,
    ):
        settings = {name: value for name, value in locals().items() if name in self.setting_names()}
        super().__init__(**settings, **unknown)

    def extra_grids(self, used: Mapping[str, np.ndarray]) -> tuple[Grid, ...]:
        """How often each pixel of the input is read."""
        stands_for = "padded" if used["padded"].shape != used["x"].shape else "x"
        grid = Grid("used", "Times used", used["x"], "uses of input", ("h", "w"), source=True, below="x")
        return (replace(grid, scale="count", mirrors=stands_for),)

    def notes(self, layer: Conv2D, trace: Trace, used: Mapping[str, np.ndarray]) -> tuple[str, ...]:
        """Where the zeros go, and how evenly the pixels are used."""
        (above, below), (left, right) = layer.pads(trace["x"].shape)
        notes = []
        if above + below + left + right:
            rows, columns = f"{above} above and {below} below", f"{left} left and {right} right"
            odd = [place for place, uneven in (("below", above != below), ("right", left != right)) if uneven]
            extra = f"; the total is odd, so the extra one goes {' and '.join(odd)}" if odd else ""
            notes.append(f"Rows of zeros: {rows}. Columns of zeros: {columns}{extra}.")
        low, high = used["x"].min(), used["x"].max()
        row, column = np.unravel_index(used["x"].argmin(), used["x"].shape)
        windows = f"{low} window{'' if low == 1 else 's'}"
        rarest = f"The pixel at ({row}, {column}) is used in {windows}, the most used one in {high}."
        notes.append(rarest if low != high else f"Every pixel is used in {windows}.")
        return tuple(notes)
