"""Compares what a view displays while numbers wait to be predicted: what is hidden stands nowhere, the rest is right.

What may be seen follows from the worksheet: the grid that is asked for, what it is made of, and what is given.
"""

import copy
import json
import random
from itertools import islice

import bare_page
from drawn_pictures import DRAWN, worksheet
from shown_numbers import NUMBER, Check

from nnlab import explorers
from nnlab.core.errors import NnlabError

CONFIGURATIONS = 10  # of each explorer, each shown before, amid and after the predictions
# Also the page itself with its attributes; but for how strong the colour of a number is that is not hidden, and for
# what is spoken, which comes a moment later.
READ = f"""(view) => {{
  const seen = ({bare_page.READ.strip().rstrip(";")})(view);
  const page = view.cloneNode(true);
  for (const cell of page.querySelectorAll(".nn-cell")) {{
    if (cell.querySelector(".nn-value")?.textContent !== "?") cell.removeAttribute("style");
  }}
  page.querySelector("[aria-live]").remove();
  return {{ ...seen, page: page.outerHTML }};
}}"""


def concealed_pictures(name, count=CONFIGURATIONS, seed=7):
    """Explorers that ask for their result or another grid: in each picture a few cells more are found."""
    return islice(_asking(name, random.Random(f"{name} asks {seed}")), 3 * count)


def _asking(name, draw):
    explorer = getattr(explorers, name)()
    while True:
        explorer.predict = False
        try:
            explorer.change(**DRAWN[name](draw))
        except NnlabError:
            continue
        sheet = worksheet(name, explorer)
        asked = draw.choice([explorer.scene.result, draw.choice(list(sheet.made))])
        cells = list(range(len(sheet.values[asked])))
        for found in ([], sorted(draw.sample(cells, len(cells) // 2)), cells):
            explorer.change(predict=asked, score={"right": len(found), "found": {asked: found}})
            yield bare_page.state(explorer), (worksheet(name, explorer), asked, set(found)), explorer.state


def parts_of(sheet, name):
    """The grids that a grid is made of, and those that these are made of."""
    found, waiting = set(), [name]
    while waiting:
        for made in sheet.made.get(waiting.pop(), ()):
            terms = getattr(made, "terms", ())
            cells = [cell for term in terms for cell in (*term.factors, *term.lights)]
            others = {grid for grid, _ in [*cells, *getattr(made, "addends", ())]} | {*getattr(made, "operands", ())}
            waiting += others - found
            found |= others
    return found


class Concealed(Check):
    """A picture (its worksheet, the grid `asked`, cells) where all cells of that but those `found` are hidden."""

    def __init__(self, seen, about, counts):
        sheet, asked, found = about
        super().__init__(seen, sheet, counts)
        self.asked, self.left = asked, set(range(len(sheet.values[asked]))) - found
        self.whole, self.found = sheet, found
        if self.left:
            self.sheet = self.visible()

    def visible(self):
        """The worksheet of what may be seen."""
        needed, known = parts_of(self.whole, self.asked), set(self.seen["grids"])
        assert {self.asked, *needed} <= known, (self.asked, needed - known)
        given = set(self.whole.shape) - set(self.whole.made)
        assert known <= {self.asked} | needed | given, (self.asked, known - needed - given)
        sheet = copy.copy(self.whole)
        for part in ("shape", "values", "made"):
            setattr(sheet, part, {name: each for name, each in getattr(sheet, part).items() if name in known})
        sheet.marks = {(name, style): cells for (name, style), cells in sheet.marks.items() if style != "winner"}
        sheet.notes, sheet.curves, sheet.maps = [], {}, {}
        trail = sheet.trail

        def known_trail(name, cell):
            return {grid: at for grid, at in trail(name, cell).items() if grid != self.asked or at in self.found}

        sheet.trail = known_trail
        return sheet

    def run(self):
        super().run()
        if self.left and not self.found:
            self.nothing_leaks()

    def grids(self):
        if not self.left:
            super().grids()
            return
        asked, sheet = self.seen["grids"].pop(self.asked), self.sheet
        self.sheet = copy.copy(sheet)
        self.sheet.shape = {name: shape for name, shape in sheet.shape.items() if name != self.asked}
        super().grids()
        self.sheet, self.seen["grids"][self.asked] = sheet, asked
        readouts = [each["readout"] for each in self.seen["pointed"][self.asked]]
        texts = asked["cells"] or [readout.partition(" = ")[2].partition(",")[0] for readout in readouts]
        values = sheet.values[self.asked]
        assert len(texts) == len(values)
        for cell, (text, value) in enumerate(zip(texts, values, strict=True)):
            if cell in self.left:
                assert text == "?", (self.asked, cell, text)
            else:
                self.shows(text, value)
            self.count("prediction", "")
        self.texts[self.asked] = texts

    def cards(self, cards, expected, where, goals):
        if self.left:
            hidden = [card for card in cards if card[1] == "?"]
            waiting = [each for each in expected if each[0] == self.asked and each[1] in self.left]
            assert len(hidden) == len(waiting), (where, hidden, waiting)
            self.count("prediction", "", len(hidden))
            cards = [card for card in cards if card[1] != "?"]
            expected = [each for each in expected if each not in waiting]
        super().cards(cards, expected, where, goals)

    def walk(self):
        if self.sheet.result in self.seen["grids"]:
            super().walk()
        else:
            assert not any(text for _, text in self.seen["walk"]), "an account is shown of what is hidden"

    def nothing_leaks(self):
        """Of a number with three decimals that is hidden no trace, neither in a text nor in an attribute."""
        values = [self.whole.values[self.asked][cell] for cell in self.left]
        hidden = {f"{value:.3f}" for value in values if abs(100 * value - round(100 * value)) > 1e-3} - {
            "0.000",
            "-0.000",
        }
        pointed = [each for cells in self.seen["pointed"].values() for each in cells]
        right = [self.texts, [each["steps"] for each in pointed], [each["cards"] for each in pointed if each["cards"]]]
        allowed = {text.removeprefix("-") for text in NUMBER.findall(json.dumps(right))}
        allowed |= {f"-{text}" for text in allowed}  # a scale goes as far below zero as above
        said = set(NUMBER.findall(json.dumps(self.seen, ensure_ascii=False).replace("\N{MINUS SIGN}", "-")))
        leaked = (hidden & said) - allowed
        assert not leaked, (self.asked, leaked)
        self.count("prediction", "", len(hidden))
