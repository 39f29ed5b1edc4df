"""What a cell showed before it is run again is closed, or each run would keep its pictures until the kernel ends.

ipywidgets keeps every widget alive that was never closed. Which cell is running, Jupyter says in the request that the
kernel works on; where it does not, nothing is closed.
"""

import weakref
from typing import Any

from IPython import get_ipython

_shown: dict[str, tuple[str, "weakref.WeakSet[Any]"]] = {}  # by cell: its last run, and the widgets shown in that run


def shown(widget: Any) -> None:
    """Note that `widget` is being shown, and close those that an earlier run of the same cell showed alone."""
    cell, run = running()
    if not cell:
        return
    last, widgets = _shown.get(cell, (run, weakref.WeakSet()))
    _shown[cell] = (run, widgets if last == run else weakref.WeakSet())
    _shown[cell][1].add(widget)
    if last == run:
        return
    for old in widgets:
        if not any(old in others for _, others in _shown.values()):
            old.close()


def running() -> tuple[str, str]:
    """The cell that is running and the number of this run; nothing where it cannot be known."""
    try:
        request = get_ipython().kernel.get_parent("shell")
        return str(request["metadata"]["cellId"]), str(request["header"]["msg_id"])
    except (AttributeError, KeyError, TypeError, LookupError):
        return "", ""
