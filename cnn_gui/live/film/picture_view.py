"""The frame that is shown, drawn as it stands in a saved film, as large as there is room."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_core.inspection import FilmFrame, draw_frame
from cnn_core.inspection.film_picture import SIZE, FilmStyle
from cnn_gui.live.film.state import FilmState
from cnn_gui.live.film.words import frame_words
from cnn_gui.session.state import State
from cnn_gui.theme import Theme
from cnn_gui.widgets.translation import tr

LEAST_SCALE = 0.4


def film_style(theme: Theme) -> FilmStyle:
    """The colours of a film that fits the window."""
    return FilmStyle(
        theme.surface, theme.text, theme.muted, theme.accent, theme.border,
        light=theme.light_maps or QColor(theme.surface).lightness() > 128,
    )  # fmt: skip


class FilmPicture(QWidget):
    """It decides nothing; a frame that is still to be made leaves the one before standing."""

    def __init__(self, state: State, room: FilmState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filmPicture")
        self.setAccessibleName(tr("Film of learning"))
        self.setToolTip(tr("What the network makes of the drawing and of test images, at this step of the run"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._state, self._room = state, room
        self._drawn: tuple[object, ...] = ()
        self._image = QImage()
        for signal in (room.film_changed, room.position_changed, state.appearance.theme_changed):
            signal.connect(self._on_changed)

    def sizeHint(self) -> QSize:
        return QSize(SIZE[0] // 2, SIZE[1] // 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 180)

    def frame(self) -> FilmFrame | None:
        """What is shown."""
        frames = self._room.film.frames
        return frames[min(self._room.position, len(frames) - 1)] if frames else None

    @Slot()
    def _on_changed(self) -> None:
        frame, film = self.frame(), self._room.film
        if frame is not None:
            moment = film.moments[film.frames.index(frame)]
            self.setAccessibleDescription(frame_words(frame, moment))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, frame = QPainter(self), self.frame()
        theme = self._state.appearance.theme
        if frame is None:
            painter.setPen(QColor(theme.muted))
            painter.drawText(
                self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._room.film.words
            )
        else:
            scale = max(min(self.width() / SIZE[0], self.height() / SIZE[1]), LEAST_SCALE)
            ratio = self.devicePixelRatioF()
            wanted = (id(frame), scale, ratio, theme.name)
            if wanted != self._drawn:
                self._drawn, self._image = wanted, self._draw(frame, scale * ratio, theme)
            size = QSize(round(SIZE[0] * scale), round(SIZE[1] * scale))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF((self.width() - size.width()) / 2, 0, size.width(), size.height()), self._image)
        painter.end()

    def _draw(self, frame: FilmFrame, scale: float, theme: Theme) -> QImage:
        film = self._room.film
        words = frame_words(frame, film.moments[film.frames.index(frame)])
        picture = draw_frame(frame, words, film_style(theme), scale)
        data = picture.tobytes()
        return QImage(data, picture.width, picture.height, 3 * picture.width, QImage.Format.Format_RGB888).copy()
