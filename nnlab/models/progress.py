"""How far training has come: a bar in a terminal, lines in a file, one widget in a notebook."""

import sys
from collections.abc import Mapping
from typing import Any

from nnlab.core.errors import ArgumentError

BAR = 20  # cells


class Progress:
    """The base, which is silent: what `fit` tells whoever shows it.

    `work` names what is done if it is not training, and then there is one epoch. `steps` is None where only the end of
    an iterator will tell how many batches there are.
    """

    def __init__(self, epochs: int, steps: int | None, work: str = ""):
        self.epochs, self.steps, self.work = epochs, steps, work

    def begin(self) -> None:
        """Training is about to start."""

    def batch(self, epoch: int, batch: int, logs: Mapping[str, float]) -> None:
        """A batch is done; `logs` are means over the epoch so far."""

    def epoch(self, epoch: int, logs: Mapping[str, float]) -> None:
        """An epoch and its validation are done."""

    def say(self, sentence: str) -> None:
        """Something that a person should know."""

    def end(self) -> None:
        """Training is over, however it ended."""


class Lines(Progress):
    """One line for each epoch."""

    def epoch(self, epoch: int, logs: Mapping[str, float]) -> None:
        self.write(" - ".join(filter(None, [self.title(epoch), values(logs)])) + "\n")

    def say(self, sentence: str) -> None:
        self.write(sentence + "\n")

    def title(self, epoch: int) -> str:
        """Epoch 3/10, as wide as the last one."""
        return self.work or f"Epoch {epoch + 1:>{len(str(self.epochs))}}/{self.epochs}"

    def write(self, text: str) -> None:
        """To wherever the output of the program goes at the moment."""
        sys.stdout.write(text)
        sys.stdout.flush()


class Bar(Lines):
    """A bar that grows in place, at most a hundred times an epoch."""

    drawn = False  # whether the cursor stands behind a bar that is not finished

    def batch(self, epoch: int, batch: int, logs: Mapping[str, float]) -> None:
        done = batch + 1
        if done < self.steps and done * 100 // self.steps > batch * 100 // self.steps:
            self.write("\r" + self.bar(epoch, done, logs))
            self.drawn = True

    def epoch(self, epoch: int, logs: Mapping[str, float]) -> None:
        self.write(f"\r{self.bar(epoch, self.steps, logs)}\n")
        self.drawn = False

    def say(self, sentence: str) -> None:
        self.end()
        super().say(sentence)

    def end(self) -> None:
        if self.drawn:
            self.write("\n")
            self.drawn = False

    def bar(self, epoch: int, done: int, logs: Mapping[str, float]) -> str:
        """The epoch, the bar, the batches and the values: `Epoch 1/5 [=====>    ] 12/25 - loss: 0.6931`."""
        cells = "=" * (BAR * done // self.steps)
        cells += ">" if len(cells) < BAR else ""
        counted = f"{done:>{len(str(self.steps))}}/{self.steps}"
        return " - ".join(filter(None, [f"{self.title(epoch)} [{cells:<{BAR}}] {counted}", values(logs)]))


def values(logs: Mapping[str, float]) -> str:
    """Names and values on one line.

    >>> values({"loss": 0.69314, "accuracy": 0.5, "tiny": 0.0000123})
    'loss: 0.6931 - accuracy: 0.5000 - tiny: 1.2300e-05'
    """
    return " - ".join(f"{name}: {rounded(value)}" for name, value in logs.items())


def rounded(value: float) -> str:
    """Four decimals, or four digits where they would show too little.

    >>> rounded(0.12345), rounded(0.0000123), rounded(float("nan"))
    ('0.1235', '1.2300e-05', 'nan')
    """
    return f"{value:.4f}" if abs(value) >= 1e-3 or value == 0 or value != value else f"{value:.4e}"


def progress_for(verbose: int | str, epochs: int, steps: int | None, work: str = "") -> Progress:
    """What shows the progress: nothing for 0, lines for 2, and for "auto" or 1 what suits the place."""
    if verbose not in ("auto", 0, 1, 2):
        raise ArgumentError(f"verbose must be 'auto', 0 (silent), 1 (a bar) or 2 (lines), received {verbose!r}.")
    if verbose == 0:
        return Progress(epochs, steps, work)
    if verbose == 2:
        return Lines(epochs, steps, work)
    if in_notebook():
        from nnlab.widgets.training import TrainingProgress  # deferred: only a notebook has Jupyter's packages loaded

        return TrainingProgress(epochs, steps, work)
    return (Bar if sys.stdout.isatty() and steps else Lines)(epochs, steps, work)


def in_notebook() -> bool:
    """Whether this runs in a Jupyter kernel. IPython is not loaded to find out: a kernel has loaded it."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if hasattr(ipython, "get_ipython") else None
    return getattr(shell, "kernel", None) is not None
