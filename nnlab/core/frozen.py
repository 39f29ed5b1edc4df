"""Values as a trace holds them: nobody may write to them, and those of a loop are one array with time first."""

from typing import Any

import numpy as np


def frozen(value: Any) -> Any:
    """The same values, read-only."""
    if isinstance(value, tuple):
        return tuple(frozen(part) for part in value)
    if isinstance(value, np.ndarray):
        value = value.view()
        value.flags.writeable = False
    return value


def stacked(values: dict[tuple[int, ...], np.ndarray]) -> np.ndarray:
    """Values at all times of a loop, or of a loop in a loop, as one array with time first."""
    lengths = tuple(last + 1 for last in map(max, zip(*values, strict=True)))
    rows = np.stack([values[times] for times in np.ndindex(*lengths)])
    return frozen(rows.reshape(*lengths, *rows.shape[1:]))
