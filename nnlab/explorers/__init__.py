"""The explorers, one topic a file: controls -> a real layer's trace -> a view in which every number is the layer's."""

from nnlab.explorers.normalization import BatchNorm
from nnlab.explorers.padding import Padding
from nnlab.explorers.stride import Stride

__all__ = ["BatchNorm", "Padding", "Stride"]
