"""Graphs of layers, written once for nnlab and for real Keras: what is needed of one of them is passed in as `lib`."""

from typing import Any

from formula import uniform


def two_branches(lib: Any) -> Any:
    """A shared layer on two inputs, a state that goes from one loop to another, a value used twice, two outputs."""
    one, other = lib.Input((4, 3), name="one"), lib.Input((4, 3), name="other")
    shared = lib.Dense(5, activation="tanh", name="shared")
    first, second = shared(one), shared(other)
    read, h, c = lib.LSTM(5, return_state=True, name="encoder")(first)
    told = lib.LSTM(5, return_sequences=True, name="decoder")(second, initial_state=[h, c])
    together = lib.Add(name="together")([told, first, second])
    return lib.Model([one, other], [lib.Dense(2, name="head")(together), read])


def nested(lib: Any) -> Any:
    """A model called twice inside another, a Sequential inside it, and the sum of a value with itself."""
    inside = lib.Input((4,), name="inside")
    half = lib.Dense(4, activation="sigmoid", name="gate")(inside)
    block = lib.Model(inside, lib.Add(name="skip")([inside, half]), name="block")
    x = lib.Input((3,), name="x")
    start = lib.Sequential([lib.Input((3,)), lib.Dense(4, name="start")], name="stem")(x)
    z = block(block(start))
    return lib.Model(x, lib.Dense(2, name="end")(lib.Add(name="twice")([z, z])))


GRAPHS = {"two_branches": two_branches, "nested": nested}
SHAPES = {"two_branches": ((2, 4, 3), (2, 4, 3)), "nested": ((3, 3),)}


def leaves(model: Any) -> list[Any]:
    """The layers of a model and of the models inside it."""
    return [leaf for layer in model.layers for leaf in (leaves(layer) if hasattr(layer, "layers") else [layer])]


def weights_by_name(model: Any) -> dict[str, Any]:
    """Each weight under the names of its layer and its own."""
    return {f"{layer.name}/{weight.name}": weight for layer in leaves(model) for weight in layer.weights}


def inputs(name: str) -> list[Any]:
    """The arrays that go in."""
    return [uniform(f"{name}/x{index}", shape) for index, shape in enumerate(SHAPES[name])]
