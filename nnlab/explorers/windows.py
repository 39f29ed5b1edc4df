"""One pass of a convolution: its numbers as sheets, and which cells meet in each window, as the layer itself has it."""

from functools import cached_property

import numpy as np

from nnlab import arrays
from nnlab.core.layer import Layer
from nnlab.core.trace import Trace
from nnlab.explorers import paddings
from nnlab.explorers.sheets import sheets, volume
from nnlab.layers import Conv2D
from nnlab.widgets.scene import Mark


class Pass:
    """What a layer of `paddings.layers` makes of one input (rows, columns and perhaps channels) with one filter.

    The numbers of cells, in the tables and everywhere in a view, count sheet by sheet: channels, rows, columns.
    """

    def __init__(
        self,
        padding: str,
        layer: Layer,
        x: np.ndarray,
        kernel: np.ndarray,
        bias: float,
        grad: np.ndarray | None = None,
    ):
        self.padding, self.layer = padding, paddings.convolution_of(layer)
        image = volume(x)[None]
        layer.build(image.shape)
        layer.set_weights([volume(kernel)[..., None], [bias]])
        grad = None if grad is None else grad[None, :, :, None]
        self.trace: Trace = layer.trace(image, seed=0, grad=grad)
        self._inside = "" if layer is self.layer else f"{self.layer.name}/"
        self.amounts = paddings.amounts(padding, self.layer, x.shape[:2])

    def _image(self, name: str) -> np.ndarray:
        return sheets(self.trace[name].value[0])

    @cached_property
    def x(self) -> np.ndarray:
        """The input."""
        return self._image("x")

    @cached_property
    def padded(self) -> np.ndarray:
        """The padded input, whichever layer pads it."""
        return self._image(f"{self._inside}padded")

    @cached_property
    def kernel(self) -> np.ndarray:
        """The weights of the filter, which float64 multiplies without rounding."""
        return sheets(self.trace[f"{self._inside}kernel"].value[..., 0]).astype(float)

    @cached_property
    def bias(self) -> np.ndarray:
        """The bias, alone in a row."""
        return self.trace[f"{self._inside}bias"].value.reshape(1, 1)

    @cached_property
    def y(self) -> np.ndarray:
        """The output."""
        return self._image("y")

    def gradient(self, name: str) -> np.ndarray:
        """The gradient of x, padded, kernel, bias or y, in the same form."""
        path = name if name in ("x", "y") else f"{self._inside}{name}"
        gradient = np.asarray(self.trace[path].grad)
        if name == "bias":
            return gradient.reshape(1, 1)
        return sheets(gradient[..., 0] if name == "kernel" else gradient[0])

    @property
    def is_padded(self) -> bool:
        """Whether anything stands around the input."""
        return any(map(sum, self.amounts))

    @cached_property
    def tables(self) -> dict[str, np.ndarray]:
        """For each window, the cells of the input (-1: a zero of the padding), padded input and kernel that it joins.

        The same functions that pad and cut the layer's windows do it here, with arrays that hold the numbers of cells.
        """
        x = paddings.padded(self.padding, numbered(self.x), self.amounts, outside=-1)
        kernel = np.arange(self.kernel.size)
        tables = {"x": self._cut(x), "padded": self._cut(numbered(self.padded))}
        return {**tables, "kernel": np.tile(kernel, (len(tables["x"]), 1))}

    @cached_property
    def terms(self) -> np.ndarray:
        """The products of each window."""
        cells = np.reshape(self._by_channel(self.trace[f"{self._inside}windows"].value), self.tables["x"].shape)
        return cells * self.kernel.ravel()

    def used(self, name: str) -> np.ndarray:
        """How many windows read each place of x or padded; every channel is read alike."""
        of_first_channel = self.tables[name][:, : int(np.prod(self.layer.kernel_size))]
        return counts(of_first_channel, getattr(self, name).shape[-2:])

    def _cut(self, images: np.ndarray) -> np.ndarray:
        windows = arrays.windows(images, self.layer.kernel_size, self.layer.strides, self.layer.dilation_rate)
        return self._by_channel(windows).reshape(-1, self.kernel.size)

    def _by_channel(self, windows: np.ndarray) -> np.ndarray:
        """Windows (1, i, j, u, v, channels) as (i, j, channels, u, v)."""
        return np.moveaxis(np.asarray(windows)[0], -1, 2)


def numbered(image: np.ndarray) -> np.ndarray:
    """The numbers of the cells of sheets, as a batch of one image (1, height, width, channels)."""
    cells = np.arange(image.size).reshape(-1, *image.shape[-2:])
    return np.moveaxis(cells, 0, -1)[None]


def counts(table: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """How many windows read each cell."""
    return np.bincount(table[table >= 0], minlength=int(np.prod(shape))).reshape(shape)


def readers(table: np.ndarray, cells: int) -> np.ndarray:
    """For each cell and each weight, the window in which they meet; -1 where there is none.

    >>> readers(np.array([[0, 1], [1, 2]]), cells=3)
    array([[ 0, -1],
           [ 1,  0],
           [-1,  1]])
    """
    windows, weights = np.nonzero(table >= 0)
    met = np.full((cells, table.shape[1]), -1)
    met[table[windows, weights], weights] = windows
    return met


def ring(shown: Pass) -> tuple[Mark, ...]:
    """The cells that padding added, and among them the extra row or column of an odd total."""
    outside = np.ones(shown.padded.shape, bool)
    rows, columns = arrays.inside((1, *shown.x.shape[-2:], 1), shown.amounts)[1:3]
    outside[..., rows, columns] = False
    extra = np.zeros_like(outside)
    if shown.padding in ("same", "reflect"):
        (above, below), (left, right) = shown.amounts
        extra[..., extra.shape[-2] - (below - above) :, :] = True
        extra[..., extra.shape[-1] - (right - left) :] = True
    what = "mirrored cells" if shown.padding == "reflect" else "zeros"
    return Mark("padding", f"padding: {what}", outside), Mark("extra", "the extra row or column of an odd total", extra)


def formula(padding: str, layer: Conv2D, sides: tuple[int, ...], around: paddings.Amounts) -> str:
    """The output's size, computed with this picture's numbers; rows and columns apart where they differ."""
    added = [sum(amount) if padding != "same" else 0 for amount in around]
    numbers = zip(sides, layer.kernel_size, layer.strides, layer.dilation_rate, added, strict=True)
    return size_formula(*(side_formula(n, k, s, d, padding, more) for n, k, s, d, more in numbers))


def size_formula(rows: str, columns: str) -> str:
    """Both axes of it, once if they are equal."""
    return f"output size: {rows}" if rows == columns else f"rows: {rows}; columns: {columns}"


def side_formula(n: int, k: int, s: int, d: int, padding: str, added: int = 0) -> str:
    """One axis of it: floor((n + added - extent) / s) + 1, or ceil(n / s) for "same".

    >>> side_formula(5, 3, 1, 2, "full", added=8)
    '⌊(5 + 8 − ((3 − 1) · 2 + 1)) / 1⌋ + 1 = 9'
    """
    if padding == "same":
        return f"⌈{n} / {s}⌉ = {arrays.output_length(n, k, s, 'same', d)}"
    out = arrays.output_length(n + added, k, s, "valid", d)
    reach = f"(({k} − 1) · {d} + 1)" if d > 1 else f"{k}"
    return f"⌊({n} {f'+ {added} ' if added else ''}− {reach}) / {s}⌋ + 1 = {out}"
