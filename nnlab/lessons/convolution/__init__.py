"""Lesson 03: what to predict of a convolution, and its steps to write, forward and backward."""

from __future__ import annotations

import numpy as np

from nnlab.grading.lesson import Lesson
from nnlab.layers import Conv2D
from nnlab.lessons.convolution import backward, forward, sizes
from nnlab.lessons.convolution.cases import conv


def assemble() -> tuple[Conv2D, np.ndarray, np.ndarray]:
    """The layer in which all steps are tried together: uneven padding, strides that differ, several filters."""
    rng = np.random.default_rng(3)
    layer, x = conv((2, 7, 5, 2), 3, (4, 2), strides=(1, 2), padding="same")(rng)
    return layer, x, rng.normal(size=layer.compute_output_shape(x.shape)).astype(layer.dtype)


LESSON = Lesson(
    "03_convolution",
    "Convolution: stride, padding, channels",
    (
        sizes.VALID_SIZE,
        forward.RESPONSE,
        sizes.OUTPUT_SIZE,
        sizes.STRIDE_TWO,
        sizes.DILATED_REACH,
        sizes.SAME_FIVE,
        sizes.PADDING_AMOUNTS,
        forward.PADDED,
        forward.WINDOWS,
        forward.Z_LOOPS,
        forward.Z,
        sizes.RGB_SHAPE,
        sizes.FIRST_LAYER,
        sizes.COUNT_PARAMETERS,
        backward.BIAS_GRADIENT,
        backward.GRAD_BIAS,
        backward.GRAD_KERNEL,
        backward.GRAD_WINDOWS,
        backward.GRAD_PADDED,
    ),
    assemble,
)
