"""Small arrays that a learner can read: drawn from a seed, or given and checked."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.core.arguments import integers, number
from nnlab.core.errors import ArgumentError, ShapeError

LARGEST = 9999.0  # of a number in a cell: what a learner can read and add up


def drawn(values: tuple[int, ...], most: int, seed: int | tuple[int, ...]) -> np.ndarray:
    """`most` rows and columns of numbers picked from `values`; smaller sizes are its top left corner.

    >>> drawn((-1, 1), 2, seed=0)
    array([[ 1.,  1.],
           [ 1., -1.]])
    """
    return np.random.default_rng(seed).choice(values, (most, most)).astype(float)


def drawn_channels(values: tuple[int, ...], most: int, seed: int, channels: int) -> np.ndarray:
    """The same with an axis for channels at the end; more channels leave the first as they are."""
    seeds = [(seed, most), *((seed, most, channel) for channel in range(1, channels))]
    return np.stack([drawn(values, most, each) for each in seeds], -1)


def numbers(owner: str, name: str, value: Any, most: int, ones: tuple[int, ...] = (), channels: int = 1) -> np.ndarray:
    """`value` as rows and columns of numbers, each short enough to read; of up to so many `channels`, which come last.

    An array with four axes may come as a layer takes it, with the axes `ones` of length 1; they are dropped, and so is
    an axis of a single channel.

    >>> numbers("Stride", "x", [[1, 2]], most=12)
    array([[1., 2.]])
    """
    expected = f"expected rows and columns of numbers, at most {most} of each"
    if channels > 1:
        expected += f", in up to {channels} channels"
    try:
        array = np.asarray(value)
    except ValueError:
        raise ShapeError(f"{owner}: {name} has rows of unequal lengths; {expected}.") from None
    if array.ndim == 4 and all(array.shape[axis] == 1 for axis in ones):
        array = array.squeeze(ones)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    in_channels = array.ndim == 3 and 1 <= array.shape[2] <= channels
    if not (array.ndim == 2 or in_channels) or not 1 <= min(array.shape[:2]) <= max(array.shape[:2]) <= most:
        part = f" Pass a part, such as {name}[:{most}, :{most}]." if array.ndim == 2 and array.size else ""
        raise ShapeError(f"{owner}: {name} has shape {array.shape}; {expected}.{part}")
    if array.dtype.kind not in "fiub":
        raise ArgumentError(f"{owner}: {name} must hold numbers, received {value!r}; {expected}.")
    array = array.astype(float)
    wrong = array[~(np.abs(array) <= LARGEST)]  # catches NaN as well
    if wrong.size:
        raise ArgumentError(f"{owner}: {name} takes numbers from {-LARGEST:g} to {LARGEST:g}, received {wrong[0]:g}.")
    return array


def two_sides(owner: str, name: str, value: Any, most: int) -> tuple[int, ...]:
    """`value` as a number of rows and of columns, each at most `most`.

    >>> two_sides("Stride", "kernel_size", 3, most=7)
    (3, 3)
    """
    both = integers(owner, name, value, 2)
    if max(both) > most:
        raise ArgumentError(f"{owner}: {name} can be at most {most}, received {value!r}.")
    return both


def row(owner: str, name: str, value: Any, length: int) -> np.ndarray:
    """`value` as `length` numbers in a row, each short enough to read.

    >>> row("BatchNorm", "gamma", 2, length=3)
    array([2., 2., 2.])
    """
    array = np.asarray(value, object).ravel()
    array = np.repeat(array, length) if array.size == 1 else array
    if array.size != length:
        raise ShapeError(f"{owner}: {name} takes {length} numbers, one a channel, received {array.size}.")
    return np.array([number(owner, name, each, -LARGEST, LARGEST) for each in array.tolist()])


def volume(array: np.ndarray) -> np.ndarray:
    """Rows and columns with an axis for channels after them."""
    return array if array.ndim == 3 else array[..., None]


def flat(array: np.ndarray) -> np.ndarray:
    """Rows, columns and channels, without the last axis where there is one channel only."""
    return array[..., 0] if array.shape[-1] == 1 else array


def sheets(array: np.ndarray) -> np.ndarray:
    """Rows, columns and channels as a view draws them: a sheet of rows and columns for each channel.

    >>> sheets(np.zeros((4, 5, 3))).shape, sheets(np.zeros((4, 5, 1))).shape
    ((3, 4, 5), (4, 5))
    """
    return np.moveaxis(array, -1, 0) if array.shape[-1] > 1 else array[..., 0]


def channels_last(image: np.ndarray) -> np.ndarray:
    """What `sheets` made channels first, as a layer has it."""
    return np.moveaxis(image, 0, -1) if image.ndim == 3 else image


def channels(image: np.ndarray) -> tuple[str, ...]:
    """Short names for the sheets of an image, where there are several.

    >>> channels(np.zeros((2, 4, 5))), channels(np.zeros((4, 5)))
    (('c0', 'c1'), ())
    """
    return tuple(f"c{number}" for number in range(len(image))) if image.ndim == 3 else ()


def gradient_of(owner: str, settings: Mapping[str, Any], given: Mapping[str, Any], shape: tuple[int, ...]) -> Any:
    """The gradient of an output of that shape: the one given, or the one before where it still fits; None is all ones.

    >>> gradient_of("Pooling", {}, {"grad": [[2, 1]]}, (1, 2))
    array([[2., 1.]])
    """
    if "grad" not in given:
        kept = settings["grad"]
        return kept if kept is not None and kept.shape == shape else None
    return upstream(owner, given["grad"], shape)


def upstream(owner: str, value: Any, shape: tuple[int, ...], ones: tuple[int, ...] = ()) -> np.ndarray:
    """A gradient that is given for an output of that shape."""
    array = numbers(owner, "grad", value, max(shape[:2]), ones, shape[2] if len(shape) == 3 else 1)
    if array.shape != shape:
        raise ShapeError(f"{owner}: grad has shape {array.shape}, expected that of the output, {shape}.")
    array.flags.writeable = False
    return array


def single(pair: tuple[int, ...]) -> int | tuple[int, ...]:
    """One number for both axes where they are equal."""
    return pair[0] if len(set(pair)) == 1 else tuple(pair)


def by(shape: tuple[int, ...]) -> str:
    """A shape in words: 3 × 4."""
    return " × ".join(map(str, shape))
