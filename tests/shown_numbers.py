"""Compares what a view displays with a worksheet, number by number, and counts the numbers by kind.

A printed number has to be the worksheet's, rounded to the decimals that are printed; and the printed lines have to add
up among themselves: "=" stands exactly where the printed numbers give the printed result, "≈" where they do not.
"""

import ast
import re
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import product
from math import isclose, prod
from typing import Any

from worksheets import Line, Term, Terms, Worksheet, exactly

NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?")
MOST = 200  # cards that are drawn one by one


def numbers(text: str) -> list[float]:
    """The numbers that a text says."""
    return [float(found.replace(",", "")) for found in NUMBER.findall(text)]


class Check:
    """One picture, as it was read, against its worksheet; `counts` are the numbers that were compared, by kind."""

    def __init__(self, seen: dict[str, Any], sheet: Worksheet, counts: Counter):
        self.seen, self.sheet, self.counts = seen, sheet, counts
        self.texts: dict[str, list[str]] = {}
        largest = max((abs(value) for values in sheet.values.values() for value in values), default=1.0)
        self.slack = 4e-6 * max(largest, 1.0)  # the layers reckon in float32

    def run(self) -> None:
        assert self.seen["message"] == ""
        self.grids()
        self.uses = self.sheet.uses()
        for name, cells in self.seen["pointed"].items():
            for cell, found in enumerate(cells):
                self.pointed(name, cell, found)
        self.walk()
        self.words()
        self.curves()
        self.maps()

    def count(self, kind: str, grid: str, many: int = 1) -> None:
        self.counts["gradient" if grid.startswith("grad") else kind] += many

    def shows(self, text: str, value: float) -> None:
        """The text is the value, rounded to its own decimals."""
        text = text.replace(",", "")
        decimals = len(text.partition(".")[2])
        assert abs(float(text) - value) <= 0.5 * 10**-decimals + self.slack, (text, value)

    # ---- the cells

    def grids(self) -> None:
        assert set(self.seen["grids"]) == set(self.sheet.shape), "other grids are shown than the worksheet has"
        for name, grid in self.seen["grids"].items():
            shape, values = self.sheet.shape[name], self.sheet.values[name]
            size = self.sheet.sizes.get(name, shape)
            assert grid["size"] == " × ".join(map(str, size)), (name, grid["size"], size)
            readouts = [each["readout"] for each in self.seen["pointed"][name]]
            texts = grid["cells"] or [re.match(r".* = (\S+?)(?:,|$)", readout)[1] for readout in readouts]
            assert len(texts) == prod(shape), name
            decimals = {len(text.partition(".")[2]) for text in texts}
            assert len(decimals) == 1, f"{name} is printed with several numbers of decimals"
            assert decimals.pop() >= min(3, max(fewest(value) for value in values)), f"{name} hides decimals"
            for cell, (text, value) in enumerate(zip(texts, values, strict=True)):
                assert "--" not in text, (name, text)
                self.shows(text, value)
                if grid["cells"] is None:
                    assert self.place(name, cell) in readouts[cell], (name, cell, readouts[cell])
            self.texts[name] = texts
            self.count("cell", name, len(texts))
            if grid["scale"] and grid["cells"]:
                low, high = grid["scale"]
                self.shows(high, max(map(abs, values)))
                assert float(low) == 0 or exactly(low) == -exactly(high)
                self.count("cell", name, 2)
            self.points(name, grid)
            self.heads(name, grid)
            for style in ("unread", "winner", "padding", "dropped"):
                marked = {cell for cell, marks in enumerate(grid["marks"]) if style in marks.split()}
                assert marked == self.sheet.marks.get((name, style), set()), (name, style)

    def points(self, name: str, grid: dict[str, Any]) -> None:
        """Dots and ticks stand where their numbers are."""
        for ticks in grid["ticks"]:
            pairs = [(float(at), float(text)) for at, text in ticks]
            (at0, low), (at1, high) = pairs[0], pairs[-1]
            if len(pairs) < 2:
                continue
            slope = (at1 - at0) / (high - low)
            values = self.sheet.values[name]
            for at, value in [*pairs, *zip(map(float, grid["places"]), values, strict=True)]:
                assert abs(at0 + slope * (value - low) - at) < 0.002 or at in (0.0, 1.0), (name, at, value)
            self.count("cell", name, len(pairs))

    def heads(self, name: str, grid: dict[str, Any]) -> None:
        """Rows and columns are numbered from 0 or named."""
        *sheets, rows, columns = self.sheet.shape[name]
        if name == "histogram":
            for text, edge in zip(grid["heads"][:columns], self.sheet.edges, strict=True):
                self.shows(text, edge)
            self.sheet.names[name] = grid["heads"][:columns]
            self.count("chart", name, columns)
        elif grid["heads"]:
            across = self.sheet.names.get(name) or list(map(str, range(columns)))
            assert grid["heads"] == [*across, *map(str, range(rows))] * prod(sheets), name

    def place(self, name: str, cell: int) -> str:
        """Where a cell stands, as it is printed; nothing for the only one."""
        shape = self.sheet.shape[name]
        if prod(shape) == 1:
            return ""
        *sheet, row, column = list(product(*map(range, shape)))[cell]
        names = self.sheet.names.get(name)
        words = [names[column]] if names and shape[-2] == 1 else [str(row), names[column] if names else str(column)]
        captions = self.seen["grids"][name]["sheets"]
        return f"({', '.join([*(captions[one] or str(one) for one in sheet), *words])})"

    def goal(self, name: str, cell: int) -> str:
        """What is said of a cell at the end of its name: of an output beside others which it is, and its place."""
        mode = f"({name.removeprefix('y_')})" if name.startswith("y_") else ""
        return f"{mode} {self.place(name, cell)}".strip()

    # ---- how they come about

    def pointed(self, name: str, cell: int, found: dict[str, Any]) -> None:
        """The lines for a cell, and every use of it."""
        trail = self.sheet.trail(name, cell)
        assert {step["grid"] for step in found["steps"]} == set(trail), (name, cell)
        for step in found["steps"]:
            self.step(step, step["grid"], trail[step["grid"]])
        if "lit" in found:  # the result itself: its badges are the other factors
            self.lit(name, cell, found)
            return
        uses, added = self.uses.get((name, cell), []), self.sheet.added((name, cell))
        self.head(name, cell, found["head"], uses, added)
        assert len(found["cards"]) == min(len(uses), MOST), (name, cell)
        if len(uses) <= MOST:
            self.cards(found["cards"], uses, (name, cell), goals=True)
        self.badges(name, cell, found["badges"], uses, added)

    def head(self, name: str, cell: int, head: str | None, uses: list[Any], added: list[Any]) -> None:
        if head is None:
            return
        value = self.texts[name][cell]
        assert f"{self.place(name, cell)} = {value}".strip() in head, (name, cell, head)
        said = head.rpartition(f"= {value}")[2]
        if "is used" in said:
            times = {"nowhere": 0, "once": 1}.get(said.split()[2]) if "times" not in said else int(numbers(said)[0])
            assert times == len(uses), (name, cell, head)
            self.count("ledger", name)
        if "is added to" in said and "every" not in said:
            assert int(numbers(said)[-1]) == len(added), (name, cell, head)
        self.count("ledger", name)

    def step(self, step: dict[str, Any], name: str, cell: int) -> None:
        made = self.sheet.made[name][cell]
        if isinstance(made, Line):
            place = self.place(name, cell)
            assert place in step["name"], (name, cell, step["name"])
            self.line(step["side"].removeprefix("= "), step["result"], name, cell, made)
            return
        shown = [card for group in step["groups"] for card in group["cards"]]
        terms = [card for card in shown if card[2] != "–"]
        if len(made.terms) <= MOST:
            self.cards(terms, [(name, cell, term) for term in made.terms], (name, cell), goals=False)
        for group in step["groups"]:
            if group["subtotal"] is not None:
                assert exactly(group["subtotal"]) == sum(exactly(card[2]) for card in group["cards"] if card[2] != "–")
                self.count("sum", name)
        self.reckoning(step["lines"], [card[2] for card in terms], name, cell, made)

    def line(self, side: str, result: str, name: str, cell: int, made: Line) -> None:
        """A line of arithmetic: the right numbers in the right places, and a sign that is true."""
        expected = self.side(made)
        assert side.strip() == expected, (name, cell, side, expected)
        sign, value = result.split()[0], result.split()[1]
        assert value == self.texts[name][cell], (name, cell, result)
        self.true_sign(side, sign, value, (name, cell))
        self.count("ledger", name, len(numbers(side)) + 1)

    def operand(self, found: re.Match, made: Line) -> str:
        text = self.texts[found[1]][made.operands[found[1]]]
        return f"({text})" if text.startswith("-") and found.start() else text

    def true_sign(self, side: str, sign: str, value: str, where: Any) -> None:
        try:
            equal = exactly(side) == exactly(value)
        except ArithmeticError:  # 1 / 0.000: printed as zero
            equal = False
        assert sign == ("=" if equal else "≈"), (where, side, sign, value)

    def cards(self, cards: list[Any], expected: list[tuple[str, int, Term | Line]], where: Any, goals: bool) -> None:
        """Each term or use once, in whatever order they stand: the same texts with the same numbers."""
        shown, known = defaultdict(list), defaultdict(list)
        for lower, sign, value, goal in cards:
            to = re.search(r"(\([^()+]*\) ?)*$", goal or "")[0]
            if value is None:
                side, equals, result = re.fullmatch(r"(.*) ([=≈]) (\S+)", sign).groups()
                self.true_sign(side, equals, result, where)
                shown[side, to].append((result, ""))
            else:
                factors = lower if " × " in lower else ""
                shown[factors, to].append((value, lower))
                if factors:
                    self.true_sign(lower, sign, value, where)
        for name, cell, how in expected:
            to = self.goal(name, cell) if goals else ""
            if isinstance(how, Line):
                known[self.side(how), to].append((self.sheet.values[name][cell], name, 1 + len(how.operands), ""))
                continue
            texts = [self.texts[factor][at] for factor, at in how.factors]
            side = " × ".join(f"({text})" if text[0] == "-" and place else text for place, text in enumerate(texts))
            alone = len(texts) == 1
            term = (self.sheet.product(how), name, 1 + len(texts) * (not alone), self.place(*how.factors[0]))
            known["" if alone else side, to].append(term)
        assert {key: len(found) for key, found in shown.items()} == {key: len(found) for key, found in known.items()}, (
            where,
            dict(shown),
            dict(known),
        )
        for key, found in shown.items():
            pairs = zip(sorted(found, key=lambda one: float(one[0])), sorted(known[key]), strict=True)
            for (text, _), (value, name, many, _) in pairs:
                self.shows(text, value)
                self.count("product" if key[0] == "" or " × " in key[0] else "ledger", name, many)
            if key[0] == "" and len(found) < 40:  # numbers alone say where they stand
                places = sorted(lower for _, lower in found if lower.startswith("("))
                assert not places or places == sorted(place for *_, place in known[key]), (where, places)

    def side(self, made: Line) -> str:
        """A line of arithmetic as it has to be printed."""
        return re.sub(r"\{(\w+)\}", lambda found: self.operand(found, made), made.template).replace("−", "-")

    def reckoning(self, lines: list[Any], terms: list[str], name: str, cell: int, made: Terms) -> None:
        """The lines under the terms: each number, and that they add up as printed."""
        amount, divisor, sign, rounding = Fraction(0), 1, "=", Fraction(0)
        addends = iter(made.addends)
        products = [self.sheet.product(term) for term in made.terms]
        for kind, label, value in lines:
            if kind == "nn-total":
                if made.operation == "max":
                    best = max(products)
                    self.shows(value, best)
                    equal = sum(isclose(one, best, abs_tol=1e-9) for one in products)
                    assert numbers(label) == ([len(products)] if equal == 1 else [len(products), equal]), label
                else:
                    assert numbers(label) == [len(products)], label
                    if len(products) <= MOST:
                        assert exactly(value) == sum(map(exactly, terms)), (name, cell, "the terms do not add up")
                amount = exactly(value)
            elif kind == "nn-count":
                divisor = int(value)
                assert divisor == len(products), (name, cell, label)
            elif kind == "nn-addend":
                grid, at = next(addends)
                self.shows(value, self.sheet.values[grid][at])
                amount += exactly(value) * divisor
            elif kind == "nn-rounding":
                rounding = exactly(value)
            elif kind == "nn-result":
                sign = label[0]
                assert self.place(name, cell) in label, (name, cell, label)
                assert value == self.texts[name][cell], (name, cell, value)
                equal = amount / divisor + rounding == exactly(value)
                assert sign == ("=" if equal else "≈"), (name, cell, lines)
            self.count("sum", name)
        assert next(addends, None) is None, (name, cell, "an addend is missing")
        assert sum(kind == "nn-result" for kind, *_ in lines) == 1

    # ---- what lights up

    def lit(self, name: str, cell: int, found: dict[str, Any]) -> None:
        """A result lights the cells that it is made of, each with what it is multiplied by."""
        made = self.sheet.made[name][cell]
        if not isinstance(made, Terms):
            return
        main = made.terms[0].factors[0][0] if made.terms else ""
        terms = [term for term in made.terms if term.factors[0][0] == main]
        expected = {term.factors[0][1] for term in terms}
        assert {at for grid, at in found["lit"] if grid == main} == expected, (name, cell)
        badges = {at: text for grid, at, text in found["badges"] if grid == main}
        times = Counter(term.factors[0][1] for term in terms)
        for term in terms:
            at, others = term.factors[0][1], self.others(term, main)
            assert badges.get(at, "") == ("…" if others and times[at] > 1 else others), (name, cell, term)
            self.count("product", name, len(term.factors) - 1)

    def badges(self, name: str, cell: int, found: list[Any], uses: list[Any], added: list[Any]) -> None:
        """A use shows at its place what the cell is multiplied by there; "…" where there are several."""
        expected: dict[Any, str] = dict.fromkeys(added, f"+{self.texts[name][cell]}")
        own = self.sheet.mirrors.get(name, name)
        for grid, at, how in uses:
            others = "" if isinstance(how, Line) else self.others(how, own)
            expected[grid, at] = "…" if (grid, at) in expected and others else others
        shown = {(grid, at): text for grid, at, text in found if (grid, at) != (name, cell)}
        wanted = {place: text for place, text in expected.items() if text and place != (name, cell)}
        assert shown == wanted, (name, cell, shown, wanted)
        self.count("product", name, len(wanted))

    def others(self, term: Term, own: str) -> str:
        return "".join(f"×{self.texts[grid][at]}" for grid, at in term.factors if grid != own)

    def walk(self) -> None:
        """The steps show for each cell of the result what pointing at it shows."""
        result = self.sheet.result
        if not result:
            assert not any(text for _, text in self.seen["walk"])
            return
        pointed = self.seen["pointed"][result]
        assert len(self.seen["walk"]) == len(pointed)
        for position, ((label, text), found) in enumerate(zip(self.seen["walk"], pointed, strict=True)):
            assert label == f"{position + 1} of {len(pointed)}"
            if "plain" in found:
                assert text == found["plain"], position
        self.counts["cell"] += 2 * len(pointed)

    # ---- what is said

    def words(self) -> None:
        """The formula is true and has this picture's sizes; the notes and the line of Keras say the right numbers."""
        formula = self.seen["formula"]
        values = []
        if self.sheet.formula is not None:
            for part in formula.split("; "):
                *sides, last = re.sub(r"^[a-z ]+: ", "", part).split(" = ")
                for side in sides:
                    assert exactly(side) == exactly(last), formula
                values.append(float(exactly(last)))
            expected = self.sheet.formula
            assert values == expected or values * 2 == expected, (formula, expected)
        elif "= x · mask" in formula:
            side, sign, value = re.search(r"mask · (1 / \(.*?\)) ([=≈]) x · mask · (\S+)", formula).groups()
            self.true_sign(side, sign, value, formula)
        elif self.sheet.rates:
            assert [float(rate) for rate in re.findall(r": (\S+?)(?:,|$)", formula)] == self.sheet.rates, formula
        self.counts["formula"] += len(numbers(formula))
        for expected in self.sheet.notes:
            matching = [note for note in self.seen["notes"] if agree(note, expected)]
            assert matching, (expected, self.seen["notes"])
            self.counts["note"] += len(expected)
        refused = [
            mode for mode in self.sheet.refused if not any(note.startswith(f"{mode}: ") for note in self.seen["notes"])
        ]
        assert not refused, (refused, self.seen["notes"])
        if self.sheet.code_numbers:
            assert numbers(self.seen["code"]) == self.sheet.code_numbers, self.seen["code"]
            self.counts["formula"] += len(self.sheet.code_numbers)
        if self.sheet.code:
            call = ast.parse(self.seen["code"].replace("-", "−")).body[0].value
            given = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
            if call.args:
                given[""] = ast.literal_eval(call.args[0])
            assert {name: given.get(name) for name in self.sheet.code} == self.sheet.code, self.seen["code"]
            self.counts["formula"] += len(numbers(self.seen["code"]))

    # ---- charts

    def curves(self) -> None:
        """Every point's read-out, and ticks that stand where their numbers are."""
        assert set(self.seen["curves"]) == set(self.sheet.curves)
        for name, chart in self.seen["curves"].items():
            xs, lines = self.sheet.curves[name]
            assert chart["keys"] == list(lines), name
            assert len(chart["readouts"]) == len(xs)
            for point, readout in enumerate(chart["readouts"]):
                head, said = readout.split(": ", 1)
                self.shows(head.split()[-1], xs[point])
                for label, values in lines.items():
                    found = re.search(re.escape(label) + r" = (-?[\d.]+)", said)
                    self.shows(found[1], values[point])
                self.counts["chart"] += 1 + len(lines)
            for at, text in chart["x"]:
                assert abs(float(at) - (float(text) - xs[0]) / ((xs[-1] - xs[0]) or 1)) < 1e-3, (name, text)
            every = [value for values in lines.values() for value in values]
            low, high = min(every), max(every)
            most = max(abs(low), abs(high))
            room = 0.06 * (high - low if high - low > 1e-6 * most else most or 1)
            for at, text in chart["y"]:
                place = (float(text) - low + room) / (high - low + 2 * room)
                assert abs(float(at) - place) < 2e-3, (name, text, at, place)
            self.counts["chart"] += len(chart["x"]) + len(chart["y"])

    def maps(self) -> None:
        """Every box: its number, its share, its area, and the table that says the same."""
        assert set(self.seen["maps"]) == set(self.sheet.maps)
        for name, measures in self.seen["maps"].items():
            names = self.sheet.names[name]
            assert [each["measure"] for each in measures] == list(self.sheet.maps[name])
            for each in measures:
                values = self.sheet.maps[name][each["measure"]]
                total = sum(values)
                assert numbers(each["total"])[0] == total
                assert sorted(box["index"] for box in each["boxes"]) == [i for i, value in enumerate(values) if value]
                for box in each["boxes"]:
                    value = values[box["index"]]
                    assert numbers(box["number"]) == [value]
                    assert isclose(box["area"], value / total, rel_tol=1e-4), (name, box)
                    self.share(box["share"], value, total)
                    sentence = f"{names[box['index']]}: {value:,} of {total:,} {each['measure']}, {box['share']}"
                    assert box["readout"].startswith(sentence), (box["readout"], sentence)
                    self.counts["chart"] += 6
                    made_of = box["readout"].removeprefix(sentence).removeprefix("; ")
                    if made_of:
                        assert exactly(made_of) == value, box["readout"]
                        self.counts["formula"] += len(numbers(made_of))
                for row, value, label in zip(each["rows"], values, names, strict=True):
                    assert row[0] == label
                    assert numbers(row[1]) == [value]
                    self.counts["chart"] += 2

    def share(self, text: str, value: float, total: float) -> None:
        percent = Fraction(100 * int(value), int(total))
        shown = exactly(text.removeprefix("≈ ").removesuffix(" %"))
        assert abs(shown - percent) <= Fraction(1, 20), text
        assert text.startswith("≈") == (shown != percent), text


def agree(text: str, expected: list[float]) -> bool:
    """Whether a text says these numbers, each rounded to the decimals that it is printed with."""
    found = [number.replace(",", "") for number in NUMBER.findall(text)]
    return len(found) == len(expected) and all(
        isclose(float(number), value, abs_tol=0.5 * 10 ** -len(number.partition(".")[2]) + 4e-6)
        for number, value in zip(found, expected, strict=True)
    )


def fewest(value: float) -> int:
    """The decimals that show a value exactly, 3 if more were needed."""
    return next((digits for digits in range(3) if abs(value - round(value, digits)) < 1e-6 * max(abs(value), 1e-3)), 3)
