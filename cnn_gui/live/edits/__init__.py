"""The room in which the network is changed by hand."""

from cnn_gui.live.edits.room import SPEC

__all__ = ["SPEC"]
