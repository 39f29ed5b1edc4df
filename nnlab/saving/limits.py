"""What a file may cost: it is measured before it is read, so that a hostile one ends in a sentence, not in memory.

A file may take ten times its own size, or 64 MiB if that is more: enough for weights that someone has compressed.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nnlab.core.errors import FileError, NnlabError

FLOOR, TIMES = 2**26, 10  # bytes; how often its own size
MOST_CONFIG = 2**22  # bytes of JSON: a network of a thousand layers takes one and a half million
MOST_SAID = 600  # letters of an error
DEEPEST = 100  # brackets within brackets: a layer of a model takes three


class Budget:
    """The bytes that reading a file may still take.

    >>> Budget(100).spend(2**30, "the weights")
    Traceback (most recent call last):
    nnlab.core.errors.FileError: the weights would take 1,073,741,824 bytes, far more than the file itself.
    """

    def __init__(self, size: int):
        self.left = max(FLOOR, TIMES * size)

    def spend(self, count: int, what: str) -> None:
        """Take some of them, or raise."""
        if count > self.left:
            raise FileError(f"{what} would take {count:,} bytes, far more than the file itself.")
        self.left -= count


@contextmanager
def reading(path: Path, kind: str) -> Iterator[None]:
    """Turn whatever goes wrong inside into one sentence about the file."""
    try:
        yield
    except NnlabError as error:
        raise FileError(f"{path.name}: {cut(error)}") from error
    except FileNotFoundError as error:
        raise FileError(f"{path}: there is no such file.") from error
    except Exception as error:  # of a broken file, libraries raise nearly anything
        said = cut(error) or type(error).__name__
        raise FileError(f"{path.name}: this is not {kind}, or it is damaged ({said}).") from error


def cut(error: Exception) -> str:
    """What an error says, on one line that a person can read: a file may have put a novel into it."""
    said = " ".join(str(error).split())
    return said if len(said) <= MOST_SAID else f"{said[: MOST_SAID // 2]} ... {said[-MOST_SAID // 2 :]}"


def parsed(text: str | bytes, what: str) -> Any:
    """The values of a JSON text of reasonable size and depth."""
    if len(text) > MOST_CONFIG:
        raise FileError(f"{what} has {len(text):,} bytes, more than the {MOST_CONFIG:,} that are read.")
    try:
        value = json.loads(text)
    except RecursionError:
        raise FileError(f"{what} is nested more than {DEEPEST} levels deep.") from None
    except ValueError as error:
        raise FileError(f"{what} is no JSON: {error}.") from None
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise FileError(f"{what} is nested more than {DEEPEST} levels deep.")
        inner = (part.values() if isinstance(part, dict) else part for part in level)
        level = [each for part in inner for each in part if isinstance(each, dict | list) and each]
    return value
