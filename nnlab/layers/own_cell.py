"""LSTM, GRU and SimpleRNN are RNNs that make their own cell: a constructor's signature states both in Keras's order."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from nnlab.core.config import arguments
from nnlab.core.errors import NnlabError
from nnlab.layers.cell import Cell
from nnlab.layers.recurrent import RNN


def with_own(cell_class: type[Cell]) -> Callable[[Callable], Callable]:
    """A constructor of an RNN: what a cell of this class takes makes the cell, what RNN takes makes the loop over it.

    Both are made before the constructor's own lines run, which are left with the arguments that neither takes.

    >>> from nnlab import layers
    >>> layers.LSTM(4, "relu", return_sequences=True).cell.activation.__name__
    'relu'
    """

    def decorate(init: Callable) -> Callable:
        signature = inspect.signature(init)

        @functools.wraps(init)
        def make(self: RNN, *args: Any, **kwargs: Any) -> None:
            bound = signature.bind(self, *args, **kwargs)
            bound.apply_defaults()
            given, common = bound.arguments, bound.arguments["kwargs"]
            of_cell = {name: given[name] for name in arguments(cell_class)}
            of_loop = {name: given[name] for name in arguments(RNN) if name in given}
            RNN.__init__(self, own_cell(self, cell_class, of_cell, common.get("dtype")), **of_loop, **common)
            init(*bound.args, **bound.kwargs)

        return make

    return decorate


def own_cell(layer: RNN, cell_class: type[Cell], given: dict[str, Any], dtype: str | None) -> Cell:
    """A cell with these arguments: errors in them name the layer."""
    try:
        return cell_class(**given, dtype=dtype)
    except NnlabError as error:
        raise type(error)(str(error).replace(cell_class.__name__, type(layer).__name__)) from None
