"""Where everything stands on the strip: columns of cards, each card a block of tiles. Knows no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, sqrt

from cnn_core.inspection import LayerActivation, LayerGradient
from cnn_core.inspection.kinds import traits_of

Layer = LayerActivation | LayerGradient

GAP_PX = 2
PAD_PX = 8
HEAD_PX = 22
FOOT_PX = 20
LINE_PX = 14
CARD_GAP_PX = 6
MIN_CARD_WIDTH_PX = 78
"""``flatten 1`` fits in."""
TARGETS_PX = (98, 84, 70, 56, 42, 28)
"""Sizes of a tile that are tried, the largest that fits wins."""
BARS_UP_TO = 256
"""Longer vectors are shown as a block of cells."""
BARS_IN_ROW = (16, 32)
BAR_WIDTH_PX = 5
BAR_HEIGHT_PX = (9, 30)
CELL_PX = 2
MOST_COLUMNS, COMPACT_COLUMNS = 8, 3


@dataclass(frozen=True, slots=True)
class Block:
    """How one layer's numbers are laid out: ``count`` tiles of w×h display pixels, ``columns`` in a row."""

    kind: str
    count: int
    columns: int
    tile_w: int
    tile_h: int
    factor: int = 1

    @property
    def rows(self) -> int:
        return ceil(self.count / self.columns)

    @property
    def gap(self) -> int:
        return GAP_PX if self.kind == "maps" else 1 if self.kind == "bars" else 0

    @property
    def width(self) -> int:
        return self.columns * (self.tile_w + self.gap) - self.gap

    @property
    def height(self) -> int:
        return self.rows * (self.tile_h + self.gap) - self.gap

    def tile_at(self, x: float, y: float) -> int | None:
        """Number of the tile at a place inside the block."""
        column, row = int(x // (self.tile_w + self.gap)), int(y // (self.tile_h + self.gap))
        index = row * self.columns + column
        inside = x >= 0 and y >= 0 and column < self.columns and index < self.count
        return index if inside else None

    def pixel_at(self, x: float, y: float, index: int) -> tuple[int, int]:
        """Row and column of a map's pixel at a place inside the block, on tile ``index``."""
        left, top = self.tile_corner(index)
        last = self.tile_h // self.factor - 1, self.tile_w // self.factor - 1
        return min(int((y - top) / self.factor), last[0]), min(int((x - left) / self.factor), last[1])

    def tile_corner(self, index: int) -> tuple[int, int]:
        """Top left of a tile inside the block."""
        row, column = divmod(index, self.columns)
        return column * (self.tile_w + self.gap), row * (self.tile_h + self.gap)


@dataclass(frozen=True, slots=True)
class CardPlace:
    """A layer's card: its rectangle on the strip and the block of tiles in it."""

    layer: int
    x: int
    y: int
    width: int
    height: int
    block: Block
    head_px: int = HEAD_PX
    foot_px: int = FOOT_PX

    @property
    def block_x(self) -> int:
        return self.x + PAD_PX

    @property
    def block_y(self) -> int:
        return self.y + self.head_px


@dataclass(frozen=True, slots=True)
class CardWords:
    """How wide the words of a card are: name and shape side by side, caption and range side by side, the longest of
    the four, and the name alone."""

    head: int
    foot: int
    longest: int
    name: int = 0


NO_WORDS = CardWords(0, 0, 0)


@dataclass(frozen=True, slots=True)
class StripLayout:
    """All cards and the size that they need."""

    cards: tuple[CardPlace, ...]
    width: int
    height: int


def columns_of(layers: Sequence[Layer]) -> list[list[int]]:
    """Layers grouped into columns: what computes begins one, activation and dropout stand below it."""
    columns: list[list[int]] = []
    for i, layer in enumerate(layers):
        if not columns or traits_of(layer.kind).computes:
            columns.append([])
        columns[-1].append(i)
    return columns


def lay_out(
    layers: Sequence[Layer],
    width: int,
    height: int,
    target_px: int | None = None,
    words: Sequence[CardWords] = (),
    compact: bool = False,
) -> StripLayout:
    """Cards for a viewport of ``width`` × ``height``: the largest tiles that fit, or tiles of ``target_px``. In the
    ``compact`` form, for a low strip, each layer is a card in one row, with its name and its first tiles alone.

    ``words`` say how wide the lines of each card are; what does not fit side by side in a narrow card takes two lines.

    Where stacked cards do not fit in height, each layer gets a column of its own if that fits in width; where neither
    does, the strip scrolls.
    """
    if compact:
        return _compact(layers, height, words)
    stacked, single = columns_of(layers), [[i] for i in range(len(layers))]
    targets = (target_px,) if target_px else TARGETS_PX
    for columns in (stacked, single):
        for target in targets:
            layout = _with_target(layers, columns, height, target, words)
            if layout.width <= width and layout.height <= height:
                return layout
    return _with_target(layers, stacked, height, targets[-1], words)


def _compact(layers: Sequence[Layer], height: int, words: Sequence[CardWords]) -> StripLayout:
    cards: list[CardPlace] = []
    x, height = 0, max(height, HEAD_PX + PAD_PX + TARGETS_PX[-1])
    for number, layer in enumerate(layers):
        block = _first_tiles(_block(layer, height - HEAD_PX - PAD_PX, TARGETS_PX[-1]), height - HEAD_PX - PAD_PX)
        name = words[number].name if number < len(words) else 0
        width = max(block.width, name) + 2 * PAD_PX
        cards.append(CardPlace(number, x, 0, width, height, block, HEAD_PX, 0))
        x += width + CARD_GAP_PX
    return StripLayout(tuple(cards), x - CARD_GAP_PX, height)


def _first_tiles(block: Block, room_px: int) -> Block:
    """As many of them as there is room for in a narrow card."""
    rows = max(1, (room_px + block.gap) // (block.tile_h + block.gap))
    columns = min(block.columns, COMPACT_COLUMNS if block.kind == "maps" else block.columns)
    return replace(block, columns=columns, count=min(block.count, rows * columns))


def _with_target(
    layers: Sequence[Layer],
    columns: list[list[int]],
    height: int,
    target: int,
    words: Sequence[CardWords],
) -> StripLayout:
    cards: list[CardPlace] = []
    x = 0
    tallest = 0
    for column in columns:
        room = (height - CARD_GAP_PX * (len(column) - 1)) // len(column) - HEAD_PX - FOOT_PX
        lines = [words[i] if i < len(words) else NO_WORDS for i in column]
        blocks = [_block(layers[i], room, target) for i in column]
        card_width = _card_width(blocks, lines)
        if any(_extra(line, card_width) for line in lines):  # the second lines take room from the tiles
            more = max(_extra(line, card_width) for line in lines)
            blocks = [_block(layers[i], room - more, target) for i in column]
            card_width = _card_width(blocks, lines)
        blocks = [_widened(block, card_width - 2 * PAD_PX) for block in blocks]
        y = 0
        for i, block, line in zip(column, blocks, lines, strict=True):
            inside = card_width - 2 * PAD_PX
            head = HEAD_PX + (LINE_PX if line.head > inside else 0)
            foot = FOOT_PX + (LINE_PX if line.foot > inside else 0)
            card_height = head + block.height + foot
            cards.append(CardPlace(i, x, y, card_width, card_height, block, head, foot))
            y += card_height + CARD_GAP_PX
        tallest = max(tallest, y - CARD_GAP_PX)
        x += card_width + CARD_GAP_PX
    return StripLayout(tuple(cards), x - CARD_GAP_PX, tallest)


def _card_width(blocks: Sequence[Block], lines: Sequence[CardWords]) -> int:
    return max(
        max(block.width for block in blocks) + 2 * PAD_PX,
        max(line.longest for line in lines) + 2 * PAD_PX,
        MIN_CARD_WIDTH_PX,
    )


def _widened(block: Block, room_px: int) -> Block:
    """``block`` with as many columns as a card has room for anyway, its rows evenly filled."""
    if block.kind == "bars":
        return block
    columns = min(block.count, max(block.columns, (room_px + block.gap) // (block.tile_w + block.gap)))
    return replace(block, columns=ceil(block.count / ceil(block.count / columns)) if block.kind == "maps" else columns)


def _extra(words: CardWords, card_width: int) -> int:
    inside = card_width - 2 * PAD_PX
    return LINE_PX * ((words.head > inside) + (words.foot > inside))


def _block(layer: Layer, room_px: int, target: int) -> Block:
    if len(layer.shape) == 3:
        h, w, count = layer.shape
        factor = max(1, target // max(h, w))
        tile_w, tile_h = w * factor, h * factor
        rows = max(1, (room_px + GAP_PX) // (tile_h + GAP_PX))
        # in a low window rather a few rows more, to be scrolled to, than a card many screens wide
        columns = min(ceil(count / rows), max(MOST_COLUMNS, ceil(1.5 * sqrt(count))))
        return Block("maps", count, columns, tile_w, tile_h, factor)
    (count,) = layer.shape
    if count > BARS_UP_TO:
        rows = max(1, room_px // CELL_PX)
        return Block("cells", count, ceil(count / rows), CELL_PX, CELL_PX, CELL_PX)
    if count <= 16:
        return Block("bars", count, count, 8, max(40, min(room_px, 90)))
    lowest, highest = BAR_HEIGHT_PX
    columns = min(max(BARS_IN_ROW[0], ceil(count / max(1, room_px // (lowest + 1)))), BARS_IN_ROW[1])
    height = min(max(room_px // ceil(count / columns) - 1, lowest), highest)
    return Block("bars", count, columns, BAR_WIDTH_PX, height)
