"""The layers, one concept a file, under Keras's names."""

from nnlab.core.layer import Layer
from nnlab.core.symbolic import Input
from nnlab.layers.activation import Activation
from nnlab.layers.batch_normalization import BatchNormalization
from nnlab.layers.convolution import Conv2D
from nnlab.layers.dense import Dense
from nnlab.layers.dropout import Dropout
from nnlab.layers.flatten import Flatten
from nnlab.layers.input_layer import InputLayer
from nnlab.layers.lstm import LSTM, LSTMCell
from nnlab.layers.pooling import AveragePooling2D, MaxPooling2D
from nnlab.layers.recurrent import RNN
from nnlab.layers.relu import ReLU
from nnlab.layers.simple_rnn import SimpleRNN, SimpleRNNCell
from nnlab.layers.softmax import Softmax
from nnlab.layers.zero_padding import ZeroPadding2D

# Keras's other names of the same classes.
AvgPool2D = AveragePooling2D
Convolution2D = Conv2D
MaxPool2D = MaxPooling2D

__all__ = [
    "LSTM",
    "RNN",
    "Activation",
    "AveragePooling2D",
    "AvgPool2D",
    "BatchNormalization",
    "Conv2D",
    "Convolution2D",
    "Dense",
    "Dropout",
    "Flatten",
    "Input",
    "InputLayer",
    "LSTMCell",
    "Layer",
    "MaxPool2D",
    "MaxPooling2D",
    "ReLU",
    "SimpleRNN",
    "SimpleRNNCell",
    "Softmax",
    "ZeroPadding2D",
]
