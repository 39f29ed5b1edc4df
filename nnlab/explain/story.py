"""A trace in the order in which a reader follows it: a tree of layers, each its inputs, weights, steps and output.

Text and HTML are two tellings of this story. It also knows what a page should not repeat: values that are the very
numbers of another entry, as the input of a layer is the output of the one before.
"""

import hashlib
import re
from typing import Any

import numpy as np

from nnlab.core.entry import Entry
from nnlab.core.layer import Layer
from nnlab.core.naming import snake_case
from nnlab.core.trace import Trace
from nnlab.explain.axes import letters, shape_text

PICTURE = 500  # numbers from which a value is a picture, which weighs thousands of characters
FIRST = {"input": 0, "weight": 1}


class Line:
    """One entry with what the trace knows of it: letters of its axes, where its numbers stand too, patches."""

    def __init__(self, entry: Entry, trace: Trace | None = None):
        self.entry = entry
        self.axes = entry.axes
        self.same = {"value": "", "grad": ""}  # path of the entry that shows these numbers
        patched = trace.patched if trace else {}
        self.patches = {"value": patched.get(entry.path), "grad": patched.get(f"grad:{entry.path}")}

    @property
    def shape(self) -> str:
        """Letters and lengths: b=1 h=28 w=28 c=1."""
        arrays = parts(self.entry.value)
        return "; ".join(shape_text(letters(self.axes, np.ndim(a)), np.shape(a)) for a in arrays)

    @property
    def repeats(self) -> bool:
        """Whether another entry has the same numbers and gradients, and there is no formula to tell them by."""
        same = self.same["value"] and self.same["value"] == self.same["grad"]
        return bool(same and not self.entry.latex and not any(self.patches.values()))

    @property
    def dtype(self) -> str:
        """The type of the numbers."""
        return ", ".join(dict.fromkeys(str(np.asarray(a).dtype) for a in parts(self.entry.value)))


class Chapter:
    """A layer: its lines and the layers that it called, in order."""

    def __init__(self, path: str, layer: Layer):
        self.path, self.layer = path, layer
        self.contents: list[Line | Chapter] = []

    @property
    def lines(self) -> list[Line]:
        """The layer's own lines."""
        return [each for each in self.contents if isinstance(each, Line)]

    def line(self, name: str) -> Line | None:
        """The layer's own line of this name."""
        return next((line for line in self.lines if line.entry.name == name), None)

    @property
    def title(self) -> str:
        """The kind of layer, with its name if it was given one: Dense 'hidden'."""
        kind = type(self.layer).__name__
        given = re.sub(r"_\d+$", "", self.layer.name) != snake_case(kind)
        return f"{kind} {self.layer.name!r}" if given else kind

    @property
    def shapes(self) -> str:
        """From which shape to which."""
        before = ", ".join(f"({line.shape})" for line in self.lines if line.entry.kind == "input")
        after = ", ".join(f"({line.shape})" for line in self.lines if line.entry.kind == "output")
        return " → ".join(filter(None, [before, after]))

    def sort(self) -> None:
        """Inputs, weights, then the others as they were computed."""
        self.contents.sort(key=lambda each: FIRST.get(each.entry.kind, 2) if isinstance(each, Line) else 2)


def tell(trace: Trace) -> Chapter:
    """The tree of a trace."""
    chapters = {"": Chapter("", trace.layer)}
    seen: dict[tuple, Line] = {}
    for entry in trace.rows():
        path = entry.path.removesuffix(entry.name)
        chapter = chapters.get(path) or add_chapter(chapters, path)
        chapter.layer = entry.layer
        line = Line(entry, trace)
        line.axes = axes_of(line, chapter, seen)
        for column in line.same:
            note_repetition(line, column, seen)
        chapter.contents.append(line)
    for chapter in chapters.values():
        chapter.sort()
    return chapters[""]


def add_chapter(chapters: dict[str, Chapter], path: str) -> Chapter:
    """The chapter of a sublayer, under that of the layer that called it."""
    above = path.removesuffix("/").rpartition("/")[0]
    parent = chapters.get(f"{above}/" if above else "") or add_chapter(chapters, f"{above}/")
    chapter = chapters[path] = Chapter(path, parent.layer)
    parent.contents.append(chapter)
    return chapter


def axes_of(line: Line, chapter: Chapter, seen: dict[tuple, Line]) -> str:
    """The letters of a value; "..." takes those of the same numbers before, or of the layer's input."""
    if line.entry.axes != "...":
        return line.entry.axes
    before = seen.get(identity("value", line.entry.value)) or chapter.line("x")
    if before and before.entry.shape == line.entry.shape:
        return before.axes
    return line.entry.axes


def note_repetition(line: Line, column: str, seen: dict[tuple, Line]) -> None:
    """Say where the same numbers stand already; if that is further in, in a sublayer, let that line point here."""
    key = identity(column, getattr(line.entry, column))
    before = seen.setdefault(key, line) if key else line
    if before is line:
        return
    if before.entry.path.count("/") > line.entry.path.count("/"):
        before.same[column], seen[key] = line.entry.path, line
    else:
        line.same[column] = before.entry.path


def identity(column: str, value: Any) -> tuple:
    """What two views of the same memory have in common, and two pictures of the same numbers.

    A few numbers can be equal by chance, or since nothing was learnt yet; to point from one to the other would mislead.
    """
    if not isinstance(value, np.ndarray) or value.size == 0:
        return ()
    if value.size >= PICTURE:
        return column, value.shape, value.dtype.str, hashlib.blake2b(value.tobytes(), digest_size=16).digest()
    return column, value.__array_interface__["data"][0], value.shape, value.strides, value.dtype.str


def parts(value: Any) -> list[Any]:
    """The arrays of a value: of a tuple all of them."""
    return list(value) if isinstance(value, tuple | list) else [value]


def alarm(trace: Trace) -> str:
    """The path of the first NaN or infinite value, "" if there is none or a broken value hides it."""
    try:
        return trace.first_nonfinite or ""
    except Exception:  # that value says itself that it is broken
        return ""


def one_time(trace: Trace) -> str:
    """The path of a step at one time of a loop, where the trace shows all times together; "" where there is no loop."""
    return next((piece.path for piece in trace.pieces() if piece.times and piece.kind == "step"), "")


def patch_note(own: Any, value: Any) -> str:
    """How a patched value compares with the layer's own."""
    own, value = np.asarray(own, float), np.asarray(value, float)
    difference = np.abs(value - own)
    if own.size == 0 or np.array_equal(own, value, equal_nan=True):
        return "your step; equal to the layer's own"
    place = tuple(
        int(k) for k in np.unravel_index(np.nanargmax(np.where(np.isnan(difference), np.inf, difference)), own.shape)
    )
    where = f" at {list(place)}" if place else ""
    return f"your step; differs from the layer's own by up to {difference[place]:.4g}{where}"
