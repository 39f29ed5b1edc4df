"""What the constructor of every layer takes, and the configuration from which an equal layer is made."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np

from nnlab import initializers, regularizers
from nnlab.core import naming
from nnlab.core.arguments import boolean, integer, supported
from nnlab.core.checked import check_methods
from nnlab.core.config import COMMON, arguments, plain, required
from nnlab.core.errors import ArgumentError, unknown_arguments
from nnlab.core.symbolic import checked_dtype, checked_shape
from nnlab.core.variable import Variable
from nnlab.core.weighted import Weighted

DTYPES = ("float16", "float32", "float64")


class Configured(Weighted):
    """The half of a layer that its constructor states; `__init__` only stores its checked arguments."""

    unsupported: ClassVar[Mapping[str, tuple]] = {}  # Keras's arguments that nnlab lacks: the values that may pass
    stored_as: ClassVar[Mapping[str, str]] = {}  # arguments whose own name means something else on a layer

    def __init__(
        self,
        *,
        name: str | None = None,
        dtype: str | None = None,
        trainable: bool = True,
        activity_regularizer: Any = None,
        input_shape: tuple[int | None, ...] | None = None,
        **unknown: Any,
    ):
        owner = type(self).__name__
        passed = {"autocast": (True,), **self.unsupported}
        supported(owner, {key: value for key, value in unknown.items() if key in passed}, passed)
        if unknown := [key for key in unknown if key not in passed]:
            raise unknown_arguments(owner, unknown, [*arguments(type(self)), *COMMON])
        self.dtype = checked_dtype(owner, dtype)
        if self.dtype not in DTYPES:
            raise ArgumentError(f"{owner}: dtype must be one of {', '.join(DTYPES)}, received {dtype!r}.")
        self.name = naming.checked_name(owner, name) or naming.unique_name(owner)
        self.trainable = boolean(owner, "trainable", trainable)
        self.activity_regularizer = regularizers.get(activity_regularizer, f"{owner}: activity_regularizer")
        self.input_shape = None if input_shape is None else checked_shape(owner, "input_shape", input_shape)
        self.built = False
        self.generator: np.random.Generator | None = None
        self._sized: Any = None  # the last shape of an input whose output was found not to be too large
        self._variables: dict[str, Variable] = {}
        self._activity_losses: list[float] = []

    def store_weight(self, weight: str, initializer: Any, regularizer: Any = None) -> None:
        """Store how a weight starts and is penalized, as Keras calls it: `kernel_initializer`, `kernel_regularizer`."""
        owner = f"{type(self).__name__}: {weight}"
        setattr(self, f"{weight}_initializer", initializers.get(initializer, f"{owner}_initializer"))
        setattr(self, f"{weight}_regularizer", regularizers.get(regularizer, f"{owner}_regularizer"))

    def add_stored_weight(
        self, weight: str, shape: tuple[int, ...], trainable: bool = True, name: str | None = None
    ) -> Variable:
        """Make a weight that starts and is penalized as `store_weight` was told; `name` if it has another."""
        return self.add_weight(
            shape,
            getattr(self, f"{weight}_initializer"),
            trainable=trainable,
            regularizer=getattr(self, f"{weight}_regularizer"),
            name=name or weight,
        )

    def store_seed(self, seed: int | None) -> None:
        """Store the seed of a layer; one that has a seed draws from a generator of its own."""
        self.seed = None if seed is None else integer(type(self).__name__, "seed", seed, minimum=0)
        self.generator = None if seed is None else np.random.default_rng(self.seed)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as plain values."""
        config: dict[str, Any] = {"name": self.name, "trainable": self.trainable, "dtype": self.dtype}
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = plain(self.activity_regularizer)
        return config | {name: plain(self._stored(name)) for name in arguments(type(self))}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """A new layer, not built, with this configuration."""
        if not isinstance(config, Mapping):
            raise ArgumentError(f"{cls.__name__}: a configuration must be a dict, received {config!r}.")
        return cls(**config)

    def __repr__(self) -> str:
        stated = ", ".join(f"{name}={self._stored(name)!r}" for name in required(type(self)))
        return f"<{type(self).__name__} {self.name}{': ' if stated else ''}{stated}>"

    def _stored(self, argument: str) -> Any:
        return getattr(self, self.stored_as.get(argument, argument))

    @property
    def _label(self) -> str:
        return f"{type(self).__name__} {self.name!r}"


check_methods(Configured)
