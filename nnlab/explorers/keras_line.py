"""A line of Keras that a learner writes, read but never run: which layer it names, and the literals it is called with.

Python's own parser reads it; names, operators and calls inside it are refused, so nothing in it can do anything.
"""

import ast
import difflib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nnlab import layers
from nnlab.core.errors import ArgumentError, UnknownArgumentError, unknown_arguments
from nnlab.core.layer import Layer

LONGEST = 4000  # characters: a line of a model of a hundred layers
PREFIXES = ("keras.layers.", "tf.keras.layers.", "tensorflow.keras.layers.", "nnlab.layers.", "layers.")
MODELS = ("Sequential", "models.Sequential", "keras.Sequential", "keras.models.Sequential", "tf.keras.Sequential")
ALIASES = {"Input": "InputLayer", "keras.Input": "InputLayer", "tf.keras.Input": "InputLayer"}
PADS = ("np.pad", "numpy.pad", "keras.ops.pad", "ops.pad")  # no layers, but what stands before one
PAD_TAKES = ("x", "pad_width", "mode")
LARGEST = 10**15  # of an integer: beyond, Python would print more digits than anybody reads
EXAMPLE = "Conv2D(filters=1, kernel_size=3)"
LITERALS = (int, float, str, bool, type(None))


@dataclass(frozen=True)
class Call:
    """One layer as it is written: `name` and the `arguments` that were given, by the names of its signature.

    >>> call, = read("Stride", "keras.layers.Conv2D(1, (3, 3), strides=2)")
    >>> call.name, call.arguments
    ('Conv2D', {'filters': 1, 'kernel_size': (3, 3), 'strides': 2})
    """

    owner: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def layer(self, *names: str, shown: tuple[str, ...] = ()) -> Layer:
        """The layer itself; its errors are its own. It has to be one of `names` and have no argument beside those
        `shown`, where there are any.

        The name of a layer is always welcome, and so is `None`.
        """
        kind = getattr(layers, self.name, None)  # what pads before a layer is none
        if kind is None or (names and self.name not in names):
            raise ArgumentError(f"{self.owner}: expected {' or '.join(names) or 'a layer'}, received {self.name}.")
        for name, value in self.arguments.items():
            if shown and name not in (*shown, "name") and value is not None:
                raise ArgumentError(f"{self.owner}: {self.name}'s {name} is not shown here; leave it out.")
        missing = [name for name in parameters(kind, needed=True) if name not in self.arguments]
        if missing:
            written = ", ".join(f"{name}=..." for name in missing)
            raise ArgumentError(f"{self.owner}: {self.name} needs {' and '.join(missing)}: {self.name}({written}).")
        return kind(**self.arguments)


def read(owner: str, text: Any, example: str = EXAMPLE) -> list[Call]:
    """The layers that `text` calls, in order: one a line, or the list of a `Sequential`. Raises in one sentence.

    `example` is the line that the sentence gives where there is no layer at all.

    >>> [call.name for call in read("ParameterCount", "Sequential([Flatten(), layers.Dense(10)])")]
    ['Flatten', 'Dense']
    >>> read("Stride", "Conv2D(filters=n)")
    Traceback (most recent call last):
    nnlab.core.errors.ArgumentError: Stride: filters of Conv2D must be written out, received 'n'; ...
    """
    if not isinstance(text, str):
        raise ArgumentError(f"{owner}: a line of Keras is text, received {type(text).__name__}.")
    if len(text) > LONGEST:
        raise ArgumentError(f"{owner}: the line has {len(text):,} characters, expected at most {LONGEST:,}.")
    try:
        tree = ast.parse(text.strip())
        return [call for statement in tree.body for call in _Reader(owner, text.strip(), example).statement(statement)]
    except SyntaxError as error:
        raise ArgumentError(f"{owner}: this is not a line of Python: {error.msg}.") from None
    except (RecursionError, MemoryError):
        raise ArgumentError(f"{owner}: the line is nested too deeply to be read.") from None
    except ValueError as error:
        if isinstance(error, ArgumentError):
            raise
        raise ArgumentError(f"{owner}: this is not a line of Python: {error}.") from None


