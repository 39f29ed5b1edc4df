"""nnlab: a NumPy layer library in which every layer shows its intermediate steps, forward and backward.

>>> import numpy as np
>>> from nnlab import layers
>>> layer = layers.Conv2D(2, 3, padding="same", activation="relu")
>>> trace = layer.trace(np.ones((1, 4, 5, 3)))
>>> trace["windows"].axes, trace["windows"].shape
('b i j u v c', (1, 4, 5, 3, 3, 3))
"""

import importlib
from typing import TYPE_CHECKING, Any

from nnlab._version import __version__

if TYPE_CHECKING:  # for editors: all this loads when it is first used, so that `import nnlab` keeps nobody waiting
    from nnlab import (
        activations,
        callbacks,
        datasets,
        explorers,
        grading,
        initializers,
        layers,
        lessons,
        losses,
        metrics,
        models,
        optimizers,
        regularizers,
        utils,
    )
    from nnlab.core.gradcheck import gradcheck
    from nnlab.core.symbolic import Input
    from nnlab.core.trace import Trace
    from nnlab.models import Model, Sequential
    from nnlab.saving import load_model

HOMES = {
    "Input": "nnlab.core.symbolic",
    "Model": "nnlab.models",
    "Sequential": "nnlab.models",
    "Trace": "nnlab.core.trace",
    "gradcheck": "nnlab.core.gradcheck",
    "load_model": "nnlab.saving",
}


def __getattr__(name: str) -> Any:
    if name in HOMES:
        return getattr(importlib.import_module(HOMES[name]), name)
    if name in __all__:
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
    "explorers",
    "gradcheck",
    "grading",
    "initializers",
    "layers",
    "lessons",
    "load_model",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "regularizers",
    "utils",
]
