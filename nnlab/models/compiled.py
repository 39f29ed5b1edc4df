"""What `compile` tells a model: how it is trained, and what is watched; and the trace that goes from the loss down."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab import losses, metrics, optimizers
from nnlab.core.errors import ArgumentError, unknown_arguments
from nnlab.core.record import Record, shape_of
from nnlab.core.trace import Trace
from nnlab.models import data
from nnlab.models.examples import by_output, checked_weights
from nnlab.models.objective import TotalLoss, objective, per_output
from nnlab.models.running import Running, Watched
from nnlab.models.steps import LOSS, Steps

COMPILE = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics")


class Compiled(Steps):
    """A layer that knows what it is trained for."""

    _told: Mapping[str, Any] | None = None  # the arguments of `compile`, apart from the optimizer
    _met: tuple[Any, ...] = ()  # the last shape of an input, the layers then, and the shapes of the outputs
    _arranged: tuple[str, ...] = ()  # the names of the outputs for which they have been taken apart

    @property
    def output_names(self) -> tuple[str, ...]:
        """What the outputs are called in logs, and in a dict of truths; `fit` needs no name where there is one."""
        return ("output",)

    def compile(
        self,
        optimizer: Any,
        loss: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        loss_weights: Any = None,
        **unknown: Any,
    ) -> None:
        """Say how to train: an optimizer and a loss, by name or as objects, and what to watch besides.

        The loss counts each example by its weight (`sample_weight`, `class_weight`), and so do `weighted_metrics`;
        `metrics` do not. Times that the mask of the output leaves out count in none of them (but in precision,
        recall and AUC, as in Keras).
        For a model with several outputs each of these is a list with an entry for each output, or a dict by the
        output's name; a single loss is that of every output. What is trained is the sum of the losses, each times its
        entry in `loss_weights`.

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
        told = {"loss": loss, "loss_weights": loss_weights, "metrics": metrics, "weighted_metrics": weighted_metrics}
        chosen, before = optimizers.get(optimizer), (self._told, self.loss)
        self._told, self.loss = told, None
        try:
            if self._outputs_known:
                self._arrange()
        except BaseException:
            self._told, self.loss = before
            raise
        self.optimizer = chosen

    @property
    def _outputs_known(self) -> bool:
        """Whether it is certain already how many outputs there are."""
        return True

    def _arrange(self) -> None:
        """Take apart what `compile` was told, for the outputs there are."""
        owner, names, told = f"{self._label}.compile", self.output_names, self._told
        total = objective(owner, told["loss"], told["loss_weights"], names)
        plain = watched(owner, "metrics", told["metrics"], names)
        weighted = watched(owner, "weighted_metrics", told["weighted_metrics"], names)
        self.loss, self._metrics, self._weighted_metrics, self._arranged = total, plain, weighted, names

    def running(self) -> Running:
        """The loss and each metric, of nothing yet."""

        def asked() -> tuple[list[Watched], list[Watched], list[str]]:
            judged = self.loss.judged if isinstance(self.loss, TotalLoss) else []
            return self._metrics, self._weighted_metrics, judged if len(judged) > 1 else []

        return Running(asked)

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

        With the truth `y` the gradients are those of the loss, whose own steps are there too (`loss/difference`, or
        for several outputs `loss/age/difference`): the compiled one, or `loss` (of several outputs a list, or a dict
        by name), in which each example counts by its `sample_weight`.

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
        if loss is None and self._told is None:
            raise ArgumentError(f"{self._label}: trace(y=...) needs a loss; pass loss= or compile the model first.")

        def from_loss(s: Record, g: Record) -> Any:
            owner, names = f"{self._label}.trace", self.output_names
            if loss is None and self._arranged != names:
                self._arrange()
            chosen = self.loss if loss is None else objective(owner, loss, None, names)
            truth = data.truths(owner, y, names, judged_by(chosen, names))
            weights = by_output(owner, sample_weight, names)
            mask = self.mask_after(s, None)
            value = s.run(LOSS, chosen, s.y, y_true=truth, sample_weight=weights, mask=mask)
            return g.undo(LOSS, chosen, s, np.ones_like(value)).y_pred

        return super().trace(x, training, seed, from_loss, patch, **inputs)

    def _examples(
        self, method: str, x: Any, y: Any, sample_weight: Any = None, class_weight: Any = None
    ) -> data.Examples:
        """x, y and weights as arrays that fit each other, the model and its loss; builds the model."""
        owner = f"{self._label}.{method}"
        if self._told is None:
            raise ArgumentError(f"{self._label}: call compile(optimizer=..., loss=...) before {method}.")
        x = self.as_input(x)
        if y is None:
            raise ArgumentError(f"{owner}: y is missing; pass the truth for each example of x.")
        self.ensure_built(shape_of(x))
        self.check_input(shape_of(x))
        if self._arranged != self.output_names:
            self._arrange()
        data.check_inputs(owner, x)
        truth = data.truths(owner, y, self._arranged, self._judged())
        return x, truth, checked_weights(self, owner, x, truth, sample_weight, class_weight)

    def _judged(self) -> set[str]:
        """The outputs whose truth is needed."""
        watched = {self._arranged[each.place] for each in (*self._metrics, *self._weighted_metrics)}
        return judged_by(self.loss, self._arranged) | watched


def judged_by(loss: losses.Loss | TotalLoss, names: tuple[str, ...]) -> set[str]:
    """The outputs that a loss looks at."""
    return set(loss.judged if isinstance(loss, TotalLoss) else names)


def watched(owner: str, argument: str, identifiers: Any, names: tuple[str, ...]) -> list[Watched]:
    """The metrics of each output: for a model with one output a list of them, or one."""
    if identifiers is None or (isinstance(identifiers, list | tuple | Mapping) and not identifiers):
        return []
    by_place = isinstance(identifiers, list | tuple) and len(identifiers) == len(names)
    if len(names) == 1 and not isinstance(identifiers, Mapping):
        each = (identifiers,)
    elif isinstance(identifiers, Mapping) or by_place:
        each = per_output(owner, argument, identifiers, names)
    else:
        raise ArgumentError(
            f"{owner}: with {len(names)} outputs, {argument} must say which is watched by what, such as "
            f"{{{names[0]!r}: ['mae']}}, received {identifiers!r}."
        )
    return [
        Watched(place, f"{name}_" if len(names) > 1 else "", metric)
        for place, (name, chosen) in enumerate(zip(names, each, strict=True))
        for metric in as_metrics(chosen)
    ]


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
