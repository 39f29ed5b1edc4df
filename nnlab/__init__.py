"""nnlab: a NumPy layer library in which every layer shows its intermediate steps, forward and backward.

>>> import numpy as np
>>> from nnlab import layers
>>> layer = layers.Conv2D(2, 3, padding="same", activation="relu")
>>> trace = layer.trace(np.ones((1, 4, 5, 3)))
>>> trace["windows"].axes, trace["windows"].shape
('b i j u v c', (1, 4, 5, 3, 3, 3))
"""

import importlib
from typing import Any

from nnlab import (
    activations,
    callbacks,
    datasets,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    regularizers,
    utils,
)
from nnlab._version import __version__
from nnlab.core.gradcheck import gradcheck
from nnlab.core.symbolic import Input
from nnlab.core.trace import Trace
from nnlab.models import Model, Sequential
from nnlab.saving import load_model

LAZY = ("explorers", "grading", "lessons")  # these load Jupyter, so they load on first use


def __getattr__(name: str) -> Any:
    if name in LAZY:
        return importlib.import_module(f"nnlab.{name}")
    raise AttributeError(f"module 'nnlab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])


__all__ = [
    "Input",
    "Model",
    "Sequential",
    "Trace",
    "activations",
    "callbacks",
    "datasets",
    "gradcheck",
    "initializers",
    "layers",
    "load_model",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "regularizers",
    "utils",
    *LAZY,
]
