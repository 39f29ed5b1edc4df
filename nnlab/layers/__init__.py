"""The layers, one concept a file, under Keras's names."""

from nnlab.core.layer import Layer
from nnlab.core.symbolic import Input
from nnlab.layers.activation import Activation
from nnlab.layers.batch_normalization import BatchNormalization
from nnlab.layers.bidirectional import Bidirectional
from nnlab.layers.convolution import Conv2D
from nnlab.layers.dense import Dense
from nnlab.layers.dropout import Dropout
from nnlab.layers.embedding import Embedding
from nnlab.layers.flatten import Flatten
from nnlab.layers.gru import GRU, GRUCell
from nnlab.layers.input_layer import InputLayer
from nnlab.layers.lstm import LSTM, LSTMCell
from nnlab.layers.masking import Masking
from nnlab.layers.pooling import AveragePooling2D, MaxPooling2D
from nnlab.layers.recurrent import RNN
from nnlab.layers.relu import ReLU
from nnlab.layers.simple_rnn import SimpleRNN, SimpleRNNCell
from nnlab.layers.softmax import Softmax
from nnlab.layers.stacked_rnn_cells import StackedRNNCells
from nnlab.layers.time_distributed import TimeDistributed
from nnlab.layers.zero_padding import ZeroPadding2D

# Keras's other names of the same classes.
AvgPool2D = AveragePooling2D
Convolution2D = Conv2D
MaxPool2D = MaxPooling2D

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Activation",
    "AveragePooling2D",
    "AvgPool2D",
    "BatchNormalization",
    "Bidirectional",
    "Conv2D",
    "Convolution2D",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRUCell",
    "Input",
    "InputLayer",
    "LSTMCell",
    "Layer",
    "Masking",
    "MaxPool2D",
    "MaxPooling2D",
    "ReLU",
    "SimpleRNN",
    "SimpleRNNCell",
    "Softmax",
    "StackedRNNCells",
    "TimeDistributed",
    "ZeroPadding2D",
]
