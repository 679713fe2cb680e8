"""Pictures of the lessons, drawn live from the user's own drawing and network."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_core.arrays import Array
from cnn_core.inspection import LayerActivation, colorize, is_signed
from cnn_gui.session.prediction import Prediction
from cnn_gui.session.state import State
from cnn_gui.widgets.cell_numbers import cell_numbers
from cnn_gui.widgets.format import short
from cnn_gui.widgets.ground import claim_ground, paint_ground
from cnn_gui.widgets.painted_text import CENTRE, paint_line
from cnn_gui.widgets.pixels import fitted, rgb_image
from cnn_gui.widgets.translation import tr

HEIGHT_PX = 132
CELL_PX = 24
TITLE_PX = 16
SIGN_PX, SUM_PX = 18, 66
LOSS_WORDS_PX = 122
"""Beside the curve."""
SEED = 7


class LessonPicture(QWidget):
    """One of `cnn_core.lessons.PICTURES`; words where there is nothing to draw it from."""

    def __init__(self, state: State, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        claim_ground(self)
        self.setObjectName(f"{name}Picture")
        self.setAccessibleName(tr("Picture: {name}").format(name=name))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._state, self._name = state, name
        signals = [state.model.prediction_changed, state.appearance.theme_changed, state.backward.back_changed]
        if name == "training":
            signals.append(state.training.metrics_added)
        for signal in signals:
            signal.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(360, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_ground(painter, event.rect(), self._state.appearance.theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        prediction = self._state.model.prediction
        painted = False
        if prediction is not None and (not prediction.blank or self._name in ("activation", "dropout", "training")):
            painted = _PAINTERS[self._name](_Pen(painter, self._state, QRectF(self.rect())), prediction)
        if not painted:
            words = tr("Draw a digit: the picture is made of it.")
            if prediction is not None and not prediction.blank:
                words = tr("This network has no such layer.")
            paint_line(painter, QRectF(self.rect()), words, self._state.appearance.theme.muted, align=CENTRE)
        painter.end()


class _Pen:
    """What all pictures paint with."""

    def __init__(self, painter: QPainter, state: State, area: QRectF) -> None:
        self.painter, self.state, self.area, self.theme = painter, state, area, state.appearance.theme

    def image(self, values: Array, place: QRectF, signed: bool | None = None, limit: float = 0.0) -> QRectF:
        """A map [h, w] in colours, which run to ``limit`` or to its own largest number; returns where it is."""
        limit = limit or float(np.abs(values).max(initial=0)) or 1.0
        both = is_signed(values) if signed is None else signed
        at = fitted(place, *values.shape)
        self.painter.drawImage(
            at, rgb_image(colorize(values, -limit if both else 0.0, limit, both, self.theme.light_maps))
        )
        return at

    def grey(self, values: Array, place: QRectF) -> QRectF:
        """Pixels [h, w] from 0, black, to 1, white; returns where they are."""
        at = fitted(place, *values.shape)
        pixels = np.repeat((np.clip(values, 0, 1) * 255).astype(np.uint8)[:, :, None], 3, axis=2)
        self.painter.drawImage(at, rgb_image(pixels))
        return at

    def numbers(self, values: Array, place: QRectF, of: Array | None = None, is_grey: bool = False) -> None:
        """The same with its numbers in the cells; the colours are those of the whole map ``of``, where it is a part."""
        whole = values if of is None else of
        limit = float(np.abs(whole).max(initial=0)) or 1.0
        at = self.grey(values, place) if is_grey else self.image(values, place, is_signed(whole), limit)
        rows, columns = values.shape
        w, h = at.width() / columns, at.height() / rows
        size_px, texts = cell_numbers(values, int(w) - 1, (9, 8))
        for (row, column), text in zip(np.ndindex(rows, columns), texts, strict=True):
            bright = (abs(float(values[row, column])) / limit > 0.6) != (self.theme.light_maps and not is_grey)
            cell = QRectF(at.left() + column * w, at.top() + row * h, w, h)
            colour = "#000000" if bright else "#ffffff"
            paint_line(self.painter, cell, text, colour, size_px=size_px, align=CENTRE)

    def frame(self, place: QRectF) -> None:
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.setPen(QPen(QColor(self.theme.accent), 2))
        self.painter.drawRect(place)

    def words(self, x: float, y: float, width: float, text: str, centre: bool = False, colour: str = "") -> None:
        place = QRectF(x, y, width, TITLE_PX)
        align = CENTRE if centre else Qt.AlignmentFlag.AlignLeft
        paint_line(self.painter, place, text, colour or self.theme.muted, size_px=11, align=align)


def _first(prediction: Prediction, *kinds: str) -> tuple[int, LayerActivation] | None:
    found = ((n, one) for n, one in enumerate(prediction.activations) if one.kind in kinds and one.values.ndim == 3)
    return next(found, None)


def _before(prediction: Prediction, number: int) -> Array:
    """What layer ``number`` reads."""
    return prediction.activations[number - 1].values if number else prediction.image


def _busiest(values: Array, size: int) -> tuple[int, int]:
    """Corner of the window of a map [h, w] in which most happens."""
    h, w = values.shape
    best, place = -1.0, (0, 0)
    for row in range(0, max(h - size, 0) + 1, 2):
        for column in range(0, max(w - size, 0) + 1, 2):
            spread = float(np.ptp(values[row : row + size, column : column + size]))
            if spread > best:
                best, place = spread, (row, column)
    return place


def _pixels(pen: _Pen, prediction: Prediction) -> bool:
    image = prediction.image[:, :, 0]
    side = pen.area.height() - TITLE_PX
    at = pen.grey(image, QRectF(0, 0, side, side))
    row, column = _busiest(image, 6)
    step = at.width() / image.shape[1]
    pen.frame(QRectF(at.left() + column * step, at.top() + row * step, 6 * step, 6 * step))
    pen.numbers(image[row : row + 6, column : column + 6], QRectF(side + 24, 0, side * 1.4, side), is_grey=True)
    pen.words(0, side + 1, side, tr("{h}×{w} pixels").format(h=image.shape[0], w=image.shape[1]))
    pen.words(side + 24, side + 1, 200, tr("36 of them, as numbers"))
    return True


def _convolution(pen: _Pen, _: Prediction) -> bool:
    explained = pen.state.inspected.explained
    weights = explained.working.weights if explained is not None else None
    if explained is None or weights is None or explained.working.kind != "Conv2D":
        return _hint(pen, tr("Pin a number of a convolution: click it in the strip."))
    working = explained.working
    channel = int(np.abs((working.inputs * weights).sum(axis=(0, 1))).argmax())
    parts = (working.inputs[:, :, channel], weights[:, :, channel])
    side, x = min(88.0, (pen.area.width() - 3 * SIGN_PX - SUM_PX) / 3), 0.0
    count = working.inputs.shape[2]
    read = tr("image") if count == 1 else tr("map {n} of {count}").format(n=channel, count=count)
    for values, words, sign in (
        (parts[0], read, "×"), (parts[1], tr("kernel"), "="), (parts[0] * parts[1], tr("products"), ""),
    ):  # fmt: skip
        pen.numbers(values, QRectF(x, TITLE_PX, side, side))
        pen.words(x, 0, side + SIGN_PX, words)
        paint_line(
            pen.painter, QRectF(x + side, TITLE_PX, SIGN_PX, side), sign, pen.theme.muted, size_px=15, align=CENTRE
        )
        x += side + SIGN_PX
    pen.words(x, TITLE_PX + side / 2 - 18, SUM_PX, tr("sum + bias") if count == 1 else tr("of all maps"))
    place = QRectF(x, TITLE_PX + side / 2 - 2, SUM_PX, 22)
    paint_line(pen.painter, place, short(working.output), pen.theme.text, size_px=17, strong=True)
    return True


def _volume(pen: _Pen, prediction: Prediction) -> bool:
    found = [(n, one) for n, one in enumerate(prediction.activations) if one.kind == "Conv2D"]
    if len(found) < 2:
        return False
    number, layer = found[1]
    maps = _before(prediction, number)
    pen.words(0, 0, 110, tr("{n} maps").format(n=maps.shape[2]))
    for depth in reversed(range(min(6, maps.shape[2]))):
        pen.image(maps[:, :, depth], QRectF(7 * depth, TITLE_PX + 4 + 4 * (5 - depth), 64, 64))
    left, width = 102.0, 70.0
    pen.words(left, TITLE_PX + 20, width, tr("one filter"), centre=True)
    pen.words(left, TITLE_PX + 36, width, f"k × k × {maps.shape[2]}", centre=True, colour=pen.theme.text)
    paint_line(pen.painter, QRectF(left, TITLE_PX + 54, width, 18), "→", pen.theme.muted, size_px=16, align=CENTRE)
    pen.words(left + width + 4, 0, 90, tr("one map"))
    at = pen.image(layer.values[:, :, 0], QRectF(left + width + 4, TITLE_PX + 14, 64, 64))
    words = tr("× {n} filters").format(n=layer.shape[2])
    pen.words(at.right() + 5, at.center().y() - 8, pen.area.right() - at.right() - 5, words, colour=pen.theme.text)
    return True


def _pooling(pen: _Pen, prediction: Prediction) -> bool:
    found = _first(prediction, "MaxPool2D")
    if found is None:
        return False
    number, layer = found
    maps = _before(prediction, number)
    channel = int(np.ptp(maps, axis=(0, 1)).argmax())
    row, column = (2 * (place // 2) for place in _busiest(maps[:, :, channel], 4))
    window = maps[row : row + 4, column : column + 4, channel]
    if window.shape != (4, 4):
        return False
    side, gap = 96.0, 6.0
    step = (side - gap) / 4
    pen.words(0, 0, 160, tr("four windows of map {n}").format(n=channel))
    for i, j in np.ndindex(2, 2):
        part = window[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        left, top = j * (2 * step + gap), TITLE_PX + i * (2 * step + gap)
        pen.numbers(part, QRectF(left, top, 2 * step, 2 * step), window)
        at = np.unravel_index(int(part.argmax()), (2, 2))
        pen.frame(QRectF(left + int(at[1]) * step, top + int(at[0]) * step, step, step))
    paint_line(pen.painter, QRectF(side, TITLE_PX, 40, side), "→", pen.theme.muted, size_px=16, align=CENTRE)
    pen.words(side + 40, 0, 120, tr("what is left"))
    result = layer.values[row // 2 : row // 2 + 2, column // 2 : column // 2 + 2, channel]
    pen.numbers(result, QRectF(side + 40, TITLE_PX + side / 4, side / 2, side / 2), window)
    pen.words(0, TITLE_PX + side + 3, pen.area.width(), tr("the winners have a frame"))
    return True


def _dropout(pen: _Pen, _: Prediction) -> bool:
    rng, count = np.random.default_rng(SEED), 16
    step = min(22.0, (pen.area.width() - 10) / count)
    for line, words in enumerate((tr("step 1"), tr("step 2"), tr("while it reads"))):
        top = 4 + line * 42
        pen.words(0, top, 120, words)
        on = rng.random(count) >= 0.5 if line < 2 else np.ones(count, bool)
        for unit in range(count):
            place = QRectF(unit * step + 2, top + TITLE_PX + 2, step - 5, step - 5)
            pen.painter.setPen(QPen(QColor(pen.theme.accent if on[unit] else pen.theme.border), 1.5))
            pen.painter.setBrush(QColor(pen.theme.accent) if on[unit] else Qt.BrushStyle.NoBrush)
            pen.painter.drawEllipse(place)
    return True


def _flatten(pen: _Pen, prediction: Prediction) -> bool:
    number = next((n for n, one in enumerate(prediction.activations) if one.kind == "Flatten"), -1)
    if number < 1 or prediction.activations[number - 1].values.ndim != 3:
        return False
    maps, row = prediction.activations[number - 1].values, prediction.activations[number].values
    count, gap = min(8, maps.shape[2]), 6
    side = min(40.0, (pen.area.width() - 60) / count - gap)
    pen.words(0, 0, 200, tr("{n} maps of {h}×{w}").format(n=maps.shape[2], h=maps.shape[0], w=maps.shape[1]))
    for channel in range(count):
        pen.image(maps[:, :, channel], QRectF(channel * (side + gap), TITLE_PX + 2, side, side))
    top = TITLE_PX + side + 18
    pen.words(0, top, 300, tr("one row of {n} numbers, of which these are the first").format(n=len(row)))
    shown = row[: min(128, len(row))]
    limit = float(np.abs(shown).max(initial=0)) or 1.0
    pixels = rgb_image(colorize(shown[None, :], -limit if is_signed(shown) else 0.0, limit, is_signed(shown),
                               pen.theme.light_maps))  # fmt: skip
    pen.painter.drawImage(QRectF(0, top + TITLE_PX + 2, pen.area.width() - 4, 16), pixels)
    return True


def _activation(pen: _Pen, _: Prediction) -> bool:
    side, gap = pen.area.height() - TITLE_PX - 4, 24
    x = np.linspace(-3, 3, 61)
    curves = (("ReLU", np.maximum(x, 0) / 3), ("tanh", np.tanh(x)), ("sigmoid", 1 / (1 + np.exp(-x))))
    width = min(side, (pen.area.width() - 2 * gap) / 3)
    for number, (name, y) in enumerate(curves):
        left, middle = number * (width + gap), TITLE_PX + side / 2
        pen.words(left, 0, width, name)
        pen.painter.setPen(QPen(QColor(pen.theme.border), 1))
        pen.painter.drawLine(QPointF(left, middle), QPointF(left + width, middle))
        pen.painter.drawLine(QPointF(left + width / 2, TITLE_PX), QPointF(left + width / 2, TITLE_PX + side))
        path = QPainterPath()
        for i, (a, b) in enumerate(zip((x + 3) / 6 * width, y, strict=True)):
            point = QPointF(left + float(a), middle - float(b) * side / 2.2)
            path.lineTo(point) if i else path.moveTo(point)
        pen.painter.setBrush(Qt.BrushStyle.NoBrush)
        pen.painter.setPen(QPen(QColor(pen.theme.accent), 2))
        pen.painter.drawPath(path)
    return True


def _loss(pen: _Pen, prediction: Prediction) -> bool:
    asked = pen.state.selection.asked_class
    label = asked if asked is not None and asked < len(prediction.probabilities) else prediction.likeliest
    share = min(max(prediction.probabilities[label], 1e-6), 1.0)
    width, height = pen.area.width() - LOSS_WORDS_PX, pen.area.height() - TITLE_PX - 8
    top, most = 4.0, 5.0

    def at(p: float) -> QPointF:
        return QPointF(20 + p * (width - 30), top + height * (1 - min(-float(np.log(p)), most) / most))

    path = QPainterPath(at(0.005))
    for p in np.linspace(0.01, 1, 100):
        path.lineTo(at(float(p)))
    pen.painter.setPen(QPen(QColor(pen.theme.border), 1))
    pen.painter.drawLine(QPointF(20, top + height), QPointF(width, top + height))
    pen.painter.drawLine(QPointF(20, top), QPointF(20, top + height))
    pen.painter.setBrush(Qt.BrushStyle.NoBrush)
    pen.painter.setPen(QPen(QColor(pen.theme.muted), 1.5))
    pen.painter.drawPath(path)
    pen.painter.setPen(Qt.PenStyle.NoPen)
    pen.painter.setBrush(QColor(pen.theme.accent))
    pen.painter.drawEllipse(at(share), 5, 5)
    pen.words(20, top + height + 2, pen.area.width() - 20, tr("p of the right class, from 0 to 1"))
    left, room = width + 8, LOSS_WORDS_PX - 10
    pen.words(left, 20, room, tr("if it is: {name}").format(name=prediction.class_names[label]))
    pen.words(left, 36, room, f"p = {share:.3f}")
    pen.words(left, 58, room, tr("loss"))
    value = f"{-float(np.log(share)):.2f}"
    paint_line(pen.painter, QRectF(left, 72, room, 26), value, pen.theme.text, size_px=18, strong=True)
    return True


def _backward(pen: _Pen, prediction: Prediction) -> bool:
    back = pen.state.backward.back
    if back is None or len(back.layers) != len(prediction.activations):
        return _hint(pen, tr("Switch the strip to Gradients (G)."))
    shown = [one for one in back.layers if one.values.ndim == 3][:4]
    if not shown:
        return False
    side = min(88.0, pen.area.width() / (len(shown) + 1) - 12)
    pictures = [(tr("image"), back.image.values.sum(axis=2))]
    for one in shown:
        channel = int(np.abs(one.values).max(axis=(0, 1)).argmax())
        pictures.append((one.name.replace("_", " "), one.values[:, :, channel]))
    for number, (name, values) in enumerate(pictures):
        x = number * (side + 12)
        pen.words(x, 0, side + 10, name)
        pen.image(values, QRectF(x, TITLE_PX + 2, side, side), signed=True)
    pen.words(0, TITLE_PX + side + 8, 300, tr("← the way back: read from right to left"))
    return True


def _training(pen: _Pen, _: Prediction) -> bool:
    losses = [batch.loss for batch in pen.state.training.batches]
    if len(losses) < 2:
        return _hint(pen, tr("Press Train: the loss of each batch is drawn here."))
    shown = np.array(losses[-2000:])
    top, height, width = TITLE_PX + 4, pen.area.height() - TITLE_PX - 8, pen.area.width() - 8
    most = float(shown.max()) or 1.0
    path = QPainterPath()
    for number, value in enumerate(shown):
        point = QPointF(number / (len(shown) - 1) * width, top + height * (1 - float(value) / most))
        path.lineTo(point) if number else path.moveTo(point)
    pen.painter.setBrush(Qt.BrushStyle.NoBrush)
    pen.painter.setPen(QPen(QColor(pen.theme.accent), 1.5))
    pen.painter.drawPath(path)
    words = tr("loss of {n} batches, now {value:.3f}").format(n=len(losses), value=losses[-1])
    pen.words(0, 0, width, words)
    return True


def _hint(pen: _Pen, words: str) -> bool:
    paint_line(pen.painter, pen.area, words, pen.theme.muted, align=CENTRE)
    return True


_PAINTERS: dict[str, Callable[[_Pen, Prediction], bool]] = {
    "pixels": _pixels, "convolution": _convolution, "volume": _volume, "pooling": _pooling, "dropout": _dropout,
    "flatten": _flatten, "activation": _activation, "loss": _loss, "backward": _backward, "training": _training,
}  # fmt: skip
