"""A convolutional neural network library in plain NumPy.

The layers (`cnn_core.layers`), a `Sequential` model, optimizers, a `Trainer`, data sets, model files. It prints nothing
and knows no screen; the command line is `cnn-core`, the window is the package `cnn_gui`.
"""

from cnn_core.errors import CnnError
from cnn_core.model import Sequential
from cnn_core.presets import make_preset

__all__ = ["CnnError", "Sequential", "make_preset"]
__version__ = "0.1.0"
