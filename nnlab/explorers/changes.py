"""How an explorer comes from its settings to others: they are checked, drawn and told, and can be taken back."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

import traitlets

from nnlab.core.errors import ArgumentError, NnlabError, unknown_arguments
from nnlab.explorers.pictures import KEPT, Pictures
from nnlab.explorers.settings import LASTING, Settings, common, plain


class Changes(Pictures):
    """The part of an explorer that changes its settings. What makes no sense changes nothing, and the view says why."""

    defaults: ClassVar[Mapping[str, Any]] = {}  # of all settings, in the order of the constructor's arguments

    def change(self, **changes: Any) -> None:
        """Change several settings at once. If they make no sense nothing changes, and the view says why."""
        with self._told():
            self._change(changes)

    def undo(self) -> None:
        """Take the last change back, if there is one."""
        self._go(self._history.undo)

    def redo(self) -> None:
        """Make the change again that was taken back last, if there is one."""
        self._go(self._history.redo)

    # ---- inside

    def _checked(self, current: Settings, changes: Settings) -> Settings:
        self._check_names(changes)
        before = {**self.defaults, **current}
        manners = common(type(self).__name__, {**before, **changes}, self.controls)
        given = {
            name: value for name, value in changes.items() if value is not None or getattr(type(self), name).allow_none
        }
        return {**self.prepare({**before, **given, **manners}, given), **manners}

    def _check_names(self, names: Iterable[str]) -> None:
        unknown = [name for name in names if name not in self.defaults]
        if unknown:
            raise unknown_arguments(type(self).__name__, unknown, self.setting_names())

    def _check_grid(self, settings: Settings) -> None:
        """A grid that is to be predicted has to be there."""
        grids = [grid.name for grid in self._draw(settings)[0].grids]
        if isinstance(settings["predict"], str) and settings["predict"] not in grids:
            known, received = ", ".join(map(repr, grids)), settings["predict"]
            raise ArgumentError(
                f"{type(self).__name__}: predict must be True, False or one of {known}, received {received!r}."
            )

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """The view says what was wrong, and so does the error."""
        try:
            yield
        except NnlabError as error:
            self._publish(str(error))
            raise

    def _change(self, changes: Settings, answer: Settings | None = None, gesture: Any = None) -> None:
        with self._lock:
            before, after = self.settings, self._checked(self.settings, changes)
            if "predict" in changes:
                self._check_grid(after)
            self._draw(after)
            steps = [name for name in after if name not in LASTING and plain(before[name]) != plain(after[name])]
            if steps:
                self._history.record(before, next((name for name in changes if name in steps), steps[0]), gesture)
            self._adopt(after, answer, rescored="score" in changes)

    def _go(self, move: Callable[[Settings], Settings | None], answer: Settings | None = None) -> None:
        with self._lock:
            settings = move(self.settings) or self.settings
            self._adopt({**settings, **{name: self.settings[name] for name in LASTING}}, answer)

    def _adopt(self, settings: Settings, answer: Settings | None = None, rescored: bool = False) -> None:
        """Make valid settings those that are shown, and tell everybody."""
        before, key = self.settings, self._key(settings)
        if key != self._key(before) and not rescored:
            self._found[self._key(before)] = before["score"]["found"]
            if len(self._found) > KEPT:
                self._found.popitem(last=False)
            settings = {**settings, "score": {**settings["score"], "found": self._found.get(key, {})}}
        self._draw(settings)
        self.settings = settings
        self.remember(settings)
        self._publish(answer=answer)
        for name in settings:
            if plain(before[name]) != plain(settings[name]):
                change = {"name": name, "old": before[name], "new": settings[name], "owner": self, "type": "change"}
                self.notify_change(traitlets.Bunch(change))
