"""The picture of one draw of dropout: its grids, how their numbers come about, and what becomes of the sum."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np

from nnlab.core.trace import Trace
from nnlab.explorers.settings import Settings
from nnlab.widgets import decimals
from nnlab.widgets.accounts import Account, Equation, Terms
from nnlab.widgets.scene import Grid, Mark


def grids(trace: Trace, settings: Settings) -> list[Grid]:
    """Input, mask, scale and output with the sums before and after, and the gradients if they are asked for."""
    shape, axes = settings["x"].shape, ("t", "c") if settings["spatial"] else ("b", "c")

    def total(name: str, title: str, of: str, below: str, source: bool) -> Grid:
        return Grid(name, title, trace[of].value.sum(keepdims=True).reshape(1, 1), "sum", below=below, source=source)

    x = Grid("x", "Input", trace["x"].value.reshape(shape), "input", axes, source=True, editable=True)
    y = Grid("y", "Output", trace["y"].value.reshape(shape), "output", axes, before="=")
    sums = total("before", "Sum before", "x", "x", True), total("after", "Sum after", "y", "y", False)
    backward = []
    if settings["gradient"]:
        upstream, gradient = (trace[name].grad.reshape(shape) for name in ("y", "x"))
        backward = [
            Grid("grad", "Gradient of the output", upstream, "gradient of output", axes, editable=True),
            Grid("grad_x", "Gradient of the input", gradient, "gradient of input", axes, source=True, below="x"),
        ]
    if not settings["training"]:
        return [x, sums[0], y, sums[1], *backward]
    kept = trace["mask"].value.reshape(shape)
    dropped = Mark("dropped", "dropped", ~kept)
    return [
        replace(x, marks=(dropped,)),
        sums[0],
        Grid("mask", "Mask", kept.astype(int), "mask", axes, before="×", scale="count"),
        Grid("scale", "1 / (1 − rate)", trace["scale"].value.reshape(1, 1), "scale", before="×"),
        replace(y, marks=(dropped,)),
        sums[1],
        *backward,
    ]


def formula(settings: Settings) -> str:
    """What happens to one number."""
    if not settings["training"]:
        return "at inference: y = x"
    if settings["rate"] == 1:
        return "rate 1: everything is dropped"
    scale = f"{1 / (1 - settings['rate']):.4g}"
    sign = "=" if Fraction(scale) * (1 - Fraction(repr(settings["rate"]))) == 1 else "≈"
    return f"y = x · mask · 1 / (1 − {settings['rate']:g}) {sign} x · mask · {scale}"


def accounts(trace: Trace, settings: Settings) -> dict[str, Account]:
    """How each number of the output, and each sum, comes about."""
    cells = np.arange(settings["x"].size)
    if settings["training"]:
        links = {"x": cells, "mask": cells, "scale": np.zeros_like(cells)}
        rate = Decimal(repr(settings["rate"]))
        result: dict[str, Account] = {
            "scale": Equation(f"1 / (1 − {settings['rate']:g})", {}, lambda: 1 / (1 - rate)),
            "y": Equation("{x} × {mask} × {scale}", links, lambda x, mask, scale: x * mask * scale),
        }
        if settings["rate"] == 1:
            del result["scale"]
        if settings["gradient"]:
            back = {"grad": cells, "mask": cells, "scale": np.zeros_like(cells)}
            result["grad_x"] = Equation(
                "{grad} × {mask} × {scale}", back, lambda grad, mask, scale: grad * mask * scale
            )
    else:
        result = {"y": Equation("{x}", {"x": cells}, lambda x: x)}
        if settings["gradient"]:
            result["grad_x"] = Equation("{grad}", {"grad": cells}, lambda grad: grad)
    for total, of in (("before", "x"), ("after", "y")):
        values = trace[of].value.reshape(1, -1).astype(float)
        result[total] = Terms({of: cells[None]}, (of,), values, settings["x"].shape, 3)
    return result


def notes(trace: Trace, settings: Settings) -> tuple[str, ...]:
    """How much is dropped, and what becomes of the sum."""
    if not settings["training"]:
        return ("At inference nothing is dropped and nothing is scaled.",)
    kept = trace["mask"].value
    share = f"{(~kept).mean():.0%}, with rate {settings['rate']:.0%}"
    dropped = f"{int((~kept).sum())} of {kept.size} numbers are dropped: {share}."
    if settings["spatial"]:
        columns = kept.reshape(settings["x"].shape).all(0)
        dropped += f" Whole columns go: {int((~columns).sum())} of {columns.size}."
    said = [dropped]
    if settings["rate"] < 1:
        sums = (trace[name].value.sum(keepdims=True) for name in ("x", "y"))
        before, after = (decimals.text(total.item(), decimals.of(total)) for total in sums)
        said.append(f"The sum goes from {before} to {after}; over all masks its mean is what it was before.")
    if settings["gradient"]:
        said.append("The gradient passes the same mask and scale: that of a dropped number is 0.")
    return tuple(said)
