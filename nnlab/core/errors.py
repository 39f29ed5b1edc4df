"""What nnlab raises: each error says what was received, what was expected and how to mend it."""

import difflib
from collections.abc import Iterable


class NnlabError(Exception):
    """The base of every error that nnlab raises on purpose."""


class ArgumentError(NnlabError, ValueError):
    """An argument has a value that makes no sense here."""


class ShapeError(NnlabError, ValueError):
    """An array, or a weight, has a shape that does not fit."""


class UnknownArgumentError(NnlabError, TypeError):
    """An argument has a name that is not known here, or is not supported."""


class NotBuiltError(NnlabError, AttributeError):
    """A weight is asked for before the layer has any."""


class PatchError(NnlabError, ValueError):
    """A function that was to replace a step of a layer could not do so."""


class RecordingError(NnlabError, TypeError):
    """A custom layer's `call` does something that cannot be recorded, and so not be differentiated."""


class FileError(NnlabError, ValueError):
    """A file cannot be read or written, or what it holds is not what it should hold."""


class GradientError(NnlabError, AssertionError):
    """A gradient differs from what finite differences say."""


def unknown_arguments(owner: str, received: Iterable[str], known: Iterable[str]) -> UnknownArgumentError:
    """The error for arguments that `owner` does not have, with the nearest name that it does have.

    >>> unknown_arguments("Dense", ["unit"], ["units", "activation"])
    UnknownArgumentError("Dense: unknown argument 'unit', did you mean 'units'? It takes: units, activation.")
    """
    received, known = list(received), list(known)
    near = difflib.get_close_matches(received[0], known, n=1)
    names = ", ".join(repr(name) for name in received)
    hint = f", did you mean {near[0]!r}?" if near else "."
    plural = "arguments" if len(received) > 1 else "argument"
    takes = f"It takes: {', '.join(known)}." if known else "It takes none."
    return UnknownArgumentError(f"{owner}: unknown {plural} {names}{hint} {takes}")
