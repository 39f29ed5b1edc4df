"""The worksheets of layers that move a window over images: convolution and pooling."""

import math
from collections.abc import Callable
from itertools import product
from typing import Any

from worksheets.sheet import Cell, Line, Term, Terms, Worksheet, flat_number


def pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)


def sides(n: int, k: int, s: int, d: int, padding: str) -> tuple[int, int, int]:
    """Along one side: how many windows, and the padding before and after."""
    reach = (k - 1) * d + 1
    if padding in ("valid", "full"):
        around = reach - 1 if padding == "full" else 0
        return (n + 2 * around - reach) // s + 1, around, around
    if padding == "causal":
        return (n - 1) // s + 1, reach - 1, 0
    out = math.ceil(n / s)
    total = max((out - 1) * s + reach - n, 0)
    return out, total // 2, total - total // 2


def mirrored(place: int, n: int) -> int:
    """The cell that stands at a place outside of 0 to n - 1, the edge not repeated."""
    while not 0 <= place < n:
        place = -place if place < 0 else 2 * (n - 1) - place
    return place


class Sheets:
    """How rows and columns, with or without channels (the last axis), stand in a picture: channels first."""

    def __init__(self, array: list[Any]):
        self.many = isinstance(array[0][0], list)
        self.channels = len(array[0][0]) if self.many else 1
        self.rows, self.columns = len(array), len(array[0])
        self.array = array

    def shape(self, rows: int, columns: int) -> tuple[int, ...]:
        return (self.channels, rows, columns) if self.many else (rows, columns)

    def at(self, channel: int, row: int, column: int) -> float:
        value = self.array[row][column]
        return value[channel] if self.many else value

    def values(self) -> list[float]:
        places = product(range(self.channels), range(self.rows), range(self.columns))
        return [self.at(*place) for place in places]


