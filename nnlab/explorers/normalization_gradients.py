"""The backward pass of a normalization, line by line: each gradient under the name of the value it belongs to."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from nnlab.core.trace import Trace
from nnlab.explorers.normalization_accounts import shares, sheets
from nnlab.widgets.accounts import Account, Equation, Terms
from nnlab.widgets.scene import Grid

TITLES = {
    "x_hat": "normalized",
    "inv_std": "1 / √(variance + ε)",
    "var": "the variance",
    "centered": "input − mean",
    "mean": "the mean",
    "gamma": "γ",
    "beta": "β",
}
BELOW = {"var": "grad_inv_std", "mean": "grad_inv_std", "beta": "grad_gamma"}  # short rows stand in one column


def gradients(trace: Trace, settings: Mapping[str, Any]) -> tuple[list[Grid], dict[str, Account]]:
    """The grids of the gradients, each as large as what it is the gradient of, and how their numbers come about."""
    part, channels = shares(settings), settings["x"].shape[1]
    cells = np.arange(part.size)
    column, parts = cells % channels, np.arange(part.max() + 1)
    members = np.array([np.flatnonzero(part == one) for one in parts])
    columns = np.array([np.flatnonzero(column == one) for one in range(channels)])
    m, learns = members.shape[1], settings["kind"] != "batch" or settings["training"]
    entries = [trace[name] for name in trace.names]
    grads = {entry.name: np.ravel(entry.grad).astype(float) for entry in entries if entry.grad is not None}
    numbers = {entry.name: np.ravel(entry.value).astype(float) for entry in entries} | {"minus": np.array([-1.0])}
    numbers |= {f"grad_{name}": grad for name, grad in grads.items()} | {"grad": grads["y"]}

    def total(rows: np.ndarray, *factors: str) -> Terms:
        """A sum over cells of the product of a gradient and a value."""
        links = {factor: rows * 0 if factor == "minus" else rows for factor in factors}
        terms = np.prod([numbers[factor][cell] for factor, cell in links.items()], axis=0)
        return Terms(links, factors, terms, (rows.shape[1], 1), 3)

    accounts: dict[str, Account] = {
        "grad_x_hat": Equation("{grad} × {gamma}", {"grad": cells, "gamma": column}, lambda grad, gamma: grad * gamma),
        "grad_inv_std": total(members, "grad_x_hat", "centered"),
        "grad_var": Equation(
            "−½ × {inv_std}³ × {grad_inv_std}",
            {"inv_std": parts, "grad_inv_std": parts},
            lambda scale, grad: Decimal("-0.5") * scale**3 * grad,
        ),
    }
    if learns:
        accounts["grad_centered"] = Equation(
            f"{{grad_x_hat}} × {{inv_std}} + 2 / {m} × {{centered}} × {{grad_var}}",
            {"grad_x_hat": cells, "inv_std": part, "centered": cells, "grad_var": part},
            lambda grad, scale, centered, var: grad * scale + Decimal(2) / m * centered * var,
        )
    else:
        accounts["grad_centered"] = Equation(
            "{grad_x_hat} × {inv_std}", {"grad_x_hat": cells, "inv_std": part}, lambda grad, scale: grad * scale
        )
    accounts["grad_mean"] = total(members, "minus", "grad_centered")
    if learns:
        accounts["grad_x"] = Equation(
            f"{{grad_centered}} + {{grad_mean}} / {m}",
            {"grad_centered": cells, "grad_mean": part},
            lambda centered, mean: centered + mean / m,
        )
    else:
        accounts["grad_x"] = Equation("{grad_centered}", {"grad_centered": cells}, lambda centered: centered)
    accounts["grad_gamma"] = total(columns, "grad", "x_hat")
    accounts["grad_beta"] = total(columns, "grad")

    table, block = sheets(trace, settings), settings["x"].shape

    def grid(name: str, of: str, title: str, shape: tuple[int, ...], **more: Any) -> Grid:
        axes = ("b" if shape[0] > 1 else "", "c" if shape[1] > 1 else "")
        return Grid(name, f"Gradient of {title}", grads[of].reshape(shape), f"gradient of {title}", axes, **more)

    grids = [grid("grad", "y", "the output", block, editable=True)]
    for name, title in TITLES.items():
        if name == "mean":
            grids.append(Grid("minus", "Factor", np.array([[-1]]), "factor", below="grad_inv_std"))
        grids.append(grid(f"grad_{name}", name, title, table[name].shape, below=BELOW.get(name, "")))
    return [*grids, grid("grad_x", "x", "the input", block, source=True, below="x")], accounts
