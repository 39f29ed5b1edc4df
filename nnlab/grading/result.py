"""What came of it: the mark of one exercise, check by check, as plain data that can be written as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from nnlab.grading.excerpt import Excerpt

PASSED, FAILED, NOT_ATTEMPTED = "passed", "failed", "not attempted"


@dataclass(frozen=True)
class CheckResult:
    """One check: its status, its points, and where it failed the sentence that says why.

    `kind` is "" where it passed, else what went wrong first: "arguments", "raised", "time", "exit",
    "changed", "type", "dtype", "shape", "finite", "value", "source" or "not attempted".
    """

    name: str
    status: str
    points: int
    maximum: int
    kind: str = ""
    problem: str = ""
    index: tuple[int, ...] | None = None
    largest: float | None = None
    hint: str = ""
    excerpt: Excerpt | None = None


@dataclass(frozen=True)
class Result:
    """The mark of one exercise."""

    exercise: str
    checks: tuple[CheckResult, ...]
    printed: str = ""  # what the answer printed in the first case that printed

    @property
    def points(self) -> int:
        """The points earned: the sum over the checks that passed."""
        return sum(check.points for check in self.checks)

    @property
    def maximum(self) -> int:
        """The points that the exercise is worth."""
        return sum(check.maximum for check in self.checks)

    @property
    def status(self) -> str:
        """`passed` where every check passed, `not attempted` where the stub is untouched, else `failed`."""
        statuses = {check.status for check in self.checks}
        return statuses.pop() if len(statuses) == 1 else FAILED

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON takes it: no time, no path, no identity."""
        return {
            "exercise": self.exercise,
            "status": self.status,
            "points": self.points,
            "maximum": self.maximum,
            "checks": [_lists(asdict(check)) for check in self.checks],
        }


def _lists(value: Any) -> Any:
    """The same with lists in the place of tuples, as it would be after a round through JSON."""
    if isinstance(value, dict):
        return {key: _lists(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_lists(part) for part in value]
    return value
