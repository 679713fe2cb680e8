"""A layer's numbers as one picture: all tiles at once, without a loop over pixels.

Numbers become indices of a table of colours while there is one for each number; then the colours are enlarged. Colours
are of the kind that Qt paints without turning them into another first.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, qRgb

from cnn_core.arrays import Array
from cnn_core.inspection import (
    DIVERGING,
    LIGHT_DIVERGING,
    LIGHT_SEQUENTIAL,
    SEQUENTIAL,
    SIGNED_BELOW,
    LayerActivation,
    LayerGradient,
    is_signed,
    to_indices,
)
from cnn_gui.live.strip.layout import Block
from cnn_gui.theme import Theme, mix, rgb
from cnn_gui.widgets.pixels import blank_image

GROUND, STOPPED = 255, 256
"""Indices of the colour between tiles, and of where no gradient is let back; values take those below."""
NO_LIMIT = 1e-30
"""Gradients have no usual size."""
Colours = NDArray[np.uint32]
"""0xffRRGGBB, by index or by pixel."""
BAR, NEGATIVE, LINE = 1, 2, 3


def block_image(
    layer: LayerActivation,
    block: Block,
    theme: Theme,
    span: tuple[float, float] | None = None,
    each: bool = False,
    held: bool = False,
) -> QImage:
    """Picture of ``block`` for the layer's values, its first maps or units where the block has room for no more.

    Colours run over ``span``, the range of the whole layer or one that is ``held`` and that values may leave, or over
    the range of ``each`` map.
    """
    shown = layer.values[..., : block.count]
    if block.kind == "bars":
        return _bars(shown, block, _bar_colours(theme))
    values = shown if shown.ndim == 3 else shown[None, None, :]
    low, high = span or (float(values.min()), float(values.max()))
    signed = low < SIGNED_BELOW or (held and is_signed(values))
    if each and layer.values.ndim == 3:
        levels = _levels_each(values, signed)
    else:
        levels = _levels(values, signed, max(high, -low if signed else 0, 1e-12), held or low < 0)
    return _maps(levels, block, _map_colours(theme, signed))


def gradient_image(layer: LayerGradient, block: Block, theme: Theme, limit: float, each: bool) -> QImage:
    """Picture of ``block`` for a layer's gradients, zero in the middle: blue where the loss falls, red where it grows,
    grey where nothing is let back. Colours run to ``limit`` on both sides, or to the largest of ``each`` map."""
    shown = layer.values[..., : block.count]
    stopped = None if layer.stopped is None else layer.stopped[..., : block.count]
    if block.kind == "bars":
        return _bars(shown, block, _gradient_bar_colours(theme), stopped)
    values = shown if shown.ndim == 3 else shown[None, None, :]
    own = each and layer.values.ndim == 3
    levels = _levels_each(values, True, NO_LIMIT) if own else _levels(values, True, max(limit, NO_LIMIT), True)
    return _maps(levels, block, _map_colours(theme, True), None if stopped is None else stopped.reshape(levels.shape))


def _levels(values: Array, signed: bool, limit: float, may_leave: bool) -> NDArray[np.uint8]:
    """Values as indices 0…254: from zero to ``limit``, or around zero in the middle."""
    levels = (values + np.float32(limit)) * np.float32(127 / limit) if signed else values * np.float32(254 / limit)
    if may_leave:
        np.clip(levels, 0, 254, out=levels)
    return to_indices(levels)


def _levels_each(values: Array, signed: bool, least: float = 1e-12) -> NDArray[np.uint8]:
    """The same with the colours of each map [h, w, count] over its own range."""
    if signed:
        limits = np.maximum(np.abs(values).max(axis=(0, 1)), least)
        return to_indices((values + limits) * (127 / limits))
    return to_indices(np.clip(values * (254 / np.maximum(values.max(axis=(0, 1)), 1e-12)), 0, 254))


def _maps(
    levels: NDArray[np.uint8], block: Block, colours: Colours, stopped: NDArray[np.bool_] | None = None
) -> QImage:
    """All maps [h, w, count] enlarged and side by side."""
    h, w, _ = levels.shape
    each = colours.take(levels.transpose(2, 0, 1))
    if stopped is not None:
        each[stopped.transpose(2, 0, 1)] = colours[STOPPED]
    if block.count < block.rows * block.columns:
        rest = np.full((block.rows * block.columns - block.count, h, w), colours[GROUND])
        each = np.concatenate([each, rest])
    lines = each.repeat(block.factor, axis=2).reshape(block.rows, block.columns, h, -1).swapaxes(1, 2)
    image, picture = _ground(block, colours)
    tiles = picture.reshape(block.rows, block.tile_h + block.gap, block.columns, -1)
    for copy in range(block.factor):
        tiles[:, copy : h * block.factor : block.factor, :, : w * block.factor] = lines
    return image


def _bars(values: Array, block: Block, colours: Colours, stopped: NDArray[np.bool_] | None = None) -> QImage:
    """Bars from a zero line, which is at the bottom unless there are negative values."""
    values = np.nan_to_num(values)  # what is no number has no bar
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    span = max(high - low, NO_LIMIT)
    usable = block.tile_h - 1
    zero = round(usable * high / span) if span > NO_LIMIT else usable
    ends = zero - np.rint(values * (usable / span)).astype(int)
    rows = np.arange(block.tile_h)[None, :]
    bars = np.full((block.count, block.tile_h), GROUND, np.uint16)
    bars[(rows >= ends[:, None]) & (rows < zero)] = BAR
    bars[(rows <= ends[:, None]) & (rows > zero)] = NEGATIVE
    bars[:, zero] = LINE
    if stopped is not None:
        bars[stopped, max(zero - 1, 0) : zero + 2] = STOPPED
    image, picture = _ground(block, colours)
    tiles = picture.reshape(block.rows, block.tile_h + block.gap, block.columns, -1)[:, : block.tile_h]
    each = np.full((block.rows * block.columns, block.tile_h), colours[GROUND])
    each[: block.count] = colours[bars]
    tiles[..., : block.tile_w] = each.reshape(block.rows, block.columns, -1).swapaxes(1, 2)[..., None]
    return image


def _ground(block: Block, colours: Colours) -> tuple[QImage, Colours]:
    h, w = block.rows * (block.tile_h + block.gap), block.columns * (block.tile_w + block.gap)
    return blank_image(h, w, int(colours[GROUND]))


@cache
def _map_colours(theme: Theme, signed: bool) -> Colours:
    light, dark = (LIGHT_DIVERGING, DIVERGING) if signed else (LIGHT_SEQUENTIAL, SEQUENTIAL)
    table = (light if theme.light_maps else dark).tolist()
    rest = [qRgb(*rgb(theme.raised)), qRgb(*rgb(theme.stopped))]
    return np.array([qRgb(*colour) for colour in table[:GROUND]] + rest, np.uint32)


@cache
def _gradient_bar_colours(theme: Theme) -> Colours:
    colours = _bar_colours(theme).copy()
    colours[BAR], colours[NEGATIVE] = qRgb(*rgb(theme.grows)), qRgb(*rgb(theme.falls))
    colours[STOPPED] = qRgb(*rgb(theme.stopped))
    return colours


@cache
def _bar_colours(theme: Theme) -> Colours:
    colours = np.full(257, qRgb(*rgb(theme.raised)), np.uint32)
    colours[BAR], colours[NEGATIVE] = qRgb(*rgb(theme.accent)), qRgb(*rgb(theme.second))
    colours[LINE] = qRgb(*rgb(mix(theme.muted, theme.raised, 0.6)))
    return colours
