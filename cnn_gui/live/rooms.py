"""The rooms of the inspector, in the order of their tabs."""

from __future__ import annotations

from cnn_gui.live import attribution, edits, embedding, exemplars, film, kernels, learning, working
from cnn_gui.specs import RoomSpec

ROOMS: list[RoomSpec] = [
    working.SPEC,
    kernels.SPEC,
    attribution.SPEC,
    exemplars.SPEC,
    embedding.SPEC,
    edits.SPEC,
    learning.SPEC,
    film.SPEC,
]
