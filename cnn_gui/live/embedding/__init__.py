"""The room that shows the drawing among the test images."""

from cnn_gui.live.embedding.room import SPEC

__all__ = ["SPEC"]
