"""A layer's numbers as one picture: all tiles at once, without a loop over pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_core.inspection import LayerActivation, colorize, is_signed
from cnn_gui.inspector.layout import Block

RGB = tuple[int, int, int]


def paint_block(
    layer: LayerActivation, block: Block, ground: RGB, bar: RGB, negative: RGB, line: RGB
) -> NDArray[np.uint8]:
    """RGB [h, w, 3] of ``block`` for the layer's values; colours run over the range of the whole layer.

    ``ground`` lies between the tiles; bars are ``bar`` above zero and ``negative`` below it, on a ``line``.
    """
    if block.kind == "bars":
        return _bars(layer.values, block, ground, bar, negative, line)
    values = layer.values if layer.values.ndim == 3 else layer.values[None, None, :]
    low, high, signed = float(values.min()), float(values.max()), is_signed(values)
    colours = colorize(values, low, high, signed)  # [h, w, count, 3]
    h, w = values.shape[:2]
    step_h, step_w = block.tile_h + block.gap, block.tile_w + block.gap
    tiles = np.empty((block.rows * block.columns, step_h, step_w, 3), np.uint8)
    tiles[:] = ground
    enlarged = colours.transpose(2, 0, 1, 3).repeat(block.factor, axis=1).repeat(block.factor, axis=2)
    tiles[: block.count, : h * block.factor, : w * block.factor] = enlarged
    picture = tiles.reshape(block.rows, block.columns, step_h, step_w, 3).swapaxes(1, 2)
    return picture.reshape(block.rows * step_h, block.columns * step_w, 3)[: block.height, : block.width]


def _bars(
    values: NDArray[np.floating], block: Block, ground: RGB, bar: RGB, negative: RGB, line: RGB
) -> NDArray[np.uint8]:
    """Bars from a zero line, which is at the bottom unless there are negative values."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    span = max(high - low, 1e-12)
    usable = block.tile_h - 1
    zero = round(usable * high / span) if span > 1e-9 else usable
    ends = zero - np.rint(values * (usable / span)).astype(int)
    rows = np.arange(block.tile_h)[None, :]
    up = (rows >= ends[:, None]) & (rows < zero)
    down = (rows <= ends[:, None]) & (rows > zero)
    step_h, step_w = block.tile_h + block.gap, block.tile_w + block.gap
    tiles = np.empty((block.rows * block.columns, step_h, step_w, 3), np.uint8)
    tiles[:] = ground
    own = np.empty((block.count, block.tile_h, 3), np.uint8)
    own[:] = ground
    own[up], own[down] = bar, negative
    own[:, zero] = line
    tiles[: block.count, : block.tile_h, : block.tile_w] = own[:, :, None]
    picture = tiles.reshape(block.rows, block.columns, step_h, step_w, 3).swapaxes(1, 2)
    return picture.reshape(block.rows * step_h, block.columns * step_w, 3)[: block.height, : block.width]
