"""How gradients are to be read: from right to left, in which colours, and the loss that they belong to."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from cnn_core.inspection import colorize
from cnn_gui.session.state import State
from cnn_gui.widgets.card import label
from cnn_gui.widgets.elided_label import ElidedLabel
from cnn_gui.widgets.format import scientific
from cnn_gui.widgets.ground import claim_ground, paint_ground
from cnn_gui.widgets.painted_text import face, paint_line
from cnn_gui.widgets.pixels import rgb_image
from cnn_gui.widgets.translation import tr

HEIGHT_PX, RAMP_PX, GAP_PX, SMALL_PX, WORDS_FROM_PX = 20, 96, 8, 12, 760


class BackwardBand(QWidget):
    """One line between the strip and the rooms, there while gradients are shown."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("backwardBand")
        self._state = state
        self.words = ElidedLabel()
        self.words.setProperty("small", True)
        self.words.setProperty("muted", True)
        self.words.set_whole_text(tr("reads from right to left"))
        self.legend = GradientLegend(state)
        self.loss = label(small=True, title=True)
        self.loss.setObjectName("backwardLoss")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(label(tr("The backward pass"), title=True, small=True))
        row.addWidget(self.words, 1, Qt.AlignmentFlag.AlignLeft)
        row.addWidget(self.legend)
        row.addWidget(self.loss)
        state.backward.back_changed.connect(self._on_back_changed)
        state.backward.shown_changed.connect(self._on_shown_changed)
        self._on_shown_changed()
        self._on_back_changed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.words.setVisible(event.size().width() >= WORDS_FROM_PX)  # the legend says more

    @Slot()
    def _on_shown_changed(self) -> None:
        self.setVisible(self._state.backward.shown)

    @Slot()
    def _on_back_changed(self) -> None:
        back = self._state.backward.back
        self.loss.setText(tr("loss {value}").format(value=scientific(back.loss) if back is not None else "–"))
        nothing = back is not None and not any(layer.values.any() for layer in back.layers)
        words = tr("no gradient: the loss is 0") if nothing else tr("reads from right to left")
        self.words.set_whole_text(words)


class GradientLegend(QWidget):
    """``stopped ■  loss falls ▬▬ loss grows``"""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        claim_ground(self)
        self._state = state
        self._texts = tr("stopped"), tr("loss falls"), tr("loss grows")
        self.setAccessibleName(tr("Blue: the loss falls; red: the loss grows; grey: stopped on the way"))
        self.setToolTip(tr("Blue: the loss falls if the number grows; red: it grows; grey: a gate lets nothing back"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        state.appearance.theme_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        words = sum(face(SMALL_PX).width(text) + GAP_PX for text in self._texts)
        return QSize(int(words) + RAMP_PX + 16 + 6 * GAP_PX, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._state.appearance.theme, QPainter(self)
        paint_ground(painter, event.rect(), theme)
        middle, x = self.height() / 2, 0.0
        painter.fillRect(QRectF(x, middle - 5, 10, 10), QColor(theme.stopped))
        x += 10 + GAP_PX
        for number, text in enumerate(self._texts):
            place = QRectF(x, 0, self.width() - x, self.height())
            x += paint_line(painter, place, text, theme.muted, size_px=SMALL_PX) + GAP_PX
            if number == 0:
                x += GAP_PX
            elif number == 1:
                painter.drawImage(QRectF(x, middle - 4, RAMP_PX, 8), _ramp(theme.light_maps))
                x += RAMP_PX + GAP_PX
        painter.end()


def _ramp(light: bool) -> QImage:
    return rgb_image(colorize(np.linspace(-1, 1, RAMP_PX, dtype=np.float32)[None, :], -1, 1, True, light))
