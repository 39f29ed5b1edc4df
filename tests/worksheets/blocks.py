"""The worksheets of layers on rows and columns of numbers: dropout, normalization and softmax."""

import math
import re
from collections.abc import Callable
from itertools import product
from typing import Any

from worksheets.sheet import Line, Term, Terms, Worksheet


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
