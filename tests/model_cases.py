"""The rows for losses, metrics, optimizers and LeNet: read by nnlab's tests and by the script that asks real Keras.

Neither library is imported here; what is needed of one is passed in.
"""

from typing import Any, NamedTuple

import numpy as np
from formula import integers, uniform


class Case(NamedTuple):
    """An optimizer or a schedule of its learning rate by its Keras name and its arguments."""

    name: str
    arguments: dict[str, Any]

    @property
    def id(self) -> str:
        texts = {key: value.id if isinstance(value, Case) else repr(value) for key, value in self.arguments.items()}
        return f"{self.name}({', '.join(f'{key}={text}' for key, text in texts.items())})"

    def of(self, optimizers: Any) -> Any:
        """Made from a library's optimizers."""
        module = optimizers if hasattr(optimizers, self.name) else optimizers.schedules
        arguments = {
            key: value.of(optimizers) if isinstance(value, Case) else value for key, value in self.arguments.items()
        }
        return getattr(module, self.name)(**arguments)


class Labelled(NamedTuple):
    """A loss or a metric with the kind of labels and of predictions that it gets.

    `labels`: "numbers", "binary" (0 and 1), "signs" (-1 and 1), "classes" (integers), "one_hot" or "probabilities"
    (rows that sum to one); `predictions`: "numbers" (these are logits,
    too), "probabilities" (rows that sum to one), "chances" (each from 0 to 1), or "edge", which has exact zeros,
    ones and large values.
    """

    name: str
    labels: str
    predictions: str
    shape: tuple[int, ...]
    arguments: dict[str, Any] = {}
    weighted: bool = False

    @property
    def id(self) -> str:
        stated = ", ".join(f"{key}={value!r}" for key, value in self.arguments.items())
        weighted = " weighted" if self.weighted else ""
        return f"{self.name}({stated}) of {self.labels} and {self.predictions} on {self.shape}{weighted}"

    def sample_weight(self, batch: int = 0) -> np.ndarray | None:
        """A weight for each example (for each time of it), or None."""
        return uniform(f"{self.id} weight {batch}", self.shape[:-1], 0, 2) if self.weighted else None

    def y_true(self, batch: int = 0) -> np.ndarray:
        key, classes = f"{self.id} true {batch}", self.shape[-1]
        if self.labels == "numbers":
            return uniform(key, self.shape)
        if self.labels == "binary":
            return integers(key, self.shape, 2).astype("float32")
        if self.labels == "signs":
            return 2 * integers(key, self.shape, 2).astype("float32") - 1
        if self.labels == "probabilities":
            exp = np.exp(uniform(key, self.shape).astype("float64"))
            return (exp / exp.sum(-1, keepdims=True)).astype("float32")
        drawn = integers(key, self.shape[:-1], classes)
        return np.eye(classes, dtype="float32")[drawn] if self.labels == "one_hot" else drawn

    def y_pred(self, batch: int = 0) -> np.ndarray:
        values = uniform(f"{self.id} predicted {batch}", self.shape, -3, 3)
        if self.predictions == "probabilities":
            exp = np.exp(values.astype("float64"))
            return (exp / exp.sum(-1, keepdims=True)).astype("float32")
        if self.predictions == "chances":
            return (values + 3) / np.float32(6)
        if self.predictions == "edge":
            if self.arguments.get("from_logits"):
                return values * np.float32(30)
            return np.clip(np.rint(values) / np.float32(2), 0, 1)
        return values


