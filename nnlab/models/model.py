"""Model: layers put together as one, in one of three ways.

`Model(inputs, outputs)` is the graph between symbolic tensors (see `functional.py`), `Sequential` a row of layers,
and a class of one's own holds layers as attributes and calls them in its `call`.
"""

from typing import Any

from nnlab.core.errors import ArgumentError
from nnlab.core.layer import Layer
from nnlab.core.step import Step
from nnlab.models.training import Trainer


class Model(Trainer):
    """The base of all models; called with symbolic tensors it makes the graph between them.

    >>> from nnlab import Input, layers
    >>> x = Input(shape=(32,))
    >>> y = layers.Dense(16, activation="softmax")(x)
    >>> Model(x, y).output_shape
    (None, 16)
    """

    supports_masking = True
    axes = {"x": "...", "y": "...", "mask": "b t"}
    steps = {
        "output_mask": Step(
            "b t",
            "",
            note="the times of the output that count, said by an Embedding or a Masking",
            differentiable=False,
        )
    }
    keeps_integers = True  # the layers inside decide what to make of them

    def __new__(cls, *args: Any, **kwargs: Any) -> "Model":
        from nnlab.models.functional import Functional  # deferred: it is a Model itself

        return super().__new__(Functional if cls is Model else cls)

    # ---- its layers

    @property
    def layers(self) -> list[Layer]:
        """The layers in the order of the attributes that hold them."""
        return self.sublayers()

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of this name, or at this place."""
        layers = self.layers
        if index is not None and -len(layers) <= index < len(layers):
            return layers[index]
        for layer in layers:
            if name is not None and layer.name == name:
                return layer
        asked = f"the name {name!r}" if index is None else f"the index {index}"
        raise ArgumentError(
            f"{self._label}: there is no layer with {asked}; it has: {', '.join(each.name for each in layers)}."
        )

    # ---- files

    def save(self, filepath: Any, overwrite: bool = True) -> None:
        """Write the model to a file ending in `.keras`: layers, weights, and how it was compiled.

        Real Keras loads it too. The weights of an optimizer, and losses and metrics of one's own, are not kept. Needs
        h5py. Raises FileError where the file cannot be written, and leaves the one that was there as it was.
        """
        from nnlab import saving  # deferred: files are made from models

        saving.save_model(self, filepath, overwrite)

    def save_weights(self, filepath: Any, overwrite: bool = True) -> None:
        """Write the weights alone to a file ending in `.weights.h5`."""
        from nnlab import saving

        saving.save_weights(self, filepath, overwrite)

    def load_weights(self, filepath: Any) -> None:
        """Set the weights from a file ending in `.weights.h5`, `.keras` or `.h5`, of a model built like this one.

        Raises FileError where they do not fit, and then changes nothing.
        """
        from nnlab import saving

        saving.load_weights(self, filepath)
