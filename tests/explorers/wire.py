"""What goes between an explorer and its view: what a learner asks for, and the picture that comes back."""

import numpy as np

from nnlab.widgets.payload import unpack


def ask(explorer, **request):
    """What the view sends when a learner does something; the sentence that comes back with the picture."""
    explorer._heard(explorer, {"view": "v", "number": 1, **request}, [])
    return explorer.header["message"]


def picture(explorer):
    """The scene as JavaScript receives it."""
    return unpack(explorer.header, explorer.data)["scene"]


def same(a, b):
    """Trees with equal numbers in them."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return np.array_equal(a, b, equal_nan=True) if isinstance(a, np.ndarray) else a == b
