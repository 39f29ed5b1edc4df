"""Every number that the explorers display, read back from JupyterLab and compared with loops written here.

Nothing below uses nnlab: the loops know only the definition of a convolution.
"""

import json
import math
import random
from decimal import Decimal

import pytest

DRAW = random.Random(7)


def drawn(rows, columns, kind):
    """Rows of numbers: whole, with one decimal, or with more decimals than anybody prints."""
    draw = {
        "whole": lambda: float(DRAW.randint(-9, 9)),
        "tenths": lambda: DRAW.randint(-40, 40) / 10,
        "long": lambda: DRAW.uniform(-3, 3),
    }[kind]
    return [[draw() for _ in range(columns)] for _ in range(rows)]


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def configuration(size, kernel_size, strides=1, padding="valid", dilation_rate=1, kind="whole", bias=1.0):
    return {
        "x": drawn(*pair(size), kind),
        "kernel": drawn(*pair(kernel_size), kind),
        "strides": pair(strides),
        "padding": padding,
        "dilation_rate": pair(dilation_rate),
        "bias": bias,
    }


STRIDE = [
    configuration(5, 3),
    configuration(7, 3, 2),
    configuration(8, 3, 2),
    configuration(7, 3, 3),
    configuration(6, 2, 4),
    configuration(7, 1, 3),
    configuration(3, 3),
    configuration(1, 1),
    configuration((4, 7), (2, 3), 2),
    configuration((7, 4), (3, 2), (1, 2)),
    configuration((5, 6), (3, 2), (3, 1), bias=0.0),
    configuration(8, 3, dilation_rate=2),
    configuration((7, 9), (3, 2), dilation_rate=(2, 4)),
    configuration(5, 3, 2, "same"),
    configuration(6, 3, 2, "same"),
    configuration((7, 5), (2, 3), (3, 2), "same"),
    configuration(5, 3, kind="tenths", bias=-0.5),
    configuration(6, 3, 2, kind="tenths", bias=0.25),
    configuration(5, 3, kind="long", bias=1 / 3),
    configuration(6, 2, 2, "same", kind="long", bias=-2 / 7),
]
PADDING = [
    configuration(5, 3, 1, "same"),
    configuration(5, 3, 1, "valid"),
    configuration(5, 4, 1, "same"),
    configuration(4, 2, 1, "same"),
    configuration(5, 5, 1, "same"),
    configuration(4, 5, 1, "same"),
    configuration(3, 7, 1, "same"),
    configuration(6, 1, 1, "same"),
    configuration(6, 3, 2, "same"),
    configuration(7, 3, 2, "same"),
    configuration(7, 2, 3, "same"),
    configuration(8, 1, 3, "same"),
    configuration((4, 6), (3, 2), 1, "same"),
    configuration((6, 3), (2, 4), (2, 1), "same"),
    configuration((5, 5), 3, 1, "same", dilation_rate=2),
    configuration(7, 3, 1, "valid", dilation_rate=(3, 1)),
    configuration(5, 3, 1, "same", kind="tenths", bias=0.1),
    configuration(6, 4, 2, "same", kind="tenths", bias=-1.5),
    configuration(5, 2, 1, "same", kind="long", bias=0.123),
    configuration(4, 3, 1, "same", kind="long", bias=-5.0),
]


