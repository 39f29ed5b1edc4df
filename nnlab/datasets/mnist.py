"""Handwritten digits: a balanced subset of MNIST, small enough to travel with the lessons.

Keras downloads 70,000 digits; here are 5,000 of them, 500 of each class, so that a network trains in seconds
and a lesson works offline. By Y. LeCun, C. Cortes and C. J. C. Burges, under CC BY-SA 3.0; `DATA_LICENSES.md`
has the terms.
"""

from importlib.resources import files

import numpy as np

Split = tuple[np.ndarray, np.ndarray]


def load_data() -> tuple[Split, Split]:
    """The digits as Keras returns them: `(x_train, y_train), (x_test, y_test)`.

    Returns:
        Images `x` of shape (4000, 28, 28) and (1000, 28, 28), uint8, 0 (paper) to 255 (ink), and labels `y`
        of shape (4000,) and (1000,), uint8, 0 to 9. Every class has 400 training and 100 test digits. The
        arrays are new with each call, so they may be changed.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, x_test.shape, x_train.dtype
    ((4000, 28, 28), (1000, 28, 28), dtype('uint8'))
    >>> import numpy as np
    >>> np.bincount(y_test).tolist()
    [100, 100, 100, 100, 100, 100, 100, 100, 100, 100]
    """
    with files("nnlab.datasets").joinpath("mnist_5k.npz").open("rb") as file, np.load(file) as arrays:
        return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])
