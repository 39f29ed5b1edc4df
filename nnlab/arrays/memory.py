"""Large arrays one after another, without asking the system for each.

Linux's C library hands a large array's memory back when the array goes, and the next one pays for every page anew,
which took a third of a training step of a convolutional net. Once it has seen an array of almost 32 MiB come and go,
it keeps up to twice that for the next ones (M_MMAP_THRESHOLD in mallopt(3)). The array is never written to, so it
takes an address and no memory.
"""

import sys

import numpy as np


def keep_what_is_freed() -> None:
    """Show the C library one large array."""
    if sys.platform == "linux":
        np.empty(31 * 2**20, np.uint8)
