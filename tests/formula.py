"""Numbers that look random and are the same, to the last bit, in every version of every library.

Golden values are made by real Keras from these, so neither inputs nor weights need to be stored.
"""

import zlib

import numpy as np


def uniform(key: str, shape: tuple[int, ...], low: float = -1.0, high: float = 1.0) -> np.ndarray:
    """float32 values from `low` to `high`: the SplitMix64 generator (Steele, Lea and Flood 2014), seeded by `key`."""
    state = np.arange(1, int(np.prod(shape)) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    state += np.uint64(zlib.crc32(key.encode())) << np.uint64(32)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    fractions = (state >> np.uint64(40)).astype("float64") / 2**24
    return (low + (high - low) * fractions).astype("float32").reshape(shape)


def integers(key: str, shape: tuple[int, ...], below: int) -> np.ndarray:
    """int64 values from 0 to `below` - 1."""
    return np.minimum(uniform(key, shape, 0.0, below).astype(np.int64), below - 1)
