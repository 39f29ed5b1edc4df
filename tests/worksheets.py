"""What the explorers should show, worked out cell by cell with plain Python from the definitions of the layers.

A worksheet is like a spreadsheet: some cells are given, the others say what they are made of: a sum, mean or maximum
of products of other cells, or a line of arithmetic. Their numbers follow. Nothing here knows nnlab.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

Cell = tuple[str, int]  # a grid and the number of a cell in it, row by row


class Term(NamedTuple):
    """The product of some cells; `lights` are others that belong to it without being multiplied."""

    factors: tuple[Cell, ...]
    lights: tuple[Cell, ...] = ()


class Terms(NamedTuple):
    """A cell as the "sum", "mean" or "max" of terms, to which cells are added."""

    terms: list[Term]
    operation: str = "sum"
    addends: tuple[Cell, ...] = ()


class Line(NamedTuple):
    """A cell as a line of arithmetic, in which {grid} stands for a cell of that grid."""

    template: str
    operands: dict[str, int] = {}


class Worksheet:
    """Grids of numbers by name: `shape`, `values` (row by row) and `made` (how each cell comes about) of each.

    `mirrors[name]` is the grid whose cells a grid's cells stand for; `notes` are the numbers that each note says, in
    order; `size` is the shape of the output in the formula; `curves` and `maps` are what the charts show.
    """

    def __init__(self) -> None:
        self.shape: dict[str, tuple[int, ...]] = {}
        self.values: dict[str, list[float]] = {}
        self.made: dict[str, list[Terms | Line]] = {}
        self.mirrors: dict[str, str] = {}
        self.marks: dict[tuple[str, str], set[int]] = {}
        self.notes: list[list[float]] = []
        self.formula: list[float] | None = None
        self.code: dict[str, Any] = {}
        self.sizes: dict[str, tuple[int, ...]] = {}  # of grids that are drawn in another shape than they have
        self.curves: dict[str, tuple[list[float], dict[str, list[float]]]] = {}
        self.maps: dict[str, dict[str, list[int]]] = {}
        self.names: dict[str, list[str]] = {}
        self.result = "y"

    def give(self, name: str, values: Any, shape: Sequence[int]) -> None:
        """A grid whose numbers are known."""
        flat = [float(value) for value in flattened(values)]
        assert len(flat) == math.prod(shape), (name, shape)
        self.shape[name], self.values[name] = tuple(shape), flat

    def make(self, name: str, shape: Sequence[int], how: Callable[..., Terms | Line]) -> None:
        """A grid whose cells are made of others: `how(*place)` says of what."""
        self.shape[name] = tuple(shape)
        self.made[name] = [how(*place) for place in product(*map(range, shape))]
        self.values[name] = [self.value(made) for made in self.made[name]]

    def value(self, made: Terms | Line) -> float:
        """The number of a cell that is made so."""
        if isinstance(made, Line):
            numbers = {name: self.values[name][cell] for name, cell in made.operands.items()}
            return calculated(made.template, numbers)
        products = [self.product(term) for term in made.terms]
        joined = {"sum": math.fsum, "mean": lambda all_: math.fsum(all_) / len(all_), "max": max}[made.operation]
        return joined(products) + sum(self.values[name][cell] for name, cell in made.addends)

    def product(self, term: Term) -> float:
        return math.prod(self.values[name][cell] for name, cell in term.factors)

    def uses(self) -> dict[Cell, list[tuple[str, int, Term | Line]]]:
        """Where each cell is used, apart from being added."""
        found: dict[Cell, list[tuple[str, int, Term | Line]]] = {}
        for name, all_made in self.made.items():
            for cell, made in enumerate(all_made):
                if isinstance(made, Line):
                    for other in made.operands.items():
                        found.setdefault(other, []).append((name, cell, made))
                    continue
                for term in made.terms:
                    for other in {*term.factors, *term.lights}:
                        found.setdefault(other, []).append((name, cell, term))
        return found

    def added(self, cell: Cell) -> list[Cell]:
        """The cells to which a cell is added."""
        return [
            (name, at)
            for name, all_made in self.made.items()
            for at, made in enumerate(all_made)
            if isinstance(made, Terms) and cell in made.addends
        ]

    def trail(self, name: str, cell: int) -> dict[str, int]:
        """The cells on which a cell rests one by one, itself among them."""
        reached: dict[str, int] = {}
        waiting = [(name, cell)]
        while waiting:
            grid, at = waiting.pop()
            if grid not in self.made or grid in reached:
                continue
            reached[grid] = at
            made, used = self.made[grid][at], {}
            if isinstance(made, Line):
                pairs: Iterable[Cell] = made.operands.items()
            else:
                pairs = [cell for term in made.terms for cell in (*term.factors, *term.lights)] + list(made.addends)
            for other, index in pairs:
                used.setdefault(other, set()).add(index)
            waiting += [(other, cells.pop()) for other, cells in used.items() if len(cells) == 1]
        return reached


def flattened(values: Any) -> list[float]:
    """The numbers of nested lists, or a number alone, in order."""
    return [values] if isinstance(values, int | float) else [one for each in values for one in flattened(each)]


# ---- arithmetic as it is printed

SIGNS = {"×": "*", "·": "*", "−": "-", "³": "**3", "½": "(1/2)", "√(": "sqrt("}
SIGNS |= {"⌊": "floor(", "⌈": "ceil(", "⌋": ")", "⌉": ")"}


def spelled(text: str) -> str:
    """A printed line as Python would write it."""
    for sign, meant in SIGNS.items():
        text = text.replace(sign, meant)
    return re.sub(r"(?<=\d),(?=\d{3})", "", text)


def calculated(template: str, numbers: dict[str, float]) -> float:
    """The value of a line, in floating point."""
    text = spelled(re.sub(r"\{(\w+)\}", r"(numbers['\1'])", template))
    return float(eval(text, {"numbers": numbers, "sqrt": math.sqrt, "exp": math.exp}))


@lru_cache(200_000)
def exactly(text: str) -> Fraction:
    """The value of a printed line, exact where it is a fraction, to 60 digits where it is not."""
    quoted = re.sub(r"(?<![\w.'])(\d+(?:\.\d+)?)", r"F('\1')", spelled(text))
    quoted = re.sub(r"\*\*F\('3'\)", "**3", quoted)
    functions = {"sqrt": _irrational(Decimal.sqrt), "exp": _irrational(Decimal.exp), "F": Fraction}
    return Fraction(eval(quoted, {**functions, "floor": math.floor, "ceil": math.ceil}))


def _irrational(function: Callable[[Decimal], Decimal]) -> Callable[[Fraction], Fraction]:
    def of(number: Fraction) -> Fraction:
        with localcontext(prec=60):
            return Fraction(function(Decimal(number.numerator) / Decimal(number.denominator)))

    return of


# ---- the layers


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


def flat_number(place: Sequence[int], shape: Sequence[int]) -> int:
    """The number of a cell, row by row."""
    number = 0
    for at, side in zip(place, shape, strict=True):
        number = number * side + at
    return number


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


def dropout(state: dict[str, Any], masks: list[list[bool]]) -> Worksheet:
    """The mask of each trial is taken as drawn; what becomes of it is worked out."""
    sheet, rate, (rows, columns) = Worksheet(), state["rate"], (state["rows"], state["columns"])
    shape = (rows, columns)
    sheet.give("x", state["x"], shape)
    cell = {place: number for number, place in enumerate(product(range(rows), range(columns)))}

    def total(of: str) -> Callable[..., Terms]:
        return lambda *_: Terms([Term(((of, number),)) for number in range(rows * columns)])

    if state["training"]:
        mask = masks[state["trial"]]
        sheet.give("mask", list(map(int, mask)), shape)
        if rate == 1:
            sheet.give("scale", 0, (1, 1))
        else:
            sheet.make("scale", (1, 1), lambda *_: Line(f"1 / (1 − {rate:g})"))
        for name in ("x", "y"):
            sheet.marks[name, "dropped"] = {number for number, kept in enumerate(mask) if not kept}

    def passed(name: str) -> Callable[..., Line]:
        def one(*place: int) -> Line:
            if not state["training"]:
                return Line(f"{{{name}}}", {name: cell[place]})
            return Line(f"{{{name}}} × {{mask}} × {{scale}}", {name: cell[place], "mask": cell[place], "scale": 0})

        return one

    sheet.make("y", shape, passed("x"))
    if state["gradient"]:
        sheet.give("grad", state["grad"] or [[1.0] * columns] * rows, shape)
        sheet.make("grad_x", shape, passed("grad"))
    sheet.make("before", (1, 1), total("x"))
    sheet.make("after", (1, 1), total("y"))
    sheet.code = {"": rate}
    if state["training"]:
        scale = sheet.values["scale"][0]
        x, so_far, means = sheet.values["x"], 0.0, []
        for number, drawn in enumerate(masks, 1):
            so_far += sum(value * scale for value, kept in zip(x, drawn, strict=True) if kept)
            means.append(so_far / number)
        lines = {"mean of the sums so far": means, "sum without dropout": [sum(x)] * len(masks)}
        sheet.curves["trials"] = ([float(number) for number in range(len(masks))], lines)
        dropped = mask.count(False)
        note = [dropped, len(mask), round(100 * dropped / len(mask)), round(100 * rate)]
        if state["spatial"]:
            note += [sum(not mask[column] for column in range(columns)), columns]
        sheet.notes.append(note)
    else:
        sheet.notes.append([])
    return sheet


def normalization(state: dict[str, Any]) -> Worksheet:
    """Batch, layer or group normalization of rows (samples) and columns (channels)."""
    sheet, kind, epsilon = Worksheet(), state["kind"], state["epsilon"]
    n, c, groups = state["samples"], state["channels"], state["groups"]
    block, cells = (n, c), list(product(range(n), range(c)))
    moving = kind == "batch" and not state["training"]
    shared = {"batch": (1, c), "layer": (n, 1), "group": (n, groups)}[kind]

    def part(i: int, j: int) -> int:
        """The mean that a cell shares."""
        return {"batch": j, "layer": i, "group": i * groups + j // max(c // groups, 1)}[kind]

    members = [
        [number for number, place in enumerate(cells) if part(*place) == one] for one in range(math.prod(shared))
    ]
    m = len(members[0])
    sheet.give("x", state["x"], block)
    sheet.give("gamma", state["gamma"], (1, c))
    sheet.give("beta", state["beta"], (1, c))
    statistics = lambda j: ([row[j] for row in state["x"]], sum(row[j] for row in state["x"]) / n)  # noqa: E731
    if kind == "batch":
        means, variances = [[0.0] * c], [[1.0] * c]
        batch = [statistics(j) for j in range(c)]
        spread = [sum((value - mean) ** 2 for value in column) / n for column, mean in batch]
        for _ in range(20):
            keep = state["momentum"]
            means.append([keep * old + (1 - keep) * mean for old, (_, mean) in zip(means[-1], batch, strict=True)])
            variances.append([keep * old + (1 - keep) * new for old, new in zip(variances[-1], spread, strict=True)])
        sheet.give("moving_mean", means[state["step"]], (1, c))
        sheet.give("moving_variance", variances[state["step"]], (1, c))
        for name, rows in (("moving", means), ("moving_var", variances)):
            lines = {f"channel {j}": [row[j] for row in rows] for j in range(c)}
            sheet.curves[name] = ([float(step) for step in range(21)], lines)

    def over(*factors: str, operation: str = "sum") -> Callable[..., Terms]:
        """The products of cells that share a mean."""

        def one(i: int, j: int) -> Terms:
            cells_ = members[i * shared[1] + j]
            return Terms(
                [Term(tuple((name, 0 if name == "minus" else k) for name in factors)) for k in cells_], operation
            )

        return one

    def line(template: str) -> Callable[..., Line]:
        """A line in which each grid has the cell that belongs to a cell of the block, or of the shared numbers."""
        names = re.findall(r"\{(\w+)\}", template)

        def one(i: int, j: int) -> Line:
            where = {"block": i * c + j, "shared": part(i, j), "channel": j}
            return Line(template, {name: where[kinds[name]] for name in names})

        return one

    kinds = dict.fromkeys(("x", "centered", "x_hat", "y", "grad", "grad_x_hat", "grad_centered"), "block")
    kinds |= dict.fromkeys(("mean", "var", "inv_std", "grad_inv_std", "grad_var", "grad_mean"), "shared")
    kinds |= dict.fromkeys(("gamma", "beta"), "channel")

    def alone(template: str) -> Callable[..., Line]:
        """A line for each of the shared numbers."""
        names = re.findall(r"\{(\w+)\}", template)
        return lambda i, j: Line(template, dict.fromkeys(names, i * shared[1] + j))

    turned = lambda name: lambda j, i: Line(f"{{{name}}}", {name: i * c + j})  # noqa: E731
    sheet.make("samples", (c, n), turned("x"))
    sheet.make("mean", shared, alone("{moving_mean}") if moving else over("x", operation="mean"))
    sheet.make("centered", block, line("{x} − {mean}"))
    sheet.make("var", shared, alone("{moving_variance}") if moving else over("centered", "centered", operation="mean"))
    sheet.make("inv_std", shared, alone(f"1 / √({{var}} + {epsilon:g})"))
    sheet.make("x_hat", block, line("{centered} × {inv_std}"))
    sheet.make("y", block, line("{gamma} × {x_hat} + {beta}"))
    sheet.make("outputs", (c, n), turned("y"))
    if state["gradient"]:
        learns = not moving
        sheet.give("grad", state["grad"] or [[float(i == j == 0) for j in range(c)] for i in range(n)], block)
        sheet.give("minus", -1, (1, 1))
        sheet.make("grad_x_hat", block, line("{grad} × {gamma}"))
        sheet.make("grad_inv_std", shared, over("grad_x_hat", "centered"))
        sheet.make("grad_var", shared, alone("−½ × {inv_std}³ × {grad_inv_std}"))
        through = f" + 2 / {m} × {{centered}} × {{grad_var}}" if learns else ""
        sheet.make("grad_centered", block, line("{grad_x_hat} × {inv_std}" + through))
        sheet.make("grad_mean", shared, over("minus", "grad_centered"))
        sheet.make("grad_x", block, line("{grad_centered}" + (f" + {{grad_mean}} / {m}" if learns else "")))
        columns = [[i * c + j for i in range(n)] for j in range(c)]
        sheet.make("grad_gamma", (1, c), lambda _, j: Terms([Term((("grad", k), ("x_hat", k))) for k in columns[j]]))
        sheet.make("grad_beta", (1, c), lambda _, j: Terms([Term((("grad", k),)) for k in columns[j]]))
    return sheet


def softmax(state: dict[str, Any]) -> Worksheet:
    """Logits, less the largest, exponentiated, divided by their sum."""
    sheet, shift = Worksheet(), state["shift"]
    shape = (1, len(state["x"][0]))
    sheet.give("x", state["x"], shape)
    sheet.make("logits", shape, lambda _, j: Line("{x}" + (f" + {shift:g}" if shift else ""), {"x": j}))
    sheet.make("largest", (1, 1), lambda *_: Terms([Term((("logits", j),)) for j in range(shape[1])], "max"))
    sheet.make("shifted", shape, lambda _, j: Line("{logits} − {largest}", {"logits": j, "largest": 0}))
    sheet.make("exp", shape, lambda _, j: Line("exp({shifted})", {"shifted": j}))
    sheet.make("sum", (1, 1), lambda *_: Terms([Term((("exp", j),)) for j in range(shape[1])]))
    sheet.make("y", shape, lambda _, j: Line("{exp} / {sum}", {"exp": j, "sum": 0}))
    sheet.notes.append([1])
    return sheet


WEIGHTS: dict[str, Callable[[int, int, int], list[tuple[str, tuple[int, ...], bool, bool]]]] = {
    # inputs, units, side of the kernel -> name, shape, whether it is a bias, whether it is trained
    "Dense": lambda i, u, k: [("kernel", (i, u), False, True), ("bias", (u,), True, True)],
    "Conv1D": lambda i, u, k: [("kernel", (k, i, u), False, True), ("bias", (u,), True, True)],
    "Conv2D": lambda i, u, k: [("kernel", (k, k, i, u), False, True), ("bias", (u,), True, True)],
    "Conv2DTranspose": lambda i, u, k: [("kernel", (k, k, u, i), False, True), ("bias", (u,), True, True)],
    "DepthwiseConv2D": lambda i, u, k: [("kernel", (k, k, i, 1), False, True), ("bias", (i,), True, True)],
    "SeparableConv2D": lambda i, u, k: [
        ("depthwise_kernel", (k, k, i, 1), False, True),
        ("pointwise_kernel", (1, 1, i, u), False, True),
        ("bias", (u,), True, True),
    ],
    "SimpleRNN": lambda i, u, k: gates(i, u, 1, (u,)),
    "LSTM": lambda i, u, k: gates(i, u, 4, (4 * u,)),
    "GRU": lambda i, u, k: gates(i, u, 3, (2, 3 * u)),
    "Embedding": lambda i, u, k: [("embeddings", (i, u), False, True)],
    "BatchNormalization": lambda i, u, k: [
        ("gamma", (i,), False, True),
        ("beta", (i,), False, True),
        ("moving_mean", (i,), False, False),
        ("moving_variance", (i,), False, False),
    ],
    "LayerNormalization": lambda i, u, k: [("gamma", (i,), False, True), ("beta", (i,), False, True)],
    "MaxPooling2D": lambda i, u, k: [],
}


def gates(inputs: int, units: int, count: int, bias: tuple[int, ...]) -> list[tuple[str, tuple[int, ...], bool, bool]]:
    """The weights of a recurrent layer with so many gates."""
    kernels = [("kernel", (inputs, count * units)), ("recurrent_kernel", (units, count * units))]
    return [*((name, shape, False, True) for name, shape in kernels), ("bias", bias, True, True)]


def parameters(state: dict[str, Any], drawn: dict[str, Any]) -> Worksheet:
    """The weights of a small layer as tiles, and their counts; the weights' numbers are taken as `drawn`."""
    sheet, receipts, counts, trained = Worksheet(), [], [], 0
    sheet.result = "total"
    for name, shape, is_bias, is_trained in WEIGHTS[state["kind"]](
        state["inputs"], state["units"], state["kernel_size"]
    ):
        if is_bias and not state["use_bias"]:
            continue
        tiles, sides_ = as_tiles(drawn[name], shape)
        sheet.give(name, tiles, sides_)
        sheet.sizes[name] = shape
        receipts.append((name, "·".join(map(str, shape))))
        counts.append(math.prod(shape))
        trained += math.prod(shape) * is_trained
    if receipts:
        sheet.result = "counts"
        sheet.names["counts"] = [name for name, _ in receipts]
        sheet.make("counts", (1, len(receipts)), lambda _, column: Line(receipts[column][1]))
        sheet.make("total", (1, 1), lambda *_: Terms([Term((("counts", cell),)) for cell in range(len(receipts))]))
    else:
        sheet.give("total", 0, (1, 1))
        sheet.made["total"] = [Terms([])]
    receipt = [int(size) for _, sizes in receipts for size in sizes.split("·")]
    sheet.notes = [[*receipt, sum(counts)] if receipts else [0, 0], [trained, sum(counts) - trained]]
    return sheet


