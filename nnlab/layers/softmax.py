"""Softmax: positive numbers that sum to one, from any numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlab.core.arguments import integers, several
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.core.step import Step


class Softmax(Layer):
    """exp(x) divided by its sum along `axis`, or several; the shift by the maximum changes nothing but overflow.

    >>> Softmax()([[1.0, 2.0, 3.0]]).round(3)
    array([[0.09 , 0.245, 0.665]], dtype=float32)
    """

    supports_masking = True
    axes = {"x": "... d", "y": "... d"}
    steps = {
        "shifted": Step("... d", r"a_d = x_d - \max_k x_k", r"\bar a_d = e_d \bar e_d"),
        "exp": Step("... d", r"e_d = e^{a_d}", r"\bar e_d = \bar y_d / S + \bar S"),
        "sum": Step("... 1", r"S = \sum_k e_k", r"\bar S = -\sum_d \bar y_d\, e_d / S^2"),
    }

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any):
        super().__init__(**kwargs)
        axes = integers("Softmax", "axis", axis, len(axis) if several(axis) else 1, minimum=-32)
        if not axes:
            raise ArgumentError(f"Softmax: axis must name at least one axis, received {axis!r}.")
        self.axis = axes if len(axes) > 1 else axes[0]

    def check_input(self, shape: tuple[int, ...]) -> None:
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        if not all(-len(shape) <= axis < len(shape) for axis in axes):
            raise ShapeError(f"{self._label}: axis {self.axis} does not exist in an input of shape {shape}.")
        if len({axis % len(shape) for axis in axes}) < len(axes):
            raise ShapeError(f"{self._label}: axis {self.axis} names an axis twice in an input of shape {shape}.")

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        s.shifted = x - x.max(self.axis, keepdims=True, initial=-np.inf)
        s.exp = np.exp(s.shifted)
        s.sum = s.exp.sum(self.axis, keepdims=True)
        return s.exp / s.sum

    def backward(self, s: Record, g: Record) -> np.ndarray:
        g.sum = -(g.y * s.exp).sum(self.axis, keepdims=True) / s.sum**2
        g.exp = g.y / s.sum + g.sum
        g.shifted = g.exp * s.exp
        return g.shifted  # shifting by any number leaves y as it is, so the maximum passes nothing back
