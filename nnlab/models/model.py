"""Model: layers put together as one, in one of three ways.

`Model(inputs, outputs)` is the graph between symbolic tensors (see `functional.py`), `Sequential` a row of layers,
and a class of one's own holds layers as attributes and calls them in its `call`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core.arguments import boolean
from nnlab.core.errors import ArgumentError, NnlabError
from nnlab.core.layer import Layer
from nnlab.core.step import Step
from nnlab.core.weighted import reachable
from nnlab.models.connection import Connection, of_call
from nnlab.models.shapes import any_number, as_shapes, one_or_tuple
from nnlab.models.training import Trainer

if TYPE_CHECKING:
    from nnlab.explain.graph_picture import GraphPicture


class Model(Trainer):
    """The base of all models; called with symbolic tensors it makes the graph between them.

    A class of one's own makes its layers in `__init__` and calls them in `call`, as in Keras; it may take `training`
    and `mask` besides. Plain NumPy stands beside the layers there, and is differentiated too.

    >>> from nnlab import layers
    >>> class Residual(Model):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.first, self.second = layers.Dense(8, activation="relu"), layers.Dense(4)
    ...     def call(self, x):
    ...         return x + self.second(self.first(x))
    >>> model = Residual()
    >>> model(np.ones((5, 4))).shape, model.count_params()
    ((5, 4), 76)
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
    _shapes: tuple[Any, Any] | None = None  # of input and output, of a model of one's own that is built

    def __new__(cls, *args: Any, **kwargs: Any) -> "Model":
        from nnlab.models.functional import Functional  # deferred: it is a Model itself

        return super().__new__(Functional if cls is Model else cls)

    def __init__(self, inputs: Any = None, outputs: Any = None, **kwargs: Any):
        if inputs is None and outputs is None:
            super().__init__(**kwargs)
            return
        from nnlab.models.functional import Functional

        if self.is_recorded:
            raise ArgumentError(
                f"{type(self).__name__}: has a call of its own; leave inputs= and outputs= out of super().__init__()."
            )
        cls = type(self)  # one's own class around a graph, as in Keras: super().__init__(inputs, outputs)
        self.__class__ = type(cls.__name__, (cls, Functional), {"__module__": cls.__module__, "__doc__": cls.__doc__})
        Functional.__init__(self, inputs, outputs, **kwargs)

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        if cls.is_recorded:
            cls.takes_several = True

    # ---- its layers

    @property
    def layers(self) -> list[Layer]:
        """The layers in the order of the attributes that hold them, lists and dicts included."""
        return self.sublayers()

    @layers.setter
    def layers(self, value: Any) -> None:
        raise ArgumentError(f"{self._label}: layers lists what the model holds; give your attribute another name.")

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of this name, or at this place."""
        layers = self.layers
        if not isinstance(index, int | np.integer | None):
            raise ArgumentError(f"{self._label}: index must be a whole number, received {index!r}.")
        if index is not None and -len(layers) <= index < len(layers):
            return layers[index]
        for layer in layers:
            if isinstance(name, str) and layer.name == name:
                return layer
        asked = f"the name {name!r}" if index is None else f"the index {index}"
        raise ArgumentError(
            f"{self._label}: there is no layer with {asked}; it has: {', '.join(each.name for each in layers)}."
        )

    @property
    def connections(self) -> list[Connection]:
        """Each call in it: its path in a trace, the layer, the shapes it makes, and the paths it reads from."""
        if self._shapes is None:  # then there are the layers, and nobody knows yet what becomes of them
            return [Connection(each.name, each, type(each).__name__, (("?",),), ()) for each in self.layers]
        return of_call(self, as_shapes(self.input_shape), self.input_names)

    # ---- shapes, which a model of one's own learns when it is built

    @property
    def input_shape(self) -> Any:
        """The shape of the input, None for the batch; of several inputs a tuple of shapes."""
        return self._known()[0]

    @input_shape.setter
    def input_shape(self, shape: Any) -> None:
        if shape is not None:
            raise ArgumentError(f"{self._label}: learns the shape of its input when it is built; leave it out.")

    @property
    def output_shape(self) -> Any:
        """The shape of the output, None for the batch; of several outputs a tuple of shapes."""
        return self._known()[1]

    def _known(self) -> tuple[Any, Any]:
        if self._shapes is None:
            raise AttributeError(f"{self._label}: its shapes are not known yet; {HOW_TO_BUILD}.")
        return self._shapes

    @property
    def input_names(self) -> tuple[str, ...]:
        """What the inputs are called."""
        return numbered("x", self._shapes[0]) if self._shapes else ("x",)

    @property
    def output_names(self) -> tuple[str, ...]:
        return numbered("output", self.output_shape) if self._shapes else super().output_names

    @property
    def _outputs_known(self) -> bool:
        return not self.is_recorded or self._shapes is not None

    def build(self, input_shape: Any) -> None:
        """Make the weights of the layers inside for inputs of this shape, by trying `call` on zeros."""
        if not self.is_recorded:
            raise NnlabError(f"{self._label}: write call(self, x), which calls the layers that the model holds.")
        shape = any_number(input_shape)
        fresh = [layer for layer in reachable(self) if not layer.built]
        try:
            self.built = True
            self._shapes = shape, self.compute_output_shape(shape)
        except BaseException:  # an interrupt too leaves no layer built for a shape that was never used
            for layer in fresh:
                unbuild(layer)
            raise

    def as_input(self, x: Any, argument: str = "x") -> Any:
        """`x` as an array; a list or tuple of arrays, where `call` takes several, as a tuple of them."""
        if self.is_recorded and isinstance(x, Mapping):
            raise ArgumentError(f"{self._label}: {argument} must be an array or a list of arrays, received a dict.")
        if self.is_recorded and isinstance(x, list | tuple) and x and all(isinstance(p, np.ndarray) for p in x):
            arrays = tuple(super(Model, self).as_input(part, f"{argument}[{k}]") for k, part in enumerate(x))
            return one_or_tuple(arrays)
        return super().as_input(x, argument)

    # ---- looks

    def summary(self) -> None:
        """Print the layers, their output shapes and their parameters with the formula behind each number."""
        from nnlab.explain import summary

        summary.show(self)

    def plot(self, nested: bool = True) -> "GraphPicture":
        """A picture of the graph: each call with its shape and parameters, links, shared layers in a colour of theirs.

        In a notebook it shows itself; `.figure()` is a matplotlib figure, `.save("model.svg")` a file. `nested` opens
        the models inside this one.
        """
        from nnlab.explain.graph_picture import GraphPicture

        return GraphPicture(self, boolean(self._label, "nested", nested))

    # ---- files

    def save(self, filepath: Any, overwrite: bool = True) -> None:
        """Write the model to a file ending in `.keras`: layers, weights, and how it was compiled.

        Real Keras loads it too. The weights of an optimizer, and losses and metrics of one's own, are not kept. With
        the ending `.h5` the file is in the older format, which has no place for a model with a `call` of its own.
        Needs h5py. Raises FileError where the file cannot be written, and leaves the one that was there as it was.
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


HOW_TO_BUILD = "begin with an Input, call the model on data, or call build((None, ...))"


def unbuild(layer: Layer) -> None:
    """As if the layer had never been built."""
    layer.built = False
    layer._variables.clear()
    for part in layer.sublayers():
        unbuild(part)


def numbered(name: str, shape: Any) -> tuple[str, ...]:
    """The name for one shape; for several the name with a number each: output_1, output_2."""
    count = len(as_shapes(shape))
    return (name,) if count == 1 else tuple(f"{name}_{index + 1}" for index in range(count))
