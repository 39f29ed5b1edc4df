"""The forward pass of a normalization as accounts: two means over what is shared, and four lines for each number."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from nnlab.core.trace import Trace
from nnlab.explorers.settings import Settings
from nnlab.widgets.accounts import Account, Equation, Terms


def shares(settings: Mapping[str, Any]) -> np.ndarray:
    """For each cell of the block, which mean it shares."""
    samples, channels = settings["x"].shape
    cells = np.arange(samples * channels)
    sample, channel = cells // channels, cells % channels
    group = sample * settings["groups"] + channel // max(channels // settings["groups"], 1)
    return {"batch": channel, "layer": sample, "group": group}[settings["kind"]]


def sheets(trace: Trace, settings: Settings) -> dict[str, np.ndarray]:
    """Each value of the trace as rows and columns."""
    samples, channels = trace["x"].shape
    shared = {"batch": (1, channels), "layer": (samples, 1), "group": (samples, settings["groups"])}[settings["kind"]]
    shapes = dict.fromkeys(("mean", "var", "inv_std"), shared)
    shapes |= dict.fromkeys(("gamma", "beta", "moving_mean", "moving_variance"), (1, channels))
    return {name: trace[name].value.reshape(shapes.get(name, (samples, channels))) for name in trace.names}


def accounts(trace: Trace, settings: Settings) -> dict[str, Account]:
    """How each number of the block comes about."""
    samples, channels = trace["x"].shape
    cells = np.arange(samples * channels)
    column, part = cells % channels, shares(settings)
    epsilon = Decimal(repr(settings["epsilon"]))
    if settings["kind"] == "batch" and not settings["training"]:
        kept = np.arange(channels)
        mean: Account = Equation("{moving_mean}", {"moving_mean": kept}, lambda value: value)
        var: Account = Equation("{moving_variance}", {"moving_variance": kept}, lambda value: value)
    else:
        members = np.array([np.flatnonzero(part == one) for one in range(part.max() + 1)])
        mean = average(trace, members, ("x",), samples if settings["kind"] == "batch" else 1)
        var = average(trace, members, ("centered", "centered"), samples if settings["kind"] == "batch" else 1)
    turned = cells.reshape(samples, channels).T.ravel()  # a line of points holds a channel
    return {
        "samples": Equation("{x}", {"x": turned}, lambda x: x),
        "mean": mean,
        "centered": Equation("{x} − {mean}", {"x": cells, "mean": part}, lambda x, mean: x - mean),
        "var": var,
        "inv_std": Equation(
            f"1 / √({{var}} + {settings['epsilon']:g})",
            {"var": np.arange(part.max() + 1)},
            lambda value: 1 / (value + epsilon).sqrt(),
        ),
        "x_hat": Equation(
            "{centered} × {inv_std}", {"centered": cells, "inv_std": part}, lambda centered, scale: centered * scale
        ),
        "y": Equation(
            "{gamma} × {x_hat} + {beta}",
            {"gamma": column, "x_hat": cells, "beta": column},
            lambda gamma, x_hat, beta: gamma * x_hat + beta,
        ),
        "outputs": Equation("{y}", {"y": turned}, lambda y: y),
    }


def average(trace: Trace, members: np.ndarray, factors: tuple[str, ...], rows: int) -> Terms:
    """A mean over the cells that share it, of a value or of its square."""
    values = np.ravel(trace[factors[0]].value).astype(float)[members] ** len(factors)
    count = np.full(len(members), members.shape[1])
    return Terms(
        {factors[0]: members}, factors, values, (rows, members.shape[1] // rows), 3, operation="mean", count=count
    )