def as_tiles(values: Any, shape: tuple[int, ...]) -> tuple[list[float], tuple[int, ...]]:
    """A weight's numbers in the order in which they are drawn: for kernels a sheet for each index of the last axis."""
    if len(shape) <= 2:
        return [float(one) for one in values.ravel()], (1, *shape)[-2:]
    first, last = shape[0], shape[-1]
    order = [(*place, f) for f in range(last) for place in product(*map(range, shape[:-1]))]
    return [float(values[place]) for place in order], (last, first, math.prod(shape[1:-1]))


def model_of_layers(rows: list[dict[str, Any]]) -> Worksheet:
    """A model as its layers: `name`, `weights` (their shapes), `uses` (products of sizes) and `outputs` of each."""
    sheet = Worksheet()
    sheet.result = "layers"
    counts = [sum(math.prod(shape) for shape in row["weights"]) for row in rows]
    names = [row["name"] for row in rows]
    receipts = [" + ".join("·".join(map(str, shape)) for shape in row["weights"]) or "0" for row in rows]
    sheet.make("layers", (1, len(rows)), lambda _, column: Line(receipts[column]))
    sheet.names["layers"] = names
    sheet.make("total", (1, 1), lambda *_: Terms([Term((("layers", cell),)) for cell in range(len(rows))]))
    work = [sum(math.prod(sizes) for sizes in row["uses"]) for row in rows]
    outputs = [math.prod(row["outputs"]) for row in rows]
    sheet.maps["map"] = {
        "parameters": counts,
        "multiplications for one sample": work,
        "numbers put out for one sample": outputs,
    }
    sheet.names["map"] = names
    for values in (counts, work):
        if sum(values):
            sheet.notes.append([round(1000 * max(values) / sum(values)) / 10])
    sheet.notes.append([sum(outputs), 4 * sum(outputs)])
    return sheet
