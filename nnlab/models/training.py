"""Training: what turns a layer into a model that can be compiled, fitted and judged."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from nnlab import losses, metrics, optimizers
from nnlab.core.arguments import integer
from nnlab.core.errors import ArgumentError, unknown_arguments
from nnlab.core.record import Record, shape_of
from nnlab.core.trace import Trace
from nnlab.models import data
from nnlab.models.fitting import Running, fit
from nnlab.models.history import History
from nnlab.models.progress import progress_for
from nnlab.models.steps import LOSS, Steps


class Trainer(Steps):
    """A layer that can be trained: the base of all models."""

    stop_training = False  # a callback sets it

    def compile(
        self, optimizer: Any, loss: Any = None, metrics: Any = (), weighted_metrics: Any = (), **unknown: Any
    ) -> None:
        """Say how to train: an optimizer and a loss, by name or as objects, and what to watch besides.

        The loss counts each example by its weight (`sample_weight`, `class_weight`), and so do `weighted_metrics`;
        `metrics` do not. Times that the mask of the output leaves out count in none of them (but in precision,
        recall and AUC, as in Keras).

        >>> from nnlab import layers, models
        >>> model = models.Sequential([layers.Dense(3, activation="softmax", input_shape=(2,))])
        >>> model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
        >>> model.optimizer
        SGD(learning_rate=0.01, momentum=0.0, nesterov=False)
        """
        if unknown:
            raise unknown_arguments(f"{self._label}.compile", unknown, COMPILE)
        if loss is None:
            raise ArgumentError(f"{self._label}: compile needs a loss, such as loss='mse'.")
        self.optimizer, self.loss = optimizers.get(optimizer), losses.get(loss)
        self._metrics, self._weighted_metrics = as_metrics(metrics), as_metrics(weighted_metrics)

    # ---- what a person calls

    def fit(
        self,
        x: Any,
        y: Any,
        batch_size: int = 32,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Iterable[Any] | None = None,
        validation_split: float = 0.0,
        validation_data: tuple[Any, ...] | None = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        **unknown: Any,
    ) -> History:
        """Train on x and y, `epochs` times over in batches: a History of the loss and metrics of each epoch.

        Ctrl-C (or the notebook's stop button) ends the training and keeps what was learnt: the weights after
        the last whole batch, and the History of the finished epochs with `interrupted` set. `validation_data` is
        (x, y) or (x, y, sample_weight); `validation_split` keeps that fraction at the end of the data for it.
        `sample_weight` says how much each example counts in the loss (one weight an example, or one for each of its
        times); `class_weight` maps the number of a class to the weight of its examples, in training only. `verbose`:
        "auto" or 1 a progress bar, 2 a line for each epoch, 0 nothing.
        """
        if unknown:
            raise unknown_arguments(f"{self._label}.fit", unknown, FIT)
        epochs = integer(f"{self._label}.fit", "epochs", epochs)
        batch_size = integer(f"{self._label}.fit", "batch_size", batch_size)
        owner = f"{self._label}.fit"
        examples = self._examples("fit", x, y, sample_weight)
        if validation_data is None:
            examples, validation = data.split(examples, owner, validation_split)
        else:
            if not isinstance(validation_data, tuple | list) or len(validation_data) not in (2, 3):
                raise ArgumentError(
                    f"{owner}: validation_data must be a pair (x, y), or (x, y, sample_weight), received "
                    f"{type(validation_data).__name__}."
                )
            validation = self._examples("fit", *validation_data)
        if class_weight is not None:
            x, y, weights = examples
            examples = x, y, data.weights_of(owner, y, self._loss_shape(x), weights, class_weight)
        return fit(self, examples, batch_size, epochs, verbose, tuple(callbacks or ()), validation, bool(shuffle))

    def evaluate(
        self,
        x: Any,
        y: Any,
        batch_size: int = 32,
        verbose: int | str = 0,
        sample_weight: Any = None,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:
        """The loss, and each metric, on x and y; with `verbose`=1 a progress bar."""
        examples = self._examples("evaluate", x, y, sample_weight)
        running = self.running()
        for part in self._batches("evaluate", len(examples[1]), batch_size, verbose, running):
            x, y, weights = data.taken(examples, part)
            running.add(y, weights, *self.test_step(x, y, weights))
        return running.logs() if return_dict else unwrapped(running.logs())

    def predict(self, x: Any, batch_size: int = 32, verbose: int | str = 0) -> Any:
        """The outputs for x, batch by batch; with `verbose`=1 a progress bar."""
        x = self.as_input(x)
        if data.count(x) == 0:
            return self(x)
        parts_of_x = self._batches("predict", data.count(x), batch_size, verbose)
        outputs = [self._infer(data.take(x, part))[0] for part in parts_of_x]
        if isinstance(outputs[0], tuple):
            return tuple(map(np.concatenate, zip(*outputs, strict=True)))
        return np.concatenate(outputs)

    def _batches(
        self, method: str, count: int, size: int, verbose: int | str, running: Running | None = None
    ) -> Iterator[slice]:
        """The batches of `evaluate` and `predict`, with progress."""
        size = integer(f"{self._label}.{method}", "batch_size", size)
        progress = progress_for(verbose, 1, math.ceil(count / size), method.capitalize())
        progress.begin()
        try:
            for batch, part in enumerate(data.batches(count, size)):
                yield part
                progress.batch(0, batch, running.logs() if running else {})
            progress.epoch(0, running.logs() if running else {})
        finally:
            progress.end()

    def train_on_batch(
        self,
        x: Any,
        y: Any,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:
        """Move the weights once by this batch: its loss, and each metric, from before the step."""
        x, y, weights = self._examples("train_on_batch", x, y, sample_weight, class_weight)
        running = self.running()
        running.add(y, weights, *self.train_step(x, y, weights))
        return running.logs() if return_dict else unwrapped(running.logs())

    def running(self) -> Running:
        """The loss and each metric, of nothing yet."""
        return Running(self._metrics, self._weighted_metrics)

    def trace(
        self,
        x: Any,
        training: bool = False,
        seed: int | None = None,
        grad: Any = None,
        patch: Mapping[str, Any] | None = None,
        *,
        y: Any = None,
        loss: Any = None,
        sample_weight: Any = None,
        **inputs: Any,
    ) -> Trace:
        """Every intermediate value of every layer by path (`conv2d/windows`), with its gradient.

        With the truth `y` the gradients are those of the loss, whose own steps are there too (`loss/difference`):
        the compiled one, or `loss`, in which each example counts by its `sample_weight`.

        >>> from nnlab import layers, models
        >>> model = models.Sequential([layers.Dense(1, use_bias=False, kernel_initializer="ones", name="dense")])
        >>> trace = model.trace([[1, 2]], y=[[0]], loss="mse")
        >>> trace["loss/y"].value, trace["dense/kernel"].grad.tolist()
        (np.float32(9.0), [[6.0], [12.0]])
        """
        if y is None:
            for name, value in {"loss": loss, "sample_weight": sample_weight}.items():
                if value is not None:
                    raise ArgumentError(f"{self._label}: trace({name}=...) needs the truth too, y=...")
            return super().trace(x, training, seed, grad, patch, **inputs)
        if grad is not None:
            raise ArgumentError(f"{self._label}: pass y (gradients of the loss) or grad (the gradient of y), not both.")
        if loss is None and self.loss is None:
            raise ArgumentError(f"{self._label}: trace(y=...) needs a loss; pass loss= or compile the model first.")
        loss = self.loss if loss is None else losses.get(loss)

        def from_loss(s: Record, g: Record) -> np.ndarray:
            if isinstance(s.y, tuple):
                raise ArgumentError(
                    f"{self._label}: a loss judges one output, and this model has {len(s.y)}; pass grad=, the gradient "
                    "of each."
                )
            mask = self.mask_after(s, None)
            value = s.run(LOSS, loss, s.y, y_true=y, sample_weight=sample_weight, mask=mask)
            return g.undo(LOSS, loss, s, np.ones_like(value)).y_pred

        return super().trace(x, training, seed, from_loss, patch, **inputs)

    def summary(self) -> None:
        """Print the layers, their output shapes and their parameters with the formula behind each number."""
        from nnlab.explain import summary

        summary.show(self)

    def _examples(
        self, method: str, x: Any, y: Any, sample_weight: Any = None, class_weight: Any = None
    ) -> data.Examples:
        """x, y and weights as arrays that fit each other, the model and its loss; builds the model."""
        if self.loss is None:
            raise ArgumentError(f"{self._label}: call compile(optimizer=..., loss=...) before {method}.")
        x, y = data.examples(f"{self._label}.{method}", self.as_input(x), y)
        self.ensure_built(shape_of(x))
        self.check_input(shape_of(x))
        data.check_ending(self)
        shape = (len(y), *self.compute_output_shape(shape_of(x))[1:])
        self.loss.check_labels(y, np.broadcast_to(np.zeros((), self.dtype), shape))
        weights = data.weights_of(f"{self._label}.{method}", y, self._loss_shape(x), sample_weight, class_weight)
        return x, y, weights

    def _loss_shape(self, x: Any) -> tuple[int, ...]:
        """The shape of the losses of these examples: that of the output, without the axis that a loss goes along."""
        return (data.count(x), *self.compute_output_shape(shape_of(x))[1:-1])


COMPILE = ("optimizer", "loss", "metrics", "weighted_metrics")
FIT = (
    "x", "y", "batch_size", "epochs", "verbose", "callbacks", "validation_split", "validation_data", "shuffle",
    "class_weight", "sample_weight",
)  # fmt: skip


def as_metrics(identifiers: Any) -> list[metrics.Metric]:
    """The metrics for a list of them, or for one."""
    if identifiers is None:
        return []
    several = isinstance(identifiers, list | tuple)
    found = [metrics.get(each) for each in (identifiers if several else [identifiers])]
    for metric in found:
        if np.ndim(metric.result()):
            raise ArgumentError(f"compile: {metric!r} has several thresholds, expected one; give a metric for each.")
    return found


def unwrapped(logs: dict[str, float]) -> float | list[float]:
    """The values alone: one number, or a list where there are metrics."""
    values = list(logs.values())
    return values[0] if len(values) == 1 else values
