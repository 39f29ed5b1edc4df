"""Callbacks: your own code at the turning points of training."""

import csv
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core.arguments import boolean, integer, number, one_of
from nnlab.core.errors import ArgumentError, unknown_arguments

if TYPE_CHECKING:
    from nnlab.core.layer import Layer

Logs = Mapping[str, float]


class Callback:
    """The base: `fit` calls these methods; each does nothing until a subclass writes it.

    `model` is the model in training; setting `model.stop_training = True` ends it after the batch. `params` holds
    `epochs` and `steps` (batches in an epoch, None if that is not known). `logs` holds the loss and metrics so far, by
    name.
    """

    model: "Layer"
    params: Mapping[str, int | None]

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch. Not after an interrupt, which leaves the weights as they are at that moment."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before an epoch; the first is 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After an epoch and its validation."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch; the first is 0."""

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch; `logs` are means over the epoch so far."""


HOOKS = tuple(name for name in vars(Callback) if name.startswith("on_"))


class LambdaCallback(Callback):
    """Functions in the place of methods.

    >>> seen = []
    >>> callback = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(logs["loss"]))
    >>> callback.on_epoch_end(0, {"loss": 0.5}); seen
    [0.5]
    """

    def __init__(self, **functions: Callable[..., Any]):
        wrong = [name for name in functions if name not in HOOKS]
        if wrong:
            raise unknown_arguments("LambdaCallback", wrong, HOOKS)
        for name, function in functions.items():
            if not callable(function):
                raise ArgumentError(f"LambdaCallback: {name} must be a function, received {function!r}.")
            setattr(self, name, function)


class LearningRateScheduler(Callback):
    """Set the learning rate before each epoch to `schedule(epoch, learning_rate)`, or to `schedule(epoch)`."""

    def __init__(self, schedule: Callable[..., float]):
        if not callable(schedule):
            raise ArgumentError(
                "LearningRateScheduler: schedule must be a function of the epoch and the learning rate, "
                f"received {schedule!r}."
            )
        self.schedule = schedule
        self.arguments = len(inspect.signature(schedule).parameters)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        optimizer = self.model.optimizer
        optimizer.learning_rate = self.schedule(*(epoch, optimizer.learning_rate)[: self.arguments])


LARGER_IS_BETTER = ("acc", "accuracy", "auc", "precision", "recall")


class EarlyStopping(Callback):
    """End training when `monitor` has not improved by more than `min_delta` for `patience` epochs.

    `mode` "min" waits for smaller values, "max" for larger, "auto" for larger where the name ends in accuracy, auc,
    precision or recall. With a `baseline` only an improvement that is better than it ends the waiting; epochs before
    `start_from_epoch` do not count. `restore_best_weights` puts back the weights of the best epoch; `verbose` 1 prints
    which that is.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ):
        owner = "EarlyStopping"
        self.monitor = monitor
        self.min_delta = abs(number(owner, "min_delta", min_delta))
        self.patience = integer(owner, "patience", patience, minimum=0)
        self.verbose = integer(owner, "verbose", verbose, minimum=0)
        mode = one_of(owner, "mode", mode, ("auto", "min", "max"))
        larger = mode == "max" or (mode == "auto" and monitor.endswith(LARGER_IS_BETTER))
        self.sign = 1 if larger else -1
        self.baseline = None if baseline is None else number(owner, "baseline", baseline)
        self.restore_best_weights = boolean(owner, "restore_best_weights", restore_best_weights)
        self.start_from_epoch = integer(owner, "start_from_epoch", start_from_epoch, minimum=0)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.best, self.waited, self.stopped_epoch = -np.inf, 0, 0
        self.best_weights, self.best_epoch = None, 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.monitor not in (logs or {}):
            raise ArgumentError(
                f"EarlyStopping: there is no {self.monitor!r} to monitor, only {', '.join(logs or {})}; pass "
                "validation_data to fit for the names with val_, or monitor one of these."
            )
        if epoch < self.start_from_epoch:
            return
        score = self.sign * logs[self.monitor]
        self.waited += 1
        if score > self.best + self.min_delta:
            self.best, self.best_epoch = score, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or score > self.sign * self.baseline + self.min_delta:
                self.waited = 0
        elif self.waited >= self.patience and epoch > 0:
            self.stopped_epoch, self.model.stop_training = epoch, True

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.verbose and self.stopped_epoch:
            sys.stdout.write(f"Epoch {self.stopped_epoch + 1}: early stopping; the best was {self.best_epoch + 1}.\n")
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)


class CSVLogger(Callback):
    """Write the loss and metrics of each epoch to a file, one row an epoch, in Keras's columns.

    The columns are the epoch and the names in the order of the alphabet, each once more with val_ where nothing is
    validated ("NA" stands there). `append` goes on with a file that is there already. The file is closed after each
    row, so what was written stays, whatever ends the training.
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False):
        if not isinstance(filename, str | os.PathLike):
            raise ArgumentError(f"CSVLogger: filename must be a path, received {filename!r}.")
        if not isinstance(separator, str) or len(separator) != 1:
            raise ArgumentError(f"CSVLogger: separator must be a single character, received {separator!r}.")
        self.filename, self.separator = filename, separator
        self.append = boolean("CSVLogger", "append", append)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.keys: list[str] = []
        try:
            with open(self.filename, "a" if self.append else "w", encoding="utf-8") as file:
                self.header = file.tell() == 0
        except OSError as error:
            raise ArgumentError(
                f"CSVLogger: {os.fspath(self.filename)!r} cannot be written ({error.strerror}); give a filename in a "
                "folder that is there."
            ) from None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = logs or {}
        if not self.keys:
            self.keys = sorted(logs)
            if not any(name.startswith("val_") for name in logs):
                self.keys += [f"val_{name}" for name in self.keys]
        with open(self.filename, "a", encoding="utf-8", newline="") as file:
            rows = csv.DictWriter(file, ["epoch", *self.keys], restval="NA", delimiter=self.separator)
            if self.header:
                rows.writeheader()
                self.header = False
            rows.writerow({"epoch": epoch} | {name: logs[name] for name in self.keys if name in logs})
