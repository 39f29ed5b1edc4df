"""Training: what turns a layer into a model that can be fitted and judged."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from nnlab.core.arguments import boolean, integer
from nnlab.core.errors import ArgumentError, unknown_arguments
from nnlab.core.record import parts
from nnlab.models import data
from nnlab.models.compiled import Compiled
from nnlab.models.fitting import fit
from nnlab.models.history import History
from nnlab.models.progress import progress_for
from nnlab.models.running import Running
from nnlab.models.shapes import one_or_tuple
from nnlab.models.source import Arrays, Source, Yielded, is_source

FIT = (
    "x", "y", "batch_size", "epochs", "verbose", "callbacks", "validation_split", "validation_data", "shuffle",
    "class_weight", "sample_weight", "steps_per_epoch", "validation_steps", "validation_batch_size",
)  # fmt: skip


class Trainer(Compiled):
    """A layer that can be trained: the base of all models."""

    stop_training = False  # a callback sets it

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Iterable[Any] | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        **unknown: Any,
    ) -> History:
        """Train on x and y, `epochs` times over in batches: a History of the loss and metrics of each epoch.

        Of several inputs x is a list, or a dict by the name of the `Input`; of several outputs y likewise. Or x is an
        iterator of batches, (x, y) or (x, y, sample_weight): a generator, with `steps_per_epoch`, or a list-like that
        can begin again. Ctrl-C (or the notebook's stop button) ends the training and keeps what was learnt: the weights
        after the last whole batch, and the History of the finished epochs with `interrupted` set. So does an iterator
        that runs out. `validation_data` is (x, y) or (x, y, sample_weight), or an iterator of those, of which
        `validation_steps` are taken; `validation_split` keeps that fraction at the end of the data for it.
        `sample_weight` says how much each example counts in the loss (one weight an example, or one for each of its
        times; of several outputs a list or dict of those); `class_weight` maps the number of a class to the weight of
        its examples, in training only. `verbose`: "auto" or 1 a progress bar, 2 a line for each epoch, 0 nothing.
        """
        owner = f"{self._label}.fit"
        if unknown:
            raise unknown_arguments(owner, unknown, FIT)
        epochs = integer(owner, "epochs", epochs)
        steps = None if steps_per_epoch is None else integer(owner, "steps_per_epoch", steps_per_epoch)
        size = self._batch_size("fit", batch_size)
        validation: Source | None = None
        if is_source(x):
            refused = {"y": y, "sample_weight": sample_weight, "batch_size": batch_size}
            refused["validation_split"] = validation_split or None
            source: Source = self._yielded("fit", x, steps, class_weight, refused)
        else:
            examples = self._examples("fit", x, y, sample_weight)
            if validation_data is None:
                examples, held = data.split(examples, owner, validation_split)
                validation = None if held is None else Arrays(held, size)
            if class_weight is not None:
                examples = self._examples("fit", *examples, class_weight)
            source = Arrays(examples, size, boolean(owner, "shuffle", shuffle), steps)
        if validation_data is not None:
            size = self._batch_size("fit", validation_batch_size or size)
            validation = self._validation(validation_data, validation_steps, size, epochs)
        if not isinstance(callbacks, list | tuple | None):
            raise ArgumentError(f"{owner}: callbacks must be a list of Callback objects, received {callbacks!r}.")
        return fit(self, source, epochs, verbose, tuple(callbacks or ()), validation)

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int | str = 0,
        sample_weight: Any = None,
        steps: int | None = None,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:
        """The loss, and each metric, on x and y, or on `steps` batches of an iterator; with `verbose`=1 a bar."""
        steps = None if steps is None else integer(f"{self._label}.evaluate", "steps", steps)
        if is_source(x):
            refused = {"y": y, "sample_weight": sample_weight, "batch_size": batch_size}
            source: Source = self._yielded("evaluate", x, steps, None, refused)
        else:
            size = self._batch_size("evaluate", batch_size)
            source = Arrays(self._examples("evaluate", x, y, sample_weight), size, steps=steps)
        running = self.running()
        for x, y, weights in self._shown("evaluate", source, verbose, running):
            running.add(y, weights, self.test_step(x, y, weights))
        return running.logs() if return_dict else unwrapped(running.logs())

    def predict(self, x: Any, batch_size: int | None = None, verbose: int | str = 0, steps: int | None = None) -> Any:
        """The outputs for x, batch by batch, or for `steps` batches of an iterator; with `verbose`=1 a progress bar."""
        steps = None if steps is None else integer(f"{self._label}.predict", "steps", steps)
        if is_source(x):
            source: Source = self._yielded("predict", x, steps, None, {"batch_size": batch_size})
        else:
            x, size = self.as_input(x), self._batch_size("predict", batch_size)
            if data.count(x) == 0:
                return self(x)
            source = Arrays((x, None, None), size, steps=steps)
        outputs = [parts(self._infer(x)[0]) for x, _, _ in self._shown("predict", source, verbose)]
        return self.as_output(one_or_tuple(map(np.concatenate, zip(*outputs, strict=True))))

    def as_output(self, y: Any) -> Any:
        """What a person gets of the output, or of a tuple of outputs: the same."""
        return y

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:
        """Move the weights once by this batch: its loss, and each metric, from before the step."""
        x, y, weights = self._examples("train_on_batch", x, y, sample_weight, class_weight)
        running = self.running()
        running.add(y, weights, self.train_step(x, y, weights))
        return running.logs() if return_dict else unwrapped(running.logs())

    # ---- where the batches come from

    def _batch_size(self, method: str, size: int | None) -> int:
        return 32 if size is None else integer(f"{self._label}.{method}", "batch_size", size)

    def _yielded(
        self, method: str, batches: Any, steps: int | None, class_weight: Any, refused: Mapping[str, Any]
    ) -> Yielded:
        """The batches of an iterator, each checked as it comes."""
        owner = f"{self._label}.{method}"
        if surplus := [name for name, value in refused.items() if value is not None]:
            raise ArgumentError(f"{owner}: x is an iterator that yields whole batches; leave out {surplus[0]}=.")
        if method == "predict":
            return Yielded(owner, batches, lambda x, *_: (self.as_input(x), None, None), steps, fewest=1)
        if self._told is None:
            raise ArgumentError(f"{self._label}: call compile(optimizer=..., loss=...) before {method}.")
        return Yielded(
            owner, batches, lambda x, y, weight=None: self._examples(method, x, y, weight, class_weight), steps
        )

    def _validation(self, given: Any, steps: int | None, size: int, epochs: int) -> Source:
        owner = f"{self._label}.fit"
        steps = None if steps is None else integer(owner, "validation_steps", steps)
        if is_source(given):
            if isinstance(given, Iterator) and steps is None and epochs > 1:
                raise ArgumentError(
                    f"{owner}: validation_data is a generator, which can be gone through only once, and there are "
                    f"{epochs} epochs; pass validation_steps=, or a list of its batches' arrays."
                )
            return self._yielded("fit", given, steps, None, {})
        if not isinstance(given, tuple | list) or len(given) not in (2, 3):
            raise ArgumentError(
                f"{owner}: validation_data must be a pair (x, y), or (x, y, sample_weight), received "
                f"{type(given).__name__}."
            )
        return Arrays(self._examples("fit", *given), size, steps=steps)

    def _shown(
        self, method: str, source: Source, verbose: int | str, running: Running | None = None
    ) -> Iterator[data.Examples]:
        """The batches of `evaluate` and `predict`, with progress."""
        progress, done = progress_for(verbose, 1, source.steps, method.capitalize()), 0
        progress.begin()
        try:
            for done, batch in enumerate(source.epoch(), 1):
                yield batch
                progress.batch(0, done - 1, running.logs() if running else {})
            progress.epoch(0, running.logs() if running else {})
        finally:
            progress.end()
        if source.ended:
            asked = f", asked for {source.steps}" if source.steps else ""
            raise ArgumentError(
                f"{self._label}.{method}: the iterator has run out after {done} batches{asked}; let it yield more, or "
                "pass a smaller steps=."
            )


def unwrapped(logs: dict[str, float]) -> float | list[float]:
    """The values alone: one number, or a list where there are metrics."""
    values = list(logs.values())
    return values[0] if len(values) == 1 else values
