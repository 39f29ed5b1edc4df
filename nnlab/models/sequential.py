"""Sequential: layers in a row, each fed by the one before.

A model is a layer, so it may stand inside another, and its trace is the tree of its layers' traces
(`conv2d/windows`). Where the shape of the input is known, from `Input` or the first layer's `input_shape`, the
weights are made as layers are added; else at the first call.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from nnlab import layers as known_layers
from nnlab.core.arguments import boolean
from nnlab.core.errors import ArgumentError, NnlabError, ShapeError
from nnlab.core.layer import Layer
from nnlab.core.record import Record
from nnlab.core.symbolic import SymbolicTensor, checked_shape
from nnlab.models.configuration import deserialized, dtype_named, serialized, shortened
from nnlab.models.connection import Connection, in_a_row
from nnlab.models.model import HOW_TO_BUILD, Model, unbuild
from nnlab.models.shapes import Shape, fits
from nnlab.models.steps import LOSS

MOST_LAYERS = 5_000  # of a configuration, which may come from anywhere


class Sequential(Model):
    """Layers in a row.

    >>> from nnlab import Input, layers
    >>> model = Sequential([Input((16,)), layers.Dense(32, activation="relu"), layers.Dense(32)])
    >>> model.output_shape, model.count_params(), model(np.ones((5, 16))).shape
    ((None, 32), 1600, (5, 32))
    """

    def __init__(self, layers: Iterable[Layer] | None = None, *, name: str | None = None, **kwargs: Any):
        self._layers: list[Layer] = []
        self._input_shape: Shape | None = None  # with the batch; `_fixed` if it was stated, and not just met first
        self._fixed = False
        self._input = {"dtype": "float32", "name": "input_layer"}  # what an Input states besides
        super().__init__(name=name, **kwargs)
        for layer in [layers] if isinstance(layers, Layer) else layers or ():
            self.add(layer)

    # ---- its layers

    @property
    def layers(self) -> list[Layer]:
        """The layers in order, without the input."""
        return list(self._layers)

    def add(self, layer: Layer) -> None:
        """Put a layer, or first of all an `Input`, at the end."""
        if isinstance(layer, SymbolicTensor | known_layers.InputLayer):
            self._begin_with(layer.shape if isinstance(layer, SymbolicTensor) else layer.batch_shape)
            self._input = {"dtype": layer.dtype, "name": layer.name}
            return
        if not isinstance(layer, Layer):
            hint = "; add an instance, with ()" if isinstance(layer, type) else ""
            raise ArgumentError(f"{self._label}: expected a layer, received {layer!r}{hint}.")
        if layer.name == LOSS:
            raise ArgumentError(
                f"{self._label}: the name {LOSS!r} stands for the loss in a trace; choose another name=."
            )
        if layer is self or any(layer.name == other.name for other in self._layers):
            raise ArgumentError(
                f"{self._label}: there is a layer {layer.name!r} already; give this one another name=, or make a new "
                "layer if they are not meant to share weights."
            )
        if not self._layers and not self._fixed and stated_shape(layer):
            self._begin_with(stated_shape(layer))
        self._layers.append(layer)
        try:
            if self._input_shape is not None:
                self.build(self._input_shape)
        except NnlabError:
            self._layers.pop()
            raise

    def pop(self) -> Layer:
        """Take the last layer away and return it."""
        if not self._layers:
            raise ArgumentError(f"{self._label}: there is no layer to take away.")
        layer = self._layers.pop()
        self.built = self.built and bool(self._layers)
        return layer

    @property
    def connections(self) -> list[Connection]:
        """Each layer's call, which reads from the one before."""
        return in_a_row(self._layers, self._input_shape, self.input_names[0])

    # ---- shapes

    @property
    def input_shape(self) -> Shape:
        """The shape of the input, None for the batch."""
        if self._input_shape is None:
            raise AttributeError(f"{self._label}: the shape of the input is not known yet; {HOW_TO_BUILD}.")
        return self._input_shape

    @input_shape.setter
    def input_shape(self, shape: Shape | None) -> None:
        if shape is not None:
            self._begin_with((None, *shape))

    @property
    def input_names(self) -> tuple[str, ...]:
        """What the input is called: x."""
        return ("x",)

    @property
    def output_names(self) -> tuple[str, ...]:
        """The name of the last layer."""
        return (self._layers[-1].name,) if self._layers else ("output",)

    @property
    def output_shape(self) -> Shape:
        """The shape of the output, None for the batch."""
        return self.compute_output_shape(self.input_shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        shape = tuple(input_shape)
        for layer in self._layers:
            shape = layer.compute_output_shape(shape)
        return shape

    def build(self, input_shape: Shape) -> None:
        """Make the weights of all layers for inputs of this shape (batch first)."""
        if not self._layers:
            raise ArgumentError(f"{self._label}: there is no layer in it yet; add(layer) first.")
        shape = tuple(input_shape)
        self._check_stated(shape)
        fresh = [layer for layer in self._layers if not layer.built]
        try:
            for layer in self._layers:
                layer.ensure_built(shape)
                layer.check_input(shape)
                shape = layer.compute_output_shape(shape)
                if isinstance(shape[0], tuple):
                    raise ArgumentError(
                        f"{self._label}: {layer._label} gives {len(shape)} outputs, and layers in a row take one; "
                        "leave out return_state or merge_mode=None."
                    )
        except BaseException:  # an interrupt too leaves no layer built for a shape that was never used
            for layer in fresh:
                unbuild(layer)
            raise
        self._input_shape = self._input_shape or (None, *input_shape[1:])

    def check_input(self, shape: tuple[int, ...]) -> None:
        self._check_stated(shape)

    def _begin_with(self, shape: Shape) -> None:
        if self._layers or self._fixed:
            raise ArgumentError(f"{self._label}: an Input must be the first thing in the model, and the only one.")
        self._input_shape, self._fixed = tuple(shape), True

    def _check_stated(self, shape: Shape) -> None:
        stated = self._input_shape
        if not self._fixed or fits(shape, stated):
            return
        hint = ""
        if fits((*shape, 1), stated):
            hint = "; add the axis of channels with x[..., None]"
        elif fits((None, *shape), stated):
            hint = "; for a single example, add the axis of the batch with x[None]"
        raise ShapeError(f"{self._label}: expected an input of shape {stated}, received {shape}{hint}.")

    # ---- the contract of a layer

    def forward(self, s: Record, x: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
        for layer in self._layers:
            x, mask = s.run_masked(layer.name, layer, layer.as_input(x), mask)
        if mask is not None:
            s.output_mask = mask
        return x

    def mask_after(self, s: Record, mask: np.ndarray | None) -> np.ndarray | None:
        return vars(s).get("output_mask")

    def backward(self, s: Record, g: Record) -> np.ndarray:
        gradient = g.y
        for layer in reversed(self._layers):
            gradient = g.unrun(layer.name, layer, s, gradient)
        return gradient

    # ---- configuration

    def get_config(self) -> dict[str, Any]:
        parts = [serialized(layer) for layer in self._layers]
        if self._fixed:
            parts.insert(0, serialized(known_layers.InputLayer(batch_shape=self._input_shape, **self._input)))
        config = {"name": self.name, "trainable": self.trainable, "dtype": self.dtype, "layers": parts}
        return config | ({"build_input_shape": list(self._input_shape)} if self._input_shape else {})

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Sequential":
        parts = config.get("layers")
        if not isinstance(parts, list):
            raise ArgumentError(f"{cls.__name__}: expected a list of layers, received {shortened(parts)}.")
        if len(parts) > MOST_LAYERS:
            raise ArgumentError(f"{cls.__name__}: {len(parts):,} layers are more than the {MOST_LAYERS:,} allowed.")
        model = cls(name=config.get("name"), dtype=dtype_named(config.get("dtype")))
        model.trainable = boolean(model._label, "trainable", config.get("trainable", True))
        made = [deserialized(part) for part in parts]
        first = made.pop(0) if made and isinstance(made[0], known_layers.InputLayer) else None
        for layer in made:
            model.add(layer)
        if first is not None:  # last, so that each layer is built once
            model._input_shape, model._fixed = first.batch_shape, True
            model._input = {"dtype": first.dtype, "name": first.name}
        shape = model._input_shape or config.get("build_input_shape")
        if made and shape and not model.built:
            model.build(checked_shape(model._label, "build_input_shape", shape))
        return model

    def __repr__(self) -> str:
        count = len(self._layers)
        return f"<Sequential {self.name}: {count} {'layer' if count == 1 else 'layers'}>"


def stated_shape(layer: Layer) -> Shape | None:
    """The input's shape that a layer itself states, with the batch."""
    shape = getattr(layer, "input_shape", None)
    if shape is None or isinstance(layer, Model):
        return shape
    return (None, *shape)
