"""The room that asks: why this class?"""

from cnn_gui.live.attribution.room import SPEC

__all__ = ["SPEC"]
