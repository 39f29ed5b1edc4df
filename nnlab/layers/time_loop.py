"""The loop that repeats a cell over time, and the way back through it."""

from collections.abc import Callable

import numpy as np

from nnlab.core.record import Record
from nnlab.layers.states import States


class TimeLoop:
    """The half of a cell that goes over time.

    The other half is what happens at one time: `project` and `learn`, which do all times in one product of matrices,
    and what a kind of cell brings, `step` and `unstep`.
    """

    learns_from: tuple[str, ...] = ("projected",)  # the steps whose gradients, at all times, give those of the weights
    project: Callable[[Record, np.ndarray], np.ndarray]
    learn: Callable[..., np.ndarray]

    def step(self, s: Record, states: States) -> States:
        """From `s.projected` and the states before to the states after."""
        raise NotImplementedError

    def unstep(self, s: Record, g: Record, after: States) -> States:
        """From the gradients of the states after to those of the states before, and to `g.projected`."""
        raise NotImplementedError

    def loop(self, s: Record, x: np.ndarray, states: States, keep: np.ndarray | None) -> tuple[list, States]:
        """The outputs at all times of x (time, batch, features), and the last states.

        Where `keep` (time, batch, 1) is False the states stay what they were.
        """
        projected, outputs = self.project(s, x), []
        for t, row in enumerate(s.scan(self, len(x))):
            row.projected = projected[t]
            after = self.step(row, states)
            if keep is not None:
                after = tuple(np.where(keep[t], new, old) for new, old in zip(after, states, strict=True))
            states = after
            outputs.append(states[0])
        return outputs, states

    def unloop(
        self, s: Record, g: Record, x: np.ndarray, outputs: np.ndarray, states: States, keep: np.ndarray | None
    ) -> tuple[np.ndarray, States]:
        """Back through the loop: from the gradients of the outputs and last states to those of x and first states."""
        learnt: dict[str, np.ndarray] = {}
        for t, (row, gradients) in zip(reversed(range(len(x))), g.rescan(s), strict=True):
            states = (states[0] + outputs[t], *states[1:])
            if keep is None:
                states = self.unstep(row, gradients, states)
            else:
                before = self.unstep(row, gradients, tuple(np.where(keep[t], state, 0) for state in states))
                states = tuple(new + np.where(keep[t], 0, old) for new, old in zip(before, states, strict=True))
            for name in self.learns_from:
                value = vars(gradients)[name]
                if name not in learnt:
                    learnt[name] = np.empty((len(x), *value.shape), value.dtype)
                learnt[name][t] = value
        return self.learn(s, g, x, s.loop.stack, learnt.get), states
