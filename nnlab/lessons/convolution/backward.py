"""The steps backward: the gradients of the bias, the kernel, the windows and the padded pictures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnlab.grading.exercise import Check, Exercise, Prediction
from nnlab.layers import Conv2D
from nnlab.lessons.convolution.cases import BANNED, cases, conv


def _bias_gradient() -> np.ndarray:
    layer = Conv2D(2, 3, name="conv2d", kernel_initializer="zeros")
    return layer.trace(np.zeros((4, 28, 28, 3)))["bias"].grad


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
        Check("one picture", 1, cases("grad:bias", ("grad_z",), conv((1, 4, 6, 2), 3, 2))),
        Check(
            "a batch",
            1,
            cases("grad:bias", ("grad_z",), conv((3, 6, 4, 2), 5, (3, 2)), conv((2, 7, 5, 1), 1, 3, strides=2)),
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
            cases("grad:kernel", GRAD_KERNEL_ARGUMENTS, conv((1, 6, 5, 1), 1, (3, 2))),
        ),
        Check(
            "channels and filters",
            1,
            cases("grad:kernel", GRAD_KERNEL_ARGUMENTS, conv((1, 5, 7, 3), 4, (2, 3), strides=(1, 2))),
        ),
        Check(
            "a batch",
            1,
            cases("grad:kernel", GRAD_KERNEL_ARGUMENTS, conv((3, 6, 4, 2), 5, (3, 2), padding="same", scale=100)),
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
        Check("one filter", 1, cases("grad:windows", GRAD_WINDOWS_ARGUMENTS, conv((1, 5, 6, 2), 1, (2, 3)))),
        Check(
            "several filters, a batch",
            1,
            cases("grad:windows", GRAD_WINDOWS_ARGUMENTS, conv((2, 6, 5, 3), 4, (3, 2), strides=(2, 1))),
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
            cases("grad:padded", GRAD_PADDED_ARGUMENTS, conv((1, 6, 4, 1), 2, (3, 2), strides=(3, 2)), given=SHAPE),
        ),
        Check(
            "windows that overlap",
            1,
            cases(
                "grad:padded",
                GRAD_PADDED_ARGUMENTS,
                conv((2, 6, 5, 3), 2, (3, 2)),
                conv((1, 4, 5, 2), 3, (2, 4), padding="same"),
                given=SHAPE,
            ),
        ),
        Check(
            "strides, with rows that no window saw",
            1,
            cases("grad:padded", GRAD_PADDED_ARGUMENTS, conv((2, 8, 9, 3), 4, (3, 2), strides=(2, 3)), given=SHAPE),
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
