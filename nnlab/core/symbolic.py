"""A tensor that has a shape but no numbers yet: what `Input` returns and what models are planned from."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core import naming
from nnlab.core.arguments import integer, several, supported
from nnlab.core.errors import ArgumentError, ShapeError

if TYPE_CHECKING:
    from nnlab.core.graph import Node

Shape = tuple[int | None, ...]


class SymbolicTensor:
    """The plan of an array: shape (batch first, None where any size fits), dtype and name, no values.

    >>> SymbolicTensor((None, 28, 28, 1), name="digits")
    <SymbolicTensor digits, shape=(None, 28, 28, 1), dtype=float32>
    """

    def __init__(self, shape: Shape, dtype: str | None = None, name: str | None = None):
        self.shape = shape
        self.node: Node | None = None  # the call that makes it; None for an input
        self.dtype = checked_dtype("Input", dtype)
        self.name = name or naming.unique_name("keras_tensor")

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def batch_size(self) -> int | None:
        return self.shape[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        raise ArgumentError(f"the symbolic input {self.name!r} has a shape but no numbers; pass an array.")

    def __repr__(self) -> str:
        return f"<SymbolicTensor {self.name}, shape={self.shape}, dtype={self.dtype}>"


def Input(
    shape: Shape | None = None,
    batch_size: int | None = None,
    dtype: str | None = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Shape | None = None,
    name: str | None = None,
    tensor: Any = None,
    optional: bool = False,
) -> SymbolicTensor:
    """The input of a model: its shape without the batch (or all of it as `batch_shape`), and its dtype.

    Raises ShapeError for a shape that is no tuple of sizes, UnknownArgumentError for what Keras has and nnlab has not.

    >>> Input(shape=(28, 28, 1)).shape, Input((16,), batch_size=4).shape
    ((None, 28, 28, 1), (4, 16))
    """
    neutral = {"sparse": (None, False), "ragged": (None, False), "tensor": (None,), "optional": (False,)}
    supported("Input", {"sparse": sparse, "ragged": ragged, "tensor": tensor, "optional": optional}, neutral)
    name = naming.checked_name("Input", name)
    return SymbolicTensor(batched_shape("Input", shape, batch_size, batch_shape), dtype, name)


def batched_shape(owner: str, shape: Any, batch_size: Any, batch_shape: Any) -> Shape:
    """The shape with the batch first, from Keras's three ways of stating it."""
    if (shape is None) == (batch_shape is None):
        received = "neither" if shape is None else "both"
        raise ArgumentError(f"{owner}: pass shape (without the batch) or batch_shape (with it), received {received}.")
    if batch_shape is not None:
        if batch_size is not None:
            raise ArgumentError(f"{owner}: batch_shape={batch_shape!r} states the batch already; leave out batch_size.")
        batch_shape = checked_shape(owner, "batch_shape", batch_shape)
        if not batch_shape:
            raise ShapeError(f"{owner}: batch_shape must start with the batch (None for any), received ().")
        return batch_shape
    batch = None if batch_size is None else integer(owner, "batch_size", batch_size, minimum=0)
    return (batch, *checked_shape(owner, "shape", shape))


def checked_shape(owner: str, name: str, shape: Any) -> Shape:
    """`shape` as a tuple of sizes, None standing for any size."""
    try:
        if not several(shape):
            raise ArgumentError
        return tuple(None if size is None else integer(owner, name, size, minimum=0) for size in shape)
    except ArgumentError:
        mend = f"; write {name}=({shape},)" if isinstance(shape, int) else ""
        raise ShapeError(
            f"{owner}: {name} must be a tuple of sizes (None for any), received {shape!r}{mend}."
        ) from None


def checked_dtype(owner: str, dtype: Any) -> str:
    """The name of a dtype of real numbers; float32 for None."""
    try:
        if not isinstance(dtype, str | type | np.dtype | None):
            raise TypeError  # NumPy would read structures into tuples and dicts
        found = np.dtype("float32" if dtype is None else dtype)
    except (TypeError, ValueError):
        found = np.dtype(object)
    if found.kind not in "fiub":
        raise ArgumentError(f"{owner}: dtype must name real numbers ('float32', 'int32', ...), received {dtype!r}.")
    return found.name
