"""The sheet of paper: turns pointer events into strokes and paints what is drawn."""

from __future__ import annotations

import time
from enum import Enum, auto

import numpy as np
from PySide6.QtCore import QEvent, QMimeData, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPointingDevice,
    QResizeEvent,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_core.drawing import Mark, Picture, Stroke
from cnn_core.drawing.normalize import fit_square
from cnn_core.preprocessing import WHOLE
from cnn_gui.hand.ink import stroke_piece, stroke_pieces
from cnn_gui.session.state import State
from cnn_gui.widgets.ground import claim_ground, paint_ground
from cnn_gui.widgets.pixels import fitted, rgb_image
from cnn_gui.widgets.translation import tr

RADIUS_PX = 6
BRACKET_GAP_PX = 8
SILENT_S = 1.0
"""A pen that draws says more often where it is."""


class Pointer(Enum):
    """What draws a stroke; until it is done, the others are not listened to."""

    MOUSE = auto()
    TABLET = auto()
    TOUCH = auto()


class CanvasView(QWidget):
    """Square drawing area; its whole rectangle is paper.

    The stroke under the pen is painted at once, piece by piece, on a backing store in device pixels; everything
    finished comes from `State.marks`.
    """

    stroke_moved = Signal(object)
    stroke_finished = Signal(object)
    stroke_cancelled = Signal()
    content_dropped = Signal(QMimeData)
    digit_typed = Signal(int)

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAccessibleName(tr("Drawing canvas"))
        self.setAccessibleDescription(tr("Draw with mouse, finger or pen; or paste or drop a picture."))
        self.setToolTip("")
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        claim_ground(self)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 120)
        self._state = state
        self._points: list[tuple[float, float]] = []
        self._pointer = Pointer.MOUSE
        self._heard_at = 0.0
        self._live: Stroke | None = None
        self._erasing = False
        self._button = Qt.MouseButton.NoButton
        self._store = QPixmap()
        self._drop_hovers = False
        self._brackets_shown = False
        state.drawing.changed.connect(self._on_drawing_changed)
        state.model.prediction_changed.connect(self._on_prediction_changed)
        state.drawing.tool_changed.connect(self._on_tool_changed)
        state.model.info_changed.connect(self._on_info_changed)
        state.appearance.theme_changed.connect(self._on_theme_changed)
        self._on_tool_changed()

    def sizeHint(self) -> QSize:
        return QSize(340, 340)

    # --- Pointer: mouse, touch and tablet all end in these three

    def _pen_down(self, pointer: Pointer, position: QPointF, erases: bool) -> None:
        if self._points:
            self._finish_lost()
        self._pointer, self._erasing, self._heard_at = pointer, erases, time.monotonic()
        self._points = [self._to_canvas(position)]
        self._paint_live(0)
        self.stroke_moved.emit(self._live_stroke())

    def _draws(self, pointer: Pointer) -> bool:
        """Whether a stroke is being drawn, and by this."""
        return bool(self._points) and pointer is self._pointer

    def _pen_moved(self, position: QPointF) -> None:
        self._heard_at = time.monotonic()
        point = self._to_canvas(position)
        if point == self._points[-1]:
            return
        self._points.append(point)
        self._paint_live(len(self._points) - 1)
        self.stroke_moved.emit(self._live_stroke())

    def _pen_up(self, position: QPointF) -> None:
        self._pen_moved(position)
        stroke = self._live_stroke()
        self._points = []
        self.stroke_finished.emit(stroke)

    def _finish_lost(self) -> None:
        """End the stroke under the pen where it was last seen: it was lifted, and nobody said so."""
        stroke = self._live_stroke()
        self._points = []
        self.stroke_finished.emit(stroke)

    def _is_silent(self) -> bool:
        """Whether the pen that draws has not been heard of for long, so that another one may begin."""
        return time.monotonic() - self._heard_at > SILENT_S

    def cancel_stroke(self) -> None:
        """Forget the stroke under the pen, as when another window takes over."""
        if self._points:
            self._points = []
            self.stroke_cancelled.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        if self._draws(Pointer.MOUSE) and event.button() != self._button and event.buttons() & self._button:
            return  # a second button beside the one that draws
        if self._draws(Pointer.TOUCH) and _is_made_up(event) and not self._is_silent():
            return  # the system's mouse event for the finger that draws
        self._button = event.button()
        erases = self._state.drawing.erasing or event.button() == Qt.MouseButton.RightButton
        self._pen_down(Pointer.MOUSE, event.position(), erases)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._draws(Pointer.MOUSE):
            if event.buttons() & self._button:
                self._pen_moved(event.position())
            else:  # released over another window, or while the program was busy
                self._finish_lost()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._draws(Pointer.MOUSE) and not event.buttons() & self._button:
            self._pen_up(event.position())

    def tabletEvent(self, event: QTabletEvent) -> None:
        """The tip draws, as the left button; those at the side of the pen do nothing."""
        kind, tip = event.type(), event.button() == Qt.MouseButton.LeftButton
        if kind == QEvent.Type.TabletPress and tip:
            eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
            self._pen_down(Pointer.TABLET, event.position(), self._state.drawing.erasing or eraser)
        elif kind == QEvent.Type.TabletMove and self._draws(Pointer.TABLET):
            if event.buttons() & Qt.MouseButton.LeftButton:
                self._pen_moved(event.position())
            else:  # it hovers: lifted, and nobody said so
                self._finish_lost()
        elif kind == QEvent.Type.TabletRelease and tip and self._draws(Pointer.TABLET):
            self._pen_up(event.position())
        event.accept()  # otherwise Qt sends a mouse event as well

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit says what the drawing is."""
        text = event.text()
        if len(text) == 1 and text in "0123456789" and self._state.drawing.marks and not event.isAutoRepeat():
            self.digit_typed.emit(int(text))
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self._on_touch(event)
            return True
        return super().event(event)

    def _on_touch(self, event: QTouchEvent) -> None:
        """One finger draws; a second one ends the stroke."""
        points, draws = event.points(), self._draws(Pointer.TOUCH)
        if event.type() == QEvent.Type.TouchBegin and len(points) == 1:
            if not self._points or draws or self._is_silent():  # else it is the hand that holds the pen
                self._pen_down(Pointer.TOUCH, points[0].position(), self._state.drawing.erasing)
        elif draws and (event.type() == QEvent.Type.TouchCancel or len(points) != 1):
            self.cancel_stroke()
        elif draws and event.type() == QEvent.Type.TouchUpdate:
            self._pen_moved(points[0].position())
        elif draws and event.type() == QEvent.Type.TouchEnd:
            self._pen_up(points[0].position())
        event.accept()

    # --- Drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasImage() or event.mimeData().hasUrls():
            self._drop_hovers = True
            self.update()
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QEvent) -> None:  # noqa: ARG002
        self._drop_hovers = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop_hovers = False
        self.update()
        event.acceptProposedAction()
        self.content_dropped.emit(event.mimeData())

    # --- Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._state.appearance.theme
        painter = QPainter(self)
        paint_ground(painter, event.rect(), theme)  # what shows at the rounded corners
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setBrush(QColor(theme.paper))
        focused = self.hasFocus() or self._drop_hovers
        painter.setPen(QPen(QColor(theme.accent if focused else theme.border), 1))
        painter.drawRoundedRect(frame, RADIUS_PX, RADIUS_PX)
        if self._has_ink():
            painter.drawPixmap(0, 0, self._backing_store())
            self._paint_brackets(painter)
        else:
            painter.setPen(QColor(theme.muted))
            text = tr("Drop to read it") if self._drop_hovers else self._hint()
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
        painter.end()

    def _paint_brackets(self, painter: QPainter) -> None:
        """Under each digit of a number a line as wide as it, in the accent colour where it is looked into."""
        prediction, theme = self._state.model.prediction, self._state.appearance.theme
        if prediction is None or len(prediction.items) < 2:
            return
        reach = self._state.drawing.brush_width / 2
        bottom = max(digit.box.bottom for digit in prediction.items) + reach
        y = min(bottom * self.height() + BRACKET_GAP_PX, self.height() - BRACKET_GAP_PX)
        for i, digit in enumerate(prediction.items):
            selected = i == prediction.selected
            pen = QPen(QColor(theme.accent if selected else theme.muted), 3 if selected else 2)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            left, right = digit.box.left * self.width(), digit.box.right * self.width()
            middle, half = (left + right) / 2, max((right - left) / 2, BRACKET_GAP_PX / 2)
            painter.drawLine(QPointF(middle - half, y), QPointF(middle + half, y))

    @Slot()
    def _on_prediction_changed(self) -> None:
        """The strokes are painted already; only lines under several digits come from the prediction."""
        prediction = self._state.model.prediction
        several = prediction is not None and len(prediction.items) > 1
        if several or self._brackets_shown:
            self.update()
        self._brackets_shown = several

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._store = QPixmap()
        super().resizeEvent(event)

    def _hint(self) -> str:
        info = self._state.model.info
        digits = info is None or info.reads_digits
        return tr("Draw a digit or a number here") if digits else tr("Draw here, or drop a picture")

    def _has_ink(self) -> bool:
        return bool(self._state.drawing.marks or self._points)

    def _backing_store(self) -> QPixmap:
        """All marks, painted once for this size and pixel ratio."""
        ratio = self.devicePixelRatioF()
        size = self.size() * ratio
        if self._store.isNull() or self._store.size() != size:
            self._store = QPixmap(size)
            self._store.setDevicePixelRatio(ratio)
            self._store.fill(Qt.GlobalColor.transparent)
            painter = self._ink_painter(self._store)
            for mark in self._state.drawing.marks:
                self._paint_mark(painter, mark)
            painter.end()
        return self._store

    def _ink_painter(self, target: QPixmap) -> QPainter:
        painter = QPainter(target)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return painter

    def _paint_mark(self, painter: QPainter, mark: Mark) -> None:
        if isinstance(mark, Picture):
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            if mark.pixels is not None and self._reads_whole():
                colours = rgb_image(np.rint(mark.pixels * 255).astype(np.uint8))
                painter.drawImage(fitted(QRectF(self.rect()), *mark.pixels.shape[:2]), colours)
            else:
                painter.drawImage(self.rect(), self._picture_image(mark))
            return
        self._use_pen(painter, mark.width, mark.erases)
        for piece in stroke_pieces(mark.points * self.width()):
            painter.drawPath(piece)

    def _reads_whole(self) -> bool:
        """Whether the network looks at pictures as they are, so that they are shown so."""
        info = self._state.model.info
        return info is not None and info.input_spec is not None and info.input_spec.geometry == WHOLE

    @Slot()
    def _on_info_changed(self) -> None:
        """Another network may look at a picture in another way."""
        if any(isinstance(mark, Picture) for mark in self._state.drawing.marks):
            self._store = QPixmap()
        self.update()

    def _use_pen(self, painter: QPainter, width: float, erases: bool) -> None:
        mode = QPainter.CompositionMode
        painter.setCompositionMode(mode.CompositionMode_Clear if erases else mode.CompositionMode_SourceOver)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(QColor(self._state.appearance.theme.ink), width * self.width())
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)

    def _picture_image(self, picture: Picture) -> QImage:
        """Ink as the ink colour with as much opacity as there is ink."""
        side = max(1, round(self.width() * self.devicePixelRatioF()))
        ink = fit_square(picture.ink, side)
        pixels = np.empty((side, side, 4), np.uint8)
        colour = QColor(self._state.appearance.theme.ink)
        pixels[:, :, :3] = (colour.red(), colour.green(), colour.blue())
        pixels[:, :, 3] = np.rint(np.clip(ink, 0, 1) * 255)
        return QImage(pixels.data, side, side, side * 4, QImage.Format.Format_RGBA8888).copy()

    def _paint_live(self, newest: int) -> None:
        """Add only what the newest point adds to the stroke under the pen."""
        store = self._backing_store()
        painter = self._ink_painter(store)
        self._use_pen(painter, self._state.drawing.brush_width, self._erasing)
        painter.drawPath(stroke_piece(np.array(self._points[max(0, newest - 1) : newest + 1]) * self.width()))
        painter.end()
        self.update()

    def _live_stroke(self) -> Stroke:
        self._live = Stroke(np.array(self._points), self._state.drawing.brush_width, self._erasing)
        return self._live

    def _to_canvas(self, position: QPointF) -> tuple[float, float]:
        side = max(self.width(), 1)
        return min(max(position.x() / side, 0.0), 1.0), min(max(position.y() / side, 0.0), 1.0)

    @Slot()
    def _on_drawing_changed(self) -> None:
        """Paint again from the marks, unless all that is new is the pen's last stroke, which is painted already.

        Where the drawing has changed under the pen, by undo for example, that stroke is given up.
        """
        if not self._state.drawing.marks or self._state.drawing.marks[-1] is not self._live:
            self._points, self._live, self._store = [], None, QPixmap()
        self.update()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._store = QPixmap()
        self.update()

    @Slot()
    def _on_tool_changed(self) -> None:
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._state.drawing.erasing else Qt.CursorShape.CrossCursor)


def _is_made_up(event: QMouseEvent) -> bool:
    """Whether a mouse event stands for something else that has happened, such as a touch."""
    return event.source() != Qt.MouseEventSource.MouseEventNotSynthesized
