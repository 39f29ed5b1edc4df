"""What a student has done in a lesson, remembered across kernel restarts in a small file beside the notebook.

The file holds results and answers, never a time. Where it cannot be written (a read-only folder), everything
still works and lasts until the kernel stops; where it cannot be read, it is put aside and not overwritten.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

FOLDER = ".nnlab"
FORMAT = 1  # of the file; one in another format is put aside


class Progress:
    """The record of one lesson: for each exercise `result`, `attempts`, `source`, and `first` of a prediction."""

    def __init__(self, lesson: str, folder: str | Path = ".") -> None:
        self.path = Path(folder) / FOLDER / f"{lesson}.json"
        self.trouble = ""
        self._exercises: dict[str, dict[str, Any]] = {}
        self._read()

    def __getitem__(self, exercise: str) -> dict[str, Any]:
        """What is known of an exercise; an empty dict if nothing is."""
        return self._exercises.get(exercise, {})

    def record(self, exercise: str, **known: Any) -> None:
        """Add what is now known of an exercise, and write the file."""
        self._read()  # another notebook of the same lesson may have written in between
        self._exercises[exercise] = self[exercise] | known
        self._write()

    def forget(self, exercise: str | None = None) -> None:
        """Forget one exercise, except the first answer of a prediction; or everything, with a copy put aside."""
        self._read()
        if exercise is None:
            self._put_aside()
            self._exercises = {}
        else:
            first = {key: value for key, value in self[exercise].items() if key == "first"}
            self._exercises[exercise] = first
        self._write()

    def _read(self) -> None:
        if self.trouble:
            return
        try:
            written = json.loads(self.path.read_text("utf-8"))
            exercises = written["exercises"] if written["format"] == FORMAT else None
            self._exercises = {name: dict(known) for name, known in exercises.items()}
        except FileNotFoundError:
            pass
        except OSError as error:
            self.trouble = f"{self.path} cannot be read ({error.strerror}): progress lasts until the kernel stops."
        except (ValueError, KeyError, TypeError, AttributeError):
            self._put_aside()

    def _write(self) -> None:
        text = json.dumps({"format": FORMAT, "exercises": self._exercises}, indent=1, sort_keys=True)
        partial = self.path.with_suffix(".partial")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(text, "utf-8")
            os.replace(partial, self.path)
        except OSError as error:
            self.trouble = f"{self.path} cannot be written ({error.strerror}): progress lasts until the kernel stops."

    def _put_aside(self) -> None:
        with contextlib.suppress(OSError):
            count = 1
            while (aside := self.path.with_suffix(f".{count}.json")).exists():
                count += 1
            os.replace(self.path, aside)
