"""Softmax: positive numbers that sum to one, from any numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlab.core.arguments import integers, several
from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.core.step import Step

# In the place of a number that is masked, as in Keras: its exponential is 0.
LOWEST = {"float16": -3e4, "float32": -1e9, "float64": -1e9}


class Softmax(Layer):
    """exp(x) divided by its sum along `axis`, or along several; the shift by the maximum changes nothing but overflow.

    Where a mask is False, y is 0 and the other numbers share the whole. A mask has the shape of the last axes of x,
    with 1 where all along an axis share it.

    >>> Softmax()([[1.0, 2.0, 3.0]]).round(3)
    array([[0.09 , 0.245, 0.665]], dtype=float32)
    >>> Softmax()([[1.0, 2.0, 3.0]], mask=[[True, True, False]]).round(3)
    array([[0.269, 0.731, 0.   ]], dtype=float32)
    """

    supports_masking = True
    axes = {"x": "... d", "mask": "...", "y": "... d"}
    steps = {
        "masked": Step(
            "... d",
            r"\tilde x_d = x_d\ \text{where}\ m_d,\ \text{else}\ {-10^9}",
            r"\bar{\tilde x}_d = \bar a_d",
            "what softmax sees in the place of x, if there is a mask",
        ),
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

    def forward(self, s: Record, x: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
        if mask is not None:
            self.check_mask(mask.shape, x.shape)
            s.masked = np.where(mask, x, x.dtype.type(LOWEST[x.dtype.name]))
            x = s.masked
        s.shifted = x - x.max(self.axis, keepdims=True, initial=-np.inf)
        s.exp = np.exp(s.shifted)
        s.sum = s.exp.sum(self.axis, keepdims=True)
        y = s.exp / s.sum
        return y if mask is None else np.where(mask, y, 0)  # where all are masked, all of y is 0

    def backward(self, s: Record, g: Record) -> np.ndarray:
        mask = vars(s).get("mask")
        dy = g.y if mask is None else np.where(mask, g.y, 0)
        g.sum = -(dy * s.exp).sum(self.axis, keepdims=True) / s.sum**2
        g.exp = dy / s.sum + g.sum
        g.shifted = g.exp * s.exp  # shifting by any number leaves y as it is, so the maximum passes nothing back
        if mask is None:
            return g.shifted
        g.masked = g.shifted
        return np.where(mask, g.masked, 0)

    def check_mask(self, mask: tuple[int, ...], shape: tuple[int, ...]) -> None:
        """Raise unless a mask of this shape fits an input of this shape."""
        sides = zip(reversed(mask), reversed(shape), strict=False)
        if len(mask) > len(shape) or any(m not in (1, n) for m, n in sides):
            raise ShapeError(
                f"{self._label}: expected a mask with the shape of the last axes of x, {shape}, or with 1 in their "
                f"places, received {mask}."
            )
