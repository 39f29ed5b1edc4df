"""A model as boxes and links: what each call is, the shape it makes, its parameters; models inside as frames.

What is drawn from this is in `graph_picture`; here it is decided what stands where.
"""

from typing import Any, NamedTuple

from nnlab.explain.layered import layered

LETTER, LINE, PAD = 7.0, 16.0, 10.0  # of the text in a box: the width of a letter, the height of a line, the margin
FRAME = 14.0  # between a frame and what is inside


class Box(NamedTuple):
    """A box with its left upper corner.

    `look` is "input", "weights", "plain", "operation" (of NumPy), "shared", "frame" or "shared frame".
    """

    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    look: str
    path: str
    output: bool = False


class Link(NamedTuple):
    """A link through these points; `label` says which part of what it begins at ("[1]" of several)."""

    points: tuple[tuple[float, float], ...]
    label: str = ""


class Drawing(NamedTuple):
    """All of it, the frames before what stands inside."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]

    def moved(self, x: float, y: float) -> "Drawing":
        """The same elsewhere."""
        boxes = tuple(box._replace(x=box.x + x, y=box.y + y) for box in self.boxes)
        links = tuple(link._replace(points=tuple((a + x, b + y) for a, b in link.points)) for link in self.links)
        return self._replace(boxes=boxes, links=links)


def drawing(model: Any, nested: bool = True, prefix: str = "") -> Drawing:
    """The calls of a model from top to bottom; `nested` opens the models inside, each where it is called first."""
    drawn: dict[str, Drawing] = {}
    for name, shape in inputs(model):
        drawn[name] = boxed((name, "Input", str(shape)), "input", prefix + name)
    calls, shared = model.connections, repeated(model.connections)
    reads = {part for call in calls for part in (*call.reads, *map(whole, call.reads))}
    ends = getattr(model, "output_paths", None) or [call.path for call in calls if call.path not in reads]
    met = set()
    for call in calls:
        first = call.layer is None or call.layer not in met
        met.add(call.layer)
        opened = nested and first and getattr(call.layer, "layers", None) and call.layer.built
        lines = described(call, first)
        if opened:
            inside = drawing(call.layer, nested, f"{prefix}{call.path}/")
            look = "shared frame" if call.layer in shared else "frame"
            drawn[call.path] = framed(lines, inside, look, prefix + call.path, call.path in ends)
        else:
            look = look_of(call, call.layer in shared)
            drawn[call.path] = boxed(lines, look, prefix + call.path, call.path in ends)
    links = [(read if read in drawn else whole(read), call.path, read) for call in calls for read in call.reads]
    links = [(start, end, read[len(start) :]) for start, end, read in links if start in drawn]
    found = layered({name: (part.width, part.height) for name, part in drawn.items()}, [link[:2] for link in links])
    labels: dict[tuple[str, str], str] = {}
    for start, end, part in links:
        labels[start, end] = " ".join(filter(None, [labels.get((start, end), ""), part]))
    boxes: list[Box] = []
    within: list[Link] = []
    for name, part in drawn.items():
        x, y = found.centres[name]
        placed = part.moved(x - part.width / 2, y)
        boxes, within = boxes + list(placed.boxes), within + list(placed.links)
    ways = [Link(tuple(way), labels[pair]) for pair, way in found.ways.items()]
    return Drawing(found.width, found.height, tuple(boxes), (*ways, *within))


def inputs(model: Any) -> list[tuple[str, Any]]:
    """The names of the inputs and their shapes."""
    names = model.input_names
    shape = getattr(model, "input_shape", None)
    if shape is None:
        return [(name, "shape not known yet") for name in names]
    return list(zip(names, shape if isinstance(shape[0], tuple) else (shape,), strict=True))


def repeated(calls: Any) -> set[Any]:
    """The layers that are called more than once."""
    layers = [call.layer for call in calls if call.layer is not None]
    return {layer for layer in layers if layers.count(layer) > 1}


def described(call: Any, first: bool) -> tuple[str, ...]:
    """What stands in the box of a call."""
    shapes = ", ".join("shape not known yet" if "?" in shape else str(shape) for shape in call.shapes)
    if call.layer is None:
        return f"{call.kind} (NumPy)", shapes
    if not first:
        return call.path, call.kind, shapes, f"weights of {call.layer.name}"
    if not call.layer.built:
        return call.path, call.kind, shapes, "not built yet"
    count = call.layer.count_params()
    return (call.path, call.kind, shapes, *([f"{count:,} parameters"] if count else []))


def look_of(call: Any, shared: bool) -> str:
    """How the box of a call looks."""
    if call.layer is None:
        return "operation"
    if shared:
        return "shared"
    return "weights" if call.layer.weights else "plain"


def whole(read: str) -> str:
    """The path without the number of its part: encoder[1] is one of the outputs of encoder."""
    return read[: read.rindex("[")] if read.endswith("]") else read


def boxed(lines: tuple[str, ...], look: str, path: str, output: bool = False) -> Drawing:
    """A box around lines of text."""
    width = max(map(len, lines)) * LETTER + 2 * PAD
    height = len(lines) * LINE + PAD
    return Drawing(width, height, (Box(0, 0, width, height, lines, look, path, output),), ())


def framed(lines: tuple[str, ...], inside: Drawing, look: str, path: str, output: bool) -> Drawing:
    """A frame around a drawing, with a headline."""
    headline = (" · ".join(lines),)
    top = LINE + PAD
    width = max(inside.width + 2 * FRAME, len(headline[0]) * LETTER + 2 * PAD)
    height = inside.height + top + 2 * FRAME
    moved = inside.moved((width - inside.width) / 2, top + FRAME / 2)
    frame = Box(0, 0, width, height, headline, look, path, output)
    return Drawing(width, height, (frame, *moved.boxes), moved.links)
