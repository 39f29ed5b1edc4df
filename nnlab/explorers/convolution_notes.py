"""What is worth saying about a convolution, in sentences whose numbers are counted from the picture itself."""

import numpy as np

from nnlab import arrays, layers
from nnlab.explorers.sheets import by, channels_last, volume
from nnlab.explorers.windows import Pass
from nnlab.widgets import decimals


def spread(kernel: np.ndarray, rates: tuple[int, ...]) -> np.ndarray:
    """The weights of a dilated kernel at their distance, zeros between them.

    >>> spread(np.array([[1, 2], [3, 4]]), (1, 2))
    array([[1, 0, 2],
           [3, 0, 4]])
    """
    sides = [arrays.extent(size, rate) for size, rate in zip(kernel.shape[-2:], rates, strict=True)]
    wide = np.zeros((*kernel.shape[:-2], *sides), kernel.dtype)
    wide[..., :: rates[0], :: rates[1]] = kernel
    return wide


def dilation(shown: Pass) -> list[str]:
    """How far a dilated kernel reaches, and that an ordinary convolution with the zeros written out is the same."""
    if max(shown.layer.dilation_rate) == 1:
        return []
    rates, size = shown.layer.dilation_rate, shown.layer.kernel_size
    wide = spread(shown.kernel, rates)
    ordinary = layers.Conv2D(1, wide.shape[-2:], strides=shown.layer.strides, kernel_initializer="zeros")
    image, weights = (volume(channels_last(each)) for each in (shown.padded, wide))
    ordinary.build((1, *image.shape))
    ordinary.set_weights([weights[..., None], shown.bias.ravel()])
    apart = float(np.abs(ordinary(image[None])[0, :, :, 0] - shown.y).max())
    reach = " and ".join(
        dict.fromkeys(f"({k} − 1) · {d} + 1 = {arrays.extent(k, d)}" for k, d in zip(size, rates, strict=True))
    )
    equal = "the same output" if apart == 0 else f"an output that differs by at most {apart:.2g} (rounding of float32)"
    rate = by(rates if len(set(rates)) > 1 else rates[:1])
    return [
        f"At dilation rate {rate} a kernel of {by(size)} reaches over {by(wide.shape[-2:])} cells: {reach}.",
        f"An ordinary convolution with the kernel filled with zeros, computed as well, gives {equal}.",
    ]


def usage(shown: Pass) -> list[str]:
    """What the counts of use add up to."""
    places, weights = shown.y.size, int(np.prod(shown.layer.kernel_size))
    total = int(shown.used("x").sum())
    zeros = places * weights - total
    channel = " in each channel" if shown.x.ndim == 3 else ""
    reads = f"{places} place{'s' * (places != 1)} · {weights} weight{'s' * (weights != 1)}"
    if zeros:
        return [f"The counts add up to {total}{channel}: {reads} = {places * weights}, of which {zeros} meet zeros."]
    return [f"The counts add up to {total}{channel}: {reads}."]


def constant(shown: Pass) -> list[str]:
    """What the border does to an input that is the same everywhere."""
    sheets = shown.x.reshape(-1, shown.x.shape[-2] * shown.x.shape[-1])
    if np.ptp(sheets, 1).any() or not sheets.any() or sheets.shape[1] == 1:
        return []
    y, digits = shown.y.ravel(), decimals.of(shown.y)
    whole = (shown.tables["x"] >= 0).all(1)
    if np.allclose(y, y[0], rtol=1e-5, atol=1e-6):
        return [f"The input is the same everywhere, and so is the output: {decimals.text(y[0], digits)}."]
    low, high = (decimals.text(end, digits) for end in (y[~whole].min(), y[~whole].max()))
    inside = f" (inside it is {decimals.text(y[whole][0], digits)})" if whole.any() else ""
    return [
        f"The input is the same everywhere, the output is not: where zeros take part it goes "
        f"from {low} to {high}{inside}."
    ]
