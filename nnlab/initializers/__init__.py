"""Where weights start: constant, or random with a spread that fits the layer's size. NumPy only.

An initializer is called with a shape, a dtype and a generator. Given a `seed` of its own, it draws the same each time.
"""

from typing import Any

from nnlab.core.errors import ArgumentError, unknown_arguments
from nnlab.initializers.constant import Constant, Identity, Ones, Zeros
from nnlab.initializers.initializer import Custom, Initializer
from nnlab.initializers.random import Orthogonal, RandomNormal, RandomUniform, TruncatedNormal
from nnlab.initializers.scaled import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)

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
