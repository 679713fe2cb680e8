"""The row of training images in the panel."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_gui.live.training.samples import SamplesState
from cnn_gui.session.state import State
from cnn_gui.widgets.pixels import rgb_image
from cnn_gui.widgets.plain_tip import plain_tip
from cnn_gui.widgets.translation import tr

SIDE_PX = 28
GAP_PX, LEAST_PX = 3, 14


class SampleStrip(QWidget):
    """As many samples as fit, one pixel of MNIST a pixel; in a low window smaller ones, or none."""

    def __init__(self, state: State, samples: SamplesState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sampleStrip")
        self.setAccessibleName(tr("Training samples"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMaximumHeight(SIDE_PX)
        self._state, self._samples = state, samples
        samples.changed.connect(self._on_samples_changed)
        state.appearance.theme_changed.connect(self.update)
        self._on_samples_changed()

    def sizeHint(self) -> QSize:
        return QSize(10 * (SIDE_PX + GAP_PX) - GAP_PX, SIDE_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(SIDE_PX, 0)

    @Slot()
    def _on_samples_changed(self) -> None:
        samples = self._samples.samples
        words = samples.reason or samples.words
        self.setToolTip(plain_tip(words[:1].upper() + words[1:]))
        self.setAccessibleDescription(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, samples = QPainter(self), self._samples.samples
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not len(samples.images):
            painter.setPen(QColor(self._state.appearance.theme.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, samples.words)
            painter.end()
            return
        side = min(SIDE_PX, self.height()) if self.height() >= LEAST_PX else 0
        count = max(1, min(len(samples.images), (self.width() + GAP_PX) // (SIDE_PX + GAP_PX)))
        step = (self.width() - side) / max(count - 1, 1)
        for i, image in enumerate(samples.images[:count]):
            pixels = image if image.shape[2] == 3 else image[:, :, :1].repeat(3, axis=2)
            painter.drawImage(QRectF(round(i * step), 0, side, side), rgb_image(np.ascontiguousarray(pixels)))
        painter.end()
