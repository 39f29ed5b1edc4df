"""Learning curves: the loss and each metric over the epochs, training and validation side by side."""

import base64
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def figure(epochs: Sequence[int], history: Mapping[str, Sequence[float]]) -> "Figure":
    """One panel a quantity, its `val_` companion in the same one. Drawn without pyplot, so no state is shared."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    names = [name for name in history if not (name.startswith("val_") and name[4:] in history)]
    drawn = Figure(figsize=(4.2 * max(len(names), 1), 3), layout="constrained")
    for place, name in enumerate(names):
        axes = drawn.add_subplot(1, len(names), place + 1)
        for key, label, marker in ((name, "training", "o-"), (f"val_{name}", "validation", "s--")):
            values = history.get(key, ())
            if values:
                axes.plot([epoch + 1 for epoch in epochs[-len(values) :]], values, marker, label=label, markersize=4)
        axes.set(xlabel="epoch", ylabel=name, title=name)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.3)
        axes.legend()
    return drawn


def png(drawn: "Figure") -> str:
    """The figure as a notebook stores it."""
    buffer = io.BytesIO()
    drawn.savefig(buffer, format="png", dpi=80, metadata={"Software": None})
    return base64.b64encode(buffer.getvalue()).decode()
