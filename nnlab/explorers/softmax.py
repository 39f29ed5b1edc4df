"""Softmax: logits become probabilities, step by step; adding the same to all of them changes nothing."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from nnlab.core.arguments import number
from nnlab.core.errors import ArgumentError
from nnlab.core.trace import Trace
from nnlab.explorers.explorer import Explorer
from nnlab.explorers.keras_line import Call
from nnlab.explorers.settings import Setting, Settings
from nnlab.explorers.sheets import LARGEST, numbers
from nnlab.layers import Softmax as SoftmaxLayer
from nnlab.widgets.accounts import Equation, Terms
from nnlab.widgets.scene import Grid, Scene

MOST = 8  # classes
SHIFTS = (-100.0, -10.0, -1.0, 0.0, 1.0, 10.0, 100.0)


class Softmax(Explorer):
    """The logits of one sample, less their maximum, exponentiated, and divided by their sum.

    x: one row of at most 8 logits. `shift` is added to all of them: the output stays as it is, and nothing overflows.

    >>> explorer = Softmax(x=[[0, 0, 0, 0]], shift=100)
    >>> explorer.trace["y"].value
    array([[0.25, 0.25, 0.25, 0.25]], dtype=float32)
    """

    controls = ("shift",)
    ahead = ("shift",)

    x: Any = Setting(((2.0, 1.0, 0.0, -1.0),))
    shift: float = Setting(0.0)

    def prepare(self, settings: Settings, given: Mapping[str, Any]) -> Settings:
        x = numbers("Softmax", "x", np.atleast_2d(settings["x"])[:1], MOST)
        x.flags.writeable = False
        return {**settings, "x": x, "shift": number("Softmax", "shift", settings["shift"], -LARGEST, LARGEST)}

    def candidates(self, name: str, settings: Settings) -> Iterable[Any]:
        return SHIFTS

    def accept(self, call: Call) -> Settings:
        """A Softmax along the last axis has nothing to set."""
        axis = call.layer("Softmax", shown=("axis",)).axis
        if axis not in (-1, 1):
            raise ArgumentError(f"Softmax: the classes are the last axis here, received axis={axis}; write axis=-1.")
        return {}

    def layer(self, settings: Settings) -> SoftmaxLayer:
        return SoftmaxLayer(name="softmax")

    def draw(self, settings: Settings) -> tuple[Scene, Trace]:
        trace = self.layer(settings).trace(settings["x"] + settings["shift"])
        value = {name: trace[name].value for name in trace.names}
        all_cells, only = np.arange(settings["x"].size), np.zeros(settings["x"].size, int)
        largest = Terms({"logits": all_cells[None]}, ("logits",), value["x"].astype(float), (1, only.size), 3, "max")
        total = Terms({"exp": all_cells[None]}, ("exp",), value["exp"].astype(float), (1, only.size), 3)
        classes = {"axes": ("", "class")}
        shifted = f"{{x}} + {settings['shift']:g}" if settings["shift"] else "{x}"
        added = Decimal(repr(settings["shift"]))
        scene = Scene(
            title="Softmax",
            formula="y = exp(x − max x) / Σ exp(x − max x)",
            parts=(
                Grid("x", "Logits", settings["x"], "logit", source=True, editable=True, look="points"),
                Grid("logits", "Logits, shifted", value["x"], "shifted logit", source=True, below="x", **classes),
                Grid("largest", "Maximum", value["x"].max(keepdims=True), "maximum"),
                Grid("shifted", "Logits − maximum", value["shifted"], "difference", **classes),
                Grid("exp", "Exponentials", value["exp"], "exponential", **classes),
                Grid("sum", "Sum of exponentials", value["sum"], "sum"),
                Grid("y", "Probabilities", value["y"], "probability", look="bars", scale="count", **classes),
            ),
            accounts={
                "logits": Equation(shifted, {"x": all_cells}, lambda x: x + added),
                "largest": largest,
                "shifted": Equation(
                    "{logits} − {largest}", {"logits": all_cells, "largest": only}, lambda x, most: x - most
                ),
                "exp": Equation("exp({shifted})", {"shifted": all_cells}, lambda x: x.exp()),
                "sum": total,
                "y": Equation("{exp} / {sum}", {"exp": all_cells, "sum": only}, lambda exp, total: exp / total),
            },
            result="y",
            notes=("The probabilities add up to 1; adding the same number to all logits changes none of them.",),
            code="keras.layers.Softmax()",
        )
        return scene, trace
