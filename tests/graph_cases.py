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


def residual(lib: Any) -> Any:
    """Two blocks whose input is added to their output, the second around a change of size."""
    x = y = lib.Input((6, 6, 2), name="image")
    for name, filters, strides in (("same", 2, 1), ("half", 3, 2)):
        inside = lib.Conv2D(filters, 3, strides, "same", activation="relu", name=f"{name}_first")(y)
        inside = lib.BatchNormalization(name=f"{name}_norm")(lib.Conv2D(filters, 3, padding="same", name=name)(inside))
        around = y if strides == 1 else lib.Conv2D(filters, 1, strides, name=f"{name}_around")(y)
        y = lib.ReLU(name=f"{name}_end")(lib.Add(name=f"{name}_sum")([inside, around]))
    return lib.Model(x, lib.Dense(3, name="classes")(lib.GlobalAveragePooling2D(name="mean")(y)))


def several(lib: Any) -> Any:
    """A model with two inputs and two outputs, called twice inside another, one of whose outputs is used twice."""
    one, other = lib.Input((3,), name="one"), lib.Input((2,), name="other")
    both = lib.Concatenate(name="both")([one, other])
    ends = [lib.Dense(3, "tanh", name="left")(both), lib.Dense(2, name="right")(both)]
    pair = lib.Model([one, other], ends, name="pair")
    x, z = lib.Input((3,), name="x"), lib.Input((2,), name="z")
    left, right = pair([x, z])
    again, last = pair([left, right])
    return lib.Model([x, z], [again, lib.Multiply(name="times")([last, right]), lib.Subtract(name="less")([left, x])])


def uneven(lib: Any) -> Any:
    """A short branch that is called first, and a long one: Keras lists the layers of the long one first."""
    x = lib.Input((3,), name="x")
    near = lib.Dense(2, name="near")(x)
    far = lib.Dense(2, name="end")(lib.Dense(4, activation="relu", name="far")(x))
    return lib.Model(x, [near, lib.Add(name="sum")([near, far])])


def own(lib: Any) -> Any:
    """A class with layers as attributes, in a list of dicts too, one of which is called twice."""

    class Blocks(lib.Model):
        def __init__(self):
            super().__init__()
            self.blocks = [
                {"in": lib.Dense(5, "tanh", name=f"in{n}"), "out": lib.Dense(3, name=f"out{n}")} for n in (0, 1)
            ]
            self.join, self.last = lib.Add(name="join"), lib.Dense(2, name="last")

        def call(self, x):
            for block in self.blocks:
                x = self.join([x, block["out"](block["in"](x))])
            return self.last(x), self.last(self.join([x, x]))

    model = Blocks()
    model(inputs("own")[0])  # its weights are made in the first call
    return model


def own_masked(lib: Any) -> Any:
    """A class in whose call a mask goes unseen from layer to layer."""

    class Reader(lib.Model):
        def __init__(self):
            super().__init__()
            self.mask, self.read = lib.Masking(name="mask"), lib.LSTM(4, return_sequences=True, name="read")
            self.again, self.end = lib.GRU(3, name="again"), lib.Dense(2, name="end")

        def call(self, x):
            return self.end(self.again(self.read(self.mask(x))))

    model = Reader()
    model(inputs("own_masked")[0])
    return model


GRAPHS = {each.__name__: each for each in (two_branches, nested, residual, several, uneven)}
OWN = {each.__name__: each for each in (own, own_masked)}  # classes of one's own, which no file can hold
ALL = GRAPHS | OWN
SHAPES = {
    "two_branches": ((2, 4, 3), (2, 4, 3)), "nested": ((3, 3),), "residual": ((2, 6, 6, 2),),
    "several": ((3, 3), (3, 2)), "uneven": ((3, 3),), "own": ((4, 3),), "own_masked": ((3, 5, 2),),
}  # fmt: skip


def leaves(model: Any) -> list[Any]:
    """The layers of a model and of the models inside it."""
    return [leaf for layer in model.layers for leaf in (leaves(layer) if hasattr(layer, "layers") else [layer])]


def weights_by_name(model: Any) -> dict[str, Any]:
    """Each trainable weight under the names of its layer and its own."""
    return {f"{layer.name}/{weight.name}": weight for layer in leaves(model) for weight in layer.trainable_weights}


def inputs(name: str) -> list[Any]:
    """The arrays that go in."""
    arrays = [uniform(f"{name}/x{index}", shape) for index, shape in enumerate(SHAPES[name])]
    if name == "own_masked":
        arrays[0][0, 3:] = arrays[0][2, 1:] = 0  # times that a Masking leaves out
    return arrays
