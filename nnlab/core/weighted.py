"""The weights of a layer and of the layers inside it: making, listing and setting them, and their penalties."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from nnlab import initializers, regularizers
from nnlab.core import seed
from nnlab.core.arguments import MOST_NUMBERS, integer, supported
from nnlab.core.errors import ArgumentError, NotBuiltError, ShapeError, unknown_arguments
from nnlab.core.variable import TAPE, Variable

UNNAMED = "weight_"
RESERVED = ("x", "y")  # what a record calls the input and the output
NEUTRAL = {"constraint": (None,), "autocast": (True,), "aggregation": (None, "none")}
_planned: ContextVar[bool] = ContextVar("planned", default=False)


@contextmanager
def planned() -> Iterator[None]:
    """Weights that are made inside have a shape and a dtype but take no memory: a file brings their values.

    So a file that states a shape which it does not fill costs nothing.

    >>> from nnlab import layers
    >>> with planned():
    ...     layer = layers.Dense(2**27)
    ...     layer.build((None, 2))
    >>> layer.kernel.shape, layer.kernel.value.base.nbytes
    ((2, 134217728), 4)
    """
    token = _planned.set(True)
    try:
        yield
    finally:
        _planned.reset(token)


class Weighted:
    """The half of a layer that holds weights."""

    name: str
    dtype: str
    trainable: bool
    built: bool
    _label: str
    _variables: dict[str, Variable]
    _activity_losses: list[float]

    def __setattr__(self, name: str, value: Any) -> None:
        if (variable := vars(self).get("_variables", {}).get(name)) is not None and value is not variable:
            raise ArgumentError(
                f"{self._label}: {name} is a weight; set its values with layer.{name}.assign(values), "
                f"received {type(value).__name__}."
            )
        if isinstance(value, Variable) and self._variables.get(value.name) is value:
            self._name_after_attribute(value, name)
        object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        """What the layer does not have; before it is built, that may be a weight."""
        if hasattr(type(self), name):  # a property that has nothing to return; it says itself what is missing
            return object.__getattribute__(self, name)
        if not name.startswith("_") and "built" not in vars(self):
            raise AttributeError(
                f"{type(self).__name__}: there is no {name!r} yet; let __init__ begin with super().__init__(**kwargs)."
            )
        if name.startswith("_") or vars(self).get("built", True):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}", name=name, obj=self)
        raise NotBuiltError(
            f"{self._label} has no {name!r}: it is not built yet and so has no weights; call it once on an input, or "
            "build(input_shape), to make them."
        )

    def _name_after_attribute(self, variable: Variable, name: str) -> None:
        """A weight without a name of its own takes that of the attribute: `self.w = self.add_weight(...)`."""
        if variable.name.startswith(UNNAMED) and name not in self._variables and name not in RESERVED:
            named = {name if each is variable else key: each for key, each in self._variables.items()}
            self._variables.clear()
            self._variables.update(named)
            variable.name = name

    def add_weight(
        self,
        shape: tuple[int, ...] = (),
        initializer: Any = None,
        dtype: str | None = None,
        trainable: bool = True,
        regularizer: Any = None,
        name: str | None = None,
        **unknown: Any,
    ) -> Variable:
        """Make a weight of this layer. Without an initializer it is Glorot-uniform."""
        if TAPE.get() is not None:
            raise ArgumentError(f"{self._label}: call makes a weight; make it once, in build(self, input_shape).")
        if surplus := [key for key in unknown if key not in NEUTRAL]:
            takes = ("shape", "initializer", "dtype", "trainable", "regularizer", "name")
            raise unknown_arguments(f"{self._label}: add_weight", surplus, takes)
        supported(f"{self._label}: add_weight", unknown, NEUTRAL)
        name = name or f"{UNNAMED}{len(self._variables)}"
        if name in RESERVED or "/" in name:
            raise ArgumentError(f"{self._label}: a weight cannot be called {name!r}; choose another name=.")
        if name in self._variables:
            raise ArgumentError(f"{self._label}: there is a weight {name!r} already.")
        shape = shape if isinstance(shape, tuple | list | np.ndarray) else (shape,)
        shape = tuple(integer(self._label, f"each side of the weight {name!r}", side, 0) for side in shape)
        if math.prod(shape) > MOST_NUMBERS:
            raise ShapeError(
                f"{self._label}: the weight {name!r} of shape {shape} would have {math.prod(shape):,} numbers, "
                f"more than the {MOST_NUMBERS:,} that nnlab allows; make the layer or its input smaller."
            )
        initializer = initializers.get("glorot_uniform" if initializer is None else initializer)
        try:
            if _planned.get():
                value = np.broadcast_to(np.zeros((), dtype or self.dtype), shape)
            else:
                value = initializer(shape, dtype or self.dtype, seed.generator())
        except (TypeError, ValueError, ArithmeticError) as error:
            raise ArgumentError(
                f"{self._label}: the weight {name!r} of shape {shape} cannot start with {initializer!r}: {error}"
            ) from error
        variable = Variable(value, name, trainable, regularizers.get(regularizer), self.name)
        self._variables[name] = variable
        return variable

    def sublayers(self) -> list[Any]:
        """The layers that this one holds, in the order of its attributes, in lists and dicts too."""
        found: list[Weighted] = []
        pending = list(vars(self).values())[::-1]
        while pending:
            part = pending.pop()
            if isinstance(part, Weighted):
                if not any(part is layer for layer in found):
                    found.append(part)
            elif isinstance(part, list | tuple | dict):
                pending += list(part.values() if isinstance(part, dict) else part)[::-1]
        return found

    @property
    def weights(self) -> list[Variable]:
        """The trainable weights, then the others; each once."""
        own = list(self._variables.values())
        for layer in self.sublayers():
            own += layer.weights
        return list(dict.fromkeys(own))

    @property
    def trainable_weights(self) -> list[Variable]:
        if not self.trainable:
            return []
        own = [variable for variable in self._variables.values() if variable.trainable]
        for layer in self.sublayers():
            own += layer.trainable_weights
        return list(dict.fromkeys(own))

    @property
    def non_trainable_weights(self) -> list[Variable]:
        trainable = set(self.trainable_weights)
        return [variable for variable in self.weights if variable not in trainable]

    def get_weights(self) -> list[np.ndarray]:
        """Copies of all weights, in the order of `weights`."""
        return [variable.numpy() for variable in self.weights]

    def set_weights(self, values: list[Any]) -> None:
        """Assign all weights, in the order of `weights`; nothing changes if one of them does not fit."""
        shapes = [variable.shape for variable in self.weights]
        if not isinstance(values, list | tuple):
            raise ArgumentError(f"{self._label}: expected a list of {len(shapes)} arrays, received {values!r}.")
        try:
            received = [np.shape(value) for value in values]
        except ValueError:
            raise ShapeError(f"{self._label}: a weight has rows of unequal lengths, expected arrays.") from None
        if shapes != received:
            unbuilt = "" if self.built else " The layer is not built yet: call it once, or build(input_shape)."
            raise ShapeError(f"{self._label}: expected weights of shapes {shapes}, received {received}.{unbuilt}")
        fitting = [variable.fitting(value) for variable, value in zip(self.weights, values, strict=True)]
        for variable, value in zip(self.weights, fitting, strict=True):
            variable.value = value

    def count_params(self) -> int:
        """The number of single weights, trainable or not."""
        if not self.built:
            raise ArgumentError(f"{self._label}: the weights are not made yet; call build(input_shape) first.")
        return sum(variable.size for variable in self.weights)

    @property
    def losses(self) -> list[float]:
        """The penalties: of each regularized weight, then of the activity in the last call."""
        of_weights = [v.regularizer(v.value) for v in self.trainable_weights if v.regularizer]
        return of_weights + self._activity_losses


def reachable(layer: Weighted) -> list[Any]:
    """A layer and the layers inside it, however deep."""
    found, pending = [], [layer]
    while pending:
        part = pending.pop()
        if not any(part is other for other in found):
            found.append(part)
            pending += part.sublayers()
    return found
