"""The test images as points of a plane; what is drawn around is shown as images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from cnn_core.inspection import Embedding, embed
from cnn_gui.evaluate.state import EvaluateState
from cnn_gui.evaluate.values import Judged
from cnn_gui.session.jobs import JobControl, LatestJob
from cnn_gui.session.state import State
from cnn_gui.widgets.painted_text import CENTRE, face, paint_line
from cnn_gui.widgets.translation import tr

MOST_POINTS, MARGIN_PX, DOT_PX = 4000, 14, 2.2
HUES = 10


class MapView(QWidget):
    """Points coloured by their class, misread ones large. `lassoed` carries the numbers of the images inside."""

    lassoed = Signal(object)

    def __init__(self, state: State, evaluate: EvaluateState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("imagesMap")
        self.setAccessibleName(tr("Map of the images"))
        self.setToolTip(tr("Draw around points to see their images"))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._state, self._evaluate = state, evaluate
        self._watched = False
        self._of: Judged | None = None
        self._numbers: NDArray[np.int64] = np.zeros(0, np.int64)
        self._points: NDArray[np.float64] = np.zeros((0, 2))
        self._lasso: list[QPointF] = []
        self._picture: QPixmap | None = None
        self._job = LatestJob(self)
        self._job.finished.connect(self._on_embedded)
        evaluate.judged_changed.connect(self._on_judged)
        state.appearance.theme_changed.connect(self._forget)

    @property
    def job(self) -> LatestJob:
        return self._job

    def watch(self, watched: bool) -> None:
        """Whether it is on the screen; only then it is worked out."""
        self._watched = watched
        if watched:
            self._on_judged()

    @Slot()
    def _on_judged(self) -> None:
        judged = self._evaluate.judged
        if not self._watched or judged is None or judged is self._of:
            return
        self._of = judged
        every = max(1, -(-judged.found.n // MOST_POINTS))
        wrong = judged.found.indices[judged.wrong]
        self._numbers = np.unique(np.concatenate([judged.found.indices[::every], wrong]))
        self._points = np.zeros((0, 2))
        self._forget()
        model, images = judged.model, judged.data.images[self._numbers]

        def work(control: JobControl) -> Embedding:
            return embed(model.build(), images, control.progress, control.stopped)

        self._job.start(work)

    @Slot(object)
    def _on_embedded(self, found: Embedding) -> None:
        points = found.points.astype(np.float64)
        low, high = np.quantile(points, 0.002, axis=0), np.quantile(points, 0.998, axis=0)
        self._points = np.clip((points - low) / np.maximum(high - low, 1e-9), 0, 1)
        self._forget()

    @Slot()
    def _forget(self) -> None:
        self._picture = None
        self.update()

    def _places(self) -> NDArray[np.float64]:
        room = np.array([self.width() - 2 * MARGIN_PX, self.height() - 2 * MARGIN_PX])
        return self._points * room + MARGIN_PX

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, theme = QPainter(self), self._state.appearance.theme
        if not len(self._points):
            paint_line(painter, QRectF(self.rect()), tr("working out the map …"), theme.muted, align=CENTRE)
            painter.end()
            return
        if self._picture is None:
            self._picture = self._painted()
        painter.drawPixmap(0, 0, self._picture)
        if len(self._lasso) > 1:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.accent), 1.5))
            painter.drawPolygon(QPolygonF(self._lasso))
        painter.end()

    def _painted(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        theme, judged = self._state.appearance.theme, self._of
        picture.fill(QColor(theme.surface))
        if judged is None:
            return picture
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_legend(painter, judged)
        places = np.full(len(judged.data), -1, np.int64)
        places[judged.found.indices] = np.arange(judged.found.n)
        at = places[self._numbers]
        labels, wrong = judged.found.labels[at], judged.wrong[at]
        for (x, y), number, is_wrong in zip(self._places().tolist(), labels.tolist(), wrong.tolist(), strict=True):
            colour = self._colour_of(number)
            painter.setPen(QPen(QColor(theme.bad), 1.5) if is_wrong else Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            side = DOT_PX * (1.7 if is_wrong else 1)
            painter.drawEllipse(QPointF(x, y), side, side)
        painter.end()
        return picture

    def _colour_of(self, number: int) -> QColor:
        value = 220 if self._state.appearance.theme.name == "dark" else 150
        return QColor.fromHsv(int(360 * (number % HUES) / HUES), 170, value)

    def _paint_legend(self, painter: QPainter, judged: Judged) -> None:
        """Which colour is which class, as many as there is room for; what is misread has a ring."""
        x, theme = 4.0, self._state.appearance.theme
        for number, name in enumerate(judged.class_names):
            width = face(11).width(name) + 22
            if x + width > self.width():
                break
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colour_of(number))
            painter.drawEllipse(QPointF(x + 4, 8), 3.5, 3.5)
            paint_line(painter, QRectF(x + 11, 0, width, 16), name, theme.muted, size_px=11)
            x += width

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._lasso = [event.position()]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._lasso:
            self._lasso.append(event.position())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002
        lasso, self._lasso = self._lasso, []
        if len(lasso) > 2 and len(self._points):
            inside = points_inside(self._places(), np.array([(p.x(), p.y()) for p in lasso]))
            self.lassoed.emit(self._numbers[inside])
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._forget()


def points_inside(points: NDArray[np.float64], polygon: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points [n, 2] lie in a polygon [m, 2]: a ray to the right crosses its edges an odd number of times."""
    x, y = points[:, 0], points[:, 1]
    inside = np.zeros(len(points), np.bool_)
    for (ax, ay), (bx, by) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if ay == by:
            continue
        crosses = (ay > y) != (by > y)
        inside ^= crosses & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return inside
