"""The room that shows how a run learnt, step by step."""

from cnn_gui.live.film.room import SPEC

__all__ = ["SPEC"]
