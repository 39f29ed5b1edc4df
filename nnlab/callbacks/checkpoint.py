"""ModelCheckpoint: the model, or its weights, kept in a file while it is trained."""

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.callbacks.callback import LARGER_IS_BETTER, Callback, Logs
from nnlab.core.arguments import boolean, integer, number, one_of
from nnlab.core.errors import ArgumentError, FileError

ENDINGS = {False: ".keras", True: ".weights.h5"}  # by save_weights_only


class ModelCheckpoint(Callback):
    """Save the model after each epoch, or every `save_freq` batches, whole or its weights alone.

    `filepath` ends in `.keras`, or in `.weights.h5` with `save_weights_only`, and may name the epoch (the first is 1)
    and any of the logs: "{epoch:02d}-{val_loss:.2f}.keras"; else each file takes the place of the one before, whole
    or not at all. With `save_best_only` only a model whose `monitor` is better than before is saved, better meaning
    smaller or larger as for EarlyStopping. `initial_value_threshold`: the best before the first. Folders that are
    missing are made. Needs h5py. Raises ArgumentError for a name that is not among the logs.

    >>> import tempfile
    >>> from nnlab import Sequential, layers
    >>> model = Sequential([layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     keep = ModelCheckpoint(f"{folder}/{{epoch}}.keras")
    ...     _ = model.fit([[1, 2]], [[3]], epochs=2, verbose=0, callbacks=[keep])
    ...     sorted(os.listdir(folder))
    ['1.keras', '2.keras']
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: int | str = "epoch",
        initial_value_threshold: float | None = None,
    ):
        owner = "ModelCheckpoint"
        if not isinstance(filepath, str | os.PathLike):
            raise ArgumentError(f"{owner}: filepath must be a path, received {filepath!r}.")
        self.filepath, self.monitor = os.fspath(filepath), monitor
        self.verbose = integer(owner, "verbose", verbose, minimum=0)
        self.save_best_only = boolean(owner, "save_best_only", save_best_only)
        self.save_weights_only = boolean(owner, "save_weights_only", save_weights_only)
        ending = ENDINGS[self.save_weights_only]
        if not self.filepath.endswith(ending):
            other = f" with save_weights_only={self.save_weights_only}"
            raise ArgumentError(f"{owner}: filepath must end in {ending}{other}, received {self.filepath!r}.")
        mode = one_of(owner, "mode", mode, ("auto", "min", "max"))
        larger = mode == "max" or (mode == "auto" and monitor.endswith(LARGER_IS_BETTER))
        self.sign = 1 if larger else -1
        self.save_freq = save_freq if save_freq == "epoch" else integer(owner, "save_freq", save_freq)
        start = initial_value_threshold
        self.best = -np.inf if start is None else self.sign * number(owner, "initial_value_threshold", start)
        self.epoch = self.batches = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        if importlib.util.find_spec("h5py") is None:  # now, and not after an hour
            raise FileError("ModelCheckpoint: to save a model needs h5py: pip install 'nnlab[files]'.")

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self.batches += 1
        if self.save_freq != "epoch" and self.batches % self.save_freq == 0:
            self._save({"batch": batch + 1, **(logs or {})})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            self._save(logs or {})

    def _save(self, logs: Logs) -> None:
        """Save the model, if it is to be saved now."""
        known = {"epoch": self.epoch + 1, **logs}
        if self.save_best_only:
            if self.monitor not in logs:
                raise ArgumentError(
                    f"ModelCheckpoint: there is no {self.monitor!r} to monitor, only {', '.join(logs)}."
                )
            score = self.sign * logs[self.monitor]
            if not score > self.best:  # nor is what is no number
                return
            self.best = score
        try:
            path = Path(self.filepath.format(**known))
        except (KeyError, IndexError, ValueError, AttributeError, TypeError) as error:
            raise ArgumentError(
                f"ModelCheckpoint: filepath {self.filepath!r} cannot be filled in ({error}); it may name "
                f"{', '.join(known)}."
            ) from None
        path.parent.mkdir(parents=True, exist_ok=True)
        save: Any = self.model.save_weights if self.save_weights_only else self.model.save
        save(path)
        if self.verbose:
            sys.stdout.write(f"Epoch {self.epoch + 1}: saved the model to {path}\n")
