"""The summary of a model: its layers, their output shapes, and their parameters with the formula behind each number."""

import math
import sys
from collections.abc import Iterator
from html import escape
from typing import Any, NamedTuple

from nnlab.core.layer import Layer

HEAD = ("Layer (type)", "Output shape", "Parameters", "How many")
CONNECTED = "Connected to"  # a fifth column, where layers do not stand in a row


class Row(NamedTuple):
    """One layer; `depth` counts the models around it."""

    name: str
    kind: str
    shape: str
    formula: str
    count: str
    depth: int
    reads: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands in each column."""
        return f"{'  ' * self.depth}{self.name} ({self.kind})", self.shape, self.formula, self.count, self.reads


class Summary:
    """The table as data: `rows`, and `totals` as sentences. It prints as text and shows as HTML in a notebook."""

    def __init__(self, model: Layer):
        self.model = model
        self.rows = list(rows(model))
        self.totals = totals(model)
        self.head = (*HEAD, CONNECTED) if any(row.reads for row in self.rows) else HEAD

    def __str__(self) -> str:
        lines = [self.head, *(row.cells[: len(self.head)] for row in self.rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.head))]
        texts = [
            "  ".join(
                cell.rjust(width) if column in (2, 3) else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        rule = "-" * max(map(len, texts))
        return "\n".join([f"Model: {self.model.name}", rule, texts[0], rule, *texts[1:], rule, *self.totals])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        left, right = "text-align: left", "text-align: right"
        styles = (left, left, right, right, left)[: len(self.head)]
        head = "".join(f'<th style="{style}">{cell}</th>' for cell, style in zip(self.head, styles, strict=True))
        body = ""
        for row in self.rows:
            name = f"{'&emsp;' * row.depth}<strong>{escape(row.name)}</strong> ({escape(row.kind)})"
            cells = (name, *map(escape, row.cells[1 : len(self.head)]))
            body += "<tr>" + "".join(
                f'<td style="{style}">{cell}</td>' for cell, style in zip(cells, styles, strict=True)
            ) + "</tr>"  # fmt: skip
        return (
            f"<table><caption>Model: {escape(self.model.name)}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table><p>{'<br>'.join(map(escape, self.totals))}</p>"
        )


def rows(model: Layer, depth: int = 0) -> Iterator[Row]:
    """The inputs and calls of a model in order, those of a model inside it below its own row.

    A layer that is called again has its weights already. Where layers stand in a row, nobody needs to be told what
    they read from.
    """
    calls = calls_of(model)
    graph = any(call.reads != (before,) for call, before in zip(calls[1:], [call.path for call in calls], strict=False))
    for tensor in getattr(model, "inputs", ()):
        yield Row(tensor.name, "Input", str(tensor.shape), "", "0", depth)
    met = set()
    for call in calls:
        reads = ", ".join(call.reads) if graph or hasattr(model, "inputs") else ""
        shape = ", ".join("?" if "?" in each else str(each) for each in call.shapes)
        if call.layer in met:
            yield Row(call.path, call.kind, shape, "", f"shared with {call.layer.name}", depth, reads)
            continue
        met.add(call.layer)
        yield row(call.layer, call.path, shape, depth, reads)
        if getattr(call.layer, "layers", None):
            yield from rows(call.layer, depth + 1)


def calls_of(model: Any) -> list[Any]:
    """The calls of layers in a model; what reads from an operation of NumPy reads from the layers before that."""
    calls, behind = [], {}
    for call in model.connections:
        reads = tuple(dict.fromkeys(each for read in call.reads for each in behind.get(read, (read,))))
        if call.layer is None:
            behind[call.path] = reads
        else:
            calls.append(call._replace(reads=reads))
    return calls


def row(layer: Layer, name: str, shape: str, depth: int, reads: str = "") -> Row:
    """The row of a layer, or of a model as a whole."""
    count = f"{layer.count_params():,}" if layer.built else "not built yet"
    terms = "" if getattr(layer, "layers", None) else formula([variable.shape for variable in layer.weights])
    return Row(name, type(layer).__name__, shape, f"{terms} =" if terms else "", count, depth, reads)


def formula(shapes: list[tuple[int, ...]]) -> str:
    """The number of parameters as a sum of products of sizes.

    >>> formula([(3, 3, 1, 64), (64,)])
    '3*3*1*64 + 64'
    """
    return " + ".join("*".join(map(str, shape)) or "1" for shape in shapes)


def totals(model: Layer) -> list[str]:
    """How many parameters there are in all."""
    trainable = sum(math.prod(variable.shape) for variable in model.trainable_weights)
    other = sum(math.prod(variable.shape) for variable in model.non_trainable_weights)
    lines = [
        f"Parameters in all: {trainable + other:,}",
        f"Trainable: {trainable:,}",
        f"Not trainable: {other:,}",
    ]
    if not model.built:
        lines.append("The model is not built yet: call it on data, or build((None, ...)) with the shape of its input.")
    return lines


def show(model: Layer) -> None:
    """Display the summary in a notebook, print it elsewhere."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if hasattr(ipython, "get_ipython") else None
    if getattr(shell, "kernel", None) is not None:
        ipython.display.display(Summary(model))
    else:
        sys.stdout.write(f"{Summary(model)}\n")
