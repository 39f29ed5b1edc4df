"""Padding: the ring of zeros, the size it keeps, and how often each pixel takes part with and without it."""

from typing import Any

import numpy as np

from nnlab.explorers.convolution import ConvolutionExplorer
from nnlab.explorers.settings import Setting
from nnlab.explorers.windows import Pass


class Padding(ConvolutionExplorer):
    """What each kind of padding adds around an input, and how often each pixel is used with it.

    The parameters are those of `Stride`. An odd total of padding puts its extra row or column below or right.
    `compare=True` puts the outputs of all paddings side by side.

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
    controls = (
        "padding",
        "kernel_size",
        "input_size",
        "strides",
        "dilation_rate",
        "channels",
        "rates",
        "compare",
        "gradient",
    )
    ahead = ("padding", "kernel_size", "strides", "dilation_rate", "gradient")

    x: Any = Setting(None)  # as all convolutions have them, the padding before the strides
    kernel: Any = Setting(None)
    padding: str = Setting("same")
    strides: int | tuple[int, int] = Setting(1)
    dilation_rate: int | tuple[int, int] = Setting(1)
    input_size: int | tuple[int, int] = Setting(5)

    def notes(self, shown: Pass) -> list[str]:
        """Where padding goes, and how evenly the pixels are used."""
        (above, below), (left, right) = shown.amounts
        notes = []
        if shown.is_padded:
            rows, columns = f"{above} above and {below} below", f"{left} left and {right} right"
            even_handed = shown.padding in ("same", "reflect")
            odd = [place for place, uneven in (("below", above != below), ("right", left != right)) if uneven]
            extra = f"; the total is odd, so the extra one goes {' and '.join(odd)}" if odd and even_handed else ""
            what = (
                ("Mirrored rows", "Mirrored columns")
                if shown.padding == "reflect"
                else ("Rows of zeros", "Columns of zeros")
            )
            notes.append(f"{what[0]}: {rows}. {what[1]}: {columns}{extra}.")
        used = shown.used("x")
        low, high = used.min(), used.max()
        row, column = np.unravel_index(used.argmin(), used.shape)
        windows = f"{low} window{'' if low == 1 else 's'}"
        rarest = f"The pixel at ({row}, {column}) is used in {windows}, the most used one in {high}."
        notes.append(rarest if low != high else f"Every pixel is used in {windows}.")
        return notes
