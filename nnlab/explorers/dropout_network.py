"""Dropout in a learner's own network: what it puts out in a hundred draws, beside what it says at inference."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.core.errors import ArgumentError
from nnlab.core.trace import Trace
from nnlab.explorers.settings import model_of, whole
from nnlab.layers import Dropout
from nnlab.models.model import Model
from nnlab.widgets.accounts import Terms
from nnlab.widgets.charts import Curves
from nnlab.widgets.scene import Grid, Scene

DRAWS = 100  # one batch of as many copies of the sample, each with masks of its own
SHAPE = (10, 10)  # in which they are shown
BINS = 12
MOST = 20  # outputs


def checked(owner: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a network in their normal form: the model, one sample for it, and which output is looked at."""
    model = model_of(owner, settings["model"])
    if settings.get("x") is None:
        raise ArgumentError(f"{owner}: a model needs the sample to look at: x=x_test[:1].")
    x = np.asarray(settings["x"])[:1]
    y = np.asarray(model(x))
    if y.ndim != 2 or y.shape[1] > MOST:
        raise ArgumentError(
            f"{owner}: the model's output must be rows of at most {MOST} numbers, received shape {y.shape}."
        )
    if not any(isinstance(layer, Dropout) for layer in everything(model)):
        raise ArgumentError(f"{owner}: no layer of the model drops anything; add Dropout(0.5), or leave model out.")
    output = whole(owner, "output", settings["output"], 0, y.shape[1] - 1)
    x.flags.writeable = False
    return {"model": model, "x": x, "output": output}


def everything(model: Model) -> list[Any]:
    """The layers of a model and of the models inside it."""
    return [layer for each in model.layers for layer in (everything(each) if isinstance(each, Model) else [each])]


def draws(settings: Mapping[str, Any]) -> np.ndarray:
    """The network's outputs (draw, output) in training, where each draw has masks of its own. Nothing is learnt."""
    copies = np.repeat(settings["x"], DRAWS, axis=0)
    return settings["model"].trace(copies, training=True, seed=settings["seed"])["y"].value


def scene(settings: Mapping[str, Any], outputs: np.ndarray) -> tuple[Scene, Trace]:
    """The picture, and the trace of the sample at inference."""
    model, chosen = settings["model"], settings["output"]
    trace = model.trace(settings["x"])
    calm, drawn = trace["y"].value, outputs[:, chosen].astype(float)
    counts, edges = np.histogram(drawn, bins=BINS)
    digits = max(0, 1 - int(np.floor(np.log10(edges[1] - edges[0]))))
    labels = tuple(f"{low:.{digits}f}" for low in edges[:-1])
    cells = np.arange(DRAWS)[None]
    means = np.cumsum(drawn) / np.arange(1, DRAWS + 1)
    inference = f"at inference, output {chosen}"
    lines = {"mean of the draws so far": means, inference: np.full(DRAWS, float(calm[0, chosen]))}
    parts = (
        Grid("inference", "Outputs at inference", calm, "output", ("", "class"), look="bars"),
        Grid("draws", f"Output {chosen} in each draw", drawn.reshape(SHAPE), "draw", badge="sampled", source=True),
        Grid("mean", "Mean of the draws", drawn.mean(keepdims=True)[None], "mean", badge="sampled"),
        Grid("histogram", "Histogram: draws from each number on", counts[None], "draws", look="bars", scale="count",
             labels=labels, badge="aggregated"),
        Curves("running", "Running mean of the draws", np.arange(1, DRAWS + 1), lines, "draws", "output",
               badge="sampled"),
    )  # fmt: skip
    spread = f"from {drawn.min():.3f} to {drawn.max():.3f}, mean {drawn.mean():.3f}"
    note = f"Output {chosen} is {calm[0, chosen]:.3f} at inference; in {DRAWS} draws with dropout {spread}."
    rates = ", ".join(f"{layer.name}: {layer.rate:g}" for layer in everything(model) if isinstance(layer, Dropout))
    return (
        Scene(
            title=f"Dropout in {model.name}",
            formula=f"rates: {rates}",
            parts=parts,
            accounts={
                "mean": Terms({"draws": cells}, ("draws",), drawn[None], SHAPE, 3, "mean", count=np.array([DRAWS]))
            },
            result="mean",
            notes=(note,),
        ),
        trace,
    )
