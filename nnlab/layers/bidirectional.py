"""Bidirectional: one recurrent layer reads a sequence from the beginning, another from the end."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.core.errors import ArgumentError
from nnlab.core.layer import Layer
from nnlab.core.record import Record, parts
from nnlab.core.step import Step
from nnlab.layers.inner import inner
from nnlab.layers.recurrent import RNN, with_states
from nnlab.layers.states import States, flat

MERGE_MODES = ("concat", "sum", "mul", "ave", None)


class Bidirectional(Layer):
    """Run a recurrent layer forward and a second one like it backward, and merge what both say.

    `merge_mode`: "concat" side by side, "sum", "mul", "ave" (the mean), or None for a tuple of both. The second layer
    is made from the configuration of `layer` unless `backward_layer` is given. Where a mask is False the outputs at
    all times are 0. Schuster and Paliwal, IEEE Transactions on Signal Processing 45, 1997.

    >>> from nnlab import layers
    >>> Bidirectional(layers.LSTM(4, return_sequences=True))(np.ones((32, 10, 8))).shape
    (32, 10, 8)
    """

    supports_masking = True
    unsupported = {"weights": (None,)}
    axes = {"x": "b t c", "mask": "b t", "initial_state": "b d", "y": "... d"}
    steps = {
        "forward": Step("... d", r"\overrightarrow{h}", note="what the layer says that begins at the beginning"),
        "backward": Step(
            "... d", r"\overleftarrow{h}", note="what the layer says that begins at the end, in the order of time"
        ),
    }

    def __init__(self, layer: Any, merge_mode: str | None = "concat", *, backward_layer: Any = None, **kwargs: Any):
        super().__init__(**kwargs)
        layer = inner("Bidirectional", "layer", layer, RNN, "LSTM(4)")
        name, config = layer.name.removeprefix("forward_"), nameless(layer.get_config())
        self.forward_layer = type(layer).from_config(config | {"name": f"forward_{name}"})
        if backward_layer is None:
            config |= {"name": f"backward_{name}", "go_backwards": True}
            self.backward_layer = type(layer).from_config(config)
        else:
            self.backward_layer = inner("Bidirectional", "backward_layer", backward_layer, RNN, "LSTM(4)")
        self.merge_mode = merge_mode
        self._check_pair()
        self.return_sequences, self.return_state = self.forward_layer.return_sequences, self.forward_layer.return_state
        for each in (self.forward_layer, self.backward_layer):
            each.zero_output_for_mask = self.return_sequences

    def _check_pair(self) -> None:
        one, other = self.forward_layer, self.backward_layer
        if not isinstance(self.merge_mode, str | None) or self.merge_mode not in MERGE_MODES:
            listed = ", ".join(map(repr, MERGE_MODES))
            raise ArgumentError(f"Bidirectional: merge_mode must be one of {listed}, received {self.merge_mode!r}.")
        for name in ("return_sequences", "return_state", "stateful"):
            if getattr(one, name) != getattr(other, name):
                raise ArgumentError(f"Bidirectional: {name} must be the same in layer and backward_layer.")
        if one.go_backwards == other.go_backwards:
            raise ArgumentError(
                "Bidirectional: layer and backward_layer must go in opposite directions, received "
                f"go_backwards={one.go_backwards} for both."
            )
        if self.merge_mode not in ("concat", None) and one.cell.output_size != other.cell.output_size:
            raise ArgumentError(
                f"Bidirectional: merge_mode={self.merge_mode!r} needs outputs of equal size, received "
                f"{one.cell.output_size} and {other.cell.output_size} units."
            )

    @property
    def layer(self) -> RNN:
        """The layer that begins at the beginning."""
        return self.forward_layer

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.forward_layer.ensure_built(input_shape)
        self.backward_layer.ensure_built(input_shape)

    def check_input(self, shape: tuple[int, ...]) -> None:
        self.forward_layer.check_input(shape)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        shapes = [layer.compute_output_shape(input_shape) for layer in (self.forward_layer, self.backward_layer)]
        (one, *after), (other, *after_other) = shapes if self.return_state else [(shape,) for shape in shapes]
        merged = [(*one[:-1], one[-1] + other[-1])] if self.merge_mode == "concat" else [one]
        merged = [one, other] if self.merge_mode is None else merged
        together = (*merged, *after, *after_other)
        return together if len(together) > 1 else together[0]

    def as_inputs(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return with_states(self, inputs)

    # ---- forward and backward

    def forward(
        self, s: Record, x: np.ndarray, initial_state: States | None = None, mask: np.ndarray | None = None
    ) -> Any:
        given = {} if mask is None else {"mask": mask}
        one, other = given, given
        if initial_state is not None:
            count = len(flat(self.forward_layer.cell.state_size))
            one = given | {"initial_state": initial_state[:count]}
            other = given | {"initial_state": initial_state[count:]}
        s.forward, *after = parts(s.run("forward", self.forward_layer, x, **one))
        backward, *after_other = parts(s.run("backward", self.backward_layer, x, **other))
        s.backward = self._turned(backward)
        y = (*self._merged(s.forward, s.backward), *after, *after_other)
        return y if len(y) > 1 else y[0]

    def _merged(self, one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, ...]:
        if self.merge_mode is None:
            return one, other
        if self.merge_mode == "concat":
            return (np.concatenate([one, other], -1),)
        if self.merge_mode == "mul":
            return (one * other,)
        return (one + other,) if self.merge_mode == "sum" else ((one + other) / 2,)

    def backward(self, s: Record, g: Record) -> np.ndarray:
        y, *others = parts(g.y)
        if self.merge_mode is None:
            g.forward, g.backward = y, others.pop(0)
        elif self.merge_mode == "concat":
            size = self.forward_layer.cell.output_size
            g.forward, g.backward = y[..., :size], y[..., size:]
        elif self.merge_mode == "mul":
            g.forward, g.backward = y * s.backward, y * s.forward
        else:
            g.forward = g.backward = y if self.merge_mode == "sum" else y / 2
        count = len(flat(self.forward_layer.cell.state_size)) if self.return_state else 0
        one, other = (g.forward, *others[:count]), (self._turned(g.backward), *others[count:])
        one = g.undo("forward", self.forward_layer, s, one if self.return_state else one[0])
        other = g.undo("backward", self.backward_layer, s, other if self.return_state else other[0])
        if "initial_state" in vars(s):
            g.initial_state = one.initial_state + other.initial_state
        return one.x + other.x

    def _turned(self, y: np.ndarray) -> np.ndarray:
        """The outputs at all times in the opposite order."""
        return y[:, ::-1] if self.return_sequences else y

    def mask_after(self, s: Record, mask: np.ndarray | None) -> np.ndarray | None:
        return mask if self.return_sequences else None

    # ---- states

    @property
    def states(self) -> States | None:
        """The states of both layers, if they are stateful and have been called."""
        one, other = self.forward_layer.states, self.backward_layer.states
        return None if one is None or other is None else one + other

    def reset_state(self) -> None:
        """Let stateful layers begin at zero again."""
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()


def nameless(config: Any) -> Any:
    """A configuration without names, so that the weights of two layers made from it can be told apart."""
    if isinstance(config, dict):
        return {key: nameless(value) for key, value in config.items() if key != "name"}
    return [nameless(value) for value in config] if isinstance(config, list) else config
