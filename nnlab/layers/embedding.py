"""Embedding: a table with a row of numbers for each word; looking a word up is all it does."""

from typing import Any

import numpy as np

from nnlab.core.arguments import boolean, integer
from nnlab.core.errors import ArgumentError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.core.step import Step


class Embedding(Layer):
    """Row x of the table `embeddings` (input_dim, output_dim), for each index x from 0 to input_dim - 1.

    Input (...) of whole numbers, output (..., output_dim). It equals the product of one-hot vectors with the table;
    the gradient of a row is the sum over all places where its index stands. With `mask_zero` index 0 is padding, and
    the layers that follow skip it.

    >>> layer = Embedding(4, 2, embeddings_initializer=lambda shape: np.arange(8.0).reshape(shape))
    >>> layer([[1, 3]])
    array([[[2., 3.],
            [6., 7.]]], dtype=float32)
    """

    keeps_integers = True
    unsupported = {
        **dict.fromkeys(("embeddings_constraint", "weights", "input_length"), (None,)),
        **dict.fromkeys(("lora_rank", "lora_alpha", "quantization_config"), (None,)),
    }
    axes = {"x": "...", "embeddings": "n d", "y": "... d"}
    steps = {
        "mask": Step("...", r"x \ne 0", note="where there is a word; 0 is padding", differentiable=False),
        "rows": Step(
            "... d", r"r_d = E_{x\,d}", r"\bar E_{n\,d} = \sum_{x = n} \bar r_d", "the rows of the table, looked up"
        ),
    }

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        *,
        mask_zero: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.input_dim = integer("Embedding", "input_dim", input_dim)
        self.output_dim = integer("Embedding", "output_dim", output_dim)
        self.store_weight("embeddings", embeddings_initializer, embeddings_regularizer)
        self.mask_zero = self.supports_masking = boolean("Embedding", "mask_zero", mask_zero)

    def build(self, input_shape: tuple[int | None, ...] | None = None) -> None:
        self.embeddings = self.add_stored_weight("embeddings", (self.input_dim, self.output_dim))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*input_shape, self.output_dim)

    def as_input(self, x: Any, argument: str = "x") -> np.ndarray:
        """`x` as indices into the table."""
        array = super().as_input(x, argument)
        fits = (array == np.floor(array)) & (array >= 0) & (array < self.input_dim)
        if not fits.all():
            raise ArgumentError(
                f"{self._label}: {argument} must hold whole numbers from 0 to {self.input_dim - 1} (input_dim is "
                f"{self.input_dim}), received {array[~fits].flat[0]}."
            )
        return array.astype(np.int64)

    def compute_mask(self, x: Any, mask: Any = None) -> np.ndarray | None:
        """Where there is a word, if 0 is padding."""
        return np.asarray(x) != 0 if self.mask_zero else None

    def mask_after(self, s: Record, mask: np.ndarray | None) -> np.ndarray | None:
        return s.mask if self.mask_zero else None

    def forward(self, s: Record, x: np.ndarray) -> np.ndarray:
        if self.mask_zero:
            s.mask = self.compute_mask(x)
        s.rows = s.embeddings[x]
        return s.rows

    def backward(self, s: Record, g: Record) -> np.ndarray:
        g.rows = g.y
        table = np.zeros_like(s.embeddings)
        np.add.at(table, s.x, g.rows)
        g.embeddings = table
        return np.zeros(s.x.shape, s.embeddings.dtype)  # an index cannot be moved a little
