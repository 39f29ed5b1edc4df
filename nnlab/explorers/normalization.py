"""Batch, layer and group normalization on one block: which numbers share a mean, and who moves when one is moved."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from nnlab.core.arguments import boolean, integer, number, one_of
from nnlab.core.errors import ArgumentError
from nnlab.core.trace import Trace
from nnlab.explorers.block import Block
from nnlab.explorers.explorer import Explorer
from nnlab.explorers.keras_line import Call
from nnlab.explorers.normalization_accounts import accounts
from nnlab.explorers.normalization_gradients import gradients
from nnlab.explorers.normalization_picture import code, grids, notes
from nnlab.explorers.settings import Setting, Settings, whole
from nnlab.explorers.sheets import by, gradient_of, row
from nnlab.layers import BatchNormalization, GroupNormalization, LayerNormalization
from nnlab.widgets.charts import Curves
from nnlab.widgets.scene import Scene

MOST = 8  # samples and channels
NUMBERS = (-3, -2, -1, 0, 1, 2, 3, 4, 5, 6)
LONGEST = 20  # steps of training whose moving statistics are drawn
KINDS = {"batch": BatchNormalization, "layer": LayerNormalization, "group": GroupNormalization}
MOMENTUMS = (0.0, 0.5, 0.9, 0.99)


class BatchNorm(Explorer):
    """Normalization of a block of numbers (samples, channels): each step of the layer, and who depends on whom.

    x: at most 8 samples and 8 channels; without it, it is drawn from the seed. gamma, beta: one number a channel.
    `kind` is "batch", "layer" or "group" (with `groups`). `training=False` uses the moving statistics as they are
    after `step` steps of training on this batch with this `momentum`. Drag a sample, and watch the others' outputs.
    `grad` is the gradient of the output; without it, that of output (0, 0) alone, so that one sees who else has a say.
    Ioffe and Szegedy, arXiv:1502.03167.

    >>> explorer = BatchNorm(x=[[1, 10], [3, 50]], epsilon=0)
    >>> explorer.trace["y"].value
    array([[-1., -1.],
           [ 1.,  1.]], dtype=float32)
    >>> explorer.kind = "layer"
    >>> explorer.trace["mean"].value.ravel().tolist()
    [5.5, 26.5]
    >>> BatchNorm(x=[[1, 2, 3]], beta=[0, 1, 2]).trace["y"].value  # a batch of one is its own mean
    array([[0., 1., 2.]], dtype=float32)
    """

    controls = ("kind", "training", "samples", "channels", "groups", "epsilon", "momentum", "step", "gradient")
    choices = ("kind",)
    ahead = ("kind", "training", "samples", "step", "gradient")

    blocks = (Block("x", NUMBERS, MOST),)

    x: Any = Setting(None)
    kind: str = Setting("batch")
    training: bool = Setting(True)
    gamma: Any = Setting(())
    beta: Any = Setting(())
    samples: int = Setting(6)
    channels: int = Setting(4)
    groups: int = Setting(2)
    epsilon: float = Setting(0.001)
    momentum: float = Setting(0.9)
    step: int = Setting(0)
    grad: Any = Setting(None)

    # ---- the settings

    def prepare(self, settings: Settings, given: Mapping[str, Any]) -> Settings:
        owner = "BatchNorm"

        def shape() -> tuple[int, ...]:
            return (*(whole(owner, side, settings[side], 1, MOST) for side in ("samples", "channels")), 1)

        settings["x"] = self._memory.array("x", settings, given, shape)
        settings["samples"], settings["channels"] = settings["x"].shape
        for name, start in (("gamma", 1.0), ("beta", 0.0)):
            kept = [*settings[name], *[start] * MOST][: settings["channels"]] if name not in given else settings[name]
            settings[name] = row(owner, name, kept, settings["channels"])
            settings[name].flags.writeable = False
        settings["kind"] = one_of(owner, "kind", settings["kind"], tuple(KINDS))
        settings["training"] = boolean(owner, "training", settings["training"])
        settings["groups"] = integer(owner, "groups", settings["groups"])
        settings["epsilon"] = number(owner, "epsilon", settings["epsilon"], 0.0, 10.0)
        settings["momentum"] = number(owner, "momentum", settings["momentum"], 0.0, 1.0)
        settings["step"] = whole(owner, "step", settings["step"], 0, LONGEST)
        settings["grad"] = gradient_of(owner, settings, given, settings["x"].shape)
        y = self.layer(settings)(settings["x"], training=settings["training"])
        if not np.isfinite(y).all():
            raise ArgumentError(f"{owner}: with epsilon=0 and a variance of 0 the layer divides 0 by 0; set epsilon.")
        return settings

    def accept(self, call: Call) -> Settings:
        """The settings of a normalization along the last axis."""
        kinds = {layer.__name__: kind for kind, layer in KINDS.items()}
        layer = call.layer(*kinds, shown=("momentum", "epsilon", "groups", "axis"))
        if layer.axis not in (-1, (-1,), [-1], 1):
            raise ArgumentError(
                f"{call.owner}: the channels are the last axis here, received axis={layer.axis}; write axis=-1."
            )
        changes = {"kind": kinds[call.name], "epsilon": layer.epsilon}
        return changes | {name: getattr(layer, name) for name in ("momentum", "groups") if hasattr(layer, name)}

    def candidates(self, name: str, settings: Settings) -> Iterable[Any]:
        options = {
            "kind": tuple(KINDS),
            "epsilon": (0.0, 0.001, 0.1, 1.0),
            "momentum": MOMENTUMS,
            "step": range(LONGEST + 1),
        }
        return options.get(name, range(1, MOST + 1))

    def layer(self, settings: Settings) -> BatchNormalization | LayerNormalization | GroupNormalization:
        own = {"batch": {"momentum": settings["momentum"]}, "group": {"groups": settings["groups"]}}
        kind = settings["kind"]
        return KINDS[kind](epsilon=settings["epsilon"], **own.get(kind, {}), name="batchnorm")

    # ---- the picture

    def draw(self, settings: Settings) -> tuple[Scene, Trace]:
        layer = self.layer(settings)
        layer.build(settings["x"].shape)
        layer.gamma.assign(settings["gamma"])
        layer.beta.assign(settings["beta"])
        moving = self._moving(layer, settings) if settings["kind"] == "batch" else ()
        shape = settings["x"].shape
        grad = np.eye(1, settings["x"].size).reshape(shape) if settings["grad"] is None else settings["grad"]
        trace = layer.trace(settings["x"], training=settings["training"], seed=0, grad=grad)
        parts, lines = grids(trace, settings), accounts(trace, settings)
        if settings["gradient"]:
            backward = gradients(trace, settings)
            parts, lines = [*parts, *backward[0]], lines | backward[1]
        title = f"{settings['kind'].capitalize()} normalization"
        scene = Scene(
            title=title,
            formula="y = γ · (x − mean) / √(var + ε) + β",
            parts=(*parts, *moving),
            accounts=lines,
            result="y",
            notes=notes(layer, trace, settings),
            code=code(layer),
            text=f"{title} of {by(shape)} numbers.",
        )
        return scene, trace

    def shown(self, settings: Settings) -> list[str]:
        only = {"groups": "group", "training": "batch", "momentum": "batch", "step": "batch"}
        return [name for name in self.controls if only.get(name, settings["kind"]) == settings["kind"]]

    def _moving(self, layer: BatchNormalization, settings: Settings) -> tuple[Curves, ...]:
        """The moving statistics over steps of training on this batch; leaves the layer as it is after `step` steps."""
        states = [layer.get_weights()]
        for _ in range(LONGEST):
            layer(settings["x"], training=True)
            states.append(layer.get_weights())
        layer.set_weights(states[settings["step"]])

        def curves(name: str, what: str, index: int) -> Curves:
            values = np.array([state[index] for state in states])
            lines = {f"channel {c}": values[:, c] for c in range(settings["channels"])}
            title = f"{what} while training on this batch"
            return Curves(name, title, np.arange(LONGEST + 1), lines, "step", "value", at=settings["step"])

        return curves("moving", "Moving mean", 2), curves("moving_var", "Moving variance", 3)

    def edited(self, name: str, values: np.ndarray) -> Settings:
        """A point that is dragged is a number of x."""
        return {"x": values.T} if name == "samples" else {name: values}
