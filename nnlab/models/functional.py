"""Functional: a graph of layers, planned by calling them on symbolic tensors.

Each call of a layer is a node; a layer that is called twice is one layer with the same weights at two places, whose
traces stand under `name` and `name#2`. Forward goes through the nodes in the order in which they were called, backward
the other way; where a value is used several times its gradients are summed.
"""

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.core.errors import ArgumentError, ShapeError
from nnlab.core.graph import output_shape
from nnlab.core.layer import Layer
from nnlab.core.record import Record, parts
from nnlab.core.step import Step
from nnlab.core.symbolic import SymbolicTensor
from nnlab.models import keras_order
from nnlab.models.connection import Connection, of_graph
from nnlab.models.graph_config import graph_config
from nnlab.models.graph_reading import Reader
from nnlab.models.model import Model
from nnlab.models.planning import between, check_names, paths_of, sorted_keys, tensors
from nnlab.models.shapes import Shape, as_shapes, fits, one_or_tuple


class Functional(Model):
    """What `Model(inputs, outputs)` makes: the layers between symbolic tensors, each one, or a list or dict of them.

    With several inputs the model takes a list of arrays, with several outputs it returns a tuple. Outputs in a dict are
    returned in one; where a list stands for them, or a tuple in a trace, it has the order of the sorted keys. It is a
    layer, so it can be called on symbolic tensors itself. Raises ArgumentError where outputs and inputs are not
    connected.

    >>> from nnlab import Input, layers
    >>> x = Input(shape=(32,))
    >>> y = layers.Dense(16, activation="softmax")(x)
    >>> model = Model(x, y)
    >>> model.output_shape, model.count_params(), model(np.ones((5, 32))).shape
    ((None, 16), 528, (5, 16))
    """

    stated_order: tuple[str, ...] = ()  # the layers' names in the order of the configuration that it was made from

    def __init__(self, inputs: Any = None, outputs: Any = None, *, name: str | None = None, **kwargs: Any):
        super().__init__(name=name, **kwargs)
        self.output_keys = sorted_keys(self._label, outputs)
        self.inputs = tensors(self._label, "inputs", inputs)
        self.outputs = tensors(self._label, "outputs", values_by(self.output_keys, outputs))
        self._nodes = between(self._label, self.inputs, self.outputs)
        check_names(self._label, dict.fromkeys(node.layer for node in self._nodes))
        self._paths = paths_of(self._nodes)
        self._layers = [each for each in keras_order.operations(self) if isinstance(each, Layer)]
        self.steps = output_masks(len(self.outputs))
        self.built = True

    # ---- its graph

    @property
    def layers(self) -> list[Layer]:
        """The layers in Keras's order, in which their weights are listed too; without the inputs."""
        return list(self._layers)

    @property
    def connections(self) -> list[Connection]:
        """Each call: its path in a trace, the layer, the shapes it makes, and the paths (or inputs) it reads from."""
        return of_graph(self.inputs, self._nodes, self._paths)

    @property
    def output_names(self) -> tuple[str, ...]:
        """The outputs by their keys, or by the calls that make them: the layer's name, `name#2` for its second call."""
        if self.output_keys is not None:
            return self.output_keys
        paths = {tensor: tensor.name for tensor in self.inputs}
        for path, node in zip(self._paths, self._nodes, strict=True):
            several = len(node.outputs) > 1
            paths |= {tensor: f"{path}_{index}" if several else path for index, tensor in enumerate(node.outputs)}
        return tuple(paths[tensor] for tensor in self.outputs)

    @property
    def output_paths(self) -> tuple[str, ...]:
        """The paths of the calls (or the inputs' names) that the outputs come from."""
        paths = dict(zip(self._nodes, self._paths, strict=True))
        return tuple(paths.get(tensor.node, tensor.name) for tensor in self.outputs)

    @property
    def input_names(self) -> tuple[str, ...]:
        """What the inputs are called in a dict of arrays: the names of the `Input`s."""
        return tuple(tensor.name for tensor in self.inputs)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Functional":
        for node in self._nodes:  # in order, so that copying a deep graph does not go deep itself
            copy.deepcopy(node, memo)
        memo[id(self)] = twin = type(self).__new__(type(self))
        vars(twin).update(copy.deepcopy(vars(self), memo))
        return twin

    # ---- shapes

    @property
    def takes_several(self) -> bool:
        """Whether the model has several inputs."""
        return len(self.inputs) > 1

    @property
    def input_shape(self) -> Any:
        """The shape of the input, None for the batch; of several inputs a tuple of shapes."""
        return one_or_tuple(tensor.shape for tensor in self.inputs)

    @input_shape.setter
    def input_shape(self, shape: Shape | None) -> None:
        if shape is not None:
            raise ArgumentError(f"{self._label}: the inputs state their shapes; leave out input_shape=.")

    @property
    def output_shape(self) -> Any:
        """The shape of the output, None for the batch; of several outputs a tuple of shapes."""
        return one_or_tuple(tensor.shape for tensor in self.outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        self.check_input(input_shape)
        shapes = dict(zip(self.inputs, as_shapes(input_shape), strict=True))
        for node in self._nodes:
            further = {name: read(shapes, tensors) for name, tensors in node.given.items()}
            shape = output_shape(node.layer, read(shapes, node.x), further)
            shapes.update(zip(node.outputs, as_shapes(shape), strict=True))
        return one_or_tuple(shapes[tensor] for tensor in self.outputs)

    def build(self, input_shape: Any) -> None:
        """Check the shape: the weights were made when the graph was planned."""
        self.check_input(input_shape)

    def check_input(self, shape: Any) -> None:
        received = as_shapes(shape)
        if len(received) != len(self.inputs):
            raise ShapeError(f"{self._label}: expected {len(self.inputs)} inputs, received {len(received)}.")
        for tensor, part in zip(self.inputs, received, strict=True):
            if not fits(part, tensor.shape):
                which = f"for the input {tensor.name!r} " if self.takes_several else ""
                raise ShapeError(f"{self._label}: expected {which}an array of shape {tensor.shape}, received {part}.")

    def __call__(self, x: Any, training: bool | None = None, **inputs: Any) -> Any:
        return self.as_output(super().__call__(self._in_order(x), training=training, **inputs))

    def as_output(self, y: Any) -> Any:
        """What the model returns: of outputs that were given in a dict, a dict."""
        return y if self.output_keys is None else dict(zip(self.output_keys, parts(y), strict=True))

    def as_input(self, x: Any, argument: str = "x") -> Any:
        """`x` as an array; for several inputs, in a list or in a dict by name, as a tuple of arrays, one for each."""
        x = self._in_order(x)
        if not self.takes_several:
            alone = isinstance(x, list | tuple) and len(x) == 1 and np.ndim(x[0]) == len(self.inputs[0].shape)
            return super().as_input(x[0] if alone else x, argument)
        names = ", ".join(self.input_names)
        if not isinstance(x, list | tuple) or len(x) != len(self.inputs):
            received = f"{len(x)}" if isinstance(x, list | tuple) else type(x).__name__
            raise ArgumentError(
                f"{self._label}: {argument} must be a list of {len(self.inputs)} arrays ({names}), or a dict of them "
                f"by name, received {received}."
            )
        arrays = tuple(super(Functional, self).as_input(part, f"{argument}[{k}]") for k, part in enumerate(x))
        if len({len(array) for array in arrays}) > 1:
            counts = ", ".join(str(len(array)) for array in arrays)
            raise ShapeError(f"{self._label}: the inputs must hold as many examples as each other, received {counts}.")
        return arrays

    def _in_order(self, x: Any) -> Any:
        """The values of a dict in the order of the inputs."""
        if not isinstance(x, Mapping):
            return x
        if set(x) != set(self.input_names):
            raise ArgumentError(
                f"{self._label}: x must have the names of the inputs as keys ({', '.join(self.input_names)}), received "
                f"{', '.join(map(str, x)) or 'an empty dict'}."
            )
        found = values_by(self.input_names, x)
        return found if self.takes_several else found[0]

    # ---- the contract of a layer

    def forward(self, s: Record, x: Any, mask: Any = None) -> Any:
        values = dict(zip(self.inputs, parts(x), strict=True))
        masks = dict(zip(self.inputs, parts(mask) if mask is not None else (None,) * len(self.inputs), strict=True))
        for path, node in zip(self._paths, self._nodes, strict=True):
            layer, met = node.layer, read(masks, node.x)
            if isinstance(met, tuple) and all(part is None for part in met):
                met = None
            given = layer.as_inputs({name: read(values, tensors) for name, tensors in node.given.items()})
            y, after = s.run_masked(path, layer, layer.as_input(read(values, node.x)), met, **given)
            for tensor, part in zip(node.outputs, parts(y), strict=True):
                values.setdefault(tensor, part)  # an input may stand in for what a layer makes
            after = after if isinstance(after, tuple) else (after,)  # of several outputs the first has the mask
            masks.update(zip(node.outputs, (*after, *[None] * (len(node.outputs) - len(after))), strict=True))
        for name, tensor in zip(self.steps, self.outputs, strict=True):
            if masks[tensor] is not None:
                setattr(s, name, masks[tensor])
        return one_or_tuple(values[tensor] for tensor in self.outputs)

    def mask_after(self, s: Record, mask: Any) -> Any:
        return one_or_tuple(vars(s).get(name) for name in self.steps)

    def backward(self, s: Record, g: Record) -> Any:
        gradients: dict[SymbolicTensor, np.ndarray] = {}

        def add(tensors: Any, received: Any) -> None:
            for tensor, gradient in zip(parts(tensors), parts(received), strict=True):
                gradients[tensor] = gradients[tensor] + gradient if tensor in gradients else gradient

        add(tuple(self.outputs), g.y)
        for path, node in zip(reversed(self._paths), reversed(self._nodes), strict=True):
            made = parts(vars(s)[path + "/"].y)
            upstream = [
                gradients.pop(tensor) if tensor in gradients and tensor not in self.inputs else np.zeros_like(y)
                for tensor, y in zip(node.outputs, made, strict=True)
            ]
            below = g.undo(path, node.layer, s, one_or_tuple(upstream))
            add(node.x, below.x)
            for name, given in node.given.items():
                if name in vars(below):  # a mask has no gradient
                    add(given, vars(below)[name])
        zeros = dict(zip(self.inputs, map(np.zeros_like, parts(s.x)), strict=True))
        return one_or_tuple((zeros | gradients)[tensor] for tensor in self.inputs)

    # ---- configuration

    def get_config(self) -> dict[str, Any]:
        return graph_config(self)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Functional":
        name = config.get("name")
        reader = Reader(f"{cls.__name__} {name!r}", config)
        model = cls(reader.inputs, reader.outputs, name=name, trainable=config.get("trainable", True))
        reader.check_masks(model)
        model.stated_order = tuple(reader.layers)
        return model

    def __repr__(self) -> str:
        count = len(self._layers)
        return f"<{type(self).__name__} {self.name}: {count} {'layer' if count == 1 else 'layers'}>"


def read(values: Mapping[SymbolicTensor, Any], tensors: Any) -> Any:
    """What `values` holds of a tensor, or of each in a tuple."""
    return tuple(values[tensor] for tensor in tensors) if isinstance(tensors, tuple) else values[tensors]


def values_by(names: tuple[str, ...] | None, given: Any) -> Any:
    """The values of a dict in the order of these names; what is given itself, if there are none."""
    return given if names is None else [given[name] for name in names]


def output_masks(count: int) -> dict[str, Step]:
    """The steps for the masks of the outputs."""
    step = Model.steps["output_mask"]
    return {"output_mask" if count == 1 else f"output_mask_{index}": step for index in range(count)}
