"""From a configuration of Keras's to a graph: the layers are made, and called when what they read is there.

The operations that only make masks are left out, because nnlab passes masks on by itself; that both would pass the same
ones is checked.
"""

import heapq
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nnlab.core.errors import ArgumentError
from nnlab.core.layer import Layer
from nnlab.core.record import parts
from nnlab.core.symbolic import Input, SymbolicTensor
from nnlab.layers import RNN, Bidirectional
from nnlab.models import keras_order
from nnlab.models.configuration import class_and_config, deserialized, shortened
from nnlab.models.references import (
    Call,
    Ref,
    calls_inside,
    flat,
    makes_mask,
    reference,
    references,
    shift,
    shifted,
)

if TYPE_CHECKING:
    from nnlab.models.functional import Functional

MOST_CALLS = 100_000  # of layers; those inside a model that is called several times count each time


class Reader:
    """The graph that a configuration states: `inputs` and `outputs` are its ends."""

    def __init__(self, owner: str, config: Mapping[str, Any]):
        self.owner = owner
        self.made: dict[tuple[str, int], list[SymbolicTensor]] = {}
        self.compared: dict[str, tuple[bool, list[Ref]]] = {}  # what makes masks: is it by comparing, and what it reads
        self.masked: dict[SymbolicTensor, list[str]] = {}  # what makes the mask of a call, by the call's output
        self.layers: dict[str, Layer] = {}
        self.calls: list[Call] = []
        for part in self._list("layers", config.get("layers")):
            self._read(part)
        self._check_count()
        shifts = {name: shift(name, self.calls) for name, layer in self.layers.items() if hasattr(layer, "layers")}
        self._run([shifted(call, shifts) for call in self.calls])
        self.inputs = [self._tensor(ref) for ref in self._ends("input_layers", config)]
        last = [self._made_last(ref, shifts) for ref in self._ends("output_layers", config)]
        self.outputs: Any = [self._tensor(ref) for ref in last]
        if isinstance(ends := config["output_layers"], Mapping) and len(ends) == len(last):
            self.outputs = dict(zip(sorted(ends), self.outputs, strict=True))

    def _made_last(self, ref: Ref, shifts: Mapping[str, int]) -> Ref:
        """An output, its call counted from 0: of a model inside, Keras counts its calls from 1 there."""
        layer = self.layers.get(ref.name)
        first = shifts.get(ref.name, 0) or hasattr(layer, "inputs") or (ref.name, ref.call) not in self.made
        return ref._replace(call=ref.call - 1) if hasattr(layer, "layers") and first else ref

    # ---- what stands in the file

    def _read(self, part: Any) -> None:
        """A layer and its calls, an input, or an operation that makes a mask."""
        class_name, config = class_and_config(part)
        name = part.get("name") or config.get("name")
        if not isinstance(name, str) or name in self.layers or name in self.compared or (name, 0) in self.made:
            raise ArgumentError(f"{self.owner}: each layer must have a name of its own, received {shortened(name)}.")
        nodes = self._list(f"inbound_nodes of {name!r}", part.get("inbound_nodes"))
        if makes_mask(class_name, config, part.get("module")):
            read = [ref for node in nodes for ref in flat(references(node)) if isinstance(ref, Ref)]
            self.compared[name] = class_name == "NotEqual", read
        elif class_name == "InputLayer":
            layer = deserialized(part)
            self.made[name, 0] = [Input(batch_shape=layer.batch_shape, dtype=layer.dtype, name=name)]
        else:
            layer = self.layers[name] = deserialized({**part, "config": {**config, "name": name}})
            self.calls += [self._call(layer, number, node) for number, node in enumerate(nodes)]

    def _call(self, layer: Layer, number: int, node: Any) -> Call:
        if isinstance(node, Mapping):
            x, *more = references(node.get("args")) or [None]
            known = zip(layer.further_inputs, more, strict=False)
            given = {**dict(known), **(references(node.get("kwargs")) or {})}
        else:  # the older form: a list of [name, call, place, further arguments]
            rows = self._list(f"inputs of {layer.name!r}", node)
            x = [Ref(*row[:3]) for row in rows if reference(row[:3])] if rows else None
            given = references(rows[0][3]) if rows and len(rows[0]) > 3 else {}
            x = x[0] if x and len(x) == 1 else x
            if isinstance(layer, RNN | Bidirectional) and isinstance(x, list):
                x, given = x[0], {**given, "initial_state": x[1:]}
        if not flat(x) or not all(isinstance(ref, Ref) for ref in flat(x)):
            raise ArgumentError(f"{self.owner}: expected what the layer {layer.name!r} reads, received {shortened(x)}.")
        given = {key: value for key, value in given.items() if flat(value) not in ([], [False])}
        for key, value in given.items():
            if not all(isinstance(ref, Ref) for ref in flat(value)):
                raise ArgumentError(
                    f"{self.owner}: the layer {layer.name!r} is called with {key}={shortened(value)}, which is not "
                    "supported; nnlab calls layers in a graph with tensors only."
                )
        return Call(layer, number, x, given)

    def _ends(self, key: str, config: Mapping[str, Any]) -> list[Ref]:
        ends = references(config.get(key))
        if not flat(ends) or not all(isinstance(ref, Ref) for ref in flat(ends)):
            raise ArgumentError(f"{self.owner}: {key} must name tensors, received {shortened(config.get(key))}.")
        return flat(ends)

    def _list(self, name: str, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ArgumentError(f"{self.owner}: expected a list of {name}, received {shortened(value)}.")
        return value

    def _check_count(self) -> None:
        """Refuse models in models in models that would be called astronomically often."""
        inside = {name: calls_inside(layer) for name, layer in self.layers.items()}
        count = sum(inside[call.layer.name] for call in self.calls)
        if count > MOST_CALLS:
            raise ArgumentError(f"{self.owner}: {count:,} calls of layers are more than the {MOST_CALLS:,} allowed.")

    # ---- making it

    def _run(self, calls: list[Call]) -> None:
        """Call the layers, in the order of the file as far as what they read is there."""
        waiting: dict[tuple[str, int], list[int]] = defaultdict(list)
        missing: dict[int, int] = {}
        for index, call in enumerate(calls):
            needed = {(ref.name, ref.call) for ref in call.refs if ref.name not in self.compared} - set(self.made)
            needed |= {(call.layer.name, call.number - 1)} if call.number else set()
            missing[index] = len(needed)
            for key in needed:
                waiting[key].append(index)
        ready = [index for index, count in missing.items() if not count]
        heapq.heapify(ready)
        done = 0
        while ready:
            call = calls[heapq.heappop(ready)]
            done += 1
            key = call.layer.name, call.number
            self.made[key] = self._made_by(call)
            for index in waiting.pop(key, ()):
                missing[index] -= 1
                if not missing[index]:
                    heapq.heappush(ready, index)
        if done < len(calls):
            stuck = next(calls[index].layer.name for index, count in missing.items() if count)
            raise ArgumentError(
                f"{self.owner}: the layer {stuck!r} reads what no layer makes before it; the graph has a cycle, or a "
                "layer is missing."
            )

    def _made_by(self, call: Call) -> list[SymbolicTensor]:
        given, compared = {}, None
        for name, value in call.given.items():
            if name == "mask" and all(ref.name in self.compared for ref in flat(value)):
                compared = [ref.name for ref in flat(value)]
            else:
                given[name] = self._tensors(value)
        outputs = flat(call.layer(self._tensors(call.x), **given))
        if compared is not None:
            self.masked[outputs[0]] = compared
        return outputs

    def _tensors(self, value: Any) -> Any:
        return [self._tensor(ref) for ref in flat(value)] if isinstance(value, list) else self._tensor(value)

    def _tensor(self, ref: Ref) -> SymbolicTensor:
        outputs = self.made.get((ref.name, ref.call), ())
        if not 0 <= ref.place < len(outputs):
            raise ArgumentError(f"{self.owner}: no layer makes the tensor {list(ref)}, which another one reads.")
        return outputs[ref.place]

    def _mask_operations(self) -> dict[str, keras_order.MaskOperation]:
        """What makes masks in the file, by name, as what nnlab makes of its own graph."""
        made = {name: keras_order.MaskOperation([], 0, compares) for name, (compares, _) in self.compared.items()}
        for name, (compares, read) in self.compared.items():
            if compares:
                made[name].inputs = [self._tensor(ref) for ref in read]
            else:
                made[name].inputs = [made[ref.name] for ref in read if ref.name in made]
        return made

    def check_masks(self, model: "Functional") -> None:
        """Raise where a file passes a mask to a layer, and nnlab would not pass the same by itself."""
        own, stated = keras_order.masks(model), self._mask_operations()
        for node in model._nodes:
            if (makers := self.masked.get(node.outputs[0])) is None:
                continue
            passed = [own.get(tensor) for tensor in parts(node.x)]
            if keras_order.sources([stated[name] for name in makers]) != keras_order.sources(passed):
                raise ArgumentError(
                    f"{self.owner}: the layer {node.layer.name!r} is given a mask that does not come with its input; "
                    "nnlab passes on the masks of Masking and Embedding, and tensors given as mask=."
                )
