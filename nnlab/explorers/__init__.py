"""The explorers, one topic a file: controls -> a real layer's trace -> a view in which every number is the layer's."""

from nnlab.explorers.dropout import Dropout
from nnlab.explorers.normalization import BatchNorm
from nnlab.explorers.padding import Padding
from nnlab.explorers.parameter_count import ParameterCount
from nnlab.explorers.pooling import Pooling
from nnlab.explorers.softmax import Softmax
from nnlab.explorers.stride import Stride

__all__ = ["BatchNorm", "Dropout", "Padding", "ParameterCount", "Pooling", "Softmax", "Stride"]