class Expected:
    """A convolution by loops: the padded input, the windows, the products and the outputs of a configuration."""

    def __init__(self, x, kernel, strides, padding, dilation_rate, bias):
        self.x, self.kernel, self.bias, self.rates = x, kernel, bias, dilation_rate
        sides = [(len(x), len(kernel)), (len(x[0]), len(kernel[0]))]
        self.out, before, total = [], [], []
        for (n, k), s, d in zip(sides, strides, dilation_rate, strict=True):
            reach = (k - 1) * d + 1
            if padding == "same":
                out = math.ceil(n / s)
                zeros = max((out - 1) * s + reach - n, 0)
            else:
                out, zeros = (n - reach) // s + 1, 0
            self.out.append(out)
            before.append(zeros // 2)
            total.append(n + zeros)
        self.before, self.has_padding = before, total != [len(x), len(x[0])]
        self.padded = [[0.0] * total[1] for _ in range(total[0])]
        for h, row in enumerate(x):
            for w, value in enumerate(row):
                self.padded[h + before[0]][w + before[1]] = value
        self.windows = {}
        for i in range(self.out[0]):
            for j in range(self.out[1]):
                self.windows[i, j] = [
                    ((i * strides[0] + u * dilation_rate[0], j * strides[1] + v * dilation_rate[1]), (u, v))
                    for u in range(len(kernel))
                    for v in range(len(kernel[0]))
                ]
        self.y = [[self.output(i, j) for j in range(self.out[1])] for i in range(self.out[0])]
        self.used = [[len(self.uses("x", (h, w))) for w in range(len(x[0]))] for h in range(len(x))]

    def product(self, place, weight):
        return self.padded[place[0]][place[1]] * self.kernel[weight[0]][weight[1]]

    def output(self, i, j):
        return sum(self.product(place, weight) for place, weight in self.windows[i, j]) + self.bias

    def uses(self, grid, cell):
        """Every (output place, padded place, weight place) in which a cell takes part."""
        if grid == "spread":
            if cell[0] % self.rates[0] or cell[1] % self.rates[1]:
                return []
            grid, cell = "kernel", (cell[0] // self.rates[0], cell[1] // self.rates[1])
        if grid in ("x", "used"):
            cell = (cell[0] + self.before[0], cell[1] + self.before[1])
        return [
            (place, source, weight)
            for place, window in self.windows.items()
            for source, weight in window
            if cell == (weight if grid == "kernel" else source)
        ]

    def name(self, place):
        """An output's place in words; nothing where it is the only one."""
        return f"({place[0]}, {place[1]})" if len(self.windows) > 1 else ""

    def spread(self):
        """The kernel with the zeros of its dilation written out."""
        rows, columns = (
            (n - 1) * d + 1 for n, d in zip((len(self.kernel), len(self.kernel[0])), self.rates, strict=True)
        )
        wide = [[0.0] * columns for _ in range(rows)]
        for u, row in enumerate(self.kernel):
            for v, weight in enumerate(row):
                wide[u * self.rates[0]][v * self.rates[1]] = weight
        return wide

    def grids(self):
        grids = {"x": self.x, "kernel": self.kernel, "bias": [[self.bias]], "y": self.y, "used": self.used}
        if self.has_padding:
            grids["padded"] = self.padded
        if max(self.rates) > 1:
            grids["spread"] = self.spread()
        return grids


# Moves the scrubber over all positions and the pointer over all cells, as their events do, and reads what appears.
READ = """(view) => {
  const text = (element) => element.textContent.replaceAll('\\u2212', '-');
  const all = (selector, within = view) => [...within.querySelectorAll(selector)];
  const chip = (element) => ({
    factors: text(element.querySelector('.nn-factors')).replace(/[()]/g, '').split(' × '),
    equals: text(element.querySelector('.nn-equals')).trim()[0],
    product: text(element.querySelector('.nn-value')),
    goal: element.querySelector('.nn-goal') ? text(element.querySelector('.nn-goal')) : null });
  const line = (name) => {
    const found = view.querySelector(`.nn-sum .${name} .nn-value`);
    return found && text(found); };
  const grids = {}, uses = {}, accounts = [];
  for (const grid of all('.nn-grid')) {
    const columns = all('.nn-row', grid)[1].querySelectorAll('.nn-cell').length;
    const cells = all('.nn-cell', grid);
    const values = cells.map((cell) => text(cell.querySelector('.nn-value')));
    grids[grid.dataset.name] = {
      rows: Array.from({ length: cells.length / columns }, (_, r) => values.slice(r * columns, (r + 1) * columns)),
      size: text(grid.querySelector('figcaption span')),
      heads: all('.nn-head', grid).map(text),
      scale: all('.nn-scale span', grid).map(text),
      marks: cells.map((cell) => cell.dataset.marks) };
  }
  const scrub = view.querySelector('.nn-transport input');
  for (let position = 0; position <= Number(scrub.max); position++) {
    scrub.value = position;
    scrub.dispatchEvent(new Event('input'));
    const badges = {};
    for (const badge of all('.nn-badge:not(:empty)')) {
      const name = badge.closest('.nn-grid').dataset.name;
      (badges[name] ??= {})[badge.parentElement.dataset.cell] = text(badge);
    }
    accounts.push({
      chips: all('.nn-products .nn-product').map(chip), badges,
      total: line('nn-total'), bias: line('nn-addend'), rounding: line('nn-rounding'), result: line('nn-result'),
      name: text(view.querySelector('.nn-result span')),
      window: all('.nn-lit').map((cell) => [cell.closest('.nn-grid').dataset.name, Number(cell.dataset.cell)]),
      label: text(view.querySelector('.nn-transport output')) });
  }
  for (const grid of all('.nn-grid')) {
    const name = grid.dataset.name;
    if (name === 'y') continue;
    uses[name] = all('.nn-cell', grid).map((cell) => {
      cell.dispatchEvent(new PointerEvent('pointerenter'));
      const outputs = all('.nn-grid[data-name="y"] .nn-lit').map((lit) => Number(lit.dataset.cell));
      const found = {
        outputs, head: text(view.querySelector('.nn-uses p')), chips: all('.nn-uses .nn-product').map(chip),
        badges: all('.nn-grid[data-name="y"] .nn-badge:not(:empty)').map(text) };
      grid.querySelector('.nn-cells').dispatchEvent(new PointerEvent('pointerleave'));
      return found; });
  }
  const [formula, code] = ['.nn-formula', '.nn-code'].map((selector) => text(view.querySelector(selector)));
  return { grids, accounts, uses, formula, code };
}"""


def shows(text, value):
    """True if `text` is `value` rounded to the decimals of `text` (a float32 may err in the seventh digit)."""
    decimals = len(text.partition(".")[2])
    return abs(float(text) - value) <= 0.5 * 10**-decimals + 2e-6 * max(abs(value), 1)


def check_grids(seen, expected):
    numbers = 0
    grids = expected.grids()
    assert set(seen["grids"]) == set(grids)
    for name, values in grids.items():
        shown = seen["grids"][name]
        assert [len(row) for row in shown["rows"]] == [len(row) for row in values], name
        assert shown["size"] == f"{len(values)} × {len(values[0])}"
        assert shown["heads"] == [*map(str, range(len(values[0]))), *map(str, range(len(values)))]
        for shown_row, row in zip(shown["rows"], values, strict=True):
            for text, value in zip(shown_row, row, strict=True):
                assert shows(text, value), (name, text, value)
                numbers += 1
        limit = max(abs(value) for row in values for value in row)
        low, high = shown["scale"]
        assert shows(high, limit)
        assert shows(low, 0 if name == "used" else -limit)
        numbers += 2
    return numbers


def check_account(seen, expected, position, account):
    """The account of one output: right factors, right products, and a sum that adds up to the last printed digit."""
    place = divmod(position, expected.out[1])
    window = expected.windows[place]
    assert len(account["chips"]) == len(window)
    for chip, (source, weight) in zip(account["chips"], window, strict=True):
        x, w = expected.padded[source[0]][source[1]], expected.kernel[weight[0]][weight[1]]
        assert shows(chip["factors"][0], x)
        assert shows(chip["factors"][1], w)
        assert shows(chip["product"], x * w)
        printed = Decimal(chip["factors"][0]) * Decimal(chip["factors"][1]) == Decimal(chip["product"])
        assert chip["equals"] == ("=" if printed else "≈")
    products = sum(Decimal(chip["product"]) for chip in account["chips"])
    assert products == Decimal(account["total"])
    rounding = Decimal(account["rounding"] or 0)
    assert products + Decimal(account["bias"]) + rounding == Decimal(account["result"])
    assert shows(account["bias"], expected.bias)
    assert shows(account["result"], expected.y[place[0]][place[1]])
    assert account["result"] == seen["grids"]["y"]["rows"][place[0]][place[1]]
    assert account["name"] == f"= output {expected.name(place)}".rstrip()
    assert account["label"] == f"{position + 1} of {len(expected.windows)}"
    return 3 * len(window) + 3


def check_window(seen, expected, position, account):
    """What is lit: the window in the padded input (or the input), with the weight on each of its cells."""
    place = divmod(position, expected.out[1])
    name = "padded" if expected.has_padding else "x"
    columns = len(expected.padded[0])
    lit = {cell for grid, cell in account["window"] if grid == name}
    assert lit == {h * columns + w for (h, w), _ in expected.windows[place]}
    assert [cell for grid, cell in account["window"] if grid == "y"] == [position]
    for (h, w), (u, v) in expected.windows[place]:
        assert shows(account["badges"][name][str(h * columns + w)].removeprefix("×"), expected.kernel[u][v])
    return len(lit)


def check_uses(seen, expected):
    """Pointing at any cell but an output: every use of it, with the numbers of each."""
    numbers = 0
    for name, cells in seen["uses"].items():
        columns = len(seen["grids"][name]["rows"][0])
        for cell, found in enumerate(cells):
            if name == "bias":
                assert found["outputs"] == list(range(len(expected.windows)))
                assert all(shows(badge.removeprefix("+"), expected.bias) for badge in found["badges"])
                continue
            uses = expected.uses(name, divmod(cell, columns))
            assert [chip["goal"] for chip in found["chips"]] == [
                f"→ {expected.name(place) or 'output'}" for place, _, _ in uses
            ], (name, cell)
            assert found["outputs"] == [i * expected.out[1] + j for (i, j), _, _ in uses]
            assert len(found["badges"]) == len(uses)
            for chip, badge, (_, source, weight) in zip(found["chips"], found["badges"], uses, strict=True):
                x, w = expected.padded[source[0]][source[1]], expected.kernel[weight[0]][weight[1]]
                assert shows(chip["factors"][0], x)
                assert shows(chip["factors"][1], w)
                assert shows(chip["product"], x * w)
                assert shows(badge.removeprefix("×"), x if name in ("kernel", "spread") else w)
                numbers += 4
    return numbers


def check_marks(seen, expected):
    """Exactly the cells that no window reads are marked, and exactly the zeros that padding added."""
    name = "padded" if expected.has_padding else "x"
    for cell, marks in enumerate(seen["grids"][name]["marks"]):
        h, w = divmod(cell, len(expected.padded[0]))
        assert ("unread" in marks) == (not expected.uses("padded", (h, w)))
        inside = 0 <= h - expected.before[0] < len(expected.x) and 0 <= w - expected.before[1] < len(expected.x[0])
        assert ("padding" in marks) == (not inside)


@pytest.mark.parametrize(("explorer", "configurations"), [("Stride", STRIDE), ("Padding", PADDING)])
def test_every_displayed_number_is_that_of_a_naive_loop(run_notebook, explorer, configurations):
    assert len(configurations) == 20
    cells = [f"explorers.{explorer}(**json.loads({json.dumps(each)!r}))" for each in configurations]
    _, notebook = run_notebook("import json\nfrom nnlab import explorers", *cells)
    views = notebook.locator(".nn-view")
    views.nth(19).locator(".nn-result").wait_for()
    numbers = 0
    for index, each in enumerate(configurations):
        seen, expected = views.nth(index).evaluate(READ), Expected(**each)
        numbers += check_grids(seen, expected)
        assert len(seen["accounts"]) == len(expected.windows)
        for position, account in enumerate(seen["accounts"]):
            numbers += check_account(seen, expected, position, account)
            numbers += check_window(seen, expected, position, account)
        numbers += check_uses(seen, expected)
        check_marks(seen, expected)
        assert f"strides={each['strides']}" in seen["code"]
        assert all(f" = {side}" in seen["formula"] for side in expected.out)
    assert numbers > 10_000, "fewer numbers were found than these configurations display"


def test_whole_numbers_and_tenths_add_up_without_a_rounding_line(run_notebook):
    exact = STRIDE[:18]
    cells = [f"explorers.Stride(**json.loads({json.dumps(each)!r}))" for each in exact]
    _, notebook = run_notebook("import json\nfrom nnlab import explorers", *cells)
    views = notebook.locator(".nn-view")
    views.nth(len(exact) - 1).locator(".nn-result").wait_for()
    for index in range(len(exact)):
        for account in views.nth(index).evaluate(READ)["accounts"]:
            assert account["rounding"] is None
            assert all(chip["equals"] == "=" for chip in account["chips"])
