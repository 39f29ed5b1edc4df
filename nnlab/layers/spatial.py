"""Layers over series, images and volumes: one piece of code for one, two and three spatial axes.

What such a layer declares (axes, formulas, notes) is written once, for images; a class that states its `rank` gets it
spelled for that number of axes. The letters: places i j k, kernel u v o, strides s t q, dilation rates d e p; the
axes of the input are t in a series, h w in an image, h w l in a volume.
"""

import re
from collections.abc import Iterable
from typing import Any

from nnlab.core.arguments import integers, several
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.step import Step
from nnlab.layers.data_format import FormattedLayer

SPATIAL_AXES = {1: "steps", 2: "height, width", 3: "height, width, depth"}

# What is written for images, for series and for volumes.
SPELLING = [
    (r"is + ud = h,\ jt + ve = w", r"is + ud = t", r"is + ud = h,\ jt + ve = w,\ kq + op = l"),
    (r"is + ud,\ jt + ve", r"is + ud", r"is + ud,\ jt + ve,\ kq + op"),
    (r"hs + ud = i,\ wt + ve = j", r"ts + ud = i", r"hs + ud = i,\ wt + ve = j,\ lq + op = k"),
    (r"hs + ud,\ wt + ve", r"ts + ud", r"hs + ud,\ wt + ve,\ lq + op"),
    (r"is + u,\ jt + v", r"is + u", r"is + u,\ jt + v,\ kq + o"),
    ("s, t are the strides", "s is the stride", "s, t, q are the strides"),
    ("d, e the dilation rates", "d the dilation rate", "d, e, p the dilation rates"),
    ("hw", "t", "hwl"),
    ("ij", "i", "ijk"),
    ("uv", "u", "uvo"),
    ("h w", "t", "h w l"),
    ("i j", "i", "i j k"),
    ("u v", "u", "u v o"),
]
IMAGE_TEXT = re.compile("|".join(re.escape(image) for image, _, _ in SPELLING))


def spelled(text: str, rank: int) -> str:
    """A text about images for `rank` spatial axes.

    >>> spelled("b i j u v c", 1), spelled("X_{bijuvc}", 3)
    ('b i u c', 'X_{bijkuvoc}')
    """
    column = {image: (series, image, volume)[rank - 1] for image, series, volume in SPELLING}
    return IMAGE_TEXT.sub(lambda match: column[match[0]], text)


class SpatialLayer(FormattedLayer):
    """A layer over arrays (batch, *spatial, channels), or (batch, channels, *spatial); `rank` counts the spatial axes.

    Shapes are those of the user's arrays; `split` and `join` know where they have the channels.
    """

    rank: int

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        if self.channels_first:
            self.axes = self.axes | {name: self.letters(self.axes[name]) for name in ("x", "y")}

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        if "rank" in vars(cls):
            cls.axes = {name: spelled(axes, cls.rank) for name, axes in cls.axes.items()}
            cls.steps = {
                name: Step(*(spelled(part, cls.rank) if isinstance(part, str) else part for part in step))
                for name, step in cls.steps.items()
            }

    def split(self, shape: tuple[int | None, ...]) -> tuple[int | None, tuple[int | None, ...], int | None]:
        """The shape of an input in three: batch, spatial axes, channels."""
        if len(shape) != self.rank + 2:
            spatial = SPATIAL_AXES[self.rank]
            expected = f"channels, {spatial}" if self.channels_first else f"{spatial}, channels"
            raise ShapeError(f"{self._label}: expected an input of shape (batch, {expected}), received {tuple(shape)}.")
        batch, *sides = shape
        channels = sides.pop(0 if self.channels_first else -1)
        return batch, tuple(sides), channels

    def join(self, batch: Any, sides: Iterable[Any], channels: Any) -> tuple[Any, ...]:
        """The shape of an output from these three."""
        return (batch, channels, *sides) if self.channels_first else (batch, *sides, channels)

    def letters(self, axes: str) -> str:
        """The letters of axes, channels last, in the user's order."""
        batch, *sides, channels = axes.split()
        return " ".join(self.join(batch, sides, channels))

    def check_input(self, shape: tuple[int, ...]) -> None:
        self.compute_output_shape(shape)


def edges(owner: str, name: str, value: Any, rank: int) -> tuple[tuple[int, int], ...]:
    """(before, after) for each spatial axis, from one number, one an axis, or a pair an axis; of a series two numbers.

    >>> edges("ZeroPadding2D", "padding", (1, 2), 2), edges("ZeroPadding1D", "padding", (1, 2), 1)
    (((1, 1), (2, 2)), ((1, 2),))
    """
    if rank == 1:
        return (integers(owner, name, value, 2, minimum=0),)
    try:
        values = value if several(value) else (value,) * rank
        if len(values) != rank:
            raise ArgumentError
        return tuple(integers(owner, name, each, 2, minimum=0) for each in values)
    except ArgumentError:
        raise ArgumentError(
            f"{owner}: {name} must be an integer of at least 0, {rank} of them (one for each spatial axis) "
            f"or {rank} pairs (before, after), received {value!r}."
        ) from None
