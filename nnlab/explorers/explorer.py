"""What all explorers share: settings that are traits, and a picture that never shows a setting that makes no sense.

A new explorer is a class with `Setting` traits and four methods: `prepare` checks the settings, `layer` is the real
layer that they stand for, `draw` shows its trace, `candidates` are the values that a control could take. With a fifth,
`accept`, its line of Keras can be edited.
"""

import inspect
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from nnlab.core.errors import ArgumentError, NnlabError
from nnlab.core.layer import Layer
from nnlab.core.trace import Trace
from nnlab.explorers import keras_line, requests
from nnlab.explorers.block import Block, Memory
from nnlab.explorers.changes import Changes
from nnlab.explorers.history import History
from nnlab.explorers.pictures import digest
from nnlab.explorers.settings import Setting, Settings, portable, signature
from nnlab.widgets.scene import Control, Scene

MANY = 500  # sets of options that are remembered


class Explorer(Changes):
    """The base of all explorers, and the settings that each of them has.

    `hide` names controls or parts of the view that a teacher takes away, `seed` chooses the numbers that are drawn.
    With `predict=True` the numbers of the result (or of the grid that it names) are hidden until the learner has said
    them; `score` counts. With `gradient=True` the gradients stand beside the values, where the explorer has them.
    """

    controls: ClassVar[Sequence[str]] = ()  # the settings that a learner can move, in order
    choices: ClassVar[Sequence[str]] = ()  # those of them that are words, not numbers
    ahead: ClassVar[Sequence[str]] = ()  # those whose positions are computed ahead, to answer without the kernel
    blocks: ClassVar[Sequence[Block]] = ()  # the settings that are arrays, drawn where they are not given

    hide: Sequence[str] = Setting(())
    seed: int = Setting(0)
    predict: bool | str = Setting(False)
    gradient: bool = Setting(False)
    score: Mapping[str, Any] = Setting({})

    def __init_subclass__(cls, **kwargs: Any):
        """The settings are the constructor's arguments, so that they are written down once."""
        super().__init_subclass__(**kwargs)
        cls.__signature__ = signature(cls)
        cls.defaults = {name: argument.default for name, argument in cls.__signature__.parameters.items()}

    def __init__(self, *arguments: Any, **settings: Any):
        self._check_names(settings)
        settings = type(self).__signature__.bind(*arguments, **settings).arguments
        # JupyterLab runs a widget's callbacks in a thread beside the one that runs the cells.
        self._lock = threading.RLock()
        self._drawn: OrderedDict[str, tuple[Scene, Trace]] = OrderedDict()
        self._offers: OrderedDict[str, tuple[list[Any], str]] = OrderedDict()
        self._found: OrderedDict[str, Any] = OrderedDict()
        self._history = History()
        self._memory = Memory(type(self).__name__, self.blocks)
        self.settings = self._checked({}, settings)
        self.remember(self.settings)
        self._check_grid(self.settings)
        super().__init__()
        self.on_msg(self._heard)

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and not hasattr(type(self), name):
            self._check_names([name])
        super().__setattr__(name, value)

    # ---- what an explorer writes

    def prepare(self, settings: Settings, given: Mapping[str, Any]) -> Settings:
        """All settings in their normal form; raises if one makes no sense. `given` are those that were just set."""
        raise NotImplementedError

    def layer(self, settings: Settings) -> Layer:
        """The real layer that the settings stand for; raises the layer's own error."""
        raise NotImplementedError

    def draw(self, settings: Settings) -> tuple[Scene, Trace]:
        """The picture of the settings, and the trace that its numbers come from.

        `text` is the first sentence of its description. Controls, and what is hidden, are put in for all explorers.
        """
        raise NotImplementedError

    def shown(self, settings: Settings) -> Sequence[str]:
        """The controls that change anything in the picture of the settings."""
        return self.controls

    def candidates(self, name: str, settings: Settings) -> Iterable[Any]:
        """The values that a control could take, in order; those that the layer refuses are left out of it.

        A setting that is true or false is a switch, for which nobody asks.
        """
        raise NotImplementedError

    def accept(self, *calls: keras_line.Call) -> Settings:
        """The changes of settings that a line of Keras stands for, read as calls of layers.

        One parameter takes one layer; an explorer of several layers has several, or `*calls`.
        """
        raise NotImplementedError

    def remember(self, settings: Settings) -> None:
        """Keep what later settings may want back; called with settings that are being shown."""
        self._memory.remember(settings)

    def edited(self, name: str, values: Any) -> Settings:
        """The settings that change when a learner changes a number of the grid `name`."""
        return {name: values}

    # ---- what they all have

    @classmethod
    def setting_names(cls) -> list[str]:
        """The names of the settings, which are the constructor's arguments."""
        return sorted(cls.defaults)

    @property
    def trace(self) -> Trace:
        """The layer's trace that the numbers come from."""
        return self._draw(self.settings)[1]

    @property
    def code(self) -> str:
        """The line of Keras that makes this layer. Set to another, it is read, never run, and the picture follows."""
        return self.scene.code

    @code.setter
    def code(self, line: str) -> None:
        with self._told():
            self._change(self._accepted(line))

    @property
    def text(self) -> str:
        """The picture in words and numbers, without those that wait to be predicted."""
        return self.visible.text

    @property
    def state(self) -> Settings:
        """The settings as plain values: `Stride(**explorer.state)` is the same explorer again."""
        return {name: portable(value) for name, value in self.settings.items()}

    def control(self, name: str, settings: Settings) -> Control:
        """The control of a setting, limited to the values that the layer accepts beside the other settings."""
        if isinstance(settings[name], bool):
            return Control(name, settings[name], [False, True], "switch")
        # What is accepted depends on the shapes of arrays, not on their numbers: an edited cell asks nothing again.
        shapes = {
            other: np.shape(value) if isinstance(value, np.ndarray) else value for other, value in settings.items()
        }
        key = f"{name} {digest(shapes)}"
        if key not in self._offers:
            self._offers[key] = self._offer(name, settings)
            if len(self._offers) > MANY:
                self._offers.popitem(last=False)
        options, refused = self._offers[key]
        return Control(name, settings[name], list(options), "choice" if name in self.choices else "range", refused)

    def __repr__(self) -> str:
        stated = ", ".join(f"{name}={self.settings[name]!r}" for name in self.controls if name != "gradient")
        return f"{type(self).__name__}({stated})"

    # ---- inside

    def _offer(self, name: str, settings: Settings) -> tuple[list[Any], str]:
        """The values that a setting can take, and why the first of the others cannot be."""
        options, refused = [], ""
        for value in self.candidates(name, settings):
            try:
                self.layer(self.prepare({**settings, name: value}, {name: value}))
                options.append(value)
            except NnlabError as error:
                refused = refused or str(error)
        if settings[name] not in options:
            options.append(settings[name])
        return options, refused

    def _accepted(self, line: Any) -> Settings:
        example = self.scene.code.split("\n")[-1] or keras_line.EXAMPLE
        calls = keras_line.read(type(self).__name__, line, example)
        if not self.takes_lines:
            raise ArgumentError(f"{type(self).__name__}: its line of Keras cannot be edited.")
        try:
            inspect.signature(self.accept).bind(*calls)
        except TypeError:
            raise ArgumentError(f"{type(self).__name__}: expected one layer, received {len(calls)}.") from None
        return self.accept(*calls)

    @property
    def takes_lines(self) -> bool:
        """Whether the line of Keras can be edited."""
        return type(self).accept is not Explorer.accept

    def _heard(self, _: Any, request: Any, __: Any) -> None:
        """What a learner asks for in the view; whatever it is, the answer is a picture or a sentence."""
        request = request if isinstance(request, Mapping) else {}
        view, count = request.get("view"), request.get("number")
        answer = {
            "view": view if isinstance(view, str) and len(view) < 40 else None,
            "number": count if isinstance(count, int) else None,
        }
        try:
            self._answer(request, answer)
        except NnlabError as error:
            self._publish(str(error), answer)
        except Exception as error:  # a learner never sees a traceback, and the view never falls silent
            self._publish(f"{type(self).__name__}: this cannot be shown ({error}).", answer)

    def _answer(self, request: Mapping[str, Any], answer: Settings) -> None:
        owner, kind = type(self).__name__, request.get("kind")
        gesture = (answer["view"], request["gesture"]) if isinstance(request.get("gesture"), int) else None
        if kind == "ahead":
            self._go_ahead()
        elif kind == "here":
            self.send({"kind": "here"})
        elif kind == "undo":
            self._go(self._history.undo, answer)
        elif kind == "redo":
            self._go(self._history.redo, answer)
        elif kind == "line":
            self._change(self._accepted(request.get("text")), answer)
        elif kind == "predict":
            scene = self._scene(self.settings)
            self._change({"score": requests.prediction(owner, scene, self.settings["score"], request)}, answer)
        else:
            scene, controls = self._scene(self.settings), (*self.controls, "predict")
            ((name, value),) = requests.changes(owner, scene, controls, request).items()
            self._change(self.edited(name, value) if kind == "edit" else {name: value}, answer, gesture)
