"""What the `call` of a custom layer may ask of its layer, as in Keras: penalties, masks, random numbers."""

import warnings
from typing import Any, ClassVar

import numpy as np

from nnlab.core.errors import RecordingError
from nnlab.core.variable import TAPE


class InsideCall:
    """The part of a layer that serves a `call` in Keras's own style."""

    supports_masking: bool
    takes_mask: ClassVar[bool]
    _label: str

    def call(self, x: Any, **inputs: Any) -> Any:
        """What a custom layer writes. The layers of nnlab have `forward` instead, so `super().call(x)` ends here."""
        raise RecordingError(
            f"{self._label}: this layer is written as forward and backward, and has no call; keep it as an attribute "
            "of yours, self.inner = ..., and use self.inner(x)."
        )

    def add_loss(self, loss: Any) -> None:
        """Add a penalty to the loss of the model, from inside `call`: one number of what `call` computes.

        >>> from nnlab import layers
        >>> class Quiet(layers.Layer):
        ...     def call(self, x):
        ...         self.add_loss(0.5 * np.mean(x**2))
        ...         return x
        >>> layer = Quiet()
        >>> y = layer([[1.0, 3.0]])
        >>> layer.losses
        [2.5]
        """
        self._tape("add_loss(loss)").add_loss(self, loss)

    @property
    def rng(self) -> np.random.Generator:
        """The random numbers of the running call: they follow `set_random_seed` and a trace's `seed=`."""
        return self._tape("self.rng").record.rng

    def _tape(self, what: str) -> Any:
        if (tape := TAPE.get()) is None:
            raise RecordingError(f"{self._label}: {what} has a meaning inside call(self, x) only; use it there.")
        return tape

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """The mask of the output for this input and its mask; override it in a layer that changes the times."""
        if mask is not None and not self.supports_masking and not self.takes_mask:
            warnings.warn(f"{self._label} does not support masks: the layers after it see none.", stacklevel=3)
        return mask if self.supports_masking else None
