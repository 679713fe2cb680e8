"""The room that tells one training step slowly."""

from cnn_gui.live.learning.room import SPEC

__all__ = ["SPEC"]
