"""The grid view as a widget: it sends a scene to JavaScript, and stands as a picture where no widget can run."""

import base64
import io
import os
import pathlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from nnlab.widgets import reruns
from nnlab.widgets.payload import pack
from nnlab.widgets.scene import Scene

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STATIC = pathlib.Path(__file__).parent / "static"


class GridView(anywidget.AnyWidget):
    """Shows a `Scene`; pointing, playing and stepping in it need no kernel.

    `header` (JSON) and `data` (bytes) are what JavaScript reads: the scene, a message to the learner, and `manners`:
    what can be undone, whether the code can be edited, what waits to be predicted, and the score. `lattice` and
    `lattice_data` are scenes computed ahead for positions of the controls. What a learner asks for arrives as a
    custom message.
    """

    # As text: anywidget watches a file for changes, and its watcher would keep every widget that was ever closed.
    _esm = (STATIC / "grid_view.js").read_text("utf-8")
    _css = (STATIC / "grid_view.css").read_text("utf-8")

    header = traitlets.Dict().tag(sync=True)
    data = traitlets.Bytes().tag(sync=True)
    lattice = traitlets.Dict().tag(sync=True)
    lattice_data = traitlets.Bytes().tag(sync=True)

    scene: Scene = None  # what is shown

    def __init__(self, scene: Scene, manners: Mapping[str, Any] | None = None):
        self._version = 0
        super().__init__(**self._packed(scene, "", None, manners or {}))
        self.scene = scene

    def show(
        self,
        scene: Scene,
        message: str = "",
        answer: Mapping[str, Any] | None = None,
        manners: Mapping[str, Any] | None = None,
    ) -> None:
        """Show `scene`, with a `message` to the learner, in `answer` to a request."""
        packed = self._packed(scene, message, answer, manners or {})
        self.scene = scene
        with self.hold_sync():
            self.data, self.header = packed["data"], packed["header"]

    def figure(self, cell: int = 0) -> "Figure":
        """The scene as a still picture (a Matplotlib figure), with the window of result cell number `cell`."""
        from nnlab.widgets import picture  # Matplotlib loads only when a picture is asked for

        return picture.figure(self.visible, cell)

    @property
    def visible(self) -> Scene:
        """The scene as the learner may see it."""
        return self.scene

    def to_html(self) -> str:
        """One page of HTML, with everything in it: what was computed ahead is live without a kernel."""
        from nnlab.widgets import export

        traits = {name: getattr(self, name) for name in ("header", "data", "lattice", "lattice_data")}
        scene = self.visible
        return export.page(scene.title, scene.text, self._png(80), traits, str(self._esm), str(self._css))

    def save_html(self, path: str | os.PathLike[str]) -> None:
        """Write `to_html()` to a file, which any browser opens, without a network and without Python."""
        pathlib.Path(path).write_text(self.to_html(), "utf-8")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.scene.title})"

    def close(self) -> None:
        """End every view of it. It can be shown again."""
        if self.comm is None:  # closed already, or refused while it was made
            return
        super().close()
        self.layout.close()
        vars(self).pop("_repr_mimebundle_", None)  # ipywidgets hides it, so that a closed widget is text for ever

    def open(self) -> None:
        """Make it ready to be shown; a widget is open from the start, until it is closed."""
        self.layout.open()
        super().open()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        self.open()
        reruns.shown(self)
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        png = base64.b64encode(self._png(80)).decode()
        return {**data, "text/plain": repr(self), "image/png": png}, metadata

    def _png(self, dpi: int) -> bytes:
        buffer = io.BytesIO()
        self.figure().savefig(buffer, format="png", dpi=dpi)
        return buffer.getvalue()

    def _packed(self, scene: Scene, message: str, answer: Any, manners: Any) -> dict[str, Any]:
        self._version += 1  # makes each header differ, so that JavaScript hears of every change of the data
        tree = {"version": self._version, "scene": scene.payload(), "message": message}
        header, data = pack({**tree, "answer": answer, "manners": manners})
        return {"header": header, "data": data}
