"""The layers, one concept a file, in the clear form: forward and backward as in a textbook."""

from cnn_core.layers.activations import LeakyReLU, ReLU, Sigmoid, Softmax, Tanh, softmax
from cnn_core.layers.base import Layer, Tape
from cnn_core.layers.conv import Conv2D
from cnn_core.layers.dense import Dense
from cnn_core.layers.dropout import Dropout
from cnn_core.layers.flatten import Flatten
from cnn_core.layers.normalization import BatchNorm
from cnn_core.layers.pool import AveragePool2D, MaxPool2D

LAYER_KINDS: dict[str, type[Layer]] = {
    kind.__name__: kind
    for kind in (
        AveragePool2D, BatchNorm, Conv2D, Dense, Dropout, Flatten, LeakyReLU, MaxPool2D, ReLU, Sigmoid, Softmax, Tanh,
    )
}  # fmt: skip
"""What a model file may name."""

__all__ = [
    "LAYER_KINDS",
    "AveragePool2D",
    "BatchNorm",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "Layer",
    "LeakyReLU",
    "MaxPool2D",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "Tape",
    "softmax",
]
