"""What the explorers should show, worked out cell by cell with plain Python from the definitions of the layers.

A worksheet is like a spreadsheet: some cells are given, the others say what they are made of: a sum, mean or maximum
of products of other cells, or a line of arithmetic. Their numbers follow. Nothing here knows nnlab.
"""

from worksheets.arithmetic import exactly
from worksheets.blocks import dropout, normalization, softmax
from worksheets.networks import Layer, network
from worksheets.sheet import Line, Term, Terms, Worksheet
from worksheets.stacks import comparison, stacked
from worksheets.weights import WEIGHTS, model_of_layers, parameters
from worksheets.windows import convolution, pooling

__all__ = [
    "WEIGHTS", "Layer", "Line", "Term", "Terms", "Worksheet", "comparison", "convolution", "dropout", "exactly",
    "model_of_layers", "network", "normalization", "parameters", "pooling", "softmax", "stacked",
]  # fmt: skip
