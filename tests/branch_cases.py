"""Trainings of models with several inputs and outputs, written once for nnlab and for real Keras.

Neither library is imported here; what is needed of one is passed in.
"""

from typing import Any

import numpy as np
from formula import integers, uniform
from graph_cases import weights_by_name

ONE, TWO = uniform("branch one", (11, 4)), uniform("branch two", (11, 3))
KIND, SIZE = integers("branch kind", (11,), 3), uniform("branch size", (11, 1))
WORDS, TAGS = integers("branch words", (11, 5), 4), integers("branch tags", (11, 5), 3)  # word 0 is none
WEIGHT, OTHER = uniform("branch weight", (11,), 0, 3), uniform("branch other weight", (11,), 0, 3)


def branches(lib: Any) -> Any:
    """Two inputs; a class and a number as outputs."""
    one, two = lib.Input((4,), name="one"), lib.Input((3,), name="two")
    hidden = lib.Dense(5, activation="tanh", name="hidden", kernel_regularizer="l2")(one)
    both = lib.Concatenate(name="both")([hidden, two])
    return lib.Model(
        [one, two], [lib.Dense(3, activation="softmax", name="kind")(both), lib.Dense(1, name="size")(both)]
    )


def tagger(lib: Any) -> Any:
    """A tag for each word, where the mask of the missing words arrives, and a number for all, where none does."""
    words = lib.Input((5,), name="words")
    vectors = lib.Embedding(4, 3, mask_zero=True, name="vectors")(words)
    tags = lib.Dense(3, activation="softmax", name="tags")(vectors)
    return lib.Model(words, [tags, lib.Dense(1, name="size")(lib.LSTM(4, name="read")(vectors))])


def yielded(size: int = 4):
    """Batches for ever, with the inputs by name."""
    start = 0
    while True:
        part = slice(start, start + size)
        yield {"one": ONE[part], "two": TWO[part]}, (KIND[part], SIZE[part]), WEIGHT[part]
        start = (start + size) % 8


BY_NAME = {"kind": "sparse_categorical_crossentropy", "size": "mse"}
COMPILED = {  # arguments of `compile`, and those of `fit` that are not the usual
    "dicts": (
        branches,
        {
            "loss": BY_NAME, "loss_weights": {"kind": 0.5, "size": 2.0},
            "metrics": {"kind": ["accuracy"], "size": ["mae"]}, "weighted_metrics": {"kind": ["accuracy"]},
        },
        {"x": {"two": TWO, "one": ONE}, "y": {"size": SIZE, "kind": KIND}, "validation_split": 0.3},
    ),
    "lists": (
        branches,
        {"loss": list(BY_NAME.values()), "loss_weights": [1.0, 0.25], "metrics": [["accuracy"], ["mae", "mse"]]},
        {"validation_data": ([ONE[:5], TWO[:5]], [KIND[:5], SIZE[:5]])},
    ),
    "one loss for all": (branches, {"loss": "mse"}, {"y": [np.eye(3, dtype="float32")[KIND], SIZE]}),
    "weights for all": (
        branches, {"loss": BY_NAME, "weighted_metrics": [["accuracy"], ["mae"]]}, {"sample_weight": WEIGHT},
    ),
    "weights of each": (
        branches, {"loss": BY_NAME, "weighted_metrics": [["accuracy"], ["mae"]]}, {"sample_weight": [WEIGHT, OTHER]},
    ),
    "an output without a loss": (branches, {"loss": ["sparse_categorical_crossentropy", None]}, {}),
    "an iterator": (
        branches,
        {"loss": BY_NAME, "metrics": {"kind": ["accuracy"]}},
        {
            "x": yielded, "y": None, "batch_size": None, "steps_per_epoch": 3,
            "validation_data": yielded, "validation_steps": 2,
        },
    ),
    "a mask at one output": (
        tagger,
        {"loss": ["sparse_categorical_crossentropy", "mse"], "metrics": {"size": ["mae"]}},
        {"x": WORDS, "y": [TAGS, SIZE]},
    ),
}  # fmt: skip


def trained(lib: Any, optimizers: Any, name: str) -> dict[str, np.ndarray]:
    """What a training gives in a library: logs by name, predictions, and the weights it leaves."""
    make, compiled, arguments = COMPILED[name]
    model = make(lib)
    weights = weights_by_name(model)
    for key, weight in weights.items():
        weight.assign(uniform(f"branch {key}", tuple(weight.shape)))
    model.compile(optimizers.SGD(0.1), **compiled)
    usual = {"x": [ONE, TWO], "y": [KIND, SIZE], "batch_size": 4, "epochs": 3, "shuffle": False, "verbose": 0}
    arguments = {key: value() if value is yielded else value for key, value in (usual | arguments).items()}
    results = {f"fit {log}": np.array(values) for log, values in model.fit(**arguments).history.items()}
    x, y = ([ONE, TWO], [KIND, SIZE]) if arguments["y"] is None else (arguments["x"], arguments["y"])
    for log, value in model.evaluate(x, y, batch_size=4, verbose=0, return_dict=True).items():
        results[f"evaluate {log}"] = np.array(value)
    results |= {f"predict {index}": part for index, part in enumerate(model.predict(x, batch_size=4, verbose=0))}
    for log, value in model.train_on_batch(x, y, return_dict=True).items():
        results[f"train_on_batch {log}"] = np.array(value)
    return results | {f"weight {key}": np.asarray(weight.numpy()) for key, weight in weights.items()}
