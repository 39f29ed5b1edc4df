"""Shapes of what goes into a model and comes out, batch first: one, or a tuple of several."""

from typing import Any

Shape = tuple[int | None, ...]


def fits(shape: Shape, stated: Shape) -> bool:
    """Whether a shape is one of those that `stated` allows with its None.

    >>> fits((5, 3), (None, 3)), fits((5, 4), (None, 3))
    (True, False)
    """
    return len(shape) == len(stated) and all(
        size == expected or None in (size, expected) for size, expected in zip(shape, stated, strict=True)
    )


def as_shapes(shape: Any) -> tuple[Shape, ...]:
    """A shape, or several, as a tuple of shapes.

    >>> as_shapes((None, 3)), as_shapes([(None, 3), (None, 4)])
    (((None, 3),), ((None, 3), (None, 4)))
    """
    return tuple(map(tuple, shape)) if shape and isinstance(shape[0], list | tuple) else (tuple(shape),)


def one_or_tuple(values: Any) -> Any:
    """The only value, or a tuple of several."""
    values = tuple(values)
    return values[0] if len(values) == 1 else values


def for_each(value: Any, count: int) -> tuple[Any, ...]:
    """The values of a tuple, which has one for each of `count`; anything else is that of each.

    >>> for_each((1, None), 2), for_each(None, 2)
    ((1, None), (None, None))
    """
    return value if isinstance(value, tuple) else (value,) * count


def any_number(shape: Any) -> Any:
    """The same shape, or shapes, for any number of examples.

    >>> any_number((5, 3)), any_number(((5, 3), (5, 2)))
    ((None, 3), ((None, 3), (None, 2)))
    """
    if isinstance(shape[0], list | tuple):
        return tuple(map(any_number, shape))
    return (None, *shape[1:])
