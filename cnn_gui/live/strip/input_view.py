"""The image that the network really receives."""

from __future__ import annotations

from math import floor

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cnn_core.inspection import colorize
from cnn_gui.session.model_state import Prediction
from cnn_gui.session.state import State
from cnn_gui.widgets.format import scientific
from cnn_gui.widgets.ground import claim_ground, paint_ground
from cnn_gui.widgets.pixels import fitted, rgb_image
from cnn_gui.widgets.translation import tr

SIDE_PX, LEAST_PX = 112, 76
"""Usually, and in a low window."""


class InputView(QWidget):
    """Its pixels, each sharp; the pointer reads a pixel's value."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        claim_ground(self)
        self.setObjectName("inputView")
        self.setAccessibleName(tr("Network input"))
        self.setToolTip(tr("The image that the network receives"))
        self.shows_gradient = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setMaximumHeight(SIDE_PX)
        self.setMouseTracking(True)
        self._state = state
        state.model.prediction_changed.connect(self.update)
        state.appearance.theme_changed.connect(self.update)
        state.inspected.explained_changed.connect(self.update)
        state.backward.back_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(SIDE_PX, SIDE_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_PX, LEAST_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        paint_ground(painter, self.rect(), self._state.appearance.theme)
        prediction = self._state.model.prediction
        if prediction is not None:
            place = self._place(prediction)
            painter.drawImage(place, rgb_image(self._pixels(prediction)))
            self._paint_field(painter, place)
        painter.end()

    def _pixels(self, prediction: Prediction) -> NDArray[np.uint8]:
        if self.shows_gradient:
            back = self._state.backward.back
            values = back.image.values.sum(axis=2) if back is not None else np.zeros(prediction.image.shape[:2])
            limit = max(float(np.abs(values).max(initial=0)), 1e-30)
            return colorize(values / limit, -1, 1, True, self._state.appearance.theme.light_maps)
        grey = np.rint(prediction.image * 255).astype(np.uint8)
        return grey if grey.shape[2] == 3 else grey[:, :, :1].repeat(3, axis=2)

    def _place(self, prediction: Prediction) -> QRectF:
        """Where the image is painted."""
        return fitted(QRectF(self.rect()), *prediction.image.shape[:2])

    def _paint_field(self, painter: QPainter, place: QRectF) -> None:
        """What the number that is asked about can see."""
        explained = self._state.inspected.explained
        if explained is None:
            return
        h, w, _ = explained.fields[0].shape
        rows, columns, _ = explained.fields[0].box
        x, y = place.width() / w, place.height() / h
        seen = QRectF(
            columns.start * x, rows.start * y, (columns.stop - columns.start) * x, (rows.stop - rows.start) * y
        ).translated(place.topLeft())
        accent = QColor(self._state.appearance.theme.accent)
        painter.setPen(QPen(accent, 1))
        accent.setAlpha(50)
        painter.setBrush(accent)
        painter.drawRect(seen.adjusted(0.5, 0.5, -0.5, -0.5))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        prediction = self._state.model.prediction
        if prediction is None:
            return
        h, w, _ = prediction.image.shape
        place = self._place(prediction)
        at = event.position() - place.topLeft()
        column, row = floor(at.x() * w / place.width()), floor(at.y() * h / place.height())
        if 0 <= row < h and 0 <= column < w:
            QToolTip.showText(event.globalPosition().toPoint(), self._words_at(prediction, row, column), self)

    def _words_at(self, prediction: Prediction, row: int, column: int) -> str:
        value, back = f"{float(prediction.image[row, column, 0]):.3f}", self._state.backward.back
        if self.shows_gradient and back is not None:
            value = scientific(float(back.image.values[row, column].sum()))
        return tr("row {row}, column {column}: {value}").format(row=row, column=column, value=value)
