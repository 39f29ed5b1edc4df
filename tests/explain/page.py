"""Reading a static page back: a strict parser, and the numbers that its tables show."""

import ast
from html.parser import HTMLParser

VOID = {"img", "br", "hr"}


class Page(HTMLParser):
    """The elements of a page; raises where a tag is left open or closed twice."""

    def __init__(self, html):
        super().__init__()
        self.open, self.elements, self.words = [], [], []
        self.feed(html)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag, attributes):
        element = {"tag": tag, "text": "", **dict(attributes)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1]["tag"] == tag, f"</{tag}> closes <{self.open[-1]['tag']}>"
        self.open.pop()

    def handle_data(self, data):
        self.words.append(data)
        for element in self.open:
            element["text"] += data

    @property
    def text(self):
        return "".join(self.words)

    def all(self, tag):
        return [element for element in self.elements if element["tag"] == tag]

    def numbers(self):
        """(index, exact text, printed text) of each number in a table."""
        cells = [cell for cell in self.all("td") if "title" in cell]
        for cell in cells:
            index, _, exact = cell["title"].rpartition(" = ")
            yield tuple(ast.literal_eval(index)) if index else (), exact, cell["text"]
