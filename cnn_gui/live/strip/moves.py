"""Where a pin goes with the arrow keys: to the next pixel, map or layer. Knows no widget."""

from __future__ import annotations

from collections.abc import Sequence

from cnn_core.inspection import LayerActivation, LayerGradient
from cnn_gui.session.selection import Pin

Layers = Sequence[LayerActivation | LayerGradient]


def next_to(layers: Layers, pin: Pin, down: int, right: int) -> Pin:
    """The neighbouring pixel, or unit; ``pin`` itself where its layer is not there."""
    shape = next((layer.shape for layer in layers if layer.name == pin.layer), None)
    if shape is None or len(shape) != len(pin.place):
        return pin
    if len(shape) == 1:
        return Pin(pin.layer, (min(max(pin.place[0] + right + down, 0), shape[0] - 1),))
    row, column, channel = pin.place
    row, column = min(max(row + down, 0), shape[0] - 1), min(max(column + right, 0), shape[1] - 1)
    return Pin(pin.layer, (row, column, channel))


def beside(layers: Layers, pin: Pin, maps: int, further: int) -> Pin:
    """The same place so many ``maps`` on, or as nearly the same as there is so many layers ``further``."""
    names = [layer.name for layer in layers]
    number = names.index(pin.layer) if pin.layer in names else 0
    before = layers[number].shape
    number = min(max(number + further, 0), len(names) - 1)
    shape = layers[number].shape
    channel = min(max(pin.channel + maps, 0), shape[-1] - 1)
    if len(shape) == 1:
        return Pin(names[number], (channel,))
    place = pin.place if len(pin.place) == 3 else (shape[0] // 2, shape[1] // 2, channel)
    scale = [shape[i] / before[i] if len(before) == 3 else 1 for i in range(2)]
    row, column = (min(int(place[i] * scale[i]), shape[i] - 1) for i in range(2))
    return Pin(names[number], (row, column, channel))
