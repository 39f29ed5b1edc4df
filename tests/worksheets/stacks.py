"""The worksheets of several convolutions at once: all paddings of one input, and layers one upon the other."""

from itertools import product
from typing import Any

from worksheets.sheet import Cell, Term, Terms, Worksheet
from worksheets.windows import Sheets, mirrored, pair, sides

MODES = ("valid", "same", "full", "causal", "reflect")


def fits(mode: str, n: int, k: int, s: int, d: int) -> bool:
    """Whether a padding can be had along one side: a window fits, and a mirror reaches no further than the input."""
    windows, before, after = sides(n, k, s, d, mode)
    return windows > 0 and (mode != "reflect" or max(before, after) < n)


def comparison(state: dict[str, Any]) -> Worksheet:
    """The outputs of all paddings that the input allows, and how often each uses each pixel."""
    sheet, x, kernel = Worksheet(), Sheets(state["x"]), Sheets(state["kernel"])
    h, w, kh, kw = x.rows, x.columns, kernel.rows, kernel.columns
    (sh, sw), (dh, dw) = pair(state["strides"]), pair(state["dilation_rate"])
    sheet.give("x", x.values(), x.shape(h, w))
    sheet.give("kernel", kernel.values(), kernel.shape(kh, kw))
    sheet.give("bias", state["bias"], (1, 1))
    corners: list[float] = []
    for mode in MODES:
        if not (fits(mode, h, kh, sh, dh) and fits(mode, w, kw, sw, dw)):
            sheet.refused.append(mode)
            continue
        oh, top, _ = sides(h, kh, sh, dh, mode)
        ow, left, _ = sides(w, kw, sw, dw, mode)
        uses, made = [0] * (h * w), []
        for i, j in product(range(oh), range(ow)):
            met: list[tuple[int, int]] = []  # a pixel and a weight, of one channel
            for u, v in product(range(kh), range(kw)):
                r, c = i * sh + u * dh - top, j * sw + v * dw - left
                if mode == "reflect":
                    r, c = mirrored(r, h), mirrored(c, w)
                if 0 <= r < h and 0 <= c < w:
                    met.append((r * w + c, u * kw + v))
                    uses[r * w + c] += 1
            meetings: list[tuple[Cell, Cell]] = [
                (("x", channel * h * w + cell), ("kernel", channel * kh * kw + weight))
                for channel in range(x.channels)
                for cell, weight in met
            ]
            made.append(Terms([Term(meeting) for meeting in meetings], "sum", (("bias", 0),)))
        name = "y" if mode == state["padding"] else f"y_{mode}"
        sheet.make(name, (oh, ow), lambda i, j, made=made, ow=ow: made[i * ow + j])
        sheet.give(f"used_{mode}", uses, (h, w))
        if name == "y":
            sheet.formula = [oh, ow]
        total, reads = sum(uses), oh * ow * kh * kw
        zeros = [reads, reads - total] if total != reads else []
        sheet.notes.append([oh, ow, total, oh * ow, kh * kw, *zeros])
        corners += [uses[0], uses[h // 2 * w + w // 2]]
    sheet.notes.append(corners)
    if state["padding"] in ("valid", "same"):
        sheet.code = {"filters": 1, "kernel_size": (kh, kw), "strides": (sh, sw), "padding": state["padding"]}
        sheet.code |= {"dilation_rate": (dh, dw)} if max(dh, dw) > 1 else {}
    return sheet


def stacked(stacks: list[tuple[int, ...]], kernel_size: tuple[int, int]) -> Worksheet:
    """In how many ways one output sees each cell through layers with these dilation rates: every way is walked."""
    sheet, (kh, kw) = Worksheet(), kernel_size
    sheet.result = ""
    for number, rates in enumerate(stacks):
        reached = [(0, 0)]
        for rate in rates:
            reached = [(r + u * rate, c + v * rate) for r, c in reached for u in range(kh) for v in range(kw)]
        high, wide = 1 + max(r for r, _ in reached), 1 + max(c for _, c in reached)
        ways = [0] * (high * wide)
        for r, c in reached:
            ways[r * wide + c] += 1
        sheet.give(f"seen_{number}", ways, (high, wide))
        sheet.marks[f"seen_{number}", "unread"] = {cell for cell, count in enumerate(ways) if not count}
        note: list[float] = [len(rates), kh, kw, *rates, high, wide]
        for size, reach in dict.fromkeys([(kh, high), (kw, wide)]):
            note += [1, size, 1, *rates, reach]
        seen = sum(count > 0 for count in ways)
        sheet.notes.append([*note, *([seen] if seen < len(ways) else []), len(ways)])
        sheet.code_numbers += [number for rate in rates for number in (1, kh, kw, rate)]
    return sheet
