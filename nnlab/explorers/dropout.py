"""Dropout: which numbers are dropped, what makes good for them, and what many draws come to."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from nnlab.core.arguments import boolean, number
from nnlab.core.trace import Trace
from nnlab.explorers import dropout_network
from nnlab.explorers.block import Block
from nnlab.explorers.dropout_picture import accounts, formula, grids, notes
from nnlab.explorers.explorer import Explorer
from nnlab.explorers.keras_line import Call
from nnlab.explorers.settings import Setting, Settings, as_json, plain, whole
from nnlab.explorers.sheets import by, gradient_of
from nnlab.layers import Dropout as DropoutLayer
from nnlab.layers import SpatialDropout1D
from nnlab.models.model import Model
from nnlab.widgets.charts import Curves
from nnlab.widgets.scene import Scene

MOST = 10  # rows and columns
TRIALS = 20  # draws that can be looked at
DRAWS = 100  # draws whose running mean is shown
NUMBERS = (1, 2, 3, 4, 5, 6, 7, 8, 9)
RATES = tuple(round(0.1 * tenth, 1) for tenth in range(10))


class Dropout(Explorer):
    """The mask of a dropout layer, the survivors times 1 / (1 - rate), and the mean over many draws.

    x: rows and columns of numbers, at most 10 each; without it, it is drawn from the seed. `spatial=True` drops whole
    columns, as SpatialDropout1D does with channels. `trial` counts the draws: another one gives another mask, the same
    one the same mask again. With `model`, which has layers that drop, and x, a sample for it, what `output` of the
    network comes to in a hundred draws stands beside what it is at inference. Srivastava et al., JMLR 15, 2014.

    >>> explorer = Dropout(x=[[1, 2, 3, 4]], rate=0.5)
    >>> sorted(set((explorer.trace["y"].value / [[1, 2, 3, 4]]).ravel().tolist()))
    [0.0, 2.0]
    >>> explorer.training = False
    >>> explorer.trace["y"].value.tolist()
    [[1.0, 2.0, 3.0, 4.0]]
    """

    controls = ("rate", "training", "spatial", "rows", "columns", "trial", "output", "gradient")
    ahead = ("rate", "training", "spatial", "trial", "gradient")

    blocks = (Block("x", NUMBERS, MOST),)

    x: Any = Setting(None)
    rate: float = Setting(0.5)
    training: bool = Setting(True)
    spatial: bool = Setting(False)
    rows: int = Setting(4)
    columns: int = Setting(6)
    trial: int = Setting(0)
    grad: Any = Setting(None)
    model: Model | None = Setting(None)
    output: int = Setting(0)

    _draws: tuple[str, Any] = "", None  # what was drawn many times, and what came of it

    # ---- the settings

    def prepare(self, settings: Settings, given: Mapping[str, Any]) -> Settings:
        owner = "Dropout"
        if settings["model"] is not None:
            return settings | dropout_network.checked(owner, settings)

        def shape() -> tuple[int, ...]:
            return (*(whole(owner, side, settings[side], 1, MOST) for side in ("rows", "columns")), 1)

        settings["x"] = self._memory.array("x", settings, given, shape)
        settings["rows"], settings["columns"] = settings["x"].shape
        settings["rate"] = number(owner, "rate", settings["rate"], 0.0, 1.0)
        settings["training"] = boolean(owner, "training", settings["training"])
        settings["spatial"] = boolean(owner, "spatial", settings["spatial"])
        settings["trial"] = whole(owner, "trial", settings["trial"], 0, TRIALS - 1)
        settings["grad"] = gradient_of(owner, settings, given, settings["x"].shape)
        return settings

    def accept(self, call: Call) -> Settings:
        """The settings of a Dropout, or of a SpatialDropout1D."""
        layer = call.layer("Dropout", "SpatialDropout1D", shown=("rate", "seed"))
        return {"rate": layer.rate, "spatial": call.name == "SpatialDropout1D"}

    def remember(self, settings: Settings) -> None:
        if settings["model"] is None:
            super().remember(settings)

    def candidates(self, name: str, settings: Settings) -> Iterable[Any]:
        if name == "output":
            return range(dropout_network.MOST)
        options = {"rate": RATES, "trial": range(TRIALS)}
        return options.get(name, range(1, MOST + 1))

    def layer(self, settings: Settings) -> DropoutLayer:
        kind = SpatialDropout1D if settings["spatial"] else DropoutLayer
        return kind(settings["rate"], name="dropout")

    # ---- the picture

    def draw(self, settings: Settings) -> tuple[Scene, Trace]:
        if settings["model"] is not None:
            return self._network(settings)
        layer = self.layer(settings)
        trace = self._trace(layer, settings, settings["trial"])
        title = "Spatial dropout" if settings["spatial"] else "Dropout"
        scene = Scene(
            title=title,
            formula=formula(settings),
            parts=(*grids(trace, settings), *self._trials(layer, settings)),
            accounts=accounts(trace, settings),
            result="y",
            notes=notes(trace, settings),
            code=f"keras.layers.{type(layer).__name__}({layer.rate:g})",
            text=f"{title} of {by(settings['x'].shape)} numbers with rate {settings['rate']:g}.",
        )
        return scene, trace

    def shown(self, settings: Settings) -> list[str]:
        return [name for name in self.controls if (name == "output") == (settings["model"] is not None)]

    def _network(self, settings: Settings) -> tuple[Scene, Trace]:
        """A network of the learner's own."""
        about = as_json([plain(settings[name]) for name in ("model", "seed", "x")])
        if self._draws[0] != about:
            self._draws = about, dropout_network.draws(settings)
        return dropout_network.scene(settings, self._draws[1])

    def _trace(self, layer: DropoutLayer, settings: Settings, trial: int) -> Trace:
        x = settings["x"]
        grad = np.ones(x.shape) if settings["grad"] is None else settings["grad"]
        if settings["spatial"]:
            x, grad = x[None], grad[None]
        return layer.trace(x, grad=grad, training=settings["training"], seed=settings["seed"] * DRAWS + trial)

    def _trials(self, layer: DropoutLayer, settings: Settings) -> list[Curves]:
        """The running mean of the output's sum over many draws."""
        if not settings["training"]:
            return []
        means = np.cumsum(self._sums(layer, settings)) / np.arange(1, DRAWS + 1)
        lines = {"mean of the sums so far": means, "sum without dropout": np.full(DRAWS, settings["x"].sum())}
        title = f"Sum of the output, mean over trials 0 to {DRAWS - 1}"
        trials = np.arange(DRAWS)
        return [Curves("trials", title, trials, lines, "trial", "sum", at=settings["trial"], badge="sampled")]

    def _sums(self, layer: DropoutLayer, settings: Settings) -> list[float]:
        """The sum of the output in each draw; kept, since they are the same whichever draw is looked at."""
        about = as_json([settings["x"].tolist(), settings["rate"], settings["spatial"], settings["seed"]])
        if self._draws[0] != about:
            ys = (self._trace(layer, settings, trial)["y"].value for trial in range(DRAWS))
            self._draws = about, [float(y.sum(dtype=float)) for y in ys]
        return self._draws[1]
