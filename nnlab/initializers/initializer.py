"""What every initializer is: called with a shape, a dtype and a generator, it returns the first values of a weight."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab.core.arguments import checked_constructor
from nnlab.core.errors import ArgumentError, ShapeError


class Initializer:
    """The base: `__call__(shape, dtype, rng)` returns the first values of a weight."""

    def __init__(self) -> None:
        """What starts without chance takes no arguments."""

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        cls.__init__ = checked_constructor(cls.__init__)

    def __call__(
        self, shape: tuple[int, ...], dtype: str = "float32", rng: np.random.Generator | None = None
    ) -> np.ndarray:
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        return dict(vars(self))

    def __repr__(self) -> str:
        stated = ", ".join(f"{name}={value!r}" for name, value in self.get_config().items())
        return f"{type(self).__name__}({stated})"


class Custom(Initializer):
    """A function of the shape; what it returns must have that shape."""

    def __init__(self, function: Callable):
        self.function = function

    def __call__(self, shape, dtype="float32", rng=None):
        try:
            value = np.asarray(self.function(shape), dtype)
        except Exception as error:
            raise ArgumentError(f"the function raised {type(error).__name__}: {error}") from error
        if value.shape != tuple(shape):
            raise ShapeError(f"the function returned shape {value.shape}, expected {tuple(shape)}.")
        return value

    def __repr__(self) -> str:
        return getattr(self.function, "__name__", repr(self.function))
