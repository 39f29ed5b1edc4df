"""Merging: several arrays become one, place by place; where an axis has size 1 the same is taken all along it."""

import functools
from typing import Any

import numpy as np

from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.gradients.rules import unbroadcast
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.core.step import Step

Arrays = tuple[np.ndarray, ...]


class Merge(Layer):
    """What layers share that are called with a list of arrays: layer([a, b])."""

    takes_several = True
    takes_two = False  # exactly
    supports_masking = True
    keeps_integers = True
    axes = {"x": "b ...", "y": "b ..."}

    def as_input(self, x: Any) -> Arrays:
        """The arrays of a list, each in the layer's dtype; integers stay if there is nothing else."""
        if not isinstance(x, list | tuple) or not x:
            received = "an empty list" if isinstance(x, list | tuple) else f"a single {type(x).__name__}"
            raise ArgumentError(f"{self._label}: x must be a list of arrays such as [a, b], received {received}.")
        arrays = [super(Merge, self).as_input(part) for part in x]
        if any(array.dtype.kind in "fb" for array in arrays):  # a boolean is the number 0 or 1
            arrays = [array.astype(self.dtype, copy=False) for array in arrays]
        return tuple(arrays)

    def build(self, input_shape: Any) -> None:
        self.shapes(input_shape)
        super().build(input_shape)

    def check_input(self, shape: Any) -> None:
        self.compute_output_shape(shape)

    def shapes(self, input_shape: Any) -> tuple[tuple[int | None, ...], ...]:
        """The shapes of the arrays, if that is what `input_shape` holds."""
        if not all(isinstance(shape, tuple) for shape in input_shape):
            raise ShapeError(f"{self._label}: expected a list of shapes, received {input_shape}.")
        if self.takes_two and len(input_shape) != 2:
            raise ShapeError(f"{self._label}: expected two arrays, received {len(input_shape)}.")
        return tuple(input_shape)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        shapes = self.shapes(input_shape)
        most = max(map(len, shapes))
        sides = zip(*(aligned_shape(shape, most) for shape in shapes), strict=True)
        merged = [{size for size in side if size != 1} for side in sides]
        if any(len(sizes - {None}) > 1 for sizes in merged) or len({shape[0] for shape in shapes} - {None}) > 1:
            raise ShapeError(f"{self._label}: the arrays do not fit each other, received shapes {shapes}.")
        return tuple((None if None in sizes else sizes.pop()) if sizes else 1 for sizes in merged)


class ElementwiseMerge(Merge):
    """Merge arrays of shapes that fit; of fewer axes than the others, those after the batch are missing."""

    def mask_after(self, s: Record, mask: Any) -> np.ndarray | None:
        """As in Keras: a time counts if it does in one of the arrays; none is masked if one array has no mask."""
        if mask is None or any(part is None for part in mask):
            return None
        return functools.reduce(np.logical_or, mask)

    def forward(self, s: Record, x: Arrays) -> np.ndarray:
        most = max(part.ndim for part in x)
        return self.merged(s, [part.reshape(aligned_shape(part.shape, most)) for part in x])

    def backward(self, s: Record, g: Record) -> Arrays:
        most = g.y.ndim
        parts = [part.reshape(aligned_shape(part.shape, most)) for part in s.x]
        gradients = self.unmerged(s, g, parts)
        return tuple(
            unbroadcast(gradient, part).reshape(own.shape)
            for gradient, part, own in zip(gradients, parts, s.x, strict=True)
        )

    def merged(self, s: Record, parts: list[np.ndarray]) -> np.ndarray:
        """The output, from arrays with equally many axes."""
        raise NotImplementedError(f"{type(self).__name__}: write merged(s, parts) and unmerged(s, g, parts).")

    def unmerged(self, s: Record, g: Record, parts: list[np.ndarray]) -> list[np.ndarray]:
        """The gradient of each of them, in the shape of the output."""
        raise NotImplementedError(f"{type(self).__name__}: write merged(s, parts) and unmerged(s, g, parts).")


