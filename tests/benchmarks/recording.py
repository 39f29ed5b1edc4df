"""What it costs that a layer records its steps: the same code on a record and on plain local variables.

The plain version is made from the layer's own source, every `s.name` turned into a local variable, so that both do
the same arithmetic. Both run in turn, many times, and the best of each counts. From the repository's root:

    OPENBLAS_NUM_THREADS=1 python tests/benchmarks/recording.py
"""

import ast
import gc
import inspect
import textwrap
import time
from types import SimpleNamespace

import numpy as np

from nnlab import layers
from nnlab.core.record import Call

AIM_PER_STEP = 0.05  # microseconds
AIM_SHARE = 1.0  # percent, of calls that take longer than
LONG = 50.0  # microseconds


class FreeSteps(layers.Layer):
    """Steps that cost nothing but being recorded and read back."""

    def forward(self, s, x):
        s.a = x
        s.b = s.a
        s.c = s.b
        s.d = s.c
        s.e = s.d
        s.f = s.e
        s.g = s.f
        s.h = s.g
        s.i = s.h
        s.j = s.i
        return s.j


class Locals(ast.NodeTransformer):
    """`s.name` becomes the local variable `s_name`; an `s` that a method is given holds what such a method reads, z."""

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "s":
            return ast.copy_location(ast.Name(f"s_{node.attr}", node.ctx), node)
        return node

    def visit_Call(self, node):
        self.generic_visit(node)
        handed = ast.parse("SimpleNamespace(z=s_z)", mode="eval").body
        node.args = [handed if isinstance(arg, ast.Name) and arg.id == "s" else arg for arg in node.args]
        return node


def on_locals(layer, given):
    """The layer's `forward` on local variables: a function of self, x and the `given` names."""
    function = type(layer).forward
    tree = Locals().visit(ast.parse(textwrap.dedent(inspect.getsource(function))))
    further = tree.body[0].args.args[3:]  # after self, s and x: a mask, say, with its default
    tree.body[0].args.args = [*(ast.arg(name) for name in ("self", "x", *(f"s_{each}" for each in given))), *further]
    tree.body[0].returns = None
    for argument in tree.body[0].args.args:
        argument.annotation = None
    namespace = {**function.__globals__, "SimpleNamespace": SimpleNamespace}
    exec(compile(ast.fix_missing_locations(tree), "<on locals>", "exec"), namespace)
    return namespace["forward"]


def compare(layer, x, training=False, seconds=1.5):
    """Microseconds on locals, microseconds more on a record, and how many values are recorded."""
    x = np.asarray(x, "float32")
    layer(x)
    call = Call(training, keep=True)
    weights = {variable.name: variable.value for variable in layer.weights}
    plain = on_locals(layer, [*weights, "training"])

    def recorded():
        s = layer.record(call)
        for name, value in weights.items():
            setattr(s, name, value)
        s.x = x
        s.y = layer.forward(s, s.x)
        return s

    def local():
        return plain(layer, x, *weights.values(), training)

    single = best(local, 3)
    repeats = max(int(1e-4 / single), 1)
    both = [np.inf, np.inf]
    end = time.perf_counter() + seconds
    gc.disable()
    while time.perf_counter() < end:
        for index, function in enumerate((local, recorded)):
            both[index] = min(both[index], best(function, repeats))
    gc.enable()
    return both[0] * 1e6, (both[1] - both[0]) * 1e6, len(vars(recorded()))


def best(function, repeats):
    """Seconds for one call, on average over a few."""
    start = time.perf_counter()
    for _ in range(repeats):
        function()
    return (time.perf_counter() - start) / repeats


def main():
    rng = np.random.default_rng(0)
    rows = [
        ("steps that cost nothing", FreeSteps(), (4,), False),
        ("Dense", layers.Dense(64), (32, 64), False),
        ("Conv2D", layers.Conv2D(8, 3, padding="same"), (8, 14, 14, 3), False),
        ("Conv2D", layers.Conv2D(16, 5), (32, 14, 14, 6), False),
        ("MaxPooling2D", layers.MaxPooling2D(), (8, 14, 14, 6), False),
        ("AveragePooling2D", layers.AveragePooling2D(2), (8, 14, 14, 6), False),
        ("BatchNormalization", layers.BatchNormalization(), (128, 64), True),
        ("BatchNormalization", layers.BatchNormalization(), (32, 14, 14, 6), True),
        ("Softmax", layers.Softmax(), (128, 100), False),
    ]
    heads = ("locals, µs", "more, µs", "values", "a value, µs", "share")
    print(f"{'forward':24} {'input':18} {{:>11}} {{:>9}} {{:>7}} {{:>12}} {{:>8}}".format(*heads))
    worst_share = 0.0
    for name, layer, shape, training in rows:
        plain, more, count = compare(layer, rng.normal(size=shape), training)
        share = 100 * more / plain
        print(f"{name:24} {shape!s:18} {plain:11.2f} {more:9.3f} {count:7} {more / count:12.4f} {share:7.2f}%")
        if isinstance(layer, FreeSteps):
            per_step = more / count
        if plain > LONG:
            worst_share = max(worst_share, share)
    print(f"a recorded value costs {per_step:.4f} µs (aim: at most {AIM_PER_STEP})")
    print(f"at most {worst_share:.2f} % of a call above {LONG:.0f} µs (aim: at most {AIM_SHARE:.0f})")


if __name__ == "__main__":
    main()
