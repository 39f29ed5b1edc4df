"""The graph of a model as a picture: SVG for the notebook, a matplotlib figure for paper.

The picture has a ground of its own, since an SVG does not know the colours of the page around it.
"""

from html import escape
from typing import TYPE_CHECKING, Any

from nnlab.explain.graph import LINE, PAD, Box, Drawing, Link, drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARGIN, SIZE = 16.0, 12.0  # around the picture; of the letters
INK, GROUND, LINKS = "#1f2430", "#ffffff", "#6b7280"
LOOKS = {  # of a box: its ground and its edge
    "input": ("#f3f4f6", "#9ca3af"),
    "weights": ("#dbeafe", "#3074cc"),
    "plain": ("#ffffff", "#9ca3af"),
    "operation": ("#f0fdf4", "#5b9a68"),
    "shared": ("#ffedd5", "#e87a18"),
    "frame": ("#fafafa", "#9ca3af"),
    "shared frame": ("#fffaf5", "#e87a18"),
}
FRAMES = ("frame", "shared frame")


class GraphPicture:
    """What `model.plot()` returns: it shows itself in a notebook; `svg`, `figure()` and `save(path)` take it away."""

    def __init__(self, model: Any, nested: bool = True):
        self.title = f"The graph of {type(model).__name__} {model.name}"
        self.drawing = drawing(model, nested)

    @property
    def svg(self) -> str:
        """The picture as the text of an SVG file."""
        width, height = (side + 2 * MARGIN for side in (self.drawing.width, self.drawing.height))
        frames = [box_svg(box) for box in self.drawing.boxes if box.look in FRAMES]
        boxes = [box_svg(box) for box in self.drawing.boxes if box.look not in FRAMES]
        links = [link_svg(link) for link in self.drawing.links]
        arrow = (
            f'<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
            f'<path d="M0 0L8 4L0 8z" fill="{LINKS}"/></marker>'
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" role="img" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="Helvetica, Arial, sans-serif" font-size="{SIZE:g}">'
            f"<title>{escape(self.title)}</title><defs>{arrow}</defs>"
            f'<rect width="100%" height="100%" rx="6" fill="{GROUND}"/>'
            f'<g transform="translate({MARGIN:g} {MARGIN:g})">{"".join([*frames, *links, *boxes])}</g></svg>'
        )

    def figure(self) -> "Figure":
        """The picture as a matplotlib figure, for paper."""
        return figure(self.drawing)

    def save(self, path: Any) -> None:
        """Write the picture to a file: SVG as it is in the notebook, or what matplotlib writes (.png, .pdf)."""
        if str(path).endswith(".svg"):
            with open(path, "w", encoding="utf-8") as file:
                file.write(self.svg)
        else:
            self.figure().savefig(path, dpi=150)

    def __repr__(self) -> str:
        calls = sum(box.look not in ("input", *FRAMES) for box in self.drawing.boxes)
        return f"<{self.title}: {calls} calls>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "image/svg+xml": self.svg}


def box_svg(box: Box) -> str:
    """A box and its text; the name is bold."""
    ground, edge = LOOKS[box.look]
    dash = ' stroke-dasharray="5 4"' if box.look in FRAMES else ""
    shape = (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" '
        f'rx="{corner(box):g}" fill="{ground}" stroke="{edge}" stroke-width="{2.5 if box.output else 1.2}"{dash}/>'
    )
    texts = ""
    for number, line in enumerate(box.lines):
        weight = ' font-weight="bold"' if number == 0 else ""
        texts += (
            f'<text x="{box.x + box.width / 2:.1f}" y="{baseline(box, number):.1f}" text-anchor="middle" '
            f'fill="{INK}"{weight}>{escape(line)}</text>'
        )
    said = f"{box.path}, an output" if box.output else box.path
    return f"<g><title>{escape(said)}</title>{shape}{texts}</g>"


def link_svg(link: Link) -> str:
    """A link as a smooth way with an arrow at its end."""
    (x, y), *rest = link.points
    way = f"M{x:.1f} {y:.1f}"
    for a, b in rest:
        half = (y + b) / 2
        way += f"C{x:.1f} {half:.1f} {a:.1f} {half:.1f} {a:.1f} {b:.1f}"
        x, y = a, b
    drawn = f'<path d="{way}" fill="none" stroke="{LINKS}" stroke-width="1.3" marker-end="url(#arrow)"/>'
    if link.label:
        a, b = link.points[-1]
        drawn += (
            f'<text x="{a + 9:.1f}" y="{b - 4:.1f}" font-size="10" fill="{LINKS}" stroke="{GROUND}" stroke-width="3" '
            f'paint-order="stroke">{escape(link.label)}</text>'
        )
    return drawn


def figure(drawn: Drawing) -> "Figure":
    """The drawing with matplotlib; without pyplot, so no state is shared."""
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
    from matplotlib.path import Path

    width, height = drawn.width + 2 * MARGIN, drawn.height + 2 * MARGIN
    made = Figure(figsize=(width / 96, height / 96))
    axes = made.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-MARGIN, width - MARGIN), ylim=(height - MARGIN, -MARGIN))
    axes.set_axis_off()
    for box in drawn.boxes:
        ground, edge = LOOKS[box.look]
        axes.add_patch(
            FancyBboxPatch(
                (box.x, box.y), box.width, box.height, boxstyle=f"round,pad=0,rounding_size={corner(box)}",
                facecolor=ground, edgecolor=edge, linewidth=2 if box.output else 1,
                linestyle="--" if box.look in FRAMES else "-", zorder=0 if box.look in FRAMES else 2,
            )
        )  # fmt: skip
        for number, line in enumerate(box.lines):
            axes.text(
                box.x + box.width / 2, baseline(box, number), line, ha="center", va="baseline", color=INK, zorder=3,
                fontsize=SIZE * 0.68, fontweight="bold" if number == 0 else "normal",
            )  # fmt: skip
    for link in drawn.links:
        points, codes = [link.points[0]], [Path.MOVETO]
        for x, y in link.points[1:]:
            half = (points[-1][1] + y) / 2
            points += [(points[-1][0], half), (x, half), (x, y)]
            codes += [Path.CURVE4] * 3
        axes.add_patch(
            FancyArrowPatch(
                path=Path(points, codes), arrowstyle="-|>,head_length=3,head_width=1.8", color=LINKS, linewidth=1,
                zorder=1, shrinkA=0, shrinkB=0,
            )
        )  # fmt: skip
        if link.label:
            x, y = link.points[-1]
            axes.text(x + 9, y - 4, link.label, fontsize=SIZE * 0.6, color=LINKS, zorder=3)
    return made


def baseline(box: Box, number: int) -> float:
    """Where a line of text stands in a box."""
    return box.y + PAD / 2 + LINE * (number + 0.75)


def corner(box: Box) -> float:
    """How round the corners are."""
    return box.height / 2.6 if box.look == "input" else 5.0
