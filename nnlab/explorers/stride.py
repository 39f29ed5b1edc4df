"""Stride: how far the window moves, why the output shrinks, and which cells rounding leaves behind."""

import numpy as np

from nnlab.explorers.convolution import ConvolutionExplorer
from nnlab.explorers.windows import Pass


class Stride(ConvolutionExplorer):
    """The window of a convolution on its way over the input.

    x: rows and columns of numbers, at most 12 each, or (rows, columns, channels) with up to 3 channels; kernel: at
    most 7 each, with as many channels; without them both are drawn from the seed with `input_size` and `kernel_size`
    cells a side. All parameters are traits that can be set later; sizes, strides and dilation rate are one integer or
    a pair (rows, columns). `padding` is "valid", "same", or, by a layer before the convolution, "full", "causal" or
    "reflect"; `compare=True` shows all five. `rates` ((2, 2, 2), or "2, 2, 2 | 1, 2, 5" for two stacks) shows what one
    output sees through stacked dilated layers. `hide` names controls or parts of the view ("transport", "ledger",
    "notes", "code") to leave out. Nonsense raises, and the view keeps its last picture.

    >>> explorer = Stride(x=[[1, 2, 3, 4], [5, 6, 7, 8], [9, 8, 7, 6], [5, 4, 3, 2]], kernel=[[1, 0], [0, 1]], bias=0)
    >>> explorer.trace["y"].value[0, :, :, 0]
    array([[ 7.,  9., 11.],
           [13., 13., 13.],
           [13., 11.,  9.]], dtype=float32)
    >>> explorer.strides = 2
    >>> explorer.trace["y"].shape
    (1, 2, 2, 1)
    >>> explorer.code
    'keras.layers.Conv2D(filters=1, kernel_size=(2, 2), strides=(2, 2), padding="valid")'
    """

    title = "Stride"
    controls = (
        "strides",
        "kernel_size",
        "input_size",
        "padding",
        "dilation_rate",
        "channels",
        "rates",
        "compare",
        "gradient",
    )
    ahead = ("strides", "kernel_size", "padding", "dilation_rate", "gradient")

    def notes(self, shown: Pass) -> list[str]:
        """What the last window leaves over, and what lies between windows."""
        read = shown.used("padded") > 0
        reached_by = ("row", "column"), (read.any(1), read.any(0))
        lost, skipped = [], []
        for name, reached, size, stride in zip(*reached_by, shown.layer.kernel_size, shown.layer.strides, strict=True):
            last = int(np.flatnonzero(reached)[-1])
            lost += [f"the last {several(len(reached) - 1 - last, name)}"] * (not reached[-1])
            skipped += [several(stride - size, name)] * (stride > size and not reached[:last].all())
        notes = []
        if lost:
            notes.append(f"Rounding down leaves {' and '.join(lost)} unread: one more step would not fit.")
        if skipped:
            notes.append(f"Steps longer than the kernel leave out {' and '.join(skipped)} each time.")
        return notes


def several(count: int, name: str) -> str:
    """One row, 2 rows."""
    return name if count == 1 else f"{count} {name}s"
