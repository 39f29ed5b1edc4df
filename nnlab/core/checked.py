"""What is checked around the methods that a layer's author writes, so that no author needs to think of it.

A constructor refuses missing and surplus arguments, `build` and `compute_output_shape` refuse what is no shape, each
in one sentence that names the layer. After `build` the layer is marked as built.
"""

import functools
from typing import Any

from nnlab.core.arguments import MOST_AXES, checked_constructor, integer
from nnlab.core.errors import ArgumentError, NnlabError, ShapeError


def check_methods(cls: type) -> None:
    """Put the checks around the methods that this class defines itself."""
    for name, check in (("__init__", checked_constructor), ("build", _build), ("compute_output_shape", _output_shape)):
        if name in vars(cls):
            setattr(cls, name, check(vars(cls)[name]))


def as_shape(owner: str, shape: Any) -> Any:
    """`shape` as a tuple of sizes, batch first, None standing for any size; of several inputs a tuple of those.

    >>> as_shape("Dense", [None, 3])
    (None, 3)
    """
    if isinstance(shape, tuple | list) and shape and all(isinstance(part, tuple | list) for part in shape):
        return tuple(as_shape(owner, part) for part in shape)
    try:
        if not isinstance(shape, tuple | list) or not 0 < len(shape) <= MOST_AXES:
            raise ArgumentError
        return tuple(size if size is None else integer(owner, "input_shape", size, 0) for size in shape)
    except ArgumentError:
        raise ShapeError(
            f"{owner}: a shape must be a tuple of sizes, batch first (None for any), received {shape!r}."
        ) from None


def _shape_for(layer: Any, shape: Any) -> Any:
    """`shape` as the layer takes it: several shapes only if it takes several inputs."""
    shape = as_shape(layer._label, shape)
    if isinstance(shape[0], tuple) and not layer.takes_several:
        raise ShapeError(f"{layer._label}: takes one input, received the shapes of {len(shape)}: {shape}.")
    return shape


def _build(build: Any) -> Any:
    @functools.wraps(build)
    def checked(self: Any, input_shape: Any) -> None:
        try:
            build(self, _shape_for(self, input_shape))
        except NnlabError:
            self._variables.clear()
            raise
        self.built, self._sized = True, None

    return checked


def _output_shape(compute_output_shape: Any) -> Any:
    @functools.wraps(compute_output_shape)
    def checked(self: Any, input_shape: Any, **further: Any) -> Any:
        return compute_output_shape(self, _shape_for(self, input_shape), **further)

    return checked
