"""Run an answer where it can do no harm: in a process of its own, in bubblewrap where there is one.

Only values come back, and the comparison stays on this side: a process that patches NumPy, forges bytes or
leaves can spoil its own answer and nothing else. In bubblewrap it also sees no network, no file but Python's own
(neither nnlab nor other submissions), and no other process.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import nnlab
from nnlab.grading import limits
from nnlab.grading.limits import Outcome
from nnlab.grading.marking import bubblewrap, wire, worker

KINDS = ("returned", "raised", "time", "arguments", "exit", "not attempted")
BYTES_OF_FILES = 1 << 24
TO_START = 8.0  # seconds for Python and NumPy to start, on a machine that is busy
GRACE = 2.0  # seconds beyond an answer's own time before its process is ended from outside
BOOT = (
    "import sys; sys.path[:0] = sys.argv[1:2]; sys.path += sys.argv[2:]; "
    "from answering.marking import worker; worker.main()"
)


@dataclass(frozen=True)
class Limits:
    """What an answer may use: seconds a call and in all, and bytes of memory."""

    seconds: float = 5.0
    seconds_in_all: float = 30.0
    memory: int = 1 << 30

    def order(self, become_nobody: bool) -> dict[str, Any]:
        """As the worker takes them, under the names of the system's own limits."""
        return {
            "AS": self.memory,
            "CPU": int(self.seconds_in_all) + 1,
            "FSIZE": BYTES_OF_FILES,
            "NOFILE": 32,
            "NPROC": 0,
            "CORE": 0,
            "become_nobody": become_nobody,
        }


@dataclass(frozen=True)
class Isolation:
    """How the process is shut in: the words before its command, and if they are none, why not."""

    prefix: tuple[str, ...] = ()
    why_not: str = ""

    @property
    def isolated(self) -> bool:
        """Whether bubblewrap keeps the answer from files, network and other processes."""
        return bool(self.prefix)


class Answering:
    """The process of one answer; call it with the arguments of a case, and close it.

    statements   the source of what the answer needs, its own definition included, in order
    name         the function to call
    """

    def __init__(self, statements: list[str], name: str, limit: Limits, isolation: Isolation) -> None:
        self.limit = limit
        self.left = limit.seconds_in_all
        self.process = _start(isolation)
        self.definition: dict[str, Any] | None = {
            "limits": limit.order(become_nobody=isolation.isolated and bubblewrap.is_root()),
            "statements": statements,
            "name": name,
            "seconds": limit.seconds,
        }

    def __call__(self, arguments: dict[str, Any]) -> Outcome:
        """Call the answer once; whatever happens there comes back as an `Outcome`."""
        if self.definition is not None:
            definition, self.definition = self.definition, None
            defined = self._ask(definition, {}, self.limit.seconds + TO_START)
            if defined.kind != "returned":
                return defined
        seconds = min(self.limit.seconds, self.left)
        if seconds <= 0:
            return Outcome("time", problem=f"used up its {self.limit.seconds_in_all:g} s for all calls")
        start = time.monotonic()
        outcome = self._ask({"arguments": arguments, "seconds": seconds}, arguments, seconds)
        self.left -= time.monotonic() - start
        return outcome

    def _ask(self, message: dict[str, Any], arguments: dict[str, Any], seconds: float) -> Outcome:
        """Send a message and wait for the outcome; the process is ended if it takes much longer than it may."""
        late = threading.Event()

        def end() -> None:
            late.set()
            _kill(self.process)

        timer = threading.Timer(seconds + GRACE, end)
        timer.start()
        try:
            wire.send(self.process.stdin, message)
            return _believe(wire.receive(self.process.stdout), arguments)
        except wire.WireError:
            _kill(self.process)
            return Outcome("exit", problem="wrote over the marker's own messages")
        except (EOFError, OSError, ValueError):
            how = self._how()
            if late.is_set() or how == "SIGXCPU":
                return Outcome("time", problem=f"still running after {seconds:g} s: does a loop never end?")
            return Outcome("exit", problem=f"ended its process ({how})")
        finally:
            timer.cancel()

    def close(self) -> None:
        """End the process, with everything that it may have started."""
        _kill(self.process)
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                stream.close()

    def __enter__(self) -> Answering:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _how(self) -> str:
        """How the process ended: the name of a signal, or its exit status."""
        try:
            status = self.process.wait(timeout=GRACE)
        except subprocess.TimeoutExpired:  # it only closed its end of the pipe
            _kill(self.process)
            return "it stopped answering"
        number = -status if status < 0 else status - 128  # bubblewrap adds 128 to a signal's number
        try:
            return signal.Signals(number).name
        except ValueError:
            return f"exit status {status}"


@functools.cache
def isolation() -> Isolation:
    """Find out once whether bubblewrap works here: it may be missing, or the system may forbid it."""
    if not sys.platform.startswith("linux"):
        return Isolation(why_not="bubblewrap exists for Linux only")
    program = bubblewrap.program()
    if program is None:
        return Isolation(why_not="bubblewrap (bwrap) is not installed")
    found = Isolation((program, *bubblewrap.arguments([*_libraries(), _box()], Path(nnlab.__file__).parent)))
    with Answering(["def probe(): return 1"], "probe", Limits(), found) as probe:
        outcome = probe({})
    if outcome.value != 1:
        return Isolation(why_not=f"bubblewrap does not work here: {outcome.problem}")
    return found


def _libraries() -> list[Path]:
    """Where NumPy is, which need not be below Python's own folder."""
    return [Path(np.__file__).parents[1]]


@functools.cache
def _box() -> Path:
    """A folder with the three files that the process needs, placed as here, for as long as this process lives."""
    box = Path(tempfile.mkdtemp(prefix="nnlab-marking-"))
    atexit.register(shutil.rmtree, box, ignore_errors=True)
    folder = box / "answering" / "marking"
    folder.mkdir(parents=True)
    shutil.copy(limits.__file__, folder.parent)
    for module in (wire, worker):
        shutil.copy(module.__file__, folder)
    for path in (box, *box.rglob("*")):
        path.chmod(0o755)  # the process may run as nobody
    return box


def _start(shut_in: Isolation) -> subprocess.Popen:
    environment = {
        "OPENBLAS_NUM_THREADS": "1",  # an answer gets one process and one thread
        "OMP_NUM_THREADS": "1",
        "HOME": tempfile.gettempdir(),
        "PATH": os.defpath,
    }
    words = [f"--setenv {key} {value}".split() for key, value in environment.items()] if shut_in.prefix else []
    command = [*shut_in.prefix, *(word for triple in words for word in triple)]
    command += [sys.executable, "-I", "-B", "-c", BOOT, str(_box()), *map(str, _libraries())]
    if os.name == "nt":
        environment |= {key: os.environ[key] for key in ("SYSTEMROOT",) if key in os.environ}
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=_box(),
        start_new_session=True,
    )


def _kill(process: subprocess.Popen) -> None:
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _believe(message: dict[str, Any], arguments: dict[str, Any]) -> Outcome:
    """Make an `Outcome` of what came back, believing only its value: the rest is cut to what it may be."""
    kind = message.get("kind")
    if kind not in KINDS:
        raise wire.WireError("an outcome of an unknown kind")
    changed = message.get("changed")
    count = message.get("printed_characters")
    return Outcome(
        kind,
        message.get("value"),
        str(message.get("problem", ""))[:500],
        tuple(name for name in arguments if name in changed) if isinstance(changed, tuple | list) else (),
        str(message.get("printed", ""))[: limits.PRINTED],
        count if isinstance(count, int) and count >= 0 else 0,
    )
