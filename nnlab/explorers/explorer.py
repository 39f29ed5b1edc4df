"""What all explorers share: settings that are traits, and a picture that never shows a setting that makes no sense.

A new explorer is a class with `Setting` traits and four methods: `prepare` checks the settings, `layer` is the real
layer that they stand for, `draw` shows its trace, `candidates` are the values that a control could take.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets

from nnlab.core.arguments import integer
from nnlab.core.errors import ArgumentError, NnlabError, UnknownArgumentError, unknown_arguments
from nnlab.core.layer import Layer
from nnlab.core.trace import Trace
from nnlab.widgets.grid_view import GridView
from nnlab.widgets.scene import Control, Scene

PARTS = ("formula", "transport", "ledger", "notes", "code")  # what `hide` can take away, beside the controls
KEPT = 60  # scenes that are remembered, so that a slider moved back and forth computes nothing twice

Settings = dict[str, Any]


class Setting(traitlets.TraitType):
    """A trait that lives in the explorer's settings: to set it is to ask for a picture with it.

    A value that makes no sense raises and changes nothing, and the view says why.
    """

    def get(self, explorer: "Explorer", cls: type | None = None) -> Any:
        return explorer.settings[self.name]

    def set(self, explorer: "Explorer", value: Any) -> None:
        explorer.change(**{self.name: value})


class Explorer(GridView):
    """The base of all explorers. `hide` names controls or parts of the view that a teacher takes away."""

    controls: ClassVar[Sequence[str]] = ()  # the settings that a learner can move, in order
    choices: ClassVar[Sequence[str]] = ()  # those of them that are words, not numbers
    ahead: ClassVar[Sequence[str]] = ()  # those whose other scenes are sent along, to answer without the kernel

    hide = Setting()
    seed = Setting()

    def __init__(self, **settings: Any):
        known = self.setting_names()
        unknown = [name for name in settings if name not in known]
        if unknown:
            raise unknown_arguments(type(self).__name__, unknown, known)
        # JupyterLab runs a widget's callbacks in a thread beside the one that runs the cells.
        self._lock = threading.RLock()
        self._drawn: OrderedDict[str, tuple[Scene, Trace]] = OrderedDict()
        self.settings = self._checked({}, settings)
        self.remember(self.settings)
        super().__init__(self._draw(self.settings)[0])
        self.on_msg(self._heard)
        self._publish()

    # ---- what an explorer writes

    def prepare(self, current: Mapping[str, Any], changes: Mapping[str, Any]) -> Settings:
        """All settings in their normal form after the changes; raises if one makes no sense.

        `current` holds only the seed while the explorer is being made.
        """
        raise NotImplementedError

    def layer(self, settings: Settings) -> Layer:
        """The real layer that the settings stand for; raises the layer's own error."""
        raise NotImplementedError

    def draw(self, settings: Settings) -> tuple[Scene, Trace]:
        """The picture of the settings, and the trace that its numbers come from."""
        raise NotImplementedError

    def candidates(self, name: str, settings: Settings) -> Iterable[Any]:
        """The values that a control could take, in order; those that the layer refuses are left out of it."""
        raise NotImplementedError

    def remember(self, settings: Settings) -> None:
        """Keep what later settings may want back; called with settings that are being shown."""

    # ---- what they all have

    @classmethod
    def setting_names(cls) -> list[str]:
        """The names of the settings, which are the constructor's arguments."""
        return [name for name, trait in cls.class_traits().items() if isinstance(trait, Setting)]

    @property
    def trace(self) -> Trace:
        """The layer's trace that the numbers come from."""
        return self._draw(self.settings)[1]

    @property
    def code(self) -> str:
        """The line of Keras that makes this layer."""
        return self.scene.code

    @property
    def text(self) -> str:
        """The picture in words and numbers."""
        return self.scene.text

    @property
    def state(self) -> Settings:
        """The settings as plain values: `Stride(**explorer.state)` is the same explorer again."""
        return {name: plain(value) for name, value in self.settings.items()}

    def change(self, **changes: Any) -> None:
        """Change several settings at once. If they make no sense nothing changes, and the view says why."""
        try:
            self._change(changes)
        except NnlabError as error:
            self._publish(str(error))
            raise

    def control(self, name: str, settings: Settings) -> Control:
        """The control of a setting, limited to the values that the layer accepts beside the other settings."""
        options, refused = [], ""
        for value in self.candidates(name, settings):
            try:
                self.layer(self.prepare(settings, {name: value}))
                options.append(value)
            except NnlabError as error:
                refused = refused or str(error)
        if settings[name] not in options:
            options.append(settings[name])
        return Control(name, settings[name], options, "choice" if name in self.choices else "range", refused)

    def __repr__(self) -> str:
        stated = ", ".join(f"{name}={self.settings[name]!r}" for name in self.controls)
        return f"{type(self).__name__}({stated})"

    # ---- inside

    def _checked(self, current: Settings, changes: Settings) -> Settings:
        owner = type(self).__name__
        unknown = [name for name in changes if name not in self.setting_names()]
        if unknown:
            raise unknown_arguments(owner, unknown, self.setting_names())
        both = {"hide": (), "seed": 0, **current, **changes}
        seed = integer(owner, "seed", both["seed"], minimum=0)
        hide = tuple(both["hide"]) if isinstance(both["hide"], list | tuple) else (both["hide"],)
        known = (*self.controls, *PARTS)
        for name in hide:
            if name not in known:
                raise UnknownArgumentError(f"{owner}: hide can name {', '.join(known)}; received {name!r}.")
        return {**self.prepare({**current, "seed": seed}, changes), "hide": hide, "seed": seed}

    def _change(self, changes: Settings, answer: Mapping[str, Any] | None = None) -> None:
        with self._lock:
            before, changed = self.settings, self._checked(self.settings, changes)
            self._draw(changed)
            self.settings = changed
            self.remember(changed)
            self._publish(answer=answer)
        for name in changed:
            if plain(before[name]) != plain(changed[name]):
                self.notify_change(
                    traitlets.Bunch(name=name, old=before[name], new=changed[name], owner=self, type="change")
                )

    def _draw(self, settings: Settings) -> tuple[Scene, Trace]:
        key = as_json({name: plain(value) for name, value in settings.items()})
        if key not in self._drawn:
            self._drawn[key] = self.draw(settings)
            if len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
        return self._drawn[key]

    def _publish(self, message: str = "", answer: Mapping[str, Any] | None = None) -> None:
        with self._lock:
            scene = self._draw(self.settings)[0]
            ahead = {name: self._ahead(name, scene) for name in self.ahead}
            self.show(scene, ahead, message, answer)

    def _ahead(self, name: str, scene: Scene) -> dict[str, Scene]:
        """The scenes of a control's other values."""
        control = next(control for control in scene.controls if control.name == name)
        others = [value for value in control.options if value != control.value]
        settings = {as_json(value): self._checked(self.settings, {name: value}) for value in others}
        return {key: self._draw(changed)[0] for key, changed in settings.items()}

    def _heard(self, _: Any, content: Mapping[str, Any], __: Any) -> None:
        """What a learner asks for in the view; whatever it is, the answer is a picture or a sentence."""
        answer = {"view": content.get("view"), "number": content.get("number")}
        try:
            self._change(self._asked(content), answer)
        except NnlabError as error:
            self._publish(str(error), answer)
        except Exception as error:  # a learner never sees a traceback, and the view never falls silent
            self._publish(f"{type(self).__name__}: this cannot be shown ({error}).", answer)

    def _asked(self, content: Mapping[str, Any]) -> Settings:
        kind, name = content.get("kind"), content.get("name")
        if kind == "set" and name in self.controls:
            return {name: content["value"]}
        if kind != "edit" or name not in {grid.name for grid in self.scene.grids if grid.editable}:
            raise ArgumentError(f"{type(self).__name__}: there is nothing to change under {name!r}.")
        grid, cell = self.scene.grid(name), int(content["cell"])
        values = np.array(grid.values, float)
        values.flat[cell] = self._number(str(content["text"]), grid.noun, divmod(cell, values.shape[1]))
        return {name: values}

    def _number(self, text: str, noun: str, place: tuple[int, int]) -> float:
        try:
            return float(text.replace("\N{MINUS SIGN}", "-").replace(",", "."))
        except ValueError:
            raise ArgumentError(
                f"{type(self).__name__}: {noun} {place} takes a number such as 2 or -0.5, received {text!r}; "
                "the old number stays."
            ) from None


def plain(value: Any) -> Any:
    """Arrays and tuples as lists, the rest as it is."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    return list(value) if isinstance(value, tuple) else value


def as_json(value: Any) -> str:
    """Exactly as JavaScript's JSON.stringify writes it."""
    return json.dumps(value, separators=(",", ":"))
