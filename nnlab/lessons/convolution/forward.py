"""The steps forward: one response, the padded pictures, the windows, their sums with loops and without."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from nnlab.grading.exercise import Case, Check, Exercise, SourceCheck
from nnlab.grading.source import no_loops
from nnlab.grading.steps import with_gaps
from nnlab.lessons.convolution.cases import BANNED, cases, conv


def _responses(rng: np.random.Generator, windows: list[tuple[tuple[int, int], float]], whole: bool = False) -> Iterable:
    """A picture as large as the filter has one place: its z is the response."""
    for shape, scale in windows:
        layer, x = conv((1, *shape, 1), 1, shape, scale)(rng)
        if whole:
            layer.set_weights([rng.integers(-3, 4, weight.shape) for weight in layer.weights])
            layer.bias.assign([2])
            x = rng.integers(0, 10, x.shape).astype(x.dtype)
        trace = layer.trace(x)
        kernel, bias = trace["kernel"].value, trace["bias"].value
        given = {"window": with_gaps(x[0, :, :, 0]), "kernel": np.array(kernel[:, :, 0, 0]), "bias": float(bias[0])}
        yield Case(given, float(trace["z"].value[0, 0, 0, 0]))


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
            cases("padded", PADDED_ARGUMENTS, conv((2, 5, 4, 3), 1, 3, padding="same"), given=AMOUNTS),
        ),
        Check(
            "different on each side, or none",
            1,
            cases(
                "padded",
                PADDED_ARGUMENTS,
                conv((3, 5, 7, 2), 1, (4, 2), padding="same"),
                conv((1, 4, 6, 2), 1, (2, 6), padding="same", scale=1000),
                conv((2, 4, 5, 3), 1, 3),
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
            cases("windows", WINDOWS_ARGUMENTS, conv((1, 6, 5, 1), 1, 3), conv((2, 4, 7, 1), 1, 2)),
        ),
        Check(
            "a filter that is not square, with channels",
            1,
            cases(
                "windows",
                WINDOWS_ARGUMENTS,
                conv((2, 7, 5, 3), 1, (4, 2)),
                conv((1, 3, 8, 2), 1, (1, 5), padding="same"),
            ),
        ),
        Check(
            "strides, different for rows and columns",
            1,
            cases(
                "windows",
                WINDOWS_ARGUMENTS,
                conv((2, 9, 8, 3), 1, (3, 2), strides=(2, 3)),
                conv((3, 7, 10, 2), 1, (2, 4), strides=(3, 1), scale=1000),
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

ONE_CHANNEL = cases("z", Z_ARGUMENTS, conv((1, 5, 4, 1), 1, (3, 2)), conv((1, 4, 6, 1), 3, (2, 4)))

MANY_CHANNELS = cases(
    "z",
    Z_ARGUMENTS,
    conv((2, 6, 5, 3), 4, (3, 2)),
    conv((3, 5, 7, 2), 5, (2, 4), strides=(2, 1), padding="same", scale=1000),
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
