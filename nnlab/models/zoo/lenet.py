"""LeNet-5, the network that read digits on bank cheques, and its training on the 4,000 digits that nnlab ships.

    python -m nnlab.models.zoo.lenet --seed 0

LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, 1998. Two things are of
today: ReLU for the scaled tanh, and the largest value of each window for its mean.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from nnlab import datasets, utils
from nnlab.callbacks import LearningRateScheduler
from nnlab.core.symbolic import Input
from nnlab.layers import Conv2D, Dense, Flatten, MaxPooling2D, ZeroPadding2D
from nnlab.models.history import History
from nnlab.models.sequential import Sequential

EPOCHS, LEARNING_RATE = 8, 0.003
Examples = tuple[np.ndarray, np.ndarray]


def lenet() -> Sequential:
    """The network, with weights freshly drawn: 28 x 28 grey pixels in, the probability of each digit out.

    >>> lenet().count_params()
    61706
    """
    return Sequential(
        [
            Input((28, 28, 1)),
            ZeroPadding2D(2, name="padding"),
            Conv2D(6, 5, activation="relu", name="conv_1"),
            MaxPooling2D(2, name="pool_1"),
            Conv2D(16, 5, activation="relu", name="conv_2"),
            MaxPooling2D(2, name="pool_2"),
            Flatten(name="flatten"),
            Dense(120, activation="relu", name="dense_1"),
            Dense(84, activation="relu", name="dense_2"),
            Dense(10, activation="softmax", name="digit"),
        ],
        name="lenet",
    )


def digits() -> tuple[Examples, Examples]:
    """The shipped digits as LeNet takes them: ink from 0 to 1, with an axis for the one channel."""
    (x_train, y_train), (x_test, y_test) = datasets.mnist.load_data()
    return (scaled(x_train), y_train), (scaled(x_test), y_test)


def scaled(images: np.ndarray) -> np.ndarray:
    """Bytes as float32 from 0 to 1, one channel."""
    return images[..., None].astype("float32") / 255


def train(model: Sequential, epochs: int = EPOCHS, verbose: int | str = "auto") -> History:
    """Train with Adam, in steps that shrink evenly to nothing; the held-out digits are only watched."""
    (x_train, y_train), held_out = digits()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    shrinking = LearningRateScheduler(lambda epoch: LEARNING_RATE * (1 - epoch / epochs))
    return model.fit(x_train, y_train, epochs=epochs, validation_data=held_out, callbacks=[shrinking], verbose=verbose)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train from a seed and print how many of the held-out digits are read right."""
    parser = argparse.ArgumentParser(prog="python -m nnlab.models.zoo.lenet", description="Train LeNet on digits.")
    parser.add_argument("--seed", type=int, default=0, help="start of all randomness (default: 0)")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help=f"times over the data (default: {EPOCHS})")
    stated = parser.parse_args(arguments)
    utils.set_random_seed(stated.seed)
    model = lenet()
    train(model, stated.epochs)
    x_test, y_test = digits()[1]
    right = int((model.predict(x_test).argmax(-1) == y_test).sum())
    print(f"{right} of {len(y_test)} held-out digits are read right: {right / len(y_test):.1%}")  # noqa: T201


if __name__ == "__main__":
    main()
