"""Run one answer in a process of its own: the far end of `sandbox.py`.

It gives up every right that an answer does not need, then defines the answer and calls it as often as it is
asked. `sandbox.py` copies this file with `limits.py` and `wire.py` to where nothing else of nnlab is: it knows
nothing of exercises, expected values or marks.
"""

from __future__ import annotations

import functools
import os
import sys
from dataclasses import replace
from typing import Any, BinaryIO

from .. import limits
from . import wire

NOBODY = 65534


def main() -> None:
    """Read orders on standard input and answer each with an outcome on standard output, until the orders end."""
    orders, answers = _take_streams()
    order = wire.receive(orders)
    _give_up_rights(order["limits"])
    function, outcome, failed = _define(order["statements"], order["name"], order["seconds"])
    while True:
        if outcome.kind == "raised" and failed:  # perhaps for want of what a failed statement would have set
            outcome = replace(outcome, problem=f"{outcome.problem}; before that, {failed}")
        try:
            wire.send(answers, vars(outcome))
        except (ValueError, MemoryError, RecursionError) as error:  # such as a list that holds itself
            said = f"returned what cannot be handed in: {type(error).__name__}: {error}"[:300]
            wire.send(answers, vars(limits.Outcome("raised", problem=said)))
        order = wire.receive(orders)
        outcome = limits.attempt(function, order["arguments"], order["seconds"])


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep the two pipes, and leave the answer standard streams that lead nowhere."""
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    return orders, answers


def _give_up_rights(limit: dict[str, Any]) -> None:
    """Limit memory, time, files and processes where the system can, for good: hard limits cannot be raised."""
    sys.meta_path.insert(0, _WithoutNnlab)
    if limit["become_nobody"]:  # root is exempt from the limit on processes
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    try:
        import resource
    except ImportError:  # Windows
        return
    for name in ("AS", "CPU", "FSIZE", "NOFILE", "NPROC", "CORE"):
        if hasattr(resource, f"RLIMIT_{name}"):
            more = 1 if name == "CPU" else 0  # a second between the signal that says why and the one that ends
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limit[name], limit[name] + more))


class _WithoutNnlab:
    """Says why nnlab cannot be imported: an answer computes by itself. In bubblewrap its files are not there either."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:
        if name.partition(".")[0] == "nnlab":
            raise ModuleNotFoundError("nnlab is not there while answers are marked", name=name)


def _define(statements: list[str], name: str, seconds: float) -> tuple[Any, limits.Outcome, str]:
    """Run the statements that the answer needs, each for itself as cells are.

    Returns the function, whether it is there as an outcome, and which statements failed.
    """
    space: dict[str, Any] = {"__name__": "__main__"}
    problems = []
    for statement in statements:
        outcome = limits.attempt(functools.partial(exec, statement, space), {}, seconds)
        if outcome.kind in ("time", "exit"):
            return None, outcome, ""
        if outcome.kind != "returned":
            problems.append(f"`{statement.strip().splitlines()[0][:80]}` {outcome.problem}")
    failed = "; ".join(problems)[:300]
    if name not in space:
        return None, limits.Outcome("raised", problem=f"{name} is not defined"), failed
    if not callable(space[name]):
        kind = type(space[name]).__name__
        return None, limits.Outcome("raised", problem=f"{name} is not a function but a value of type {kind}"), ""
    return space[name], limits.Outcome("returned"), failed
