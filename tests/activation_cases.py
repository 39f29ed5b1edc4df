"""The rows for the activation functions, and the numbers that each is tried on: nnlab's tests and real Keras read them.

Half of the numbers go from -20 to 20 in steps of a half, so they hit every place where two pieces of a function meet.
"""

from typing import Any, NamedTuple

import numpy as np
from formula import uniform


class Case(NamedTuple):
    """An activation function by its Keras name, with arguments beside x."""

    name: str
    arguments: dict[str, Any] = {}

    @property
    def id(self) -> str:
        return f"{self.name}({', '.join(f'{key}={value!r}' for key, value in self.arguments.items())})"


CASES = [
    *map(Case, ("linear", "relu", "sigmoid", "tanh", "softmax", "leaky_relu", "relu6", "elu", "selu", "celu")),
    *map(Case, ("gelu", "silu", "mish", "softplus", "softsign", "squareplus", "exponential", "log_sigmoid")),
    *map(Case, ("tanh_shrink", "hard_sigmoid", "hard_silu", "hard_tanh", "hard_shrink", "soft_shrink")),
    *map(Case, ("sparse_plus", "sparse_sigmoid", "log_softmax", "sparsemax")),
    Case("relu", {"negative_slope": 0.3, "max_value": 2.25, "threshold": 0.75}),
    Case("log_softmax", {"axis": 0}),
    Case("sparsemax", {"axis": 0}),
    Case("leaky_relu", {"negative_slope": 0.1}),
    Case("elu", {"alpha": 0.4}),
    Case("celu", {"alpha": 1.7}),
    Case("gelu", {"approximate": True}),
    Case("squareplus", {"b": 1}),
    Case("hard_shrink", {"threshold": 1.5}),
    Case("soft_shrink", {"threshold": 1.5}),
]
X = np.concatenate([np.linspace(-20, 20, 81, dtype="float32"), uniform("activations x", (81,), -3, 3)]).reshape(18, 9)
UPSTREAM = uniform("activations upstream", X.shape)