LOGITS = {"from_logits": True}
LOSSES = [
    Labelled("MeanSquaredError", "numbers", "numbers", (5, 3)),
    Labelled("MeanSquaredError", "numbers", "numbers", (5, 1)),
    Labelled("MeanSquaredError", "numbers", "numbers", (3, 4, 2)),
    Labelled("MeanAbsoluteError", "numbers", "numbers", (5, 3)),
    Labelled("MeanAbsoluteError", "numbers", "numbers", (3, 4, 2)),
    Labelled("Huber", "numbers", "numbers", (5, 3)),
    Labelled("Huber", "numbers", "numbers", (3, 4, 2), {"delta": 0.4}),
    Labelled("Hinge", "signs", "numbers", (5, 3)),
    Labelled("Hinge", "binary", "numbers", (5, 1)),
    Labelled("Hinge", "numbers", "numbers", (3, 4, 2)),  # neither: taken as it is
    Labelled("KLDivergence", "probabilities", "probabilities", (5, 3)),
    Labelled("KLDivergence", "one_hot", "probabilities", (3, 4, 2)),
    Labelled("KLDivergence", "probabilities", "chances", (5, 3)),  # rows that do not sum to one
    Labelled("MeanSquaredError", "numbers", "numbers", (5, 3), weighted=True),
    Labelled("MeanAbsoluteError", "numbers", "numbers", (5, 3), {"reduction": "sum"}, weighted=True),
    Labelled("BinaryCrossentropy", "binary", "chances", (5, 1), weighted=True),
    Labelled("SparseCategoricalCrossentropy", "classes", "probabilities", (3, 4, 2), weighted=True),
    Labelled("BinaryCrossentropy", "binary", "chances", (5, 1)),
    Labelled("BinaryCrossentropy", "binary", "chances", (5, 3)),
    Labelled("BinaryCrossentropy", "binary", "edge", (5, 3)),
    Labelled("BinaryCrossentropy", "binary", "numbers", (5, 3), LOGITS),
    Labelled("BinaryCrossentropy", "binary", "edge", (5, 3), LOGITS),
    Labelled("BinaryCrossentropy", "binary", "chances", (5, 3), {"label_smoothing": 0.2}),
    Labelled("CategoricalCrossentropy", "one_hot", "probabilities", (5, 3)),
    Labelled("CategoricalCrossentropy", "one_hot", "chances", (5, 3)),  # rows that do not sum to one
    Labelled("CategoricalCrossentropy", "one_hot", "probabilities", (3, 4, 2)),
    Labelled("CategoricalCrossentropy", "one_hot", "numbers", (5, 3), LOGITS),
    Labelled("CategoricalCrossentropy", "one_hot", "edge", (5, 3), LOGITS),
    Labelled("CategoricalCrossentropy", "one_hot", "probabilities", (5, 3), {"label_smoothing": 0.2}),
    Labelled("SparseCategoricalCrossentropy", "classes", "probabilities", (5, 3)),
    Labelled("SparseCategoricalCrossentropy", "classes", "chances", (5, 3)),  # rows that do not sum to one
    Labelled("SparseCategoricalCrossentropy", "classes", "probabilities", (3, 4, 2)),
    Labelled("SparseCategoricalCrossentropy", "classes", "numbers", (5, 3), LOGITS),
    Labelled("SparseCategoricalCrossentropy", "classes", "edge", (5, 3), LOGITS),
]

METRICS = [
    Labelled("Accuracy", "binary", "edge", (7, 3)),
    Labelled("BinaryAccuracy", "binary", "chances", (7, 1)),
    Labelled("BinaryAccuracy", "binary", "chances", (7, 3)),
    Labelled("BinaryAccuracy", "binary", "chances", (7, 3), {"threshold": 0.3}),
    Labelled("CategoricalAccuracy", "one_hot", "probabilities", (7, 3)),
    Labelled("CategoricalAccuracy", "one_hot", "probabilities", (5, 4, 3)),
    Labelled("SparseCategoricalAccuracy", "classes", "probabilities", (7, 3)),
    Labelled("SparseCategoricalAccuracy", "classes", "probabilities", (5, 4, 3)),
    Labelled("SparseTopKCategoricalAccuracy", "classes", "probabilities", (7, 5), {"k": 2}),
    Labelled("TopKCategoricalAccuracy", "one_hot", "probabilities", (7, 5), {"k": 2}),
    Labelled("MeanSquaredError", "numbers", "numbers", (7, 3)),
    Labelled("SparseCategoricalCrossentropy", "classes", "probabilities", (7, 3)),
    Labelled("MeanAbsoluteError", "numbers", "numbers", (7, 3)),
    Labelled("MeanSquaredError", "numbers", "numbers", (7, 3), weighted=True),
    Labelled("BinaryAccuracy", "binary", "chances", (7, 3), weighted=True),
    Labelled("SparseCategoricalAccuracy", "classes", "probabilities", (5, 4, 3), weighted=True),
    *(
        Labelled(name, *rest)
        for name in ("Precision", "Recall")
        for rest in (
            ("binary", "chances", (7, 1)),
            ("binary", "chances", (7, 1), {}, True),
            ("binary", "chances", (7, 3), {"thresholds": 0.3}),
            ("binary", "chances", (7, 3), {"thresholds": [0.7, 0.2, 0.5]}),
            ("binary", "edge", (7, 3)),  # exactly on the threshold
            ("one_hot", "probabilities", (7, 5), {"top_k": 2}),
            ("one_hot", "probabilities", (7, 3), {"class_id": 1}),
            ("one_hot", "probabilities", (7, 5), {"class_id": 1, "top_k": 2, "thresholds": 0.3}),
        )
    ),
    Labelled("AUC", "binary", "chances", (19, 1)),
    Labelled("AUC", "binary", "chances", (19, 1), weighted=True),
    Labelled("AUC", "binary", "edge", (7, 3)),
    Labelled("AUC", "binary", "chances", (7, 3), {"num_thresholds": 5, "summation_method": "minoring"}),
    Labelled("AUC", "binary", "chances", (7, 3), {"num_thresholds": 5, "summation_method": "majoring"}),
    Labelled("AUC", "binary", "chances", (7, 3), {"thresholds": [0.8, 0.15, 0.3]}),
    Labelled("AUC", "binary", "numbers", (7, 3), LOGITS),
    Labelled("AUC", "binary", "chances", (19, 1), {"curve": "PR"}),
    Labelled("AUC", "binary", "chances", (19, 1), {"curve": "PR"}, weighted=True),
    Labelled("AUC", "binary", "chances", (7, 3), {"curve": "PR", "summation_method": "minoring"}),
    Labelled("AUC", "binary", "chances", (7, 3), {"curve": "PR", "summation_method": "majoring"}),
]

