"""The layers, one concept a file, under Keras's names."""

from nnlab.core.layer import Layer
from nnlab.core.symbolic import Input
from nnlab.layers.activation import Activation
from nnlab.layers.convolution import Conv2D
from nnlab.layers.dense import Dense
from nnlab.layers.input_layer import InputLayer
from nnlab.layers.softmax import Softmax

Convolution2D = Conv2D

__all__ = ["Activation", "Conv2D", "Convolution2D", "Dense", "Input", "InputLayer", "Layer", "Softmax"]
