"""What a learner can take back: the settings before each step, and those that were taken back."""

from collections import deque
from collections.abc import Mapping
from typing import Any

MOST = 100  # steps: the arrays of an explorer are small, and nobody remembers more

Settings = Mapping[str, Any]


class History:
    """Settings on two stacks. What happens in one gesture (the drag of a slider) is one step.

    >>> history = History()
    >>> history.record({"strides": 1}, "strides")
    >>> history.undo({"strides": 2})
    {'strides': 1}
    >>> history.redo({"strides": 1})
    {'strides': 2}
    """

    def __init__(self) -> None:
        self._before: deque[tuple[str, Settings]] = deque(maxlen=MOST)
        self._after: list[tuple[str, Settings]] = []
        self._gesture: Any = None

    def record(self, before: Settings, name: str, gesture: Any = None) -> None:
        """Note the settings `before` a step that changes `name`."""
        if gesture is None or gesture != self._gesture or not self._before:
            self._before.append((name, before))
        self._after.clear()
        self._gesture = gesture

    def undo(self, now: Settings) -> Settings | None:
        """The settings before the last step, if there was one; `now` can be had again."""
        return self._move(self._before, self._after, now)

    def redo(self, now: Settings) -> Settings | None:
        """The settings that were taken back last, if there are any."""
        return self._move(self._after, self._before, now)

    def names(self) -> dict[str, str]:
        """What undo and redo would change, or nothing."""
        stacks = {"undo": self._before, "redo": self._after}
        return {kind: stack[-1][0] if stack else "" for kind, stack in stacks.items()}

    def _move(self, source: Any, goal: Any, now: Settings) -> Settings | None:
        self._gesture = None
        if not source:
            return None
        name, settings = source.pop()
        goal.append((name, now))
        return settings
