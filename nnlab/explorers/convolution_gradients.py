"""The backward pass of a convolution as accounts: every gradient is a sum of products over the windows.

An input cell collects, from each window that read it, the window's gradient times the weight it was multiplied by; a
weight, from each window, the gradient times the cell it met; the bias, the gradients themselves.
"""

from collections.abc import Mapping

import numpy as np

from nnlab.core.trace import Trace
from nnlab.explorers.windows import plane
from nnlab.widgets import decimals
from nnlab.widgets.accounts import Account, Terms
from nnlab.widgets.scene import Grid


def gradients(trace: Trace, links: Mapping[str, np.ndarray]) -> tuple[list[Grid], dict[str, Account]]:
    """The grids of the gradients, each below what it is the gradient of, and how their numbers come about.

    `links` are the tables of the forward pass: a row for each window, a column for each weight.
    """
    source = "padded" if "padded" in links else "x"
    upstream = trace["y"].grad[0, :, :, 0].astype(float)
    values, kernel = (plane(trace, name).astype(float) for name in (source, "kernel"))
    windows, weights = links["x"].shape
    window = np.tile(np.arange(windows), (weights, 1))  # of each term of a weight's gradient
    reader = readers(links["x"], plane(trace, "x").size)  # the window in which an input cell meets each weight
    read = reader >= 0
    into_x = np.where(read, upstream.ravel()[reader] * kernel.ravel(), np.nan)
    to = {
        "x": (decimals.of_products(upstream, kernel, addend=np.zeros(1)), kernel.shape),
        "kernel": (decimals.of_products(upstream, values, addend=np.zeros(1)), upstream.shape),
        "bias": (decimals.of(upstream), upstream.shape),
    }
    accounts = {
        "grad_x": Terms(
            {"grad": reader, "kernel": np.where(read, np.arange(weights), -1)},
            ("grad", "kernel"),
            into_x,
            *to["x"][::-1],
        ),
        "grad_kernel": Terms(
            {"grad": window, source: links[source].T},
            ("grad", source),
            upstream.ravel() * values.ravel()[links[source].T],
            *to["kernel"][::-1],
        ),
        "grad_bias": Terms({"grad": np.arange(windows)[None]}, ("grad",), upstream.reshape(1, -1), *to["bias"][::-1]),
    }
    grids = [
        Grid("grad", "Gradient of the output", upstream, "gradient of output", ("i", "j"), editable=True, below="y")
    ]
    axes = {"x": ("h", "w"), "kernel": ("u", "v"), "bias": ("", "")}
    for name, noun in (("x", "input"), ("kernel", "weight"), ("bias", "bias")):
        gradient = trace[name].grad
        shown = (
            gradient.reshape(1, 1)
            if name == "bias"
            else gradient[..., 0, 0]
            if name == "kernel"
            else gradient[0, ..., 0]
        )
        grids.append(
            Grid(
                f"grad_{name}",
                f"Gradient of the {'kernel' if name == 'kernel' else noun}",
                shown,
                f"gradient of {noun}",
                axes[name],
                source=name == "x",
                below=name,
                digits=to[name][0],
            )
        )
    return grids, accounts


def readers(table: np.ndarray, cells: int) -> np.ndarray:
    """For each cell and each weight, the window in which they meet; -1 where there is none.

    >>> readers(np.array([[0, 1], [1, 2]]), cells=3)
    array([[ 0, -1],
           [ 1,  0],
           [-1,  1]])
    """
    windows, weights = np.nonzero(table >= 0)
    met = np.full((cells, table.shape[1]), -1)
    met[table[windows, weights], weights] = windows
    return met
