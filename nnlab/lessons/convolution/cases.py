"""Inputs that tell right from wrong: layers and pictures on which a plausible mistake shows.

Sides that differ, a bias that is not zero, odd and even kernels, a batch of 1, negative and large values, arrays
with gaps in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from nnlab.grading.exercise import Case
from nnlab.grading.steps import Given, layer_step, with_gaps
from nnlab.layers import Conv2D

BANNED = dict.fromkeys(("nnlab", "layers", "Conv2D", "torch", "tensorflow", "keras", "scipy"), "write it with NumPy")

MakeLayer = Callable[[np.random.Generator], tuple[Conv2D, np.ndarray]]


def conv(shape: tuple[int, ...], filters: int, kernel_size: Any, scale: float = 1.0, **options: Any) -> MakeLayer:
    """Describe a layer with random weights and an input of `shape`; it is made when a generator is given."""

    def make(rng: np.random.Generator) -> tuple[Conv2D, np.ndarray]:
        layer = Conv2D(filters, kernel_size, name="conv2d", kernel_initializer="zeros", **options)
        layer.build(shape)
        layer.set_weights([rng.normal(size=weight.shape) + 0.5 for weight in layer.weights])
        return layer, with_gaps((scale * rng.normal(size=shape)).astype(layer.dtype))

    return make


def cases(
    step: str, arguments: tuple[str, ...], *layers: MakeLayer, given: Given | None = None
) -> Callable[[np.random.Generator], Iterable[Case]]:
    """Cases of one step of Conv2D on each of the layers; see `nnlab.grading.steps.layer_step`."""
    return layer_step(step, arguments, lambda rng: (make(rng) for make in layers), given)
