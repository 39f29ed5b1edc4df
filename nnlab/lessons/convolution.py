"""Lesson 03: the steps of a convolution, forward and backward, and what to predict before each."""

from __future__ import annotations

from nnlab.grading.exercise import Check, Exercise, Prediction, calls
from nnlab.grading.lesson import Lesson


def output_size(size: int, kernel: int, stride: int) -> int:
    """Places where a kernel fits into `size`, moving by `stride`: floor((n - k) / s) + 1."""
    return (size - kernel) // stride + 1


VALID_SIZE = Prediction(
    "valid_size",
    "How many rows has the output when a 3x3 filter slides over a 5x5 picture?",
    lambda: output_size(5, 3, 1),
    "The filter fits with its first row on picture row 0, 1 or 2: three places.",
)

OUTPUT_SIZE = Exercise(
    "output_size",
    "How many places does the filter have along one side?",
    ("size", "kernel", "stride"),
    (
        Check(
            "stride 1",
            1,
            calls(
                output_size,
                lambda rng: [{"size": n, "kernel": k, "stride": 1} for n, k in [(5, 3), (28, 3), (7, 7)]],
            ),
        ),
        Check(
            "larger strides, with a rest",
            1,
            calls(
                output_size,
                lambda rng: [{"size": n, "kernel": k, "stride": s} for n, k, s in [(7, 3, 2), (8, 3, 2), (10, 4, 3)]],
            ),
        ),
    ),
    hints=("Write down the first row of each place: 0, s, 2s, ...", "The last one is at most n - k."),
)

LESSON = Lesson("03_convolution", "Convolution: stride, padding, channels", (VALID_SIZE, OUTPUT_SIZE))
