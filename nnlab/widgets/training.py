"""The progress of training as one widget: a bar, and a table with the loss and metrics of each epoch.

Its text form is the same before, during and after training, so a notebook that is run again compares equal.
"""

import time
from collections.abc import Mapping
from html import escape

import ipywidgets
from IPython.display import display

ROWS = 12  # epochs in the table, the newest last
PAUSE = 0.1  # seconds between two pictures; a browser cannot show more, and each costs a message


class TrainingProgress(ipywidgets.HTML):
    """What `fit` shows in a notebook; it is told of each batch, and draws itself again now and then."""

    def __init__(self, epochs: int, steps: int | None, work: str = ""):
        super().__init__()
        self.epochs, self.steps, self.work = epochs, steps, work
        self.rows: dict[int, Mapping[str, float]] = {}
        self.sentences: list[str] = []
        self.place, self.finished = (0, 0), False
        self._drawn = 0.0

    def begin(self) -> None:
        """Show the widget."""
        self.draw()
        display(self)

    def batch(self, epoch: int, batch: int, logs: Mapping[str, float]) -> None:
        """A batch is done."""
        self.place, self.rows[epoch] = (epoch, batch + 1), logs
        if time.monotonic() - self._drawn > PAUSE:
            self.draw()

    def epoch(self, epoch: int, logs: Mapping[str, float]) -> None:
        """An epoch is done."""
        self.place, self.rows[epoch] = (epoch + 1, 0), logs

    def say(self, sentence: str) -> None:
        """Show a sentence under the table."""
        self.sentences.append(sentence)
        self.draw()

    def end(self) -> None:
        """Draw the last state."""
        self.finished = True
        self.draw()

    def draw(self) -> None:
        """Make the HTML anew."""
        self._drawn = time.monotonic()
        self.value = html(self)

    def __repr__(self) -> str:
        batches = counted(self.steps, "batch", "batches") if self.steps else "an iterator"
        return f"{self.work}: {batches}" if self.work else f"Training: {counted(self.epochs, 'epoch')} of {batches}"


def html(progress: TrainingProgress) -> str:
    """The bar, the table and the sentences."""
    epoch, batch = progress.place
    done, total = epoch * (progress.steps or 1), progress.epochs * (progress.steps or 1)
    done += batch if progress.steps else 0
    if epoch == progress.epochs or progress.finished:
        caption = f"{progress.work} done" if progress.work else f"{counted(epoch, 'epoch')} done"
    else:
        caption = f"{progress.work or f'Epoch {epoch + 1} of {progress.epochs}'}, batch {batch}"
        caption += f" of {progress.steps}" if progress.steps else ""
    label = progress.work or "Training"
    bar = f'<progress max="{total}" value="{done}" aria-label="{label}" style="width: 100%"></progress>'
    sentences = "".join(f"<p><strong>{escape(sentence)}</strong></p>" for sentence in progress.sentences)
    return f'<div style="max-width: 44em; line-height: 1.5">{caption}{bar}{table(progress.rows)}{sentences}</div>'


def table(rows: Mapping[int, Mapping[str, float]]) -> str:
    """A line for each of the last epochs."""
    names = list(dict.fromkeys(name for logs in rows.values() for name in logs))
    if not names:
        return ""
    cell = "padding: 0 1em 0 0; text-align: right"
    head = "".join(f'<th style="{cell}">{escape(name)}</th>' for name in ("epoch", *names))
    body = ""
    for epoch, logs in list(rows.items())[-ROWS:]:
        numbers = [str(epoch + 1), *(f"{logs[name]:.4f}" if name in logs else "" for name in names)]
        body += "<tr>" + "".join(f'<td style="{cell}">{number}</td>' for number in numbers) + "</tr>"
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def counted(count: int, singular: str, plural: str = "") -> str:
    """1 epoch, 2 epochs."""
    return f"{count} {singular if count == 1 else plural or singular + 's'}"
