"""The room that shows what a map likes."""

from cnn_gui.live.exemplars.room import SPEC

__all__ = ["SPEC"]
