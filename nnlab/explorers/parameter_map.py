"""A whole model by what its layers cost: bars that add up, and a map of parameters, multiplications and outputs."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.explorers.costs import costs, worth
from nnlab.widgets.accounts import Equation, Terms
from nnlab.widgets.charts import Treemap
from nnlab.widgets.scene import Grid, Scene


def scene(settings: Mapping[str, Any]) -> Scene:
    """A whole model: its layers as bars that add up, and as a map."""
    rows = list(costs(settings["model"]))
    names = tuple(row.name for row in rows)
    counts = np.array([[row.parameters for row in rows]])
    measures = {
        "parameters": counts[0],
        "multiplications for one sample": np.array([row.multiplications for row in rows]),
        "numbers put out for one sample": np.array([row.outputs for row in rows]),
    }
    details = dict(zip(measures, ([r.receipt for r in rows], [r.how for r in rows], [""] * len(rows)), strict=True))
    total = Grid("total", "Parameters", counts.sum(keepdims=True), "total", scale="count")
    return Scene(
        title=f"Parameters of {settings['model'].name}",
        formula="",
        parts=(
            Grid("layers", "Layers", counts, "parameters of", look="bars", scale="count", labels=names, source=True),
            total,
            Treemap("map", "The model as a map", names, measures, details),
        ),
        accounts={
            "layers": Equation(tuple(row.receipt for row in rows), {}, worth),
            "total": Terms(
                {"layers": np.arange(len(rows))[None]}, ("layers",), counts.astype(float), (1, len(rows)), 0
            ),
        },
        result="layers",
        notes=model_notes(rows),
    )


def model_notes(rows: list[Any]) -> tuple[str, ...]:
    """Where most of the parameters are, and where most of the work is."""
    said = []
    for word, values in (
        ("parameters", [row.parameters for row in rows]),
        ("multiplications", [row.multiplications for row in rows]),
    ):
        if sum(values):
            most = max(range(len(rows)), key=values.__getitem__)
            said.append(f"{rows[most].name} has {values[most] / sum(values):.1%} of all {word}.")
    outputs = sum(row.outputs for row in rows)
    said.append(f"Training keeps {outputs:,} outputs a sample: {4 * outputs:,} bytes in float32.")
    return tuple(said)