class Add(ElementwiseMerge):
    """The sum of the arrays.

    >>> Add()([[[1.0, 2.0]], [[3.0, 4.0]]])
    array([[4., 6.]], dtype=float32)
    """

    def merged(self, s: Record, parts: list[np.ndarray]) -> np.ndarray:
        return functools.reduce(np.add, parts)

    def unmerged(self, s: Record, g: Record, parts: list[np.ndarray]) -> list[np.ndarray]:
        return [g.y] * len(parts)


class Subtract(ElementwiseMerge):
    """The first array minus the second; there are two.

    >>> Subtract()([[[1.0, 2.0]], [[3.0, 5.0]]])
    array([[-2., -3.]], dtype=float32)
    """

    takes_two = True

    def merged(self, s: Record, parts: list[np.ndarray]) -> np.ndarray:
        return parts[0] - parts[1]

    def unmerged(self, s: Record, g: Record, parts: list[np.ndarray]) -> list[np.ndarray]:
        return [g.y, -g.y]


class Multiply(ElementwiseMerge):
    """The product of the arrays, number by number.

    >>> Multiply()([[[1.0, 2.0]], [[3.0, 4.0]]])
    array([[3., 8.]], dtype=float32)
    """

    def merged(self, s: Record, parts: list[np.ndarray]) -> np.ndarray:
        return functools.reduce(np.multiply, parts)

    def unmerged(self, s: Record, g: Record, parts: list[np.ndarray]) -> list[np.ndarray]:
        return [functools.reduce(np.multiply, parts[:k] + parts[k + 1 :], g.y) for k in range(len(parts))]


class Average(ElementwiseMerge):
    """The mean of the arrays.

    >>> Average()([[[1.0, 2.0]], [[3.0, 4.0]]])
    array([[2., 3.]], dtype=float32)
    """

    keeps_integers = False
    steps = {"sum": Step("b ...", r"S = \sum_k x_k, \quad y = S / n", r"\bar S = \bar y / n", "n arrays")}

    def merged(self, s: Record, parts: list[np.ndarray]) -> np.ndarray:
        s.sum = functools.reduce(np.add, parts)
        return s.sum / len(parts)

    def unmerged(self, s: Record, g: Record, parts: list[np.ndarray]) -> list[np.ndarray]:
        g.sum = g.y / len(parts)
        return [g.sum] * len(parts)


class Maximum(ElementwiseMerge):
    """The largest number at each place. Where several are the largest they share the gradient in equal parts.

    Keras, which compares pair by pair, does so with two; of three equal ones it gives 1/4, 1/4 and 1/2.

    >>> Maximum()([[[1.0, 5.0]], [[3.0, 4.0]]])
    array([[3., 5.]], dtype=float32)
    """

    largest = np.max
    steps = {
        "winner": Step(
            "k b ...", r"m_k = [x_k = y]", note="true in the arrays that the output is taken from", differentiable=False
        )
    }

    def merged(self, s: Record, parts: list[np.ndarray]) -> np.ndarray:
        together = np.stack(np.broadcast_arrays(*parts))
        best = type(self).largest(together, 0)
        s.winner = (together == best) | ~(together == together)  # the second is true of NaN
        index = s.winner.argmax(0)
        return np.take_along_axis(together, index[np.newaxis], 0)[0]

    def unmerged(self, s: Record, g: Record, parts: list[np.ndarray]) -> list[np.ndarray]:
        share = g.y / s.winner.sum(0).astype(g.y.dtype)
        return [wins * share for wins in s.winner]


class Minimum(Maximum):
    """The smallest number at each place. Where several are the smallest they share the gradient.

    >>> Minimum()([[[1.0, 5.0]], [[3.0, 4.0]]])
    array([[1., 4.]], dtype=float32)
    """

    largest = np.min


def aligned_shape(shape: tuple[int | None, ...], axes: int) -> tuple[int | None, ...]:
    """The shape with axes of size 1 after the batch, so that there are as many as `axes`.

    >>> aligned_shape((32, 5), 4)
    (32, 1, 1, 5)
    """
    return (*shape[:1], *(1,) * (axes - len(shape)), *shape[1:])
