"""Weights drawn with a spread that fits the size of the layer: Glorot, He, LeCun and their general form."""

import math

from nnlab.core.arguments import number, one_of
from nnlab.initializers.random import Random, truncated_normal


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
        self.scale = number(type(self).__name__, "scale", scale, low=0.0)
        self.mode = one_of(type(self).__name__, "mode", mode, ("fan_in", "fan_out", "fan_avg"))
        options = ("truncated_normal", "untruncated_normal", "uniform")
        normal = distribution == "normal"  # Keras's other name of the first
        self.distribution = one_of(type(self).__name__, "distribution", options[0] if normal else distribution, options)


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


def fans(shape: tuple[int, ...]) -> tuple[float, float]:
    """How many inputs and outputs a unit with this kernel has.

    >>> fans((784, 128)), fans((3, 3, 32, 64))
    ((784, 128), (288, 576))
    """
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    field = math.prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field
