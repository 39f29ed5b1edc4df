"""Where weights start: constant, or random with a spread that fits the layer's size. NumPy only.

An initializer is called with a shape, a dtype and a generator. Given a `seed` of its own, it draws the same each time.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab.core.errors import ArgumentError, ShapeError, unknown_arguments


class Initializer:
    """The base: `__call__(shape, dtype, rng)` returns the first values of a weight."""

    def __call__(
        self, shape: tuple[int, ...], dtype: str = "float32", rng: np.random.Generator | None = None
    ) -> np.ndarray:
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        return dict(vars(self))

    def __repr__(self) -> str:
        stated = ", ".join(f"{name}={value!r}" for name, value in self.get_config().items())
        return f"{type(self).__name__}({stated})"


class Zeros(Initializer):
    """All zeros."""

    def __call__(self, shape, dtype="float32", rng=None):
        return np.zeros(shape, dtype)


class Ones(Initializer):
    """All ones."""

    def __call__(self, shape, dtype="float32", rng=None):
        return np.ones(shape, dtype)


class Constant(Initializer):
    """The same number everywhere.

    >>> Constant(2)((3,))
    array([2., 2., 2.], dtype=float32)
    """

    def __init__(self, value: float = 0.0):
        self.value = number(self, "value", value)

    def __call__(self, shape, dtype="float32", rng=None):
        return np.full(shape, self.value, dtype)


class Identity(Initializer):
    """`gain` times the identity matrix: 1 where row and column are the same, else 0. For weights with two axes."""

    def __init__(self, gain: float = 1.0):
        self.gain = number(self, "gain", gain)

    def __call__(self, shape, dtype="float32", rng=None):
        if len(shape) != 2:
            raise ArgumentError("only a weight with 2 axes can be the identity matrix.")
        return (self.gain * np.eye(*shape)).astype(dtype)


class Random(Initializer):
    """The base of what is drawn: `seed` makes every draw the same, and else the caller's generator draws."""

    def __init__(self, seed: int | None = None):
        self.seed = seed

    def __call__(self, shape, dtype="float32", rng=None):
        if self.seed is not None or rng is None:
            rng = np.random.default_rng(self.seed)
        return self.draw(rng, shape).astype(dtype)

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        """Values of this shape from the generator."""
        raise NotImplementedError


class RandomUniform(Random):
    """Uniform from `minval` to `maxval`."""

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None):
        super().__init__(seed)
        self.minval = number(self, "minval", minval)
        self.maxval = number(self, "maxval", maxval, low=self.minval)

    def draw(self, rng, shape):
        return rng.uniform(self.minval, self.maxval, shape)


class RandomNormal(Random):
    """Normal with this mean and standard deviation."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None):
        super().__init__(seed)
        self.mean, self.stddev = number(self, "mean", mean), number(self, "stddev", stddev, low=0.0)

    def draw(self, rng, shape):
        return rng.normal(self.mean, self.stddev, shape)


class TruncatedNormal(RandomNormal):
    """Normal, but drawn again beyond two `stddev` from the mean, so the spread is 0.88 of `stddev`, as in Keras."""

    def draw(self, rng, shape):
        return self.mean + self.stddev * truncated_normal(rng, shape)


class Orthogonal(Random):
    """Columns (or rows, whichever are fewer) of length `gain` that stand at right angles: for recurrent kernels.

    A product with such a matrix neither grows nor shrinks, however often it is repeated. Saxe et al. 2014,
    arXiv:1312.6120. All axes but the last count as one.

    >>> kernel = Orthogonal(seed=0)((3, 3), "float64")
    >>> np.allclose(kernel @ kernel.T, np.eye(3))
    True
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None):
        super().__init__(seed)
        self.gain = number(self, "gain", gain)

    def draw(self, rng, shape):
        if len(shape) < 2:
            raise ArgumentError("only a weight with at least 2 axes has rows and columns at right angles.")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        q = q * np.sign(np.diag(r))  # so that every orthogonal matrix is equally likely
        return self.gain * (q if rows >= columns else q.T).reshape(shape)


class Scaled(Random):
    """The base of random values whose variance fits the size of the layer; a subclass states which."""

    scale, mode, distribution = 1.0, "fan_in", "truncated_normal"

    def draw(self, rng, shape):
        inputs, outputs = fans(shape)
        count = {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2}[self.mode]
        spread = math.sqrt(self.scale / max(count, 1.0))
        if self.distribution == "uniform":
            return rng.uniform(-math.sqrt(3) * spread, math.sqrt(3) * spread, shape)
        if self.distribution == "untruncated_normal":
            return rng.normal(0.0, spread, shape)
        # 0.8796 is the standard deviation of a unit normal that is cut at two
        return spread / 0.87962566103423978 * truncated_normal(rng, shape)


