"""How a trace, and each value of one, shows itself: as text in the terminal, as a table in the notebook."""

from typing import Any


class Rendered:
    """What `nnlab.explain` draws."""

    def __str__(self) -> str:
        return self._repr_mimebundle_()["text/plain"]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from nnlab.explain import table  # deferred: rendering is a room above this one

        return {"text/plain": table.text(self), "text/html": table.html(self)}
