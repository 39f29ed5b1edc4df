"""Parameter counts: each parameter a cell that can be counted, the receipt of the sum, and a map of a whole model."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from nnlab.core import seed as seeding
from nnlab.core.arguments import boolean, one_of
from nnlab.core.errors import ArgumentError
from nnlab.core.layer import Layer
from nnlab.core.naming import snake_case
from nnlab.core.trace import Trace
from nnlab.core.weighted import planned
from nnlab.explorers import parameter_map
from nnlab.explorers.explorer import Explorer
from nnlab.explorers.keras_line import Call
from nnlab.explorers.parameter_kinds import KINDS, LABELS, USES, code, made
from nnlab.explorers.parameter_picture import DRAWN, accounts, counted, notes, tiles
from nnlab.explorers.settings import Setting, Settings, model_of, whole
from nnlab.models.model import Model
from nnlab.models.sequential import Sequential
from nnlab.widgets.scene import Control, Scene

MOST = {"inputs": 100_000, "units": 4096, "kernel_size": 11}
SLIDER = {"inputs": 16, "units": 16, "kernel_size": 5}  # beyond, a line of Keras or Python says it


class ParameterCount(Explorer):
    """Every parameter of a small layer as a cell, grouped by weight, with the receipt of the sum; or a whole model.

    `kind` is a layer of Keras; `inputs` its input's channels (Embedding: words), `units` its units, filters or
    numbers a word, `kernel_size` the sides of its kernels. With `model`, a built model, its layers stand in their
    place: as bars, and as a map of parameters, multiplications and outputs for one sample.

    >>> explorer = ParameterCount("Conv2D", inputs=3, units=8, kernel_size=3)
    >>> explorer.total, explorer.receipt
    (224, '3·3·3·8 + 8')
    >>> explorer.kind = "LSTM"
    >>> explorer.total, explorer.receipt
    (384, '3·32 + 8·32 + 32')
    """

    controls = ("kind", "inputs", "units", "kernel_size", "use_bias")
    choices = ("kind",)
    ahead = ("kind", "inputs", "units", "kernel_size", "use_bias")

    kind: str | Model = Setting("Conv2D")
    inputs: int = Setting(3)
    units: int = Setting(8)
    kernel_size: int = Setting(3)
    use_bias: bool = Setting(True)
    model: Model | None = Setting(None, allow_none=True)

    def __init__(self, *arguments: Any, **settings: Any):
        if arguments and isinstance(arguments[0], Model):  # ParameterCount(model)
            settings["model"], arguments = arguments[0], (self.defaults["kind"], *arguments[1:])
        super().__init__(*arguments, **settings)

    @property
    def total(self) -> int:
        """The number of parameters."""
        return int(self.scene.grid("total").values.item())

    @property
    def receipt(self) -> str:
        """The sum whose value is the total."""
        counts = self.scene.accounts.get("counts")
        return " + ".join(counts.template) if counts else "0"

    # ---- the settings

    def prepare(self, settings: Settings, given: Mapping[str, Any]) -> Settings:
        owner = "ParameterCount"
        settings["kind"] = {kind.lower(): kind for kind in KINDS}[
            one_of(owner, "kind", settings["kind"], tuple(kind.lower() for kind in KINDS))
        ]
        for name, most in MOST.items():
            settings[name] = whole(owner, name, settings[name], 1, most)
        settings["use_bias"] = boolean(owner, "use_bias", settings["use_bias"])
        model = settings["model"]
        if model is not None:
            model = settings["model"] = model_of(owner, model, needs_weights=False)
        if model is not None and not model.built:
            raise ArgumentError(f"{owner}: the model is not built yet; call it on data or start it with an Input.")
        return settings

    def accept(self, call: Call, *others: Call) -> Settings:
        """One layer, or the layers of a Sequential that starts with Input(shape=...)."""
        if others:
            met = Counter[str]()
            model = Sequential([named(each, met).layer() for each in (call, *others)], name="model")
            if not model.built:
                raise ArgumentError("ParameterCount: let the model start with Input(shape=(...)), without the batch.")
            return {"model": model}
        layer = call.layer(*KINDS)
        found = {name: getattr(layer, name) for name in ("units", "use_bias") if hasattr(layer, name)}
        for name, attribute in (("units", "filters"), ("units", "output_dim"), ("inputs", "input_dim")):
            if name in USES[call.name] and hasattr(layer, attribute):
                found[name] = getattr(layer, attribute)
        size = getattr(layer, "kernel_size", None)
        if size is not None and len(set(size)) > 1:
            raise ArgumentError(f"ParameterCount: square kernels are shown here, received kernel_size={size}.")
        if getattr(layer, "pool_size", (2, 2)) != (2, 2):
            raise ArgumentError("ParameterCount: pooling has no parameters whatever its size; write pool_size=2.")
        if size is not None:
            found["kernel_size"] = size[0]
        if call.arguments.get("input_shape"):
            found["inputs"] = call.arguments["input_shape"][-1]
        changes = {"kind": call.name, "model": None, **found}
        self._check_count(layer, changes)
        return changes

    def _check_count(self, layer: Layer, changes: Settings) -> None:
        """What a line says beside the settings may change what the layer does, but not how many weights it has."""
        shown, shape = made(self.prepare({**self.settings, **changes}, changes))
        with planned():
            shown.build(shape)
            layer.build(shape)
        if layer.count_params() != shown.count_params():
            raise ArgumentError(
                f"ParameterCount: with these arguments {changes['kind']} has {layer.count_params():,} parameters, "
                f"with those that are controls here {shown.count_params():,}; leave the others out."
            )

    def candidates(self, name: str, settings: Settings) -> Iterable[Any]:
        return KINDS if name == "kind" else range(1, SLIDER[name] + 1)

    def layer(self, settings: Settings) -> Layer:
        return made(settings)[0]

    # ---- the picture

    def draw(self, settings: Settings) -> tuple[Scene, Trace | None]:
        if settings["model"] is not None:
            return parameter_map.scene(settings), None
        layer, shape = made(settings)
        with planned():
            layer.build(shape)
        drawn = layer.count_params() <= DRAWN
        if drawn:
            layer = made(settings)[0]
            with seeding.apart(settings["seed"]):
                layer.build(shape)
        weights = [tiles(weight.name, weight.numpy(), weight.trainable) for weight in layer.weights if drawn]
        receipts = tuple("·".join(map(str, weight.shape)) for weight in layer.weights)
        sizes = np.array([[prod(weight.shape) for weight in layer.weights]], int)
        scene = Scene(
            title=f"Parameters of {settings['kind']}",
            formula="",
            parts=(*weights, *counted(layer, sizes)),
            accounts=accounts(receipts, sizes),
            result="counts" if receipts else "total",
            notes=(f"{' + '.join(receipts) or '0'} = {sizes.sum():,}.", *notes(layer, shape, drawn)),
            code=code(layer),
        )
        return scene, None

    def shown(self, settings: Settings) -> list[str]:
        uses = () if settings["model"] is not None else ("kind", *USES[settings["kind"]])
        return [name for name in self.controls if name in uses]

    def control(self, name: str, settings: Settings) -> Control:
        """Under the name that Keras gives it."""
        label = LABELS.get(settings["kind"], {}).get(name, "")
        return replace(super().control(name, settings), label=label)


def named(call: Call, met: Counter[str]) -> Call:
    """The call with a name for its layer if it has none, counted from the start of the model and not of the session."""
    name = snake_case(call.name)
    met[name] += 1
    name = name if met[name] == 1 else f"{name}_{met[name] - 1}"
    return replace(call, arguments={"name": name, **call.arguments})
