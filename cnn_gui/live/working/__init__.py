"""The room that shows the sum behind the number that is asked about."""

from cnn_gui.live.working.room import SPEC

__all__ = ["SPEC"]