class VarianceScaling(Scaled):
    """Random values whose variance is scale / n, where n counts a unit's inputs, outputs or their mean.

    `mode` is "fan_in", "fan_out" or "fan_avg"; `distribution` is "uniform", "truncated_normal" (no value beyond
    two standard deviations) or "untruncated_normal". Glorot and Bengio 2010: scale 1, fan_avg. He et al. 2015:
    scale 2, fan_in. LeCun et al. 1998: scale 1, fan_in.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ):
        super().__init__(seed)
        self.scale = number(self, "scale", scale, low=0.0)
        self.mode = one_of(self, "mode", mode, ("fan_in", "fan_out", "fan_avg"))
        options = ("truncated_normal", "untruncated_normal", "uniform")
        normal = distribution == "normal"  # Keras's other name of the first
        self.distribution = one_of(self, "distribution", options[0] if normal else distribution, options)


class GlorotUniform(Scaled):
    """Uniform within sqrt(6 / (fan_in + fan_out)): Keras's default for kernels."""

    mode, distribution = "fan_avg", "uniform"


class GlorotNormal(Scaled):
    """Truncated normal with variance 2 / (fan_in + fan_out)."""

    mode = "fan_avg"


class HeUniform(Scaled):
    """Uniform within sqrt(6 / fan_in): for layers followed by ReLU."""

    scale, distribution = 2.0, "uniform"


class HeNormal(Scaled):
    """Truncated normal with variance 2 / fan_in: for layers followed by ReLU."""

    scale = 2.0


class LecunUniform(Scaled):
    """Uniform within sqrt(3 / fan_in): for layers followed by SELU."""

    distribution = "uniform"


class LecunNormal(Scaled):
    """Truncated normal with variance 1 / fan_in: for layers followed by SELU."""


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


def fans(shape: tuple[int, ...]) -> tuple[float, float]:
    """How many inputs and outputs a unit with this kernel has.

    >>> fans((784, 128)), fans((3, 3, 32, 64))
    ((784, 128), (288, 576))
    """
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    field = math.prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


def truncated_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Unit normal values, drawn again where they lie beyond two."""
    values = rng.standard_normal(shape)
    while (beyond := np.abs(values) > 2).any():
        values = np.where(beyond, rng.standard_normal(shape), values)
    return values


def number(owner: Initializer, name: str, value: Any, low: float = -math.inf) -> float:
    """`value` as a finite float of at least `low`."""
    real = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not real or not low <= value or not math.isfinite(value):
        bound = "" if low == -math.inf else f" of at least {low:g}"
        raise ArgumentError(f"{type(owner).__name__}: {name} must be a number{bound}, received {value!r}.")
    return float(value)


def one_of(owner: Initializer, name: str, value: Any, options: tuple[str, ...]) -> str:
    """`value`, if it is one of the `options`."""
    if not isinstance(value, str) or value not in options:
        listed = ", ".join(map(repr, options))
        raise ArgumentError(f"{type(owner).__name__}: {name} must be one of {listed}, received {value!r}.")
    return value


NAMED = {
    "zeros": Zeros,
    "ones": Ones,
    "constant": Constant,
    "identity": Identity,
    "random_uniform": RandomUniform,
    "random_normal": RandomNormal,
    "truncated_normal": TruncatedNormal,
    "variance_scaling": VarianceScaling,
    "glorot_uniform": GlorotUniform,
    "glorot_normal": GlorotNormal,
    "he_uniform": HeUniform,
    "he_normal": HeNormal,
    "lecun_uniform": LecunUniform,
    "lecun_normal": LecunNormal,
    "orthogonal": Orthogonal,
}
ALIASES = {
    "uniform": "random_uniform",
    "normal": "random_normal",
    "zero": "zeros",
    "one": "ones",
}  # Keras's short names
CLASSES = {cls.__name__: cls for cls in NAMED.values()}


def get(identifier: Any, argument: str = "an initializer") -> Any:
    """The initializer for a name, a configuration, an initializer, or a function of the shape.

    Errors call it `argument`.

    >>> get("he_normal")
    HeNormal(seed=None)
    """
    if isinstance(identifier, Initializer):
        return identifier
    if isinstance(identifier, dict) and str(identifier.get("class_name")) in CLASSES:
        cls, config = CLASSES[identifier["class_name"]], identifier.get("config", {})
        if not isinstance(config, dict):
            raise ArgumentError(f"{argument}: a configuration must be a dict, received {config!r}.")
        if unknown := set(config) - set(vars(cls())):
            raise unknown_arguments(f"{argument}: {cls.__name__}", unknown, vars(cls()))
        return cls(**config)
    if isinstance(identifier, type) and issubclass(identifier, Initializer):
        return identifier()
    if isinstance(identifier, str) and (name := ALIASES.get(identifier.lower(), identifier.lower())) in NAMED:
        return NAMED[name]()
    if isinstance(identifier, str) and identifier in CLASSES:
        return CLASSES[identifier]()
    if callable(identifier) and not isinstance(identifier, type):
        return Custom(identifier)
    raise ArgumentError(f"{argument} must be one of {', '.join(map(repr, NAMED))}, received {identifier!r}.")
