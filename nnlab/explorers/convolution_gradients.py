"""The backward pass of a convolution as accounts: every gradient is a sum of products over the windows.

A cell collects, from each window that read it, the window's gradient times the weight it was multiplied by; a weight,
from each window, the gradient times the cell it met; the bias, the gradients themselves. A cell that a padding
mirrored collects the gradients of all its images.
"""

import numpy as np

from nnlab.explorers import paddings
from nnlab.explorers.sheets import channels
from nnlab.explorers.windows import Pass, numbered, readers
from nnlab.widgets import decimals
from nnlab.widgets.accounts import Account, Terms
from nnlab.widgets.scene import Grid

NOUNS = {"x": "input", "padded": "padded input", "kernel": "weight", "bias": "bias"}


def gradients(shown: Pass) -> tuple[list[Grid], dict[str, Account]]:
    """The grids of the gradients, each below what it is the gradient of, and how their numbers come about."""
    source = "padded" if shown.is_padded else "x"
    mirrored = shown.padding == "reflect" and shown.is_padded
    upstream, values = shown.gradient("y").astype(float), getattr(shown, source).astype(float)
    windows, weights = shown.tables["x"].shape
    window = np.tile(np.arange(windows), (weights, 1))  # of each term of a weight's gradient
    met = shown.tables[source].T
    digits = {
        "x": decimals.of_products(upstream, shown.kernel, addend=np.zeros(1)),
        "kernel": decimals.of_products(upstream, values, addend=np.zeros(1)),
        "bias": decimals.of(upstream),
    }
    digits["padded"] = digits["x"]
    accounts: dict[str, Account] = {}
    if mirrored:
        accounts["grad_padded"] = _to_cells(shown, "padded", upstream, digits["x"])
        accounts["grad_x"] = _to_mirrored(shown, digits["x"])
    else:
        accounts["grad_x"] = _to_cells(shown, "x", upstream, digits["x"])
    accounts["grad_kernel"] = Terms(
        {"grad": window, source: met},
        ("grad", source),
        upstream.ravel() * values.ravel()[met],
        upstream.shape,
        digits["kernel"],
    )
    accounts["grad_bias"] = Terms(
        {"grad": np.arange(windows)[None]}, ("grad",), upstream.reshape(1, -1), upstream.shape, digits["bias"]
    )
    grids = [
        Grid("grad", "Gradient of the output", upstream, "gradient of output", ("i", "j"), editable=True, below="y")
    ]
    axes = {"x": ("h", "w"), "padded": ("h", "w"), "kernel": ("u", "v"), "bias": ("", "")}
    for name, noun in NOUNS.items():
        if f"grad_{name}" not in accounts:
            continue
        grids.append(
            Grid(
                f"grad_{name}",
                f"Gradient of the {'kernel' if name == 'kernel' else noun}",
                shown.gradient(name),
                f"gradient of {noun}",
                axes[name],
                source=name in ("x", "padded"),
                below=name,
                digits=digits[name],
                sheets=() if name == "bias" else channels(shown.x),
            )
        )
    return grids, accounts


def _to_cells(shown: Pass, name: str, upstream: np.ndarray, digits: int) -> Terms:
    """The gradient of the cells of x or padded; each meets the weights of its own channel, each of them once."""
    cells, pixels = getattr(shown, name).size, int(np.prod(getattr(shown, name).shape[-2:]))
    size = int(np.prod(shown.layer.kernel_size))
    channel = np.arange(cells) // pixels
    own = channel[:, None] * size + np.arange(size)  # the weights that a cell can meet
    reader = np.take_along_axis(readers(shown.tables[name], cells), own, 1)
    read = reader >= 0
    values = np.where(read, upstream.ravel()[reader] * shown.kernel.ravel()[own], np.nan)
    links = {"grad": reader, "kernel": np.where(read, own, -1)}
    return Terms(links, ("grad", "kernel"), values, shown.layer.kernel_size, digits)


def _to_mirrored(shown: Pass, digits: int) -> Terms:
    """The gradient of cells that stand in several places of the padded input: that of all of them together."""
    stands_for = paddings.padded("reflect", numbered(shown.x), shown.amounts)[0]
    stands_for = np.moveaxis(stands_for, -1, 0).ravel()
    most = int(np.bincount(stands_for).max())
    table = np.full((shown.x.size, most), -1)
    for cell, row in enumerate(table):
        images = np.flatnonzero(stands_for == cell)
        row[: images.size] = images
    gradient = shown.gradient("padded").astype(float).ravel()
    values = np.where(table >= 0, gradient[table], np.nan)
    return Terms({"grad_padded": table}, ("grad_padded",), values, (1, most), digits)
