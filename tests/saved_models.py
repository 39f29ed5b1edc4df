"""Models that go through files, written once for nnlab and for real Keras: what is needed of one is passed as `lib`."""

from functools import partial
from typing import Any

import numpy as np
from formula import integers, uniform
from layer_cases import CASES, Part


def lenet(lib: Any) -> Any:
    """LeNet-5, narrow enough for a small file."""
    return lib.Sequential(
        [
            lib.Input((28, 28, 1)),
            lib.Conv2D(2, 5, padding="same", activation="tanh"),
            lib.MaxPooling2D(),
            lib.Conv2D(3, 5, activation="relu"),
            lib.AveragePooling2D(2),
            lib.Flatten(),
            lib.Dense(9, activation="relu", kernel_regularizer="l2"),
            lib.Dense(7, activation="tanh"),
            lib.Dense(10, activation="softmax"),
        ]
    )


def vgg(lib: Any) -> Any:
    """Two blocks of convolutions as in VGG, each followed by a batch normalization."""
    model = lib.Sequential([lib.Input((8, 8, 3))])
    for filters in (3, 4):
        for _ in range(2):
            model.add(lib.Conv2D(filters, 3, padding="same", use_bias=False, kernel_initializer="he_normal"))
            model.add(lib.BatchNormalization(momentum=0.9))
            model.add(lib.ReLU())
        model.add(lib.MaxPooling2D(2))
        model.add(lib.Dropout(0.25))
    for layer in (lib.GlobalAveragePooling2D(), lib.Dense(5, activation="softmax")):
        model.add(layer)
    return model


def text(lib: Any) -> Any:
    """A bidirectional LSTM that reads words, of which 0 is none."""
    words = lib.Input((None,), dtype="int32", name="words")
    x = lib.Embedding(11, 4, mask_zero=True)(words)
    x = lib.Bidirectional(lib.LSTM(3, return_sequences=True))(x)
    x = lib.Bidirectional(lib.GRU(2), merge_mode="sum")(x)
    return lib.Model(words, lib.Dense(1, activation="sigmoid")(x))


def branches(lib: Any) -> Any:
    """Two inputs, a shared layer, masks that meet, states handed on, layers of one class at different depths."""
    one, other = lib.Input((4, 3), name="one"), lib.Input((4, 3), name="other")
    shared = lib.Dense(3, activation="tanh", name="shared")
    masked = lib.Masking(0.0)(one)
    first, second = shared(masked), shared(lib.Masking(0.0)(other))
    third = lib.Dense(3, name="aside")(other)
    read, h, c = lib.LSTM(2, return_state=True, name="encoder")(first)
    told = lib.LSTM(2, return_sequences=True, name="decoder")(second, initial_state=[h, c])
    met = lib.Concatenate(1, name="met")([lib.Add()([first, second]), lib.Masking(0.0)(third)])
    loop = lib.RNN([lib.LSTMCell(2), lib.GRUCell(2)], name="loop")(met)
    times = lib.TimeDistributed(lib.Dense(2, name="each"), name="times")(lib.Dense(4, name="before")(told))
    last = lib.LSTM(2, name="last")(times)
    end = lib.Concatenate(name="end")([lib.Dense(2, name="near")(read), loop, last])
    return lib.Model([one, other], [lib.Dense(2, name="head")(end), lib.Dense(1, name="tail")(last)])


def nested(lib: Any) -> Any:
    """A model called twice inside another, a Sequential inside it, and one of each as an output."""
    inside = lib.Input((4,), name="inside")
    half = lib.BatchNormalization(name="scaled")(lib.Dense(4, activation="sigmoid", name="gate")(inside))
    block = lib.Model(inside, lib.Add(name="skip")([inside, half]), name="block")
    x = lib.Input((3,), name="x")
    stem = lib.Sequential([lib.Input((3,)), lib.Dense(4), lib.BatchNormalization()], name="stem")
    y = block(block(stem(x)))
    head = lib.Sequential([lib.Input((4,)), lib.Dense(2)], name="head")
    return lib.Model(x, [head(y), y, lib.Dense(2, name="end")(lib.Add(name="twice")([y, y]))], name="outer")


