"""Lesson 03: what to predict of a convolution, and its steps to write, forward and backward.

The reference of every step is Conv2D's own, read from its trace; the inputs are chosen so that a plausible
mistake shows: sides that differ, a bias that is not zero, odd and even kernels, a batch of 1, negative and large
values, arrays with gaps in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from nnlab.core.errors import ShapeError
from nnlab.grading.exercise import Case, Check, Exercise, Prediction, SourceCheck, calls
from nnlab.grading.lesson import Lesson
from nnlab.grading.source import no_loops
from nnlab.grading.steps import layer_step, with_gaps
from nnlab.layers import Conv2D

OWN_WORK = "write it with NumPy"
BANNED = dict.fromkeys(("nnlab", "layers", "Conv2D", "torch", "tensorflow", "keras", "scipy"), OWN_WORK)


def conv(
    rng: np.random.Generator, shape: tuple[int, ...], filters: int, kernel_size: Any, scale: float = 1.0, **options: Any
) -> tuple[Conv2D, np.ndarray]:
    """A layer with random weights, its bias not zero, and an input that has gaps in memory."""
    layer = Conv2D(filters, kernel_size, name="conv2d", kernel_initializer="zeros", **options)
    layer.build(shape)
    layer.set_weights([rng.normal(size=weight.shape) + 0.5 for weight in layer.weights])
    return layer, with_gaps((scale * rng.normal(size=shape)).astype(layer.dtype))


def cases(step: str, arguments: tuple[str, ...], *layers: tuple[tuple, dict], given: dict | None = None) -> Callable:
    """Cases of one step for layers written as ((shape, filters, kernel_size), options)."""

    def make(rng: np.random.Generator) -> Iterable[tuple[Conv2D, np.ndarray]]:
        for positional, options in layers:
            yield conv(rng, *positional, **options)

    return layer_step(step, arguments, make, given)


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


def _responses(rng: np.random.Generator, windows: list[tuple[tuple[int, int], float]], whole: bool = False) -> Iterable:
    """A picture as large as the filter has one place: its z is the response."""
    for shape, scale in windows:
        layer, x = conv(rng, (1, *shape, 1), 1, shape, scale)
        if whole:
            layer.set_weights([rng.integers(-3, 4, weight.shape) for weight in layer.weights])
            layer.bias.assign([2])
            x = rng.integers(0, 10, x.shape).astype(x.dtype)
        trace = layer.trace(x)
        kernel, bias = trace["kernel"].value, trace["bias"].value
        given = {"window": with_gaps(x[0, :, :, 0]), "kernel": np.array(kernel[:, :, 0, 0]), "bias": float(bias[0])}
        yield Case(given, float(trace["z"].value[0, 0, 0, 0]))


def _bias_gradient() -> np.ndarray:
    layer = Conv2D(2, 3, name="conv2d", kernel_initializer="zeros")
    return layer.trace(np.zeros((4, 28, 28, 3)))["bias"].grad


def sizes(*triples: tuple[int, int, int]) -> Callable:
    """Arguments for a function of (size, kernel, stride)."""
    return lambda rng: [dict(zip(("size", "kernel", "stride"), triple, strict=True)) for triple in triples]


# ---- forward

VALID_SIZE = Prediction(
    "valid_size",
    "A 3x3 filter slides over a 5x5 picture. How many rows and columns does the output have?",
    lambda: Conv2D(1, 3, name="conv2d").compute_output_shape((1, 5, 5, 1))[1:3],
    "The filter's top row can lie on row 0, 1 or 2 of the picture; one row lower and it would stick out.",
)

RESPONSE = Exercise(
    "response",
    "One window, one filter: multiply cell by cell, add everything up, add the bias.",
    ("window", "kernel", "bias"),
    (
        Check("whole numbers, 3x3", 1, lambda rng: _responses(rng, [((3, 3), 1)], whole=True)),
        Check("any numbers, any window", 1, lambda rng: _responses(rng, [((2, 4), 1), ((5, 3), 1000), ((1, 1), 1)])),
    ),
    hints=(
        "window * kernel multiplies cell by cell.",
        "The bias is one number: it is added once, after the sum.",
    ),
    banned=BANNED,
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


def _with_given_amounts(answer: Callable) -> Callable:
    return lambda x, pads: answer(x, *pads(x.shape))


AMOUNTS = {
    "rows": lambda layer, trace: layer.pads(trace["x"].value.shape)[0],
    "columns": lambda layer, trace: layer.pads(trace["x"].value.shape)[1],
}

PADDED_ARGUMENTS = ("x", "rows", "columns")

PADDED = Exercise(
    "padded",
    "The pictures with zeros around: rows=(above, below), columns=(left, right).",
    PADDED_ARGUMENTS,
    (
        Check(
            "the same on all sides",
            1,
            cases("padded", PADDED_ARGUMENTS, (((2, 5, 4, 3), 1, 3), {"padding": "same"}), given=AMOUNTS),
        ),
        Check(
            "different on each side, or none",
            1,
            cases(
                "padded",
                PADDED_ARGUMENTS,
                (((3, 5, 7, 2), 1, (4, 2)), {"padding": "same"}),
                (((1, 4, 6, 2), 1, (2, 6)), {"padding": "same", "scale": 1000}),
                (((2, 4, 5, 3), 1, 3), {}),
                given=AMOUNTS,
            ),
        ),
    ),
    hints=(
        "np.zeros of the larger shape first; then put x in its place.",
        "x has four axes: batch, rows, columns, channels. Only the two in the middle grow.",
        "With rows = (above, below), x's rows go from above to above + x.shape[1].",
    ),
    step="padded",
    adapt=_with_given_amounts,
    axes="b h w c",
    banned=BANNED,
)

WINDOWS_ARGUMENTS = ("padded", "kernel_size", "strides")

WINDOWS = Exercise(
    "windows",
    "The cells under the filter at each place: an array (batch, i, j, u, v, channels).",
    WINDOWS_ARGUMENTS,
    (
        Check(
            "a square filter, stride 1",
            1,
            cases("windows", WINDOWS_ARGUMENTS, (((1, 6, 5, 1), 1, 3), {}), (((2, 4, 7, 1), 1, 2), {})),
        ),
        Check(
            "a filter that is not square, with channels",
            1,
            cases(
                "windows",
                WINDOWS_ARGUMENTS,
                (((2, 7, 5, 3), 1, (4, 2)), {}),
                (((1, 3, 8, 2), 1, (1, 5)), {"padding": "same"}),
            ),
        ),
        Check(
            "strides, different for rows and columns",
            1,
            cases(
                "windows",
                WINDOWS_ARGUMENTS,
                (((2, 9, 8, 3), 1, (3, 2)), {"strides": (2, 3)}),
                (((3, 7, 10, 2), 1, (2, 4)), {"strides": (3, 1), "scale": 1000}),
            ),
        ),
    ),
    hints=(
        "The window at place (i, j) begins at row i * stride and column j * stride.",
        "How many places there are is what output_size says, for rows and for columns.",
        "Fill an array of shape (batch, rows, columns, *kernel_size, channels), one place at a time.",
    ),
    step="windows",
    axes="b i j u v c",
    banned=BANNED,
)

Z_ARGUMENTS = ("windows", "kernel", "bias")

ONE_CHANNEL = cases("z", Z_ARGUMENTS, (((1, 5, 4, 1), 1, (3, 2)), {}), (((1, 4, 6, 1), 3, (2, 4)), {}))
MANY_CHANNELS = cases(
    "z",
    Z_ARGUMENTS,
    (((2, 6, 5, 3), 4, (3, 2)), {}),
    (((3, 5, 7, 2), 5, (2, 4)), {"strides": (2, 1), "padding": "same", "scale": 1000}),
)

Z_LOOPS = Exercise(
    "z_loops",
    "Every place, every filter, one number at a time, with plain loops.",
    Z_ARGUMENTS,
    (Check("one channel", 1, ONE_CHANNEL), Check("many channels and filters", 1, MANY_CHANNELS)),
    hints=(
        "Make np.zeros((batch, rows, columns, filters)) first; four loops fill it.",
        "Inside, it is your response: windows[b, i, j] and kernel[..., f] have one shape.",
    ),
    step="z",
    axes="b i j f",
    banned=BANNED,
)

Z = Exercise(
    "z",
    "The same in one product, without a loop.",
    Z_ARGUMENTS,
    (
        Check("one channel", 1, ONE_CHANNEL),
        Check("many channels and filters", 1, MANY_CHANNELS),
        SourceCheck("no Python loop", 1, no_loops),
    ),
    hints=(
        "Which axes do windows (b i j u v c) and kernel (u v c f) share? Those are summed.",
        "np.einsum writes it as a formula, np.tensordot(..., 3) sums the last three with the first three.",
        "Or make each window a row of u * v * c numbers with reshape, the kernel a matrix, and use @.",
    ),
    step="z",
    axes="b i j f",
    banned=BANNED,
)

# ---- the layer in use

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

# ---- backward

BIAS_GRADIENT = Prediction(
    "bias_gradient",
    "The gradient that arrives at every cell of z, shaped (4, 26, 26, 2), is 1. What is the gradient of one bias?",
    lambda: int(_bias_gradient()[0]),
    "4 * 26 * 26: the bias is added at every place of every picture, so every place sends its gradient back.",
)

GRAD_BIAS = Exercise(
    "grad_bias",
    "The gradient of the bias, from the gradient of z.",
    ("grad_z",),
    (
        Check("one picture", 1, cases("grad:bias", ("grad_z",), (((1, 4, 6, 2), 3, 2), {}))),
        Check(
            "a batch",
            1,
            cases("grad:bias", ("grad_z",), (((3, 6, 4, 2), 5, (3, 2)), {}), (((2, 7, 5, 1), 1, 3), {"strides": 2})),
        ),
    ),
    hints=("The bias of filter f is added at every b, i and j.", "What was copied forward is summed backward."),
    step="grad:bias",
    axes="f",
    banned=BANNED,
)

GRAD_KERNEL_ARGUMENTS = ("windows", "grad_z")

GRAD_KERNEL = Exercise(
    "grad_kernel",
    "The gradient of the kernel, from the windows and the gradient of z.",
    GRAD_KERNEL_ARGUMENTS,
    (
        Check(
            "one channel, one filter",
            1,
            cases("grad:kernel", GRAD_KERNEL_ARGUMENTS, (((1, 6, 5, 1), 1, (3, 2)), {})),
        ),
        Check(
            "channels and filters",
            1,
            cases("grad:kernel", GRAD_KERNEL_ARGUMENTS, (((1, 5, 7, 3), 4, (2, 3)), {"strides": (1, 2)})),
        ),
        Check(
            "a batch",
            1,
            cases("grad:kernel", GRAD_KERNEL_ARGUMENTS, (((3, 6, 4, 2), 5, (3, 2)), {"padding": "same", "scale": 100})),
        ),
    ),
    hints=(
        "Each weight meets every window once: z[b, i, j, f] holds windows[b, i, j, u, v, c] * kernel[u, v, c, f].",
        "So its gradient is the sum over b, i, j of windows * grad_z.",
        "In axes: b i j u v c, b i j f -> u v c f.",
    ),
    step="grad:kernel",
    axes="u v c f",
    banned=BANNED,
)

GRAD_WINDOWS_ARGUMENTS = ("grad_z", "kernel")

GRAD_WINDOWS = Exercise(
    "grad_windows",
    "The gradient of the windows, from the gradient of z and the kernel.",
    GRAD_WINDOWS_ARGUMENTS,
    (
        Check("one filter", 1, cases("grad:windows", GRAD_WINDOWS_ARGUMENTS, (((1, 5, 6, 2), 1, (2, 3)), {}))),
        Check(
            "several filters, a batch",
            1,
            cases("grad:windows", GRAD_WINDOWS_ARGUMENTS, (((2, 6, 5, 3), 4, (3, 2)), {"strides": (2, 1)})),
        ),
    ),
    hints=(
        "A cell of a window feeds every filter: sum over f.",
        "In axes: b i j f, u v c f -> b i j u v c.",
    ),
    step="grad:windows",
    axes="b i j u v c",
    banned=BANNED,
)


def _with_shape(answer: Callable) -> Callable:
    return lambda grad_windows, padded, strides: answer(grad_windows, padded.shape, strides)


SHAPE = {"shape": lambda layer, trace: trace["padded"].value.shape}
GRAD_PADDED_ARGUMENTS = ("grad_windows", "shape", "strides")

GRAD_PADDED = Exercise(
    "grad_padded",
    "The gradient of the padded pictures, an array of `shape`: each window puts its own back where it was.",
    GRAD_PADDED_ARGUMENTS,
    (
        Check(
            "windows that do not overlap",
            1,
            cases("grad:padded", GRAD_PADDED_ARGUMENTS, (((1, 6, 4, 1), 2, (3, 2)), {"strides": (3, 2)}), given=SHAPE),
        ),
        Check(
            "windows that overlap",
            1,
            cases(
                "grad:padded",
                GRAD_PADDED_ARGUMENTS,
                (((2, 6, 5, 3), 2, (3, 2)), {}),
                (((1, 4, 5, 2), 3, (2, 4)), {"padding": "same"}),
                given=SHAPE,
            ),
        ),
        Check(
            "strides, with rows that no window saw",
            1,
            cases("grad:padded", GRAD_PADDED_ARGUMENTS, (((2, 8, 9, 3), 4, (3, 2)), {"strides": (2, 3)}), given=SHAPE),
        ),
    ),
    hints=(
        "Start from zeros of `shape`. Go over the places; each has a slice of rows and columns, as in windows.",
        "Where windows overlap, a cell was used several times: its gradients add up, so += and not =.",
        "total[:, r:r + u, c:c + v, :] += grad_windows[:, i, j] with r = i * strides[0], c = j * strides[1].",
    ),
    step="grad:padded",
    adapt=_with_shape,
    axes="b h w c",
    banned=BANNED,
)


def assemble() -> tuple[Conv2D, np.ndarray, np.ndarray]:
    """The layer in which all steps are tried together: uneven padding, strides that differ, several filters."""
    rng = np.random.default_rng(3)
    layer, x = conv(rng, (2, 7, 5, 2), 3, (4, 2), strides=(1, 2), padding="same")
    return layer, x, rng.normal(size=layer.compute_output_shape(x.shape)).astype(layer.dtype)


LESSON = Lesson(
    "03_convolution",
    "Convolution: stride, padding, channels",
    (
        VALID_SIZE,
        RESPONSE,
        OUTPUT_SIZE,
        STRIDE_TWO,
        DILATED_REACH,
        SAME_FIVE,
        PADDING_AMOUNTS,
        PADDED,
        WINDOWS,
        Z_LOOPS,
        Z,
        RGB_SHAPE,
        FIRST_LAYER,
        COUNT_PARAMETERS,
        BIAS_GRADIENT,
        GRAD_BIAS,
        GRAD_KERNEL,
        GRAD_WINDOWS,
        GRAD_PADDED,
    ),
    assemble,
)
