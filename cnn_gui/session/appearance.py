"""How the window looks, and the sentence that it says."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from cnn_gui.theme import DARK, Theme


class Appearance(QObject):
    """GUI thread only. `theme_changed`: other colours. `notice_changed`: another sentence."""

    theme_changed = Signal()
    notice_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme, self._notice = DARK, ""

    @property
    def theme(self) -> Theme:
        return self._theme

    @property
    def notice(self) -> str:
        """The sentence at the foot of the window."""
        return self._notice

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.theme_changed.emit()

    @Slot(str)
    def set_notice(self, notice: str) -> None:
        self._notice = notice
        self.notice_changed.emit()
