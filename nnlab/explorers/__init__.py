"""The explorers, one topic a file: controls -> a real layer's trace -> a view in which every number is the layer's."""

from nnlab.explorers.padding import Padding
from nnlab.explorers.stride import Stride

__all__ = ["Padding", "Stride"]
