"""What `fit` returns: the loss and metrics of each finished epoch."""

from typing import TYPE_CHECKING, Any

from nnlab.callbacks import Callback, Logs

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class History(Callback):
    """The course of a training; a notebook shows it as learning curves.

    `history` maps each name ("loss", "val_accuracy") to its values, one an epoch; `epoch` numbers them from 0.
    `interrupted` tells whether Ctrl-C ended the training, and `notes` holds what was said on the way.
    """

    def __init__(self, epochs: int = 0, steps: int | None = 0):
        self.params = {"epochs": epochs, "steps": steps}
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []
        self.interrupted = False
        self.notes: list[str] = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        new = {name: [*self.history.get(name, ()), value] for name, value in (logs or {}).items()}
        self.epoch, self.history = [*self.epoch, epoch], self.history | new  # at once: Ctrl-C leaves no half epoch

    def figure(self) -> "Figure":
        """The learning curves: one panel for the loss and one for each metric, training and validation in each."""
        from nnlab.explain import curves

        return curves.figure(self.epoch, self.history)

    def __repr__(self) -> str:
        count = len(self.epoch)
        stated = f"{count} {'epoch' if count == 1 else 'epochs'}" + (f": {', '.join(self.history)}" if count else "")
        return "\n".join([f"History of {stated}", *self.notes])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        if not self.epoch:
            return {"text/plain": repr(self)}
        from nnlab.explain import curves

        return {"text/plain": repr(self), "image/png": curves.png(self.figure())}
