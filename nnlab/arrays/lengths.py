"""Arithmetic of lengths: how many windows fit, how much padding makes them fit. No arrays.

The window at place i covers the padded input at i * stride + u * dilation for u = 0 .. size - 1 (Dumoulin and Visin,
arXiv:1603.07285).
"""

import math

Sizes = tuple[int, ...]


def extent(size: int, dilation: int = 1) -> int:
    """How many input cells a window reaches over.

    >>> extent(3), extent(3, dilation=2)
    (3, 5)
    """
    return (size - 1) * dilation + 1


def output_length(length: int | None, size: int, stride: int, padding: str, dilation: int = 1) -> int | None:
    """How many windows fit: floor((length - extent) / stride) + 1; ceil(length / stride) for "same" and "causal".

    >>> output_length(28, 3, 1, "valid"), output_length(5, 3, 2, "same"), output_length(None, 3, 1, "same")
    (26, 3, None)
    """
    if length is None:
        return None
    if padding in ("same", "causal"):
        return math.ceil(length / stride)
    return max((length - extent(size, dilation)) // stride + 1, 0)


def stretch(size: int, stride: int, padding: str, dilation: int = 1, output_padding: int | None = None) -> int:
    """How many output cells the last input cell of a transposed convolution accounts for; each before it: `stride`.

    So that without `output_padding` the convolution back ("valid" or "same") has the length of the input again.

    >>> stretch(3, 2, "valid"), stretch(2, 3, "valid"), stretch(3, 2, "same"), stretch(3, 2, "same", 1, 0)
    (3, 3, 2, 1)
    """
    reach = extent(size, dilation)
    if padding == "valid":
        return max(reach, stride) if output_padding is None else reach + output_padding
    return stride if output_padding is None else reach % 2 + output_padding


def pads(length: int, size: int, stride: int, padding: str, dilation: int = 1) -> tuple[int, int]:
    """How many zeros go before and after; where the total is odd, "same" puts the extra one after.

    "causal" puts all of them before, so that a window ends where its place is.

    >>> pads(5, 3, 1, "same"), pads(6, 3, 2, "same"), pads(5, 3, 1, "valid"), pads(5, 3, 1, "causal")
    ((1, 1), (0, 1), (0, 0), (2, 0))
    """
    if padding == "valid":
        return 0, 0
    if padding == "causal":
        return extent(size, dilation) - 1, 0
    total = max((math.ceil(length / stride) - 1) * stride + extent(size, dilation) - length, 0)
    return total // 2, total - total // 2
