"""One step: of training, or of judging what was trained.

A training step is the same forward and backward pass that a trace shows, from the loss down, followed by one step of
the optimizer. It happens as a whole or not at all: whatever interrupts it, no weight is half moved.
"""

from typing import Any, NamedTuple

import numpy as np

from nnlab import losses, optimizers
from nnlab.core import seed as seeding
from nnlab.core.errors import NnlabError
from nnlab.core.layer import Layer
from nnlab.core.record import Call
from nnlab.core.variable import Variable
from nnlab.models.objective import TotalLoss

LOSS = "loss"  # the path under which a trace shows the loss


class Steps(Layer):
    """A layer with an optimizer and a loss, which can move along the loss's gradient."""

    optimizer: optimizers.Optimizer | None = None
    loss: losses.Loss | TotalLoss | None = None

    def train_step(self, x: Any, y: Any, sample_weight: Any = None) -> "Outcome":
        """Move the weights once, by this batch: what came out before the step.

        If anything stops it, Ctrl-C included, the model and its optimizer are as they were before.
        """
        before = [(variable, variable.value) for variable in self.weights]
        remembered, steps = dict(self.optimizer.slots), self.optimizer.iterations
        try:
            call = Call(training=True, rng=seeding.generator(), keep=True, live=True)
            s, g = self.record(call), self.record(call)
            y_pred = self.apply(s, x)
            mask = self.mask_after(s, None)
            loss = s.run(LOSS, self.loss, y_pred, y_true=y, sample_weight=sample_weight, mask=mask)
            each = vars(vars(s)[LOSS + "/"]).get("each", ())
            self.unapply(s, g, g.undo(LOSS, self.loss, s, np.ones_like(loss)).y_pred)
            total = float(loss) + sum(call.losses)
            gradients = {}
            for variable in self.trainable_weights:
                gradient = gradient_of(variable, call)
                if variable.regularizer:
                    total += variable.regularizer(variable.value)
                    gradient = gradient + variable.regularizer.gradient(variable.value)
                gradients[variable] = gradient
            self.optimizer.apply(gradients.values(), gradients)
        except BaseException:
            for variable, value in before:
                variable.value = value
            self.optimizer.slots, self.optimizer.iterations = remembered, steps
            raise
        return Outcome(total, y_pred, mask, each)

    def test_step(self, x: Any, y: Any, sample_weight: Any = None) -> "Outcome":
        """What comes out of this batch at inference."""
        y_pred, mask = self._infer(x)
        s = self.loss.record(Call())
        loss = self.loss.apply(s, y_pred, y, sample_weight, mask)
        return Outcome(float(loss) + sum(self.losses), y_pred, mask, vars(s).get("each", ()))

    def _infer(self, x: Any) -> tuple[Any, Any]:
        call = Call(training=False, rng=seeding.generator(), live=True)
        s = self.record(call)
        y = self.apply(s, x)
        self._activity_losses = call.losses
        return y, self.mask_after(s, None)


class Outcome(NamedTuple):
    """What a step gives: the loss, penalties included, the output and its mask, and the loss of each of several."""

    loss: float
    y_pred: Any
    mask: Any
    each: tuple[float, ...] = ()


def gradient_of(variable: Variable, call: Call) -> np.ndarray:
    """The gradient that the backward pass has left of a weight."""
    if variable not in call.gradients:
        raise NnlabError(
            f"{variable.path}: backward left no gradient of this weight; store it as g.{variable.name}, or make the "
            "weight with trainable=False."
        )
    return call.gradients[variable]
