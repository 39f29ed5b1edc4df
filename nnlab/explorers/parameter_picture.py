"""The picture of a small layer's parameters: a tile for each, the count of each weight, and the receipt of the sum."""

from math import prod

import numpy as np

from nnlab.core.layer import Layer
from nnlab.explorers.costs import worth
from nnlab.explorers.sheets import by
from nnlab.widgets.accounts import Account, Equation, Terms
from nnlab.widgets.scene import Grid

DRAWN = 2000  # parameters that have a cell each


def tiles(name: str, values: np.ndarray, trainable: bool) -> Grid:
    """A weight with one tile for each number: a kernel as a sheet for each filter."""
    size = by(values.shape)
    if values.ndim <= 2:
        values, axes = np.atleast_2d(values), ("", "")
    else:
        values = np.moveaxis(values, -1, 0)
        values, axes = values.reshape(values.shape[0], values.shape[1], -1), ("f", "u", "v c")
    title = name if trainable else f"{name} (not trainable)"
    return Grid(name, title, values, name, axes, look="tiles", source=True, size=size)


def counted(layer: Layer, sizes: np.ndarray) -> list[Grid]:
    """How many parameters each weight has, and all of them."""
    total = Grid("total", "Together", sizes.sum(keepdims=True), "total", scale="count")
    if not sizes.size:
        return [total]
    names = tuple(weight.name for weight in layer.weights)
    return [
        Grid("counts", "Parameters of each weight", sizes, "count", scale="count", labels=names),
        total,
    ]


def accounts(receipts: tuple[str, ...], sizes: np.ndarray) -> dict[str, Account]:
    """The product behind each count, and the sum of the counts."""
    if not receipts:
        return {"total": Terms({}, (), np.empty((1, 0)), (1, 1), 0)}
    cells = np.arange(len(receipts))[None]
    return {
        "counts": Equation(receipts, {}, worth),
        "total": Terms({"counts": cells}, ("counts",), sizes.astype(float), (1, len(receipts)), 0),
    }


def notes(layer: Layer, shape: tuple[int | None, ...], drawn: bool) -> tuple[str, ...]:
    """What is trained, and what does not count."""
    trainable = sum(prod(weight.shape) for weight in layer.trainable_weights)
    said = [f"Trainable: {trainable:,}; not trainable: {layer.count_params() - trainable:,}."]
    if len(shape) > 2 and layer.weights:
        said.append(
            "The size of the image or the length of the series plays no part: the same weights serve everywhere."
        )
    if not drawn:
        said.append(f"More than {DRAWN:,} parameters are not drawn one by one.")
    if not layer.weights:
        said.append("There is nothing to learn here: no weights.")
    return tuple(said)
