"""The loop of `fit`: epochs of batches, validation, callbacks, and what Ctrl-C leaves behind."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.callbacks import Callback
from nnlab.core.errors import ArgumentError
from nnlab.models.history import History
from nnlab.models.progress import Progress, progress_for
from nnlab.models.source import Source

if TYPE_CHECKING:
    from nnlab.models.training import Trainer


def fit(
    model: "Trainer",
    source: Source,
    epochs: int,
    verbose: int | str,
    callbacks: tuple[Callback, ...],
    validation: Source | None,
) -> History:
    """Train `model` on the batches of a source; the arguments are checked."""
    steps = source.steps  # None if only its end will tell
    history = model.history = History(epochs, steps)
    progress = progress_for(verbose, epochs, steps)
    hooks = Hooks(model, (history, *callbacks), {"epochs": epochs, "steps": steps})
    model.stop_training = False
    done = (0, 0)  # epochs, and batches of the one that is running
    logs: dict[str, float] = {}
    try:
        progress.begin()
        hooks.call("on_train_begin")
        for epoch in range(epochs):
            hooks.call("on_epoch_begin", epoch)
            running = model.running()
            for batch, (x, y, weights) in enumerate(source.epoch()):
                hooks.call("on_train_batch_begin", batch)
                with np.errstate(all="ignore"):  # what overflows is said below, once, in words
                    outcome = model.train_step(x, y, weights)
                done = (epoch, batch + 1)
                running.add(y, weights, outcome)
                if not math.isfinite(outcome.loss):
                    not_finite(outcome.loss, epoch, batch, history, progress)
                logs = running.logs()
                progress.batch(epoch, batch, logs)
                hooks.call("on_train_batch_end", batch, logs)
                if model.stop_training:
                    break
            if source.ended:
                if done == (0, 0):
                    raise ArgumentError(f"{model._label}.fit: x yields no batch at all; pass an iterator that does.")
                say(ended("The iterator", *done, epochs, steps, "training ends there"), history, progress)
                model.stop_training = True
                if done[1] == 0:
                    break
            if validation is not None:
                found = judged(model, validation)
                logs |= {f"val_{name}": value for name, value in found.items()}
                if validation.ended:
                    say(ended("validation_data", *done, epochs, steps, "no more validation"), history, progress)
                    validation = None
            hooks.call("on_epoch_end", epoch, logs)
            done = (epoch + 1, 0)
            progress.epoch(epoch, logs)
            if model.stop_training:
                break
        hooks.call("on_train_end", logs)
    except KeyboardInterrupt:
        history.interrupted = True
        say(where(*done, epochs, steps), history, progress)
    finally:
        progress.end()
    return history


class Hooks:
    """The callbacks of one training, called in their order."""

    def __init__(self, model: "Trainer", callbacks: tuple[Callback, ...], params: dict[str, int]):
        for callback in callbacks:
            if not isinstance(callback, Callback):
                raise ArgumentError(
                    f"{model._label}.fit: callbacks must be Callback objects, received {callback!r}; for functions "
                    "there is LambdaCallback(on_epoch_end=...)."
                )
            callback.model, callback.params = model, params
        self.callbacks = callbacks

    def call(self, name: str, *arguments: Any) -> None:
        """Call the method of this name of each callback; each gets logs of its own."""
        for callback in self.callbacks:
            getattr(callback, name)(*(dict(part) if isinstance(part, dict) else part for part in arguments))


def judged(model: "Trainer", source: Source) -> dict[str, float]:
    """The loss and metrics of the model, as it is, on the batches of a source; nothing, if it has none left."""
    running, count = model.running(), 0
    with np.errstate(all="ignore"):
        for x, y, weights in source.epoch():
            running.add(y, weights, model.test_step(x, y, weights))
            count += 1
    return running.logs() if count else {}


def say(sentence: str, history: History, progress: Progress) -> None:
    """Tell the person who waits, and who reads the History later."""
    history.notes.append(sentence)
    progress.say(sentence)


def not_finite(loss: float, epoch: int, batch: int, history: History, progress: Progress) -> None:
    """Say once that the loss is no number any more."""
    if not history.notes:
        say(
            f"The loss is {'nan' if math.isnan(loss) else 'infinite'} since epoch {epoch + 1}, batch {batch + 1}: try "
            "a smaller learning rate; model.trace(x, y=y).first_nonfinite names the first value that is no number.",
            history,
            progress,
        )


def where(epoch: int, batches: int, epochs: int, steps: int | None) -> str:
    """The sentence for training that was interrupted here."""
    if epoch == epochs:
        return f"Interrupted after all {epochs} epochs: the model keeps what it has learnt."
    return (
        f"Interrupted in epoch {epoch + 1} of {epochs}, after {counted(batches, steps)}: the model keeps what it had "
        "learnt by then."
    )


def ended(what: str, epoch: int, batches: int, epochs: int, steps: int | None, so: str) -> str:
    """The sentence for an iterator that had less than was asked of it."""
    return (
        f"{what} has run out of batches in epoch {epoch + 1} of {epochs}, after {counted(batches, steps)}: {so}; let "
        "it yield more, or ask for fewer."
    )


def counted(batches: int, steps: int | None) -> str:
    """How many batches are done, and of how many if that is known."""
    return f"{batches} batches" if steps is None else f"{batches} of {steps} batches"
