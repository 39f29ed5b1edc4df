"""One check for a layer against naive loops: its output, and each gradient as the loops' output changes.

The loops (`expected`) have no backward of their own. Everything is in float64, and a gradient is compared along a
random direction.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from layer_cases import numbered
from oracles import grid

from nnlab import layers

TINY = 1e-5  # how far an input moves; kinks (ReLU's, say) must be further away from every number, see `off_kinks`


def numbers(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def off_kinks(values: np.ndarray) -> np.ndarray:
    """These numbers moved to the nearest odd multiple of 0.05: no multiple of 0.1 is near."""
    return np.floor(values * 10) / 10 + 0.05


def agrees(
    layer: Any,
    values: dict[str, np.ndarray],
    expected: Callable[[dict[str, np.ndarray]], np.ndarray],
    seed: int,
    training: bool = False,
    **given: Any,
) -> Any:
    """Compare, with the layer's input x and its weights in `values`; of equal names the second is kernel#2."""
    x = values["x"]
    if not layer.built:
        layer.build(x.shape)
    weights = numbered(layer.weights)
    for name, variable in weights.items():
        variable.assign(values[name])
    y = expected(values)
    dy = numbers(seed, y.shape)
    trace = layer.trace(x, training, grad=dy, **given)
    assert layer.compute_output_shape(x.shape) == y.shape
    np.testing.assert_allclose(trace["y"].value, y, rtol=1e-9, atol=1e-9)
    for name, value in values.items():
        if value.dtype.kind != "f" or "moving" in name:
            continue  # neither an index nor what does not move in training has a gradient
        gradient = trace["x"].grad if name == "x" else trace.weight_gradients[weights[name].path]
        direction = numbers(seed + 1, value.shape)
        up, down = (expected(values | {name: value + sign * TINY * direction}) for sign in (1, -1))
        change = ((up - down) * dy).sum() / (2 * TINY)
        np.testing.assert_allclose((gradient * direction).sum(), change, rtol=1e-6, atol=1e-6, err_msg=name)
    return trace


def each_cell(function: Callable[..., float], shape: tuple[int, ...]) -> np.ndarray:
    """An array of this shape, one number at a time, from the place of each."""
    y = np.zeros(shape)
    for cell in grid(shape):
        y[cell] = function(cell)
    return y


def of_rank(name: str, rank: int, argument: Any, data_format: str = "channels_last") -> Any:
    """The layer, told the pairs as Keras is: in 1D there is one, and some take no `data_format`."""
    more = {"data_format": data_format} if rank > 1 else {}
    return getattr(layers, f"{name}{rank}D")(argument[0] if rank == 1 else argument, dtype="float64", **more)
