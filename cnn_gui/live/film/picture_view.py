"""The frame that is shown, drawn as in a saved film, but as large as there is room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_core.inspection import FilmFrame, draw_frame
from cnn_core.inspection.film_picture import SIZE, FilmStyle
from cnn_gui.live.film.state import FilmState
from cnn_gui.live.film.values import Film
from cnn_gui.live.film.words import film_titles, frame_words
from cnn_gui.session.state import State
from cnn_gui.theme import Theme
from cnn_gui.widgets.translation import tr


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
        self._frame: FilmFrame | None = None
        self._how: tuple[object, ...] = ()
        self._image = QImage()
        for signal in (room.film_changed, room.position_changed, state.appearance.theme_changed):
            signal.connect(self._on_changed)

    def sizeHint(self) -> QSize:
        return QSize(SIZE[0] // 2, SIZE[1] // 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 180)

    @Slot()
    def _on_changed(self) -> None:
        film = self._room.film
        if film.frames:
            number = self._number()
            self.setAccessibleDescription(frame_words(film.frames[number], film.moments[number]))
        self.update()

    def _number(self) -> int:
        """Of the frame that is shown."""
        return min(self._room.position, len(self._room.film.frames) - 1)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        film, theme = self._room.film, self._state.appearance.theme
        if film.frames:
            number, ratio = self._number(), self.devicePixelRatioF()
            frame, how = film.frames[number], (self.size(), ratio, theme)
            if frame is not self._frame or how != self._how:
                self._image = self._draw(film, number, ratio, theme)
                self._frame, self._how = frame, how
        painter = QPainter(self)
        if film.frames:
            painter.drawImage(self.rect(), self._image)
        else:
            painter.setPen(QColor(theme.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, film.words)
        painter.end()

    def _draw(self, film: Film, number: int, ratio: float, theme: Theme) -> QImage:
        words = frame_words(film.frames[number], film.moments[number])
        size = self.width(), self.height()
        picture = draw_frame(film.frames[number], words, film_style(theme), ratio, size, film_titles())
        data = picture.tobytes()
        return QImage(data, picture.width, picture.height, 3 * picture.width, QImage.Format.Format_RGB888).copy()
