"""The one source of randomness: a generator that initial weights, dropout and shuffling draw from."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from nnlab.core.arguments import integer

_generator = np.random.default_rng()


def generator() -> np.random.Generator:
    """The generator in use. It moves on with each draw; traces draw from a copy of it."""
    return _generator


def set_random_seed(seed: int) -> None:
    """Start the randomness of nnlab, and NumPy's legacy functions, again from `seed`, an integer of at least 0.

    >>> set_random_seed(0); first = generator().random()
    >>> set_random_seed(0); first == generator().random()
    True
    """
    global _generator
    seed = integer("set_random_seed", "seed", seed, minimum=0)
    _generator = np.random.default_rng(seed)
    np.random.seed(seed)  # noqa: NPY002 - a learner's own legacy calls repeat too, as with Keras


@contextmanager
def apart(seed: int) -> Iterator[None]:
    """Draw from a generator of its own for a while, and leave the one in use where it was.

    >>> set_random_seed(0); first = generator().random()
    >>> set_random_seed(0)
    >>> with apart(7): other = generator().random()
    >>> first == generator().random()
    True
    """
    global _generator
    kept, _generator = _generator, np.random.default_rng(seed)
    try:
        yield
    finally:
        _generator = kept
