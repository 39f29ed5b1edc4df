"""How many: places of a filter, zeros around a picture, weights of a layer. Numbers only, computed by the layer."""

from __future__ import annotations

from collections.abc import Callable

from nnlab.core.errors import ShapeError
from nnlab.grading.exercise import Check, Exercise, Prediction, calls
from nnlab.layers import Conv2D
from nnlab.lessons.convolution.cases import BANNED


def places(size: int, kernel: int, stride: int, padding: str = "valid") -> int:
    """Rows that Conv2D makes of a picture with `size` rows."""
    layer = Conv2D(1, (kernel, 1), strides=(stride, 1), padding=padding, name="conv2d")
    return layer.compute_output_shape((1, size, 1, 1))[1]


def zeros(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros that Conv2D puts before and after `size` rows with padding="same"."""
    layer = Conv2D(1, (kernel, 1), strides=(stride, 1), padding="same", name="conv2d")
    return layer.pads((1, size, 1, 1))[0]


def parameters(kernel_size: tuple[int, int], channels: int, filters: int, use_bias: bool) -> int:
    """Weights that Conv2D makes for pictures with `channels` channels."""
    layer = Conv2D(filters, kernel_size, use_bias=use_bias, kernel_initializer="zeros", name="conv2d")
    layer.build((1, None, None, channels))
    return layer.count_params()


def _first_that_fits(layer: Conv2D) -> int:
    """The smallest side of a picture that the layer accepts, which is how far its filter reaches."""
    size = 1
    while True:
        try:
            layer.compute_output_shape((1, size, size, 1))
        except ShapeError:
            size += 1
        else:
            return size


def sizes(*triples: tuple[int, int, int]) -> Callable:
    """Arguments for a function of (size, kernel, stride)."""
    return lambda rng: [dict(zip(("size", "kernel", "stride"), triple, strict=True)) for triple in triples]


VALID_SIZE = Prediction(
    "valid_size",
    "A 3x3 filter slides over a 5x5 picture. How many rows and columns does the output have?",
    lambda: Conv2D(1, 3, name="conv2d").compute_output_shape((1, 5, 5, 1))[1:3],
    "The filter's top row can lie on row 0, 1 or 2 of the picture; one row lower and it would stick out.",
)

OUTPUT_SIZE = Exercise(
    "output_size",
    "How many places does the filter have along one side?",
    ("size", "kernel", "stride"),
    (
        Check("stride 1", 1, calls(places, sizes((5, 3, 1), (28, 5, 1), (7, 7, 1), (9, 4, 1)))),
        Check("larger strides that fit", 1, calls(places, sizes((7, 3, 2), (10, 4, 3), (6, 6, 5)))),
        Check(
            "larger strides that leave a rest", 1, calls(places, sizes((8, 3, 2), (28, 3, 2), (9, 2, 4), (14, 3, 5)))
        ),
    ),
    hints=(
        "Write down the first row of each place: 0, stride, 2 * stride, ...",
        "The last one must be at most size - kernel.",
        "How many multiples of stride are there from 0 to size - kernel? Count the 0 as well.",
    ),
    banned=BANNED,
)

STRIDE_TWO = Prediction(
    "stride_two",
    "A 3x3 filter with stride 2 slides over a picture of 28 rows. How many rows does the output have?",
    lambda: places(28, 3, 2),
    "The places begin at rows 0, 2, ..., 24: thirteen. Row 27 is never under the filter.",
)

DILATED_REACH = Prediction(
    "dilated_reach",
    "Over how many rows of the picture does a 3x3 filter with dilation 2 reach?",
    lambda: _first_that_fits(Conv2D(1, 3, dilation_rate=2, name="conv2d")),
    "Three rows with one left out between neighbours: rows 0, 2 and 4, so five.",
)

SAME_FIVE = Prediction(
    "same_five",
    "How many rows of zeros go above and below a 28-row picture for a 5x5 filter with padding 'same'? (above, below)",
    lambda: zeros(28, 5, 1),
    "A 5x5 filter loses four rows without padding, so four are added: two above and two below.",
)

PADDING_AMOUNTS = Exercise(
    "padding_amounts",
    "How many zeros before and after make ceil(size / stride) places? Returns (before, after).",
    ("size", "kernel", "stride"),
    (
        Check("odd filters, stride 1", 1, calls(zeros, sizes((5, 3, 1), (28, 5, 1), (6, 7, 1), (4, 1, 1)))),
        Check(
            "an odd total: the extra zero goes after",
            1,
            calls(zeros, sizes((5, 2, 1), (28, 4, 1), (6, 6, 1))),
        ),
        Check(
            "larger strides", 1, calls(zeros, sizes((7, 3, 2), (6, 3, 2), (28, 5, 3), (9, 2, 4), (7, 2, 4), (6, 1, 3)))
        ),
    ),
    hints=(
        "With same padding there are ceil(size / stride) places. How many rows do they need in all?",
        "needed = (places - 1) * stride + kernel, and total = needed - size.",
        "The total is never negative. Half of it, rounded down, goes before; the rest after.",
    ),
    banned=BANNED,
)

RGB_SHAPE = Prediction(
    "rgb_shape",
    "Four RGB pictures, an array (4, 28, 28, 3), through Conv2D(2, 3). What shape comes out?",
    lambda: Conv2D(2, 3, name="conv2d").compute_output_shape((4, 28, 28, 3)),
    "Four pictures stay four; 28 - 3 + 1 = 26; the three channels are summed, and two filters make two maps.",
)

FIRST_LAYER = Prediction(
    "first_layer",
    "How many weights, biases included, does Conv2D(32, (3, 3), padding='same') have on RGB pictures?",
    lambda: parameters((3, 3), 3, 32, True),
    "3 * 3 * 3 * 32 + 32: each filter has 27 weights, one a cell and channel, and one bias.",
)

COUNT_PARAMETERS = Exercise(
    "count_parameters",
    "The receipt as a function: how many weights, biases included?",
    ("kernel_size", "channels", "filters", "use_bias"),
    (
        Check(
            "with a bias",
            1,
            calls(
                parameters,
                lambda rng: [
                    {"kernel_size": k, "channels": c, "filters": f, "use_bias": True}
                    for k, c, f in [((3, 3), 32, 64), ((5, 2), 3, 7), ((1, 1), 4, 9)]
                ],
            ),
        ),
        Check(
            "without a bias",
            1,
            calls(
                parameters,
                lambda rng: [
                    {"kernel_size": k, "channels": c, "filters": f, "use_bias": False}
                    for k, c, f in [((3, 3), 32, 64), ((2, 7), 5, 3)]
                ],
            ),
        ),
    ),
    hints=("The kernel has a weight for each cell, channel and filter.", "There is one bias a filter, or none."),
    banned=BANNED,
)
