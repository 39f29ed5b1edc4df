"""Call a function that somebody else wrote, and stay usable whatever it does.

It may raise, loop for ever, print without end, change what it was given, leave the interpreter, or not be
written yet: each becomes an `Outcome` with one sentence. This file imports nothing of nnlab, so that the
process in which submissions are run can load it alone.
"""

from __future__ import annotations

import builtins
import contextlib
import inspect
import io
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

SECONDS = 5.0
PRINTED = 2000  # characters of the answer's own printing that are kept


@dataclass(frozen=True)
class Outcome:
    """What a call came to: `kind` is "returned", "raised", "time", "arguments", "exit" or "not attempted"."""

    kind: str
    value: Any = None
    problem: str = ""
    changed: tuple[str, ...] = ()  # the names of arguments that the call changed in place
    printed: str = ""
    printed_characters: int = 0


class OutOfTime(BaseException):
    """Raised inside the answer when its time is over; no Exception, so `except Exception` lets it pass."""


class Asked(BaseException):
    """Raised inside an answer that calls `input()`: the notebook would wait for a reply that no check reads."""


def attempt(function: Callable, arguments: dict[str, Any], seconds: float = SECONDS) -> Outcome:
    """Call `function(*arguments.values())` within `seconds` and say what happened.

    The arguments are passed by position, so a parameter may have another name than the exercise's. Ctrl-C
    still interrupts. A call that runs inside NumPy's own C code is stopped only when that returns.
    """
    misfit = _arguments_misfit(function, arguments)
    if misfit:
        return Outcome("arguments", problem=misfit)
    before = {name: _snapshot(value) for name, value in arguments.items()}
    paper = Paper()
    try:
        with contextlib.redirect_stdout(paper), nobody_to_ask(), time_limit(seconds):
            kind, value, problem = "returned", function(*arguments.values()), ""
    except OutOfTime:
        kind, value, problem = "time", None, f"still running after {seconds:g} s: does a loop never end?"
    except NotImplementedError as error:
        place = _raised_in(error)
        own = place == getattr(function, "__name__", None)
        kind, value = ("not attempted", None) if own else ("raised", None)
        problem = "" if own else f"calls {place}, which is not written yet"
    except Asked:
        kind, value, problem = "raised", None, "asks with input(); what it needs to know are its arguments"
    except SystemExit:
        kind, value, problem = "exit", None, "tried to leave Python (exit); return the result instead"
    except KeyboardInterrupt:  # the person's own wish
        raise
    except BaseException as error:
        kind, value, problem = "raised", None, f"raised {_describe_error(error, function)}"
    changed = tuple(name for name, value in arguments.items() if _snapshot(value) != before[name])
    return Outcome(kind, value, problem, changed, paper.getvalue(), paper.characters)


@contextlib.contextmanager
def nobody_to_ask() -> Iterator[None]:
    """Raise `Asked` where the block calls `input()`."""

    def ask(prompt: object = "") -> str:
        raise Asked

    previous, builtins.input = builtins.input, ask
    try:
        yield
    finally:
        builtins.input = previous


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `OutOfTime` in the block after `seconds`: by a timer where there is one, else by tracing."""
    limit = _by_signal if _has_timer() else _by_tracing
    with limit(seconds):
        yield


def _has_timer() -> bool:
    """A signal handler runs on the main thread only, and Pyodide has no timer."""
    return (
        hasattr(signal, "setitimer")
        and sys.platform != "emscripten"
        and threading.current_thread() is threading.main_thread()
    )


@contextlib.contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    def stop(signum: int, frame: Any) -> None:
        raise OutOfTime

    previous = signal.signal(signal.SIGALRM, stop)
    # The timer repeats: an answer that catches everything is interrupted again, outside its own `except`.
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.05)
    try:
        yield
    finally:
        stopped = False
        while not stopped:
            with contextlib.suppress(OutOfTime):  # one more may come while the answer is being left
                signal.setitimer(signal.ITIMER_REAL, 0)
                stopped = True
        signal.signal(signal.SIGALRM, previous)


@contextlib.contextmanager
def _by_tracing(seconds: float) -> Iterator[None]:
    deadline = time.monotonic() + seconds

    def trace(frame: Any, event: str, argument: Any) -> Callable:
        if time.monotonic() > deadline:
            raise OutOfTime
        return trace

    previous = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(previous)


class Paper(io.StringIO):
    """Keeps the first characters written to it and only counts the rest."""

    characters = 0

    def write(self, text: str) -> int:
        kept = max(0, PRINTED - self.characters)
        self.characters += len(text)
        super().write(text[:kept])
        return len(text)


def _arguments_misfit(function: Callable, arguments: dict[str, Any]) -> str | None:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    try:
        signature.bind(*arguments.values())
    except TypeError:
        return f"takes {signature}, but is called with ({', '.join(arguments)})"
    return None


def _snapshot(value: Any) -> Any:
    """What an argument holds now, in a form that a change in place cannot follow."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    if isinstance(value, list):
        return [_snapshot(part) for part in value]
    return repr(value)


def _raised_in(error: BaseException) -> str:
    trace = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_name


def _describe_error(error: BaseException, function: Callable) -> str:
    """The error's type, its first line, and the line of the answer that led to it, counted from its `def`."""
    try:
        first_line = (str(error).strip().splitlines() or [""])[0][:200]
    except Exception:  # the error is the answer's own, and cannot even be printed
        first_line = ""
    code = getattr(function, "__code__", None)
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code is code:
            line = trace.tb_lineno - code.co_firstlineno + 1
        trace = trace.tb_next
    where = f" (line {line} of {function.__name__})" if line else ""
    return f"{type(error).__name__}: {first_line}{where}" if first_line else f"{type(error).__name__}{where}"