SCHEDULES = [  # each changes its course within ten steps
    Case("ExponentialDecay", {"initial_learning_rate": 0.5, "decay_steps": 4, "decay_rate": 0.3}),
    Case("ExponentialDecay", {"initial_learning_rate": 0.5, "decay_steps": 4, "decay_rate": 0.3, "staircase": True}),
    Case("PiecewiseConstantDecay", {"boundaries": [2, 5], "values": [0.5, 0.2, 0.05]}),
    Case("CosineDecay", {"initial_learning_rate": 0.5, "decay_steps": 7, "alpha": 0.1}),
    Case("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 5, "warmup_target": 0.6, "warmup_steps": 3}),
]
OPTIMIZERS = [
    Case("SGD", {}),
    Case("SGD", {"learning_rate": 0.1, "momentum": 0.9}),
    Case("SGD", {"learning_rate": 0.1, "momentum": 0.8, "nesterov": True}),
    Case("Adam", {}),
    Case("Adam", {"learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-3}),
    Case("AdamW", {}),
    Case("AdamW", {"learning_rate": 0.05, "weight_decay": 0.2, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-3}),
    Case("RMSprop", {}),
    Case("RMSprop", {"learning_rate": 0.05, "rho": 0.7, "momentum": 0.6, "epsilon": 1e-3}),
    Case("RMSprop", {"learning_rate": 0.05, "rho": 0.7, "centered": True, "epsilon": 1e-3}),
    Case("Adagrad", {}),
    Case("Adagrad", {"learning_rate": 0.5, "initial_accumulator_value": 0.0, "epsilon": 1e-3}),
    *(Case("SGD", {"learning_rate": schedule}) for schedule in SCHEDULES),
    Case("AdamW", {"learning_rate": SCHEDULES[-1], "weight_decay": 0.2}),
    Case("SGD", {"learning_rate": 0.1, "momentum": 0.9, "clipnorm": 0.8}),
    Case("Adam", {"learning_rate": 0.05, "clipvalue": 0.3}),
    Case("AdamW", {"learning_rate": 0.05, "global_clipnorm": 1.2}),
]
START = (uniform("start 0", (3, 2)), uniform("start 1", (2,)))
GRADIENTS = [(uniform(f"gradient 0 {step}", (3, 2)), uniform(f"gradient 1 {step}", (2,))) for step in range(10)]

LENET_OPTIMIZERS = [Case("SGD", {"learning_rate": 0.05, "momentum": 0.9}), Case("Adam", {"learning_rate": 0.001})]


def lenet(library: Any) -> Any:
    """LeNet-5 in the API that nnlab and Keras share."""
    layers = library.layers
    return library.Sequential(
        [
            library.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="tanh"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="tanh"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def lenet_weights(shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    """The weights to start from: Glorot's range for kernels, small biases that are not zero."""
    weights = []
    for index, shape in enumerate(shapes):
        field = int(np.prod(shape[:-2]))
        limit = 0.1 if len(shape) == 1 else np.sqrt(6 / (field * (shape[-2] + shape[-1])))
        weights.append(uniform(f"LeNet weight {index}", shape, -limit, limit))
    return weights


def lenet_batches() -> list[tuple[np.ndarray, np.ndarray]]:
    """Five batches of seven images with values from 0 to 1, and their classes."""
    return [
        (uniform(f"LeNet x {step}", (7, 28, 28, 1), 0, 1), integers(f"LeNet y {step}", (7,), 10)) for step in range(5)
    ]


def digest(weight: np.ndarray) -> dict[str, np.ndarray]:
    """A small weight as it is; of a large one the mean along each axis and every 97th number."""
    if weight.size <= 500:
        return {"all": weight}
    means = {f"mean over axis {axis}": weight.mean(axis, dtype="float64") for axis in range(weight.ndim)}
    return means | {"every 97th": weight.ravel()[::97]}


COUNTS = {"x": uniform("weighted x", (11, 4)), "y": integers("weighted y", (11,), 3)}
SAMPLE_WEIGHT, CLASS_WEIGHT = uniform("weighted", (11,), 0, 3), {0: 0.5, 2: 4.0}  # 1 is not listed
HELD_OUT = (uniform("held out x", (5, 4)), integers("held out y", (5,), 3), uniform("held out weight", (5,), 0, 3))
WEIGHTED = {  # arguments of a `fit` of three epochs in batches of four
    "no weights": {},
    "sample_weight": {"sample_weight": SAMPLE_WEIGHT},
    "class_weight": {"class_weight": CLASS_WEIGHT},
    "class_weight of one-hot labels": {"class_weight": CLASS_WEIGHT, "y": np.eye(3, dtype="float32")[COUNTS["y"]]},
    "validation_split": {"sample_weight": SAMPLE_WEIGHT, "validation_split": 0.3},
    "validation_split with class_weight": {"class_weight": CLASS_WEIGHT, "validation_split": 0.3},
    "validation_data": {"validation_data": HELD_OUT[:2], "sample_weight": SAMPLE_WEIGHT},
    "validation_data with weights": {"validation_data": HELD_OUT},
}


def weighted(library: Any, optimizers: Any, arguments: dict[str, Any]) -> dict[str, np.ndarray]:
    """What training with weights gives in a library: the losses and metrics by name, and the weights it leaves."""
    layers = library.layers
    model = library.Sequential(
        [library.Input((4,)), layers.Dense(5, activation="tanh"), layers.Dense(3, activation="softmax")]
    )
    model.set_weights([uniform(f"weighted start {index}", weight.shape) for index, weight in enumerate(model.weights)])
    loss = "categorical_crossentropy" if "y" in arguments else "sparse_categorical_crossentropy"
    watched = {"metrics": ["accuracy"], "weighted_metrics": ["accuracy"]}
    model.compile(optimizers.SGD(0.5), loss, **watched)
    arguments = {**COUNTS, "batch_size": 4, "epochs": 3, "shuffle": False, "verbose": 0, **arguments}
    results = {f"fit {name}": np.array(values) for name, values in model.fit(**arguments).history.items()}
    x, y = arguments["x"], arguments["y"]
    judged = model.evaluate(x, y, sample_weight=SAMPLE_WEIGHT, batch_size=4, verbose=0, return_dict=True)
    chosen = {key: value for key, value in arguments.items() if key in ("sample_weight", "class_weight")}
    step = model.train_on_batch(x, y, **chosen, return_dict=True)
    for method, logs in (("evaluate", judged), ("train_on_batch", step)):
        results |= {f"{method} {name}": np.array(value) for name, value in logs.items()}
    return results | {f"weight {index}": np.asarray(value) for index, value in enumerate(model.get_weights())}


WORDS = {"x": integers("masked x", (7, 5), 4), "y": integers("masked y", (7, 5), 3)}
WORDS["x"][2, 1:] = WORDS["x"][4] = 0  # one sentence of a single word, one of none
WORDS["x"][6, 3:] = 0
MASKED = {  # what differs from a `fit` of three epochs in batches of three, with a mask that reaches the output
    "classes": {},
    "a weight for each sentence": {"sample_weight": uniform("masked weights", (7, 1), 0.2, 2)},  # (7,) Keras refuses
    "a weight for each word": {"sample_weight": uniform("masked weights", (7, 5), 0.2, 2)},
    "numbers": {"squared": "sum_over_batch_size", "y": uniform("masked numbers", (7, 5, 3))},
    "their sum": {"squared": "sum", "y": uniform("masked numbers", (7, 5, 3))},
    "nothing to judge in a whole batch": {"x": np.where(np.arange(7)[:, None] < 3, 0, WORDS["x"])},
    "a graph": {"graph": True},
}


def masked(library: Any, optimizers: Any, arguments: dict[str, Any]) -> dict[str, np.ndarray]:
    """What training on sentences of unequal lengths gives in a library: losses, metrics and the weights it leaves."""
    layers, data = library.layers, {**WORDS, **arguments}
    reduction, graph = data.pop("squared", None), data.pop("graph", False)
    classes = reduction is None
    row = [
        layers.Embedding(4, 3, mask_zero=True),
        layers.LSTM(4, return_sequences=True),
        layers.TimeDistributed(layers.Dense(3, activation="softmax" if classes else None)),
    ]
    if graph:
        x = y = library.Input((5,))
        for layer in row:
            y = layer(y)
        model = library.Model(x, y)
    else:
        model = library.Sequential([library.Input((5,)), *row])
    model.set_weights([uniform(f"masked start {index}", weight.shape) for index, weight in enumerate(model.weights)])
    loss = "sparse_categorical_crossentropy" if classes else library.losses.MeanSquaredError(reduction=reduction)
    metric = "accuracy" if classes else "mae"
    model.compile(optimizers.SGD(0.3), loss, metrics=[metric], **({} if graph else {"weighted_metrics": [metric]}))
    x, y, weights = data["x"], data["y"], data.get("sample_weight")
    results = {
        f"evaluate {name}": np.array(value)
        for name, value in model.evaluate(
            x, y, sample_weight=weights, batch_size=3, verbose=0, return_dict=True
        ).items()
    }
    history = model.fit(**data, batch_size=3, epochs=3, shuffle=False, verbose=0).history
    results["fit loss"] = np.array(history["loss"])  # Keras's metrics lose the mask in `fit`, with its JAX back end
    results["train_on_batch loss"] = np.array(model.train_on_batch(x, y, sample_weight=weights)[0])
    return results | {f"weight {index}": np.asarray(value) for index, value in enumerate(model.get_weights())}


MONITORED = [2.0, 1.0, 1.2, 0.99, 1.1, 1.3, 0.5, 0.5, 0.6, 0.7, 0.8, 0.9]  # of one epoch after the other
STOPPING = {  # arguments of EarlyStopping
    "the first that is not better": {},
    "patience": {"patience": 2},
    "patience and the best": {"patience": 3, "restore_best_weights": True},
    "a little is not better": {"patience": 2, "min_delta": 0.05, "restore_best_weights": True},
    "larger is better": {"patience": 4, "mode": "max", "restore_best_weights": True},
    "never": {"patience": 20, "restore_best_weights": True},
    "not before": {"start_from_epoch": 4, "restore_best_weights": True},
    "not before, with patience": {"start_from_epoch": 2, "patience": 2},
    "a baseline that is met": {"baseline": 1.1, "patience": 2, "restore_best_weights": True},
    "a baseline that is met late": {"baseline": 0.6, "patience": 4},
    "a baseline that is met never": {"baseline": 0.1, "patience": 3, "restore_best_weights": True},
    "a baseline from an epoch on": {"baseline": 0.7, "patience": 3, "start_from_epoch": 3, "mode": "min"},
}


class Monitored:
    """A model that counts its epochs in its only weight."""

    metrics, stop_training, epoch, restored = (), False, 0, -1

    def get_weights(self) -> int:
        return self.epoch

    def set_weights(self, epoch: int) -> None:
        self.restored = epoch


def stopping(callbacks: Any, arguments: dict[str, Any]) -> np.ndarray:
    """How many epochs EarlyStopping lets pass, the epoch in which it stops (or 0), and whose weights it brings back."""
    callback, model = callbacks.EarlyStopping(**{"mode": "min", **arguments}), Monitored()
    if hasattr(callback, "set_model"):
        callback.set_model(model)
    else:
        callback.model = model
    callback.on_train_begin()
    for epoch, value in enumerate(MONITORED):
        model.epoch = epoch
        callback.on_epoch_end(epoch, {"val_loss": value})
        if model.stop_training:
            break
    callback.on_train_end()
    return np.array([model.epoch + 1, callback.stopped_epoch, model.restored])
