"""The loop of `fit`: epochs of batches, validation, callbacks, and what Ctrl-C leaves behind."""

import copy
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab import metrics
from nnlab.callbacks import Callback
from nnlab.core import seed as seeding
from nnlab.core.errors import ArgumentError
from nnlab.losses.checks import as_weights
from nnlab.metrics.metric import MeanMetric
from nnlab.models import data
from nnlab.models.data import Examples
from nnlab.models.history import History
from nnlab.models.progress import Progress, progress_for

if TYPE_CHECKING:
    from nnlab.models.training import Trainer


class Running:
    """The mean, over the batches so far, of the loss (each batch counts by its size), and each metric.

    Those of `weighted` see the weights of the examples, as in Keras; "weighted_" begins the name of one that the
    others have already.
    """

    def __init__(self, watched: Iterable[metrics.Metric], weighted: Iterable[metrics.Metric] = ()):
        self.loss = metrics.Mean("loss")
        self.metrics, self.weighted = ([copy.copy(metric) for metric in each] for each in (watched, weighted))
        for metric in (*self.metrics, *self.weighted):
            metric.reset_state()

    def add(
        self,
        y_true: np.ndarray,
        sample_weight: np.ndarray | None,
        loss: float,
        y_pred: np.ndarray,
        mask: np.ndarray | None,
    ) -> None:
        """Take a batch in."""
        self.loss.update_state(loss, sample_weight=len(y_true))
        for metric in self.metrics:
            metric.update_state(y_true, y_pred, counted(metric, None, mask))
        for metric in self.weighted:
            metric.update_state(y_true, y_pred, counted(metric, sample_weight, mask))

    def logs(self) -> dict[str, float]:
        """The numbers by name, the loss first."""
        logs = {mean.name: mean.result() for mean in (self.loss, *self.metrics)}
        for metric in self.weighted:
            logs[f"weighted_{metric.name}" if metric.name in logs else metric.name] = metric.result()
        return logs


def counted(metric: metrics.Metric, sample_weight: np.ndarray | None, mask: np.ndarray | None) -> np.ndarray | None:
    """By how much each value counts in a metric: not at all where the mask of the output is False.

    As in Keras, where precision, recall and AUC do not look at the mask.
    """
    if mask is None or not isinstance(metric, MeanMetric):
        return sample_weight
    return mask * as_weights("fit", 1.0 if sample_weight is None else sample_weight, mask.shape)


def fit(
    model: "Trainer",
    examples: Examples,
    batch_size: int,
    epochs: int,
    verbose: int | str,
    callbacks: tuple[Callback, ...],
    validation: Examples | None,
    shuffle: bool,
) -> History:
    """Train `model`; the arguments are checked."""
    count = len(examples[1])
    steps = math.ceil(count / batch_size)
    history = model.history = History(epochs, steps)
    progress = progress_for(verbose, epochs, steps)
    hooks = Hooks(model, (history, *callbacks), {"epochs": epochs, "steps": steps})
    model.stop_training = False
    done = (0, 0)  # epochs, and batches of the one that is running
    try:
        progress.begin()
        hooks.call("on_train_begin")
        for epoch in range(epochs):
            hooks.call("on_epoch_begin", epoch)
            running = model.running()
            order = seeding.generator().permutation(count) if shuffle else None
            for batch, part in enumerate(data.batches(count, batch_size, order)):
                hooks.call("on_train_batch_begin", batch)
                with np.errstate(all="ignore"):  # what overflows is said below, once, in words
                    x, y, weights = data.taken(examples, part)
                    loss, y_pred, mask = model.train_step(x, y, weights)
                done = (epoch, batch + 1)
                running.add(y, weights, loss, y_pred, mask)
                if not math.isfinite(loss):
                    not_finite(loss, epoch, batch, history, progress)
                logs = running.logs()
                progress.batch(epoch, batch, logs)
                hooks.call("on_train_batch_end", batch, logs)
                if model.stop_training:
                    break
            if validation is not None:
                logs |= {f"val_{name}": value for name, value in judged(model, validation, batch_size).items()}
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


def judged(model: "Trainer", examples: Examples, batch_size: int) -> dict[str, float]:
    """The loss and metrics of the model, as it is, on these examples."""
    running = model.running()
    with np.errstate(all="ignore"):
        for part in data.batches(len(examples[1]), batch_size):
            x, y, weights = data.taken(examples, part)
            running.add(y, weights, *model.test_step(x, y, weights))
    return running.logs()


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


def where(epoch: int, batches: int, epochs: int, steps: int) -> str:
    """The sentence for training that was interrupted here."""
    if epoch == epochs:
        return f"Interrupted after all {epochs} epochs: the model keeps what it has learnt."
    return (
        f"Interrupted in epoch {epoch + 1} of {epochs}, after {batches} of {steps} batches: the model keeps what it "
        "had learnt by then."
    )
