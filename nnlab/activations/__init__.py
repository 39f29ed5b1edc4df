"""Activation functions under Keras's names, each with its gradient. NumPy only.

`f(x)` gives the values, `f.gradient(x, y, dy)` the gradient of x from that of y = f(x), `f.latex` the formula.
Of Keras's list `glu` (which halves an axis) and `threshold` (which has no defaults) are left out.
"""

from collections.abc import Callable
from typing import Any

from nnlab.activations.along_axis import log_softmax, softmax, sparsemax
from nnlab.activations.function import differentiable
from nnlab.activations.piecewise import (
    hard_shrink,
    hard_sigmoid,
    hard_sigmoid_2,
    hard_silu,
    hard_tanh,
    soft_shrink,
    sparse_plus,
    sparse_sigmoid,
)
from nnlab.activations.rectifiers import celu, elu, leaky_relu, linear, relu, relu6, selu
from nnlab.activations.smooth import (
    exponential,
    gelu,
    log_sigmoid,
    mish,
    sigmoid,
    silu,
    softplus,
    softsign,
    squareplus,
    tanh,
    tanh_shrink,
)
from nnlab.core.errors import ArgumentError

hard_swish, swish = hard_silu, silu

FUNCTIONS = (
    *(linear, relu, sigmoid, tanh, softmax),
    *(leaky_relu, relu6, elu, selu, celu),
    *(gelu, silu, mish, softplus, softsign, squareplus, exponential, log_sigmoid, tanh_shrink),
    *(hard_sigmoid, hard_silu, hard_tanh, hard_shrink, soft_shrink, sparse_plus, sparse_sigmoid),
    *(log_softmax, sparsemax),
)
NAMED = {function.__name__: function for function in FUNCTIONS} | {"swish": silu, "hard_swish": hard_silu}
OLD = {"hard_sigmoid_2": hard_sigmoid_2}  # not Keras's any more, but in files that it has left behind

__all__ = ["differentiable", "get", *NAMED]


def get(identifier: Any, argument: str = "activation") -> Callable:
    """The function for a name, a function with a gradient, or None (linear); errors call it `argument`.

    >>> get("relu") is relu, get("swish") is silu, get(None) is linear
    (True, True, True)
    """
    if identifier is None:
        return linear
    if isinstance(identifier, str) and identifier in NAMED | OLD:
        return (NAMED | OLD)[identifier]
    if callable(identifier) and hasattr(identifier, "gradient"):
        return identifier
    raise ArgumentError(
        f"{argument} must be one of {', '.join(map(repr, NAMED))}, or a function with a gradient "
        f"(see nnlab.activations.differentiable), received {identifier!r}."
    )
