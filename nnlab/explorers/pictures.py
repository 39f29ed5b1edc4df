"""What an explorer shows: the scene of its settings, drawn once, and those around it, computed ahead."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nnlab.core.trace import Trace
from nnlab.explorers import predictions
from nnlab.explorers.lattice import Lattice
from nnlab.explorers.settings import LASTING, UNSEEN, Settings, as_json, plain
from nnlab.widgets.grid_view import GridView
from nnlab.widgets.scene import Scene

KEPT = 60  # scenes that are remembered, so that a slider moved back and forth computes nothing twice
LONGEST = 500  # characters of a message
TURN = 0.04  # seconds of computing ahead at a time, so that what a learner asks for meanwhile hardly waits


class Pictures(GridView):
    """The part of an explorer that turns settings into scenes and hands them to the view."""

    settings: Settings = {}

    def __init__(self) -> None:
        self._lattices = 0
        self._lattice: Lattice | None = None
        super().__init__(self._scene(self.settings), self._manners())

    def _draw(self, settings: Settings, keep: bool = True) -> tuple[Scene, Trace]:
        key = self._fingerprint(settings)
        if key in self._drawn:
            return self._drawn[key]
        made = self._finished(*self.draw(settings), settings)
        if keep:
            self._drawn[key] = made
            if len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
        return made

    def _finished(self, scene: Scene, trace: Trace, settings: Settings) -> tuple[Scene, Trace]:
        """The picture with what all of them have: controls, what is hidden, and the description."""
        described = [scene.text or f"{scene.title}.", *scene.notes, *(part.text() for part in scene.parts)]
        finished = replace(
            scene,
            formula="" if "formula" in settings["hide"] else scene.formula,
            controls=tuple(self.control(name, settings) for name in self.shown(settings)),
            text="\n".join(described),
            hide=settings["hide"],
        )
        return finished, trace

    def _fingerprint(self, settings: Settings) -> str:
        """Equal for settings that look the same."""
        return digest({name: value for name, value in settings.items() if name not in UNSEEN})

    def _key(self, settings: Settings) -> str:
        """Equal for settings under which the same numbers are to be predicted."""
        return digest({name: value for name, value in settings.items() if name not in (*LASTING, "gradient")})

    def _scene(self, settings: Settings, keep: bool = True) -> Scene:
        """The picture of the settings, with what waits in it to be predicted."""
        scene = self._draw(settings, keep)[0]
        asked = settings["predict"]
        grids = [grid.name for grid in scene.grids]
        asked = asked if asked in grids else scene.result
        waiting = predictions.waiting(scene, asked) if asked in grids else ()
        return replace(scene, waiting=waiting, key=self._key(settings))

    @property
    def visible(self) -> Scene:
        """The picture without the numbers that wait to be predicted."""
        scene = self._scene(self.settings)
        if not (self.settings["predict"] and scene.waiting):
            return scene
        return predictions.concealed(scene, self.settings["score"]["found"].get(scene.waiting[0], ()))

    def _publish(self, message: str = "", answer: Mapping[str, Any] | None = None) -> None:
        with self._lock:
            message = message if len(message) <= LONGEST else f"{message[:LONGEST]}..."
            self.show(self._scene(self.settings), message, answer, self._manners())

    def _manners(self) -> dict[str, Any]:
        """What the view needs to know beside the scene; `lattice` is the one it belongs to, `at` its place there."""
        self._follow()
        common = {name: self.settings[name] for name in UNSEEN} | self._history.names()
        at = [self.settings[name] for name in self._lattice.controls]
        return {**common, "line": self.takes_lines, "lattice": self._lattices, "at": at}

    def to_html(self) -> str:
        """One page of HTML, with everything in it: the controls whose pictures are computed ahead move in it."""
        with self._lock:
            self._publish()
            self._go_ahead(seconds=60)
            return super().to_html()

    def close(self) -> None:
        """End every view of it, and keep nothing but the settings. It can be shown again."""
        if self.comm is None:
            return
        super().close()
        with self._lock:
            self._drawn.clear()
            self._lattice, self.lattice, self.lattice_data = None, {}, b""

    def open(self) -> None:
        if self.comm is None and self._lattice is None:
            self._publish()
        super().open()

    # ---- ahead

    def _follow(self) -> None:
        """Keep the lattice as long as the settings are one of its positions; else begin another around them."""
        asked = self.settings["predict"]
        kind = asked if isinstance(asked, str) else ""

        def name(settings: Settings) -> str:
            return f"{kind} {self._fingerprint(settings)}"

        here = name(self.settings)
        lattice = self._lattice
        if lattice and lattice.pictures.get(lattice.position(self.settings)) == here:
            return
        movable = [control for control in self._draw(self.settings)[0].controls if control.name in self.ahead]
        values = {
            control.name: control.options if control.kind == "switch" else self.candidates(control.name, self.settings)
            for control in movable
        }
        self._lattices += 1
        self._lattice = Lattice(
            {name: list(options) for name, options in values.items()},
            self.settings,
            settle=lambda changes, origin=self.settings: self._checked(origin, changes),
            show=lambda settings: self._scene(settings, keep=False),
            name=name,
        )

    def _go_ahead(self, seconds: float = TURN) -> None:
        """Compute further positions: send those that are near when they are there, in the end all of them.

        Until then the view is told to ask again.
        """
        with self._lock:
            self._follow()
            done = self._lattice.compute(seconds)
            sent = self.lattice.get("number") == self._lattices
            if (done and not (sent and self.lattice["done"])) or (self._lattice.close and not sent):
                about, data = self._lattice.packed()
                with self.hold_sync():
                    self.lattice_data, self.lattice = data, {**about, "number": self._lattices}
            if done:
                self._lattice.forget()
            else:
                self.send({"kind": "more"})


def digest(settings: Settings) -> str:
    """A short name for settings."""
    text = as_json({name: plain(value) for name, value in settings.items()})
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
