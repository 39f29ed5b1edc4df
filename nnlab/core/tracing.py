"""The record that watches: it keeps everything, freezes it, notes source lines and lets patches in."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nnlab.arrays import now
from nnlab.core.frozen import frozen
from nnlab.core.patches import patched
from nnlab.core.record import LOOP, Call, Record, Scan, read_shared

if TYPE_CHECKING:
    from nnlab.core.layer import Layer

HOUSEKEEPING = ("call", "layer", "lengths", "lines", "over_time", "path", "shared", "tape", "times", "values")


class TracingRecord(Record):
    """A record for `trace`. `values` is the forward record if this one holds gradients.

    `path` leads to one time of each loop on the way (`lstm/t3/`), `over_time` to all of them (`lstm/`); `times` says
    which, of how many in `lengths`. `shared` is what the loop has in common.
    """

    __slots__ = ("lengths", "lines", "over_time", "path", "shared", "times", "values")

    def __init__(
        self,
        call: Call,
        layer: "Layer",
        path: str = "",
        over_time: str = "",
        times: tuple[int, ...] = (),
        lengths: tuple[int, ...] = (),
        shared: dict[str, Any] | None = None,
        values: "TracingRecord | None" = None,
    ):
        super().__init__(call, layer)
        self.path, self.over_time, self.times, self.lengths = path, over_time, times, lengths
        self.shared, self.lines, self.values = shared or {}, {}, values

    def gradients(self) -> "TracingRecord":
        """A record for the gradients of these values."""
        place = self.path, self.over_time, self.times, self.lengths
        return TracingRecord(self.call, self.layer, *place, values=self)

    def child(self, name: str, layer: "Layer") -> "TracingRecord":
        path, over_time = f"{self.path}{name}/", f"{self.over_time}{name}/"
        child = TracingRecord(self.call, layer, path, over_time, self.times, self.lengths)
        self.__dict__[name + "/"] = child
        return child

    def undo(self, name: str, layer: "Layer", s: Record, dy: Any) -> "TracingRecord":
        values = s.__dict__[name + "/"]
        gradients = self.__dict__[name + "/"] = values.gradients()
        layer.unapply(values, gradients, dy)
        return gradients

    def scan(self, layer: "Layer", length: int) -> Scan:
        shared = {name: value for name, value in vars(self).items() if not name.endswith("/")}
        lengths = (*self.lengths, length)
        rows = self.__dict__[LOOP] = Scan(
            TracingRecord(self.call, layer, f"{self.path}t{t}/", self.over_time, (*self.times, t), lengths, shared)
            for t in range(length)
        )
        return rows

    def rescan(self, s: Record) -> Iterator[tuple["TracingRecord", "TracingRecord"]]:
        rows = self.__dict__[LOOP] = Scan(row.gradients() for row in s.loop)
        yield from zip(reversed(s.loop), reversed(rows), strict=True)

    def __getattr__(self, name: str) -> Any:
        return read_shared(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in HOUSEKEEPING:
            object.__setattr__(self, name, value)
            return
        self.store(name, value, sys._getframe(1))

    def store(self, name: str, value: Any, caller: Any) -> Any:
        value = now(value)
        if self.call.patches:
            value = patched(self, name, value)
        if caller is not None and caller.f_globals.get("__name__") != "nnlab.core.layer":  # which stores weights, x, y
            self.lines[name] = (caller.f_code.co_filename, caller.f_lineno)
        self.__dict__[name] = stored = frozen(value)
        return stored