class _Reader:
    """Walks over what Python's parser made of the text."""

    def __init__(self, owner: str, text: str, example: str):
        self.owner, self.text, self.example = owner, text, example

    def statement(self, node: ast.stmt) -> list[Call]:
        """The layers of one line; it may give them a name (`x = ...`)."""
        if isinstance(node, ast.Expr | ast.Assign):
            return self.calls(node.value)
        raise self.no_layer(node)

    def calls(self, node: ast.expr) -> list[Call]:
        if not isinstance(node, ast.Call):
            raise ArgumentError(
                f"{self.owner}: expected a layer, such as {self.example}, received {self.source(node)}."
            )
        name = dotted(node.func)
        if name in MODELS and len(node.args) == 1 and isinstance(node.args[0], ast.List | ast.Tuple):
            return [call for element in node.args[0].elts for call in self.calls(element)]
        return [self.call(node, name)]

    def no_layer(self, node: ast.AST) -> ArgumentError:
        received = self.source(node)
        return ArgumentError(f"{self.owner}: expected a layer, such as {self.example}, received {received}.")

    def call(self, node: ast.Call, name: str) -> Call:
        if name in PADS:
            return self.pad(node)
        for prefix in PREFIXES:
            name = name.removeprefix(prefix)
        name = ALIASES.get(name, name)
        if name not in layers.__all__ or not isinstance(getattr(layers, name), type):
            near = difflib.get_close_matches(name, layers.__all__, n=1)
            hint = f", did you mean {near[0]}?" if near else "."
            raise UnknownArgumentError(f"{self.owner}: there is no layer {name or self.source(node.func)}{hint}")
        takes = parameters(getattr(layers, name))
        if len(node.args) > len(takes):
            raise ArgumentError(
                f"{self.owner}: {name} takes at most {len(takes)} arguments, received {len(node.args)}."
            )
        given = [*zip(takes, node.args, strict=False), *((word.arg, word.value) for word in node.keywords)]
        arguments: dict[str, Any] = {}
        for argument, value in given:
            if argument is None or isinstance(value, ast.Starred):
                raise ArgumentError(f"{self.owner}: {name}'s arguments must be written out, received a star.")
            if argument in arguments:
                raise ArgumentError(f"{self.owner}: {name} receives {argument} twice.")
            if argument not in (*takes, "name", "dtype", "trainable", "input_shape"):
                raise unknown_arguments(f"{self.owner}: {name}", [argument], takes)
            arguments[argument] = self.literal(value, f"{argument} of {name}")
        return Call(self.owner, name, arguments)

    def pad(self, node: ast.Call) -> Call:
        """`np.pad(x, pad_width, mode)`, whose first argument is what is padded, by whatever name."""
        given = [*zip(PAD_TAKES, node.args, strict=False), *((word.arg, word.value) for word in node.keywords)]
        names = [argument for argument, _ in given]
        if len(node.args) > len(PAD_TAKES) or len(set(names)) < len(names) or not set(names) <= set(PAD_TAKES):
            raise ArgumentError(f"{self.owner}: pad takes {', '.join(PAD_TAKES)}, each once.")
        arguments = {name: self.literal(value, f"{name} of pad") for name, value in given if name != "x"}
        return Call(self.owner, "pad", arguments)

    def literal(self, node: ast.expr, what: str) -> Any:
        """A number, a text, True, False, None, or a tuple or list of them."""
        value = node.value if isinstance(node, ast.Constant) else ...
        if isinstance(value, LITERALS) and not (isinstance(value, int) and value >= LARGEST):
            return value
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            number = self.literal(node.operand, what)
            if isinstance(number, int | float) and not isinstance(number, bool):
                return -number if isinstance(node.op, ast.USub) else number
        if isinstance(node, ast.Tuple | ast.List):
            return tuple(self.literal(element, what) for element in node.elts)
        raise ArgumentError(
            f"{self.owner}: {what} must be written out, received {self.source(node)}; nothing is computed in this line."
        )

    def source(self, node: ast.AST) -> str:
        """What stands there, shortened."""
        text = ast.get_source_segment(self.text, node) or ""
        return repr(text if len(text) <= 40 else f"{text[:37]}...")


def dotted(node: ast.expr) -> str:
    """keras.layers.Dense as text; nothing if it is more than names and dots."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def parameters(layer: type, needed: bool = False) -> list[str]:
    """The names of a layer's arguments, in the order of its signature; of those without a default, if asked."""
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    known = [each for each in inspect.signature(layer).parameters.values() if each.kind in kinds]
    return [each.name for each in known if not needed or each.default is each.empty]