def drawn(lib: Any, seed: int) -> Any:
    """A graph drawn at random: masks, merges, shared layers and models, whose order nothing but Keras's rule tells."""
    rng = np.random.default_rng(seed)
    inputs = [lib.Input((4, 3), name=f"in{index}") for index in range(2)]
    tensors, loose, shared = list(inputs), list(inputs), []

    def one() -> Any:
        chosen = loose if loose and rng.random() < 0.6 else tensors
        tensor = chosen[rng.integers(len(chosen))]
        loose[:] = [each for each in loose if each is not tensor]
        return tensor

    kinds = ("dense", "masking", "lstm", "add", "join", "shared", "model", "times", "states")
    for index in range(14):
        kind, name = kinds[rng.integers(len(kinds))], f"l{rng.permutation(90)[0]}x{index}"
        if kind == "dense":
            shared.append(lib.Dense(3, activation="tanh", name=name))
            y = shared[-1](one())
        elif kind == "shared" and shared:
            y = shared[rng.integers(len(shared))](one())
        elif kind == "masking":
            y = lib.Masking(0.0, name=name)(one())
        elif kind == "lstm":
            y = lib.LSTM(3, return_sequences=True, name=name)(one())
        elif kind == "states":
            state = lib.GRU(3, name=f"of{name}")(one())
            y = lib.GRU(3, return_sequences=True, name=name)(one(), initial_state=state)
        elif kind in ("add", "join"):
            y = lib.Add(name=name)([one(), one()])
            y = lib.Dense(3, name=f"after{name}")(lib.Concatenate(name=f"j{name}")([y, one()])) if kind == "join" else y
        elif kind == "model":
            y = lib.Sequential([lib.Input((4, 3)), lib.Dense(3), lib.Dense(3)], name=name)(one())
        else:
            y = lib.TimeDistributed(lib.Dense(3, name=f"of{name}"), name=name)(one())
        tensors.append(y)
        loose.append(y)
    return lib.Model(inputs, loose, name=f"drawn{seed}")


MODELS = {"lenet": lenet, "vgg": vgg, "text": text, "branches": branches, "nested": nested}


def pushed(lib: Any) -> Any:
    """A layer that stands farther away than it looks, because Keras makes a mask of what it gives."""
    one, other = lib.Input((4, 3), name="in0"), lib.Input((4, 3), name="in1")
    near = lib.Dense(3, name="looks_first")(one)
    for index in range(2):
        near = lib.Dense(3, name=f"near{index}")(near)
    far = lib.LSTM(3, name="end")(lib.Masking(0.0, name="hide")(lib.Dense(3, name="is_first")(other)))
    return lib.Model([one, other], [near, far], name="pushed")


def named(lib: Any) -> Any:
    """Outputs in a dict, whose sorted keys say which layers come first."""
    one, other = lib.Input((4, 3), name="in0"), lib.Input((4, 3), name="in1")
    size, kind = lib.Dense(3, name="looks_first")(one), lib.Dense(3, name="is_first")(other)
    return lib.Model([one, other], {"size": size, "kind": kind}, name="named")


DRAWN = {"pushed": pushed, "named": named} | {
    f"drawn{seed}": partial(drawn, seed=seed) for seed in range(12)
}  # no copies of these are kept
IN_HDF5 = ("lenet", "text", "nested")  # those that are kept in the older format too


def inputs(name: str) -> list[np.ndarray]:
    """The arrays that go into a model."""
    if name == "text":
        return [integers("saved text", (3, 6), 11) * (np.arange(6) < [[6], [4], [1]])]
    if name == "branches" or name in DRAWN:
        found = [uniform(f"saved branches {k}", (3, 4, 3)) for k in range(2)]
        found[0][0, 3:] = found[1][1, 2:] = 0
        return found
    return [uniform(f"saved {name}", {"lenet": (2, 28, 28, 1), "vgg": (2, 8, 8, 3), "nested": (3, 3)}[name])]


ROWS = {case.key: case for case in CASES if not case.layer.endswith(("Cell", "Cells", "InputLayer"))}


def row(key: str, lib: Any) -> Any:
    """A model of a single layer, that of a row of the table."""
    case = ROWS[key]
    several = isinstance(case.shape[0], tuple)
    shapes = case.shape if several else [case.shape]
    batch = case.batch if case.arguments.get("stateful") else None  # what is remembered is of so many examples
    given = [lib.Input(batch_shape=(batch, *shape[1:]), name=f"in{index}") for index, shape in enumerate(shapes)]
    y = Part(case.layer, case.arguments).of(lib)(given if several else given[0])
    return lib.Model(given, list(flat(y)))


def inputs_of(key: str) -> list[np.ndarray]:
    """The arrays that go into a model, whichever it is."""
    x = ROWS[key].x() if key in ROWS else inputs(key)
    return x if isinstance(x, list) else [x]


def made(key: str, lib: Any) -> Any:
    """A model by its name, whichever it is."""
    return row(key, lib) if key in ROWS else (MODELS | DRAWN)[key](lib)


def flat(tensors: Any) -> list[Any]:
    """One tensor, or each of several, however they are nested; those of a dict by its sorted keys."""
    if isinstance(tensors, dict):
        tensors = [tensors[key] for key in sorted(tensors)]
    if not isinstance(tensors, list | tuple):
        return [tensors]
    return [each for part in tensors for each in flat(part)]


def draw_weights(model: Any) -> None:
    """Give every weight numbers of its own, those of a variance above 0."""
    values = []
    for index, weight in enumerate(model.weights):
        low = 0.5 if "variance" in weight.name else -1.0
        values.append(uniform(f"{index} {weight.name}", tuple(weight.shape), low, 1.0))
    model.set_weights(values)
