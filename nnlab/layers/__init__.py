"""The layers, one concept a file, under Keras's names."""

from nnlab.core.layer import Layer
from nnlab.core.symbolic import Input
from nnlab.layers.activation import Activation
from nnlab.layers.activity_regularization import ActivityRegularization
from nnlab.layers.alpha_dropout import AlphaDropout
from nnlab.layers.batch_normalization import BatchNormalization
from nnlab.layers.bidirectional import Bidirectional
from nnlab.layers.concatenate import Concatenate
from nnlab.layers.convolution import Conv1D, Conv2D, Conv3D
from nnlab.layers.cropping import Cropping1D, Cropping2D, Cropping3D
from nnlab.layers.dense import Dense
from nnlab.layers.depthwise_convolution import DepthwiseConv1D, DepthwiseConv2D
from nnlab.layers.dot import Dot
from nnlab.layers.dropout import Dropout
from nnlab.layers.elu import ELU
from nnlab.layers.embedding import Embedding
from nnlab.layers.flatten import Flatten
from nnlab.layers.gaussian_noise import GaussianDropout, GaussianNoise
from nnlab.layers.global_pooling import (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
)
from nnlab.layers.group_normalization import GroupNormalization
from nnlab.layers.gru import GRU, GRUCell
from nnlab.layers.identity import Identity
from nnlab.layers.input_layer import InputLayer
from nnlab.layers.layer_normalization import LayerNormalization
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.layers.lstm import LSTM, LSTMCell
from nnlab.layers.masking import Masking
from nnlab.layers.merge import Add, Average, Maximum, Minimum, Multiply, Subtract
from nnlab.layers.merge_functions import add, average, concatenate, dot, maximum, minimum, multiply, subtract
from nnlab.layers.permute import Permute
from nnlab.layers.pooling import (
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
)
from nnlab.layers.prelu import PReLU
from nnlab.layers.recurrent import RNN
from nnlab.layers.relu import ReLU
from nnlab.layers.repeat_vector import RepeatVector
from nnlab.layers.reshape import Reshape
from nnlab.layers.separable_convolution import SeparableConv1D, SeparableConv2D
from nnlab.layers.simple_rnn import SimpleRNN, SimpleRNNCell
from nnlab.layers.softmax import Softmax
from nnlab.layers.spatial_dropout import SpatialDropout1D, SpatialDropout2D, SpatialDropout3D
from nnlab.layers.stacked_rnn_cells import StackedRNNCells
from nnlab.layers.time_distributed import TimeDistributed
from nnlab.layers.transposed_convolution import Conv1DTranspose, Conv2DTranspose, Conv3DTranspose
from nnlab.layers.up_sampling import UpSampling1D, UpSampling2D, UpSampling3D
from nnlab.layers.zero_padding import ZeroPadding1D, ZeroPadding2D, ZeroPadding3D

# Keras's other names of the same classes.
AvgPool1D = AveragePooling1D
AvgPool2D = AveragePooling2D
AvgPool3D = AveragePooling3D
Convolution1D = Conv1D
Convolution1DTranspose = Conv1DTranspose
Convolution2D = Conv2D
Convolution2DTranspose = Conv2DTranspose
Convolution3D = Conv3D
Convolution3DTranspose = Conv3DTranspose
GlobalAvgPool1D = GlobalAveragePooling1D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalAvgPool3D = GlobalAveragePooling3D
GlobalMaxPool1D = GlobalMaxPooling1D
GlobalMaxPool2D = GlobalMaxPooling2D
GlobalMaxPool3D = GlobalMaxPooling3D
MaxPool1D = MaxPooling1D
MaxPool2D = MaxPooling2D
MaxPool3D = MaxPooling3D
SeparableConvolution1D = SeparableConv1D
SeparableConvolution2D = SeparableConv2D

__all__ = [
    "ELU",
    "GRU",
    "LSTM",
    "RNN",
    "Activation",
    "ActivityRegularization",
    "Add",
    "AlphaDropout",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "AvgPool1D",
    "AvgPool2D",
    "AvgPool3D",
    "BatchNormalization",
    "Bidirectional",
    "Concatenate",
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Conv3DTranspose",
    "Convolution1D",
    "Convolution1DTranspose",
    "Convolution2D",
    "Convolution2DTranspose",
    "Convolution3D",
    "Convolution3DTranspose",
    "Cropping1D",
    "Cropping2D",
    "Cropping3D",
    "Dense",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "Dot",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRUCell",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "GroupNormalization",
    "Identity",
    "Input",
    "InputLayer",
    "LSTMCell",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "Maximum",
    "Minimum",
    "Multiply",
    "PReLU",
    "Permute",
    "ReLU",
    "RepeatVector",
    "Reshape",
    "SeparableConv1D",
    "SeparableConv2D",
    "SeparableConvolution1D",
    "SeparableConvolution2D",
    "SimpleRNN",
    "SimpleRNNCell",
    "Softmax",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "StackedRNNCells",
    "Subtract",
    "TimeDistributed",
    "UpSampling1D",
    "UpSampling2D",
    "UpSampling3D",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
    "add",
    "average",
    "concatenate",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "subtract",
]
