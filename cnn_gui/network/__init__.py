"""The workspace in which a network is built."""

from cnn_gui.network.workspace import SPEC

__all__ = ["SPEC"]