def convolution(state: dict[str, Any], padding_told: bool) -> Worksheet:
    """One filter over one or several channels; `padding_told` if notes say what is added around (Padding)."""
    sheet, x, kernel = Worksheet(), Sheets(state["x"]), Sheets(state["kernel"])
    h, w, kh, kw, padding = x.rows, x.columns, kernel.rows, kernel.columns, state["padding"]
    (sh, sw), (dh, dw) = pair(state["strides"]), pair(state["dilation_rate"])
    oh, top, bottom = sides(h, kh, sh, dh, padding)
    ow, left, right = sides(w, kw, sw, dw, padding)
    ph, pw = h + top + bottom, w + left + right
    padded = (ph, pw) != (h, w)
    sheet.give("x", x.values(), x.shape(h, w))
    sheet.give("kernel", kernel.values(), kernel.shape(kh, kw))
    sheet.give("bias", state["bias"], (1, 1))

    def inside(r: int, c: int) -> int | None:
        """The input's cell, in one channel, that stands at a place of the padded input."""
        r, c = r - top, c - left
        if padding == "reflect":
            return mirrored(r, h) * w + mirrored(c, w)
        return r * w + c if 0 <= r < h and 0 <= c < w else None

    if padded:
        numbers, around = [], set()
        for channel, r, c in product(range(x.channels), range(ph), range(pw)):
            cell = inside(r, c)
            if not (top <= r < top + h and left <= c < left + w):
                around.add(len(numbers))
            numbers.append(0.0 if cell is None else sheet.values["x"][channel * h * w + cell])
        sheet.give("padded", numbers, x.shape(ph, pw))
        sheet.mirrors["x"], sheet.marks["padded", "padding"] = "padded", around
    source = "padded" if padded else "x"
    windows = [
        [(i * sh + u * dh, j * sw + v * dw, u, v) for u in range(kh) for v in range(kw)]
        for i in range(oh)
        for j in range(ow)
    ]
    uses = [0] * (h * w)
    for r, c, *_ in (place for window in windows for place in window):
        if inside(r, c) is not None:
            uses[inside(r, c)] += 1
    sheet.give("used", uses, (h, w))
    sheet.mirrors["used"] = source
    read = {(r, c) for window in windows for r, c, *_ in window}
    everywhere = list(product(range(x.channels), range(ph), range(pw)))
    sheet.marks[source, "unread"] = {
        number for number, (_, *place) in enumerate(everywhere) if tuple(place) not in read
    }
    sheet.marks["x", "unread"] = {number for number in range(x.channels * h * w) if not uses[number % (h * w)]}
    wide, high = (kw - 1) * dw + 1, (kh - 1) * dh + 1
    if max(dh, dw) > 1:
        spread = [0.0] * (x.channels * high * wide)
        for k, (channel, u, v) in enumerate(product(range(x.channels), range(kh), range(kw))):
            spread[(channel * high + u * dh) * wide + v * dw] = sheet.values["kernel"][k]
        sheet.give("spread", spread, x.shape(high, wide))
        sheet.mirrors["spread"] = "kernel"
        places = product(range(x.channels), range(high), range(wide))
        sheet.marks["spread", "padding"] = {number for number, (_, u, v) in enumerate(places) if u % dh or v % dw}

    def met(channel: int, r: int, c: int, u: int, v: int) -> tuple[Cell, Cell, tuple[Cell, ...]]:
        """The cell and the weight that meet, and what stands for them elsewhere."""
        weight, cell = ("kernel", (channel * kh + u) * kw + v), inside(r, c)
        also = [("x", channel * h * w + cell), ("used", cell)][not padded :] if cell is not None else []
        also += [("spread", (channel * high + u * dh) * wide + v * dw)] if max(dh, dw) > 1 else []
        return (source, (channel * ph + r) * pw + c), weight, tuple(also)

    meetings = [[met(channel, *place) for channel in range(x.channels) for place in window] for window in windows]
    sheet.make(
        "y",
        (oh, ow),
        lambda i, j: Terms([Term((a, b), also) for a, b, also in meetings[i * ow + j]], "sum", (("bias", 0),)),
    )
    if state["gradient"]:
        sheet.give("grad", state["grad"] or [[1.0] * ow for _ in range(oh)], (oh, ow))
        pairs = [(number, each) for number, window in enumerate(meetings) for each in window]

        def collected(name: str) -> Callable[..., Terms]:
            """The gradient of x or padded: the output's gradient times the weight, from each window that reads it."""
            found: dict[int, list[Term]] = {}
            for number, (cell, weight, also) in pairs:
                for grid, at in (cell, *also):
                    if grid == name:
                        found.setdefault(at, []).append(Term((("grad", number), weight)))
            shape = sheet.shape[name]
            return lambda *place: Terms(found.get(flat_number(place, shape), []))

        if padding == "reflect" and padded:
            sheet.make("grad_padded", sheet.shape["padded"], collected("padded"))
            images: dict[int, list[Term]] = {}
            for number, (channel, r, c) in enumerate(everywhere):
                images.setdefault(channel * h * w + inside(r, c), []).append(Term((("grad_padded", number),)))
            sheet.make("grad_x", x.shape(h, w), lambda *place: Terms(images[flat_number(place, x.shape(h, w))]))
        else:
            sheet.make("grad_x", x.shape(h, w), collected("x"))
        of_weight: dict[int, list[Term]] = {}
        for number, (cell, (_, weight), _) in pairs:
            of_weight.setdefault(weight, []).append(Term((("grad", number), cell)))
        shape = kernel.shape(kh, kw)
        sheet.make("grad_kernel", shape, lambda *place: Terms(of_weight[flat_number(place, shape)]))
        sheet.make("grad_bias", (1, 1), lambda *_: Terms([Term((("grad", number),)) for number in range(oh * ow)]))
    sheet.formula = [oh, ow]
    if padding in ("valid", "same"):
        sheet.code = {"filters": 1, "kernel_size": (kh, kw), "strides": (sh, sw), "padding": padding}
        sheet.code |= {"dilation_rate": (dh, dw)} if max(dh, dw) > 1 else {}
    if padding_told:
        if padded:
            sheet.notes.append([top, bottom, left, right])
        low, high_ = min(uses), max(uses)
        rarest = uses.index(low)
        sheet.notes.append([low] if low == high_ else [rarest // w, rarest % w, low, high_])
    total, reads = sum(uses), oh * ow * kh * kw
    sheet.notes.append([total, oh * ow, kh * kw, *([reads, reads - total] if total != reads else [])])
    return sheet


def pooling(state: dict[str, Any]) -> Worksheet:
    """The largest or the mean of each window, channel by channel; outside the input there is nothing."""
    sheet, kind, x = Worksheet(), state["kind"], Sheets(state["x"])
    h, w, channels = x.rows, x.columns, x.channels
    whole, average = kind.startswith("global"), kind.endswith("average")
    (kh, kw) = (h, w) if whole else pair(state["pool_size"])
    (sh, sw) = (1, 1) if whole else pair(state["pool_size" if state["strides"] == "pool_size" else "strides"])
    padding = "valid" if whole else state["padding"]
    oh, top, _ = sides(h, kh, sh, 1, padding)
    ow, left, _ = sides(w, kw, sw, 1, padding)
    windows = []  # of one channel
    for i, j in product(range(oh), range(ow)):
        places = [(i * sh + u - top, j * sw + v - left) for u in range(kh) for v in range(kw)]
        windows.append([r * w + c for r, c in places if 0 <= r < h and 0 <= c < w])
    every = [[channel * h * w + cell for cell in window] for channel in range(channels) for window in windows]

    def moved(by: int) -> list[float]:
        places = product(range(channels), range(h), range(w))
        return [x.at(channel, r, (c - by) % w) for channel, r, c in places]

    def pooled(numbers: list[float]) -> list[float]:
        parts = [[numbers[cell] for cell in window] for window in every]
        return [math.fsum(part) / len(part) if average else max(part) for part in parts]

    sheet.give("x", moved(int(state["shift"])), x.shape(h, w))
    values = sheet.values["x"]
    uses = [sum(cell in window for window in windows) for cell in range(h * w)]
    counted = any(count != 1 for count in uses)
    if counted:
        sheet.give("used", uses, (h, w))
        sheet.mirrors["used"] = "x"
    divided = average and padding == "same"
    if divided:
        sheet.give("count", [len(window) for window in windows], (oh, ow))
    shape = x.shape(oh, ow)

    def output(*place: int) -> Terms:
        number = flat_number(place, shape)
        also = [("count", number % (oh * ow))] if divided else []
        terms = [
            Term((("x", cell),), (*([("used", cell % (h * w))] if counted else []), *also)) for cell in every[number]
        ]
        return Terms(terms, "mean" if average else "max")

    sheet.make("y", shape, output)
    sheet.marks["x", "unread"] = {cell for cell in range(channels * h * w) if not uses[cell % (h * w)]}
    best = [[cell for cell in window if values[cell] == max(values[one] for one in window)] for window in every]
    if not average:
        sheet.marks["x", "winner"] = {cell for winners in best for cell in winners}
    if state["gradient"]:
        given = state["grad"]
        sheet.give("grad", Sheets(given).values() if given else [1.0] * len(every), shape)
        # Keras's global maximum shares among equals; the pooling of windows has one winner, the first.
        givers = every if average else best if whole else [winners[:1] for winners in best]
        sharers = [len(cells) for cells in givers]
        several = max(sharers) > 1
        if several:
            by = "count" if divided else "members"
            if not divided:
                sheet.give("members", sharers, shape)
            each = oh * ow if divided else len(every)
            sheet.make("share", shape, lambda *at: Line(f"1 / {{{by}}}", {by: flat_number(at, shape) % each}))
        into: dict[int, list[Term]] = {cell: [] for cell in range(channels * h * w)}
        for number, cells in enumerate(givers):
            for cell in cells:
                into[cell].append(Term((("grad", number), *([("share", number)] if several else []))))
        sheet.make("grad_x", x.shape(h, w), lambda *place: Terms(into[flat_number(place, x.shape(h, w))]))
    other = pooled(moved(int(not state["shift"])))
    changed = {at for at, (a, b) in enumerate(zip(pooled(values), other, strict=True)) if abs(a - b) > 1e-5}
    if state["shift"]:
        sheet.marks["y", "extra"] = changed
    sheet.notes.append([len(changed), len(every)])
    if not whole and max(uses) > 1:
        sheet.notes.append([sum(count > 1 for count in uses), h * w, max(uses)])
    if not whole and 0 in uses:
        sheet.notes.append([uses.count(0), h * w])
    ties = sum(len(winners) > 1 for winners in best)
    if not average and ties:
        sheet.notes.append([ties])
    sheet.formula = [1] if whole else [oh, ow]
    sheet.code = {} if whole else {"pool_size": (kh, kw), "strides": (sh, sw), "padding": padding}
    return sheet
