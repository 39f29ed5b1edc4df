"""Which cells each window of a convolution joins, and how many windows there are, as the layer itself has it."""

import numpy as np

from nnlab import arrays
from nnlab.core.trace import Trace
from nnlab.layers import Conv2D
from nnlab.widgets.scene import Mark


def plane(trace: Trace, name: str) -> np.ndarray:
    """The rows and columns of a value with one image, one channel and one filter."""
    value = trace[name].value
    return value[:, :, 0, 0] if name == "kernel" else value[0, :, :, 0]


def cell_numbers(layer: Conv2D, trace: Trace) -> dict[str, np.ndarray]:
    """For each window, which cells of the input (-1: padding), the padded input and the kernel it joins.

    The same function that cuts the layer's windows cuts them here, from arrays that hold the numbers of their cells.
    """
    x, padded, kernel = (np.arange(trace[name].value.size) for name in ("x", "padded", "kernel"))
    x = arrays.pad(x.reshape(trace["x"].shape), layer.pads(trace["x"].shape), value=-1)
    images = {"x": x, "padded": padded.reshape(trace["padded"].shape)}
    tables = {
        name: arrays.windows(image, layer.kernel_size, layer.strides, layer.dilation_rate).reshape(-1, kernel.size)
        for name, image in images.items()
    }
    return {**tables, "kernel": np.tile(kernel, (len(tables["x"]), 1))}


def counts(table: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """How many windows read each cell."""
    return np.bincount(table[table >= 0], minlength=int(np.prod(shape))).reshape(shape)


def ring(trace: Trace) -> tuple[Mark, ...]:
    """The cells that padding added, and among them the extra row or column of an odd total."""
    pads = trace.layer.pads(trace["x"].shape)
    outside = np.ones(plane(trace, "padded").shape, bool)
    rows, columns = arrays.inside(trace["x"].shape, pads)[1:3]
    outside[rows, columns] = False
    extra = np.zeros_like(outside)
    extra[len(extra) - (pads[0][1] - pads[0][0]) :] = True
    extra[:, extra.shape[1] - (pads[1][1] - pads[1][0]) :] = True
    return Mark("padding", "padding: zeros", outside), Mark("extra", "the extra row or column of an odd total", extra)


def formula(layer: Conv2D, trace: Trace) -> str:
    """The output's size, computed with this picture's numbers; rows and columns apart where they differ."""
    axes = [
        side_formula(*side, layer.padding)
        for side in zip(plane(trace, "x").shape, layer.kernel_size, layer.strides, layer.dilation_rate, strict=True)
    ]
    return f"output size: {axes[0]}" if axes[0] == axes[1] else f"rows: {axes[0]}; columns: {axes[1]}"


def side_formula(n: int, k: int, s: int, d: int, padding: str) -> str:
    """One axis of it: floor((n - extent) / s) + 1, or ceil(n / s) for "same"."""
    out = arrays.output_length(n, k, s, padding, d)
    if padding == "same":
        return f"⌈{n} / {s}⌉ = {out}"
    reach = f"(({k} − 1) · {d} + 1)" if d > 1 else f"{k}"
    return f"⌊({n} − {reach}) / {s}⌋ + 1 = {out}"
