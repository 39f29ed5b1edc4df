"""The layer: weights, `forward`, `backward`, and the one door through which every call of it passes.

A layer declares its `steps` once, writes them to the record `s` in `forward(s, x)`, and writes the gradient of each
under the same name to `g` in `backward(s, g)`. `__call__`, `trace`, training and models all go through `apply` and
`unapply`, which put the weights on the record, add activity penalties, sum the gradients of weights and commit.
"""

import inspect
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from nnlab.arrays import like, now
from nnlab.core import graph, recorded, seed
from nnlab.core.arguments import boolean
from nnlab.core.checked import check_methods
from nnlab.core.configured import Configured
from nnlab.core.errors import ShapeError, unknown_arguments
from nnlab.core.inputs import as_array, check_size, is_array
from nnlab.core.inside_call import InsideCall
from nnlab.core.record import Call, Record, Row, parts, shape_of
from nnlab.core.step import Step
from nnlab.core.trace import Trace, run_trace
from nnlab.core.variable import TAPE


class Layer(InsideCall, Configured):
    """The base of all layers.

    A new layer is a class with `steps`, `build`, `forward` and `backward`; `axes` names the axes of x, y and the
    weights with the letters of `Step`. `__init__` only stores its checked arguments, under their own names.

    Or it has `build` and `call`, as in Keras: `call` in plain NumPy is recorded and differentiated, and what would lose
    a gradient is refused by name. NumPy gives no sign of a weight that is a plain array (make it by `add_weight`), of
    `np.random` (use `self.rng`), and of attributes that `call` changes, so these cannot be seen.

    >>> class Scaled(Layer):
    ...     def build(self, input_shape):
    ...         self.scale = self.add_weight((input_shape[-1],), initializer="ones")
    ...
    ...     def call(self, x):
    ...         return np.tanh(x * self.scale)
    >>> Scaled().trace([[0.0, 0.0]])["x"].grad
    array([[1., 1.]], dtype=float32)
    """

    steps: ClassVar[Mapping[str, Step]] = {}
    axes: ClassVar[Mapping[str, str]] = {}
    _records: ClassVar[type[Record]] = Record  # a class of its own for each layer, see `record`
    _rows: ClassVar[type[Row]] = Row
    supports_masking: bool = False  # the mask of the input is that of the output too, see `mask_after`
    takes_several: bool = False  # x may be a tuple of arrays, and a shape one of shapes
    further_inputs: ClassVar[tuple[str, ...]] = ()  # the arguments of `forward`, or of `call`, after x
    takes: ClassVar[tuple[str, ...]] = ("training",)  # what may be passed after x without a name, in this order
    takes_mask: ClassVar[bool] = False  # `mask` is one of them
    is_recorded: ClassVar[bool] = False  # written as a `call` in plain NumPy, see `nnlab.core.recorded`
    keeps_integers: ClassVar[bool] = False  # integers reach `forward` as they are: indices, or shapes only

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        cls._records = type(f"{cls.__name__}Record", (Record,), {"__slots__": ()})
        cls._rows = type(f"{cls.__name__}Row", (Row,), {"__slots__": ()})
        if "call" in vars(cls) and "forward" not in vars(cls):
            cls.forward, cls.backward = recorded.forward, recorded.backward
            if "compute_output_shape" not in vars(cls):
                cls.compute_output_shape = recorded.output_shape
        cls.is_recorded = cls.forward is recorded.forward
        if cls.is_recorded and "takes_several" not in vars(cls):
            cls.takes_several = True  # `call` says what it does with a list
        parameters = inspect.signature(cls.call if cls.is_recorded else cls.forward).parameters.values()
        takes = [each.name for each in parameters if each.kind.name[:3] != "VAR"]
        takes = takes[2:] if cls.is_recorded else ["training", *takes[3:]]
        cls.takes, cls.further_inputs = tuple(takes), tuple(name for name in takes if name != "training")
        cls.takes_mask = "mask" in cls.further_inputs
        check_methods(cls)

    # ---- what a layer writes

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights for inputs of this shape (batch first)."""
        self.built = True

    def check_input(self, shape: tuple[int, ...]) -> None:
        """Raise if an input of this shape does not fit the layer."""

    def forward(self, s: Record, x: np.ndarray, **inputs: Any) -> np.ndarray:
        """Compute the output, storing each step on `s` and reading it back through `s`."""
        raise NotImplementedError(f"{type(self).__name__}: write forward(s, x) and backward(s, g).")

    def backward(self, s: Record, g: Record) -> np.ndarray:
        """From `g.y` back to the gradient of x, storing the gradient of each step and weight on `g`."""
        raise NotImplementedError(f"{type(self).__name__}: write backward(s, g).")

    def commit(self, s: Record) -> None:
        """Move what a real call moves, such as moving statistics. Runs after forward, never in a trace."""

    def mask_after(self, s: Record, mask: np.ndarray | None) -> np.ndarray | None:
        """The mask of the output (True where a time counts), from the record of a call and the mask of its input."""
        return self.compute_mask(s.x, mask)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The shape of the output for inputs of this shape; None stands for any size."""
        return tuple(input_shape)

    # ---- the door

    def record(self, call: Call) -> Record:
        """An empty record for this layer in a call.

        Each layer has a class of records of its own: Python stores an attribute several times faster where the
        objects of a class share a few names than where a class has seen the names of all layers.
        """
        return self._records(call, self)

    def row(self, call: Call, shared: dict[str, Any]) -> Row:
        """An empty record for one time of a loop."""
        return self._rows(call, self, shared)

    def apply(self, s: Record, x: Any, **inputs: Any) -> Any:
        """Run forward on a record: every call of every layer, alone or inside a model, passes here."""
        shape = shape_of(x)
        self.ensure_built(shape)
        if shape != self._sized:
            self.check_input(shape)
            self._check_size(shape)
        for name, variable in self._variables.items():
            setattr(s, name, variable.value)
        s.x = x
        for name, value in inputs.items():
            setattr(s, name, value)
        try:
            s.y = self.forward(s, s.x, **{name: getattr(s, name) for name in inputs})
        except MemoryError as error:
            raise ShapeError(f"{self._label}: too much memory for an input of shape {shape}: {error}") from error
        if self.activity_regularizer is not None:
            s.call.losses += [self.activity_regularizer(y) / max(len(y), 1) for y in parts(s.y)]
        if s.call.live:
            self.commit(s)
        return s.y

    def unapply(self, s: Record, g: Record, dy: Any) -> Any:
        """Run backward on the records of a call: the gradient of x."""
        if self.activity_regularizer is not None:
            pairs = zip(parts(dy), parts(s.y), strict=True)
            penalized = tuple(d + self.activity_regularizer.gradient(y) / max(len(y), 1) for d, y in pairs)
            dy = penalized if isinstance(dy, tuple) else penalized[0]
        g.y = like(s.y, now(dy))
        g.x = like(s.x, self.backward(s, g))
        for name, variable in self._variables.items():
            if name in vars(g):
                g.call.add_gradient(variable, vars(g)[name])
        return g.x

    def ensure_built(self, shape: tuple[int, ...]) -> None:
        """Build the layer for this shape, if it is not built."""
        if not self.built:
            self.build(shape)

    def _check_size(self, shape: Any) -> None:
        """Raise if the output for inputs of this shape would be far too large."""
        if hasattr(self.compute_output_shape, "by_trial"):
            return  # it finds the shape by running `call`; the layers inside are asked one by one
        check_size(self, shape)
        self._sized = shape

    def as_input(self, x: Any, argument: str = "x") -> np.ndarray:
        """`x` as an array of the layer's dtype, for a `call` a list of arrays as a tuple; errors call it `argument`."""
        if self.is_recorded and isinstance(x, list | tuple) and x and all(map(is_array, x)):
            return tuple(as_array(self, part, f"{argument}[{place}]") for place, part in enumerate(x))
        return as_array(self, x, argument)

    def as_inputs(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """What is passed besides `x`, under the names that `forward` gives it, as arrays; a mask holds booleans."""
        known = self.further_inputs
        if unknown := [name for name in inputs if name not in known]:
            raise unknown_arguments(self._label, unknown, ["x", "training", *known])
        given = {name: value for name, value in inputs.items() if value is not None}
        arrays = {name: Layer.as_input(self, value, name) for name, value in given.items()}
        return {name: array.astype(bool) if name == "mask" else array for name, array in arrays.items()}

    def __call__(self, x: Any, *further: Any, training: bool | None = None, **inputs: Any) -> Any:
        """The output for `x` (an array or lists, batch first); `inputs` are those that `forward` takes besides.

        Inside the `call` of a custom layer it is a step of that one, and follows its training. On symbolic tensors,
        from `Input` or from other layers, the output is symbolic too: the plan of a `Model`.
        """
        if further:
            named = dict(zip(self.takes, further, strict=False))
            if len(named) < len(further) or named.keys() & inputs.keys():
                raise unknown_arguments(self._label, map(str, map(type, further)), ["x", *self.takes])
            training, inputs = named.pop("training", training), named | inputs
        if (tape := TAPE.get()) is not None:
            return tape.run(self, x, training, inputs)
        if graph.is_symbolic(x) or any(map(graph.is_symbolic, inputs.values())):
            return graph.call(self, x, training, inputs)
        x, inputs = self.as_input(x), inputs and self.as_inputs(inputs)
        call = Call(self._mode(training), seed.generator(), live=True)
        with np.errstate(all="ignore"):  # a trace names the first step that is not finite
            y = self.apply(self.record(call), x, **inputs)
        self._activity_losses = call.losses
        if isinstance(y, tuple):
            return tuple(part.copy() for part in y)
        shared = any(np.may_share_memory(y, part) for part in parts(x))
        return y.copy() if shared else y  # the output is the caller's, to change at will

    def trace(
        self,
        x: Any,
        training: bool = False,
        seed: int | None = None,
        grad: Any = None,
        patch: Mapping[str, Any] | None = None,
        **inputs: Any,
    ) -> Trace:
        """Every intermediate value of a call, with its gradient. Looking changes nothing in the layer.

        `seed` starts the random state; without it the trace draws what the next real call would draw. A layer with
        a seed of its own goes on with that.
        `grad` is the gradient that arrives at y, by default ones. `patch` replaces steps by functions
        (see `nnlab.core.patches`). `inputs` are as in a call.

        >>> from nnlab import layers
        >>> trace = layers.Dense(2, kernel_initializer="ones").trace([[1, 2, 3]])
        >>> trace.names
        ['kernel', 'bias', 'x', 'z', 'y']
        >>> trace["z"].value, trace["x"].grad
        (array([[6., 6.]], dtype=float32), array([[2., 2., 2.]], dtype=float32))
        """
        with np.errstate(all="ignore"):
            return run_trace(self, self.as_input(x), self._mode(training), seed, grad, patch, self.as_inputs(inputs))

    def _mode(self, training: Any) -> bool:
        """Whether a call is in training; None is no, as in Keras."""
        return training is not None and boolean(self._label, "training", training)


check_methods(Layer)
