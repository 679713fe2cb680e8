"""Where data sets are looked for first."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal


class DataFolder(QObject):
    """The folder that the user chose; `changed` when it is another one."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder: Path | None = None

    @property
    def folder(self) -> Path | None:
        """None: none was chosen."""
        return self._folder

    def choose(self, folder: Path | None) -> None:
        """Look in ``folder`` first from now on."""
        self._folder = folder
        self.changed.emit()
