"""From axis letters to places on the page: which axes are rows and columns, and which are counted off in panels."""

from typing import NamedTuple

WORDS = {
    "b": "examples",
    "t": "time steps",
    "h": "rows",
    "w": "columns",
    "i": "output rows",
    "j": "output columns",
    "u": "kernel rows",
    "v": "kernel columns",
    "c": "channels",
    "f": "filters",
    "d": "features",
}
LEADING = {0: (), 1: ("b",), 2: ("b", "t"), 3: ("b", "h", "w")}  # what "..." stands for before a last axis
FOLLOWING = {0: (), 1: ("d",), 2: ("t", "d"), 3: ("h", "w", "c")}  # and after the batch axis
IMAGES = [("u", "v"), ("i", "j"), ("h", "w")]  # axes that belong side by side


def letters(axes: str, ndim: int) -> tuple[str, ...]:
    """One letter for each of `ndim` axes; "..." becomes the usual leading ones, what does not fit is numbered.

    >>> letters("b h w c", 4), letters("... d", 2), letters("... c", 4), letters("t ...", 3), letters("b d", 1)
    (('b', 'h', 'w', 'c'), ('b', 'd'), ('b', 'h', 'w', 'c'), ('t', 'b', 'd'), ('n0',))
    """
    parts = axes.split()
    if "..." in parts:
        place = parts.index("...")
        before, after = parts[:place], parts[place + 1 :]
        missing = ndim - len(before) - len(after)
        if not after and "b" not in before and missing > 0:
            before, missing = [*before, "b"], missing - 1
        usual = (LEADING if after else FOLLOWING).get(missing, tuple(f"n{k}" for k in range(missing)))
        parts = [*before, *usual, *after]
    return tuple(parts) if len(parts) == ndim else tuple(f"n{k}" for k in range(ndim))


class Layout(NamedTuple):
    """Places of axes: `grid` are the rows and columns of a picture, `blocks` the rows and columns of small pictures,
    `panels` are counted off one by one."""

    grid: tuple[int, ...]
    blocks: tuple[int, ...]
    panels: tuple[int, ...]


def layout(names: tuple[str, ...], shape: tuple[int, ...]) -> Layout:
    """Windows become a grid of small grids, kernels one of channels by filters; images and examples are panels.

    >>> layout(("b", "i", "j", "u", "v", "c"), (1, 2, 2, 3, 3, 1))
    Layout(grid=(3, 4), blocks=(1, 2), panels=(0, 5))
    >>> layout(("u", "v", "c", "f"), (3, 3, 2, 4))
    Layout(grid=(0, 1), blocks=(2, 3), panels=())
    >>> layout(("b", "h", "w", "c"), (1, 4, 4, 1)), layout(("t", "b", "d"), (2, 1, 3)).grid
    (Layout(grid=(1, 2), blocks=(), panels=(0, 3)), (0, 2))
    """
    pairs = [(names.index(a), names.index(b)) for a, b in IMAGES if a in names and b in names]
    within = [k for k, name in enumerate(names) if name != "b"]  # examples are counted off, if there is anything else
    grid = pairs[0] if pairs else tuple(within if len(within) > 1 else range(len(names)))[-2:]
    blocks: tuple[int, ...] = ()
    if pairs and IMAGES[0] == (names[grid[0]], names[grid[1]]):
        rest = tuple(k for k in range(len(names)) if k not in grid)
        blocks = pairs[1] if len(pairs) > 1 else rest if len(rest) == 2 and min(shape[k] for k in rest) > 1 else ()
    panels = tuple(k for k in range(len(names)) if k not in grid and k not in blocks)
    return Layout(grid, blocks, panels)


def shape_text(names: tuple[str, ...], shape: tuple[int, ...]) -> str:
    """A shape with its letters.

    >>> shape_text(("b", "d"), (3, 4)), shape_text(("b", "1"), (3, 1)), shape_text((), ())
    ('b=3 d=4', 'b=3 1', 'one number')
    """
    return (
        " ".join(name if name == "1" else f"{name}={n}" for name, n in zip(names, shape, strict=True)) or "one number"
    )


def first_of(shown: int, total: int, name: str) -> str:
    """What a cut leaves of an axis, in words; "" if that is all.

    >>> first_of(8, 16, "f"), first_of(1, 32, "b"), first_of(2, 2, "c")
    ('first 8 of 16 filters', 'first of 32 examples', '')
    """
    return f"first {f'{shown} ' if shown > 1 else ''}of {total} {word(name)}" if shown < total else ""


def every(step: int, total: int, name: str) -> str:
    """What steps along an axis leave of it, in words; "" if that is all.

    >>> every(4, 28, "i"), every(2, 10, "j"), every(1, 5, "i")
    ('every 4th of 28 output rows', 'every 2nd of 10 output columns', '')
    """
    ending = {1: "st", 2: "nd", 3: "rd"}.get(step % 10 * (step % 100 not in (11, 12, 13)), "th")
    return f"every {step}{ending} of {total} {word(name)}" if step > 1 else ""


def word(name: str) -> str:
    """What is counted along an axis."""
    return WORDS.get(name, f"along axis {name}")
