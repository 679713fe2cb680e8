"""The room that shows the kernels of a convolution."""

from cnn_gui.live.kernels.room import SPEC

__all__ = ["SPEC"]
