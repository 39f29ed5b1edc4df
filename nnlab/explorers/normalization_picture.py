"""The picture of a normalization: its grids in the order of the steps, its notes, its line of Keras."""

from typing import Any

import numpy as np

from nnlab.core.trace import Trace
from nnlab.explorers.normalization_accounts import sheets
from nnlab.explorers.settings import Settings
from nnlab.widgets.scene import Grid

SHARING = {
    "batch": "a mean and a variance for each channel, over all samples (BatchNormalization's axis=-1)",
    "layer": "a mean and a variance for each sample, over all channels (LayerNormalization's axis=-1)",
    "group": "a mean and a variance for each group of channels in each sample (GroupNormalization)",
}


def grids(trace: Trace, settings: Settings) -> list[Grid]:
    """What is given, the statistics, and each step up to the output."""
    block, channel = ("b", "c"), ("", "c")
    shared = {"batch": channel, "layer": ("b", ""), "group": ("b", "group")}[settings["kind"]]
    table = sheets(trace, settings)

    def grid(name: str, title: str, noun: str, axes: tuple[str, str], **more: Any) -> Grid:
        return Grid(name, title, table[name], noun, axes, **more)

    def points(name: str, of: str, **more: Any) -> Grid:
        word = {"x": "Input", "y": "Output"}[of]
        noun = f"{word.lower()} at channel, sample"
        return Grid(name, f"{word} of each channel", table[of].T, noun, ("c", "b"), look="points", **more)

    found = [grid("x", "Input", "input", block, source=True, editable=True)]
    if "moving_mean" in table:
        found += [
            grid("moving_mean", "Moving mean", "moving mean", channel, source=True, below="x"),
            grid("moving_variance", "Moving variance", "moving variance", channel, source=True, below="x"),
        ]
    return [
        *found,
        points("samples", "x", editable=True),
        points("outputs", "y"),
        grid("mean", "Mean", "mean", shared),
        grid("var", "Variance", "variance", shared, below="mean"),
        grid("inv_std", "1 / √(variance + ε)", "inverse deviation", shared, below="mean"),
        grid("centered", "Input − mean", "centered", block),
        grid("x_hat", "Normalized", "normalized", block),
        grid("gamma", "γ", "gamma", channel, editable=True),
        grid("beta", "β", "beta", channel, editable=True, below="gamma"),
        grid("y", "Output", "output", block),
    ]


def notes(layer: Any, trace: Trace, settings: Settings) -> tuple[str, ...]:
    """Who depends on whom, where the statistics are from, and what is trained."""
    kind, x = settings["kind"], settings["x"]
    nudged = x + np.eye(1, x.size).reshape(x.shape)
    moved = int((layer.trace(nudged, training=settings["training"], seed=0)["y"].value != trace["y"].value).sum())
    others = "no other output" if moved <= 1 else f"{moved - 1} other output{'s' if moved > 2 else ''}"
    said = [f"Adding 1 to input (0, 0) moves {others}: {SHARING[kind]}."]
    if kind == "batch" and not settings["training"]:
        said[0] = f"Adding 1 to input (0, 0) moves {others}: the statistics are the moving ones, not the batch's."
    elif kind == "batch":
        said.append("Training uses the batch's own mean and variance; inference (training off) the moving ones.")
    if settings["gradient"] and settings["grad"] is None:
        change = np.abs(trace["x"].grad)
        moving = int((change > 1e-6 * change.max()).sum())
        said.append(f"The gradient is that of output (0, 0) alone: {moving} of {x.size} inputs change it.")
    if kind == "batch" and settings["training"] and len(x) == 1:
        said.append("A batch of one is its own mean: every output is β.")
    count = settings["channels"]
    trainable = f"2 × {count} trainable parameters (γ, β)"
    rest = f" and 2 × {count} that are not (moving mean and variance)" if kind == "batch" else ""
    said.append(f"{trainable}{rest}: {layer.count_params()} in all.")
    return tuple(said)


def code(layer: Any) -> str:
    """The line of Keras that makes the layer."""
    own = {"BatchNormalization": "momentum", "GroupNormalization": "groups"}.get(type(layer).__name__)
    first = f"{own}={getattr(layer, own)}, " if own else ""
    return f"keras.layers.{type(layer).__name__}({first}epsilon={layer.epsilon:g})"
