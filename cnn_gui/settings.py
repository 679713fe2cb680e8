"""What is remembered from one start to the next."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QByteArray, QSettings


class Settings:
    """A thin cover over QSettings that never trusts what it reads.

    ``path`` points to an INI file, for tests; without one the platform's own place is used.
    """

    def __init__(self, path: str | None = None) -> None:
        self._store = QSettings(path, QSettings.Format.IniFormat) if path else QSettings("cnn-gui", "cnn-gui")

    def text(self, key: str, default: str) -> str:
        value = self._store.value(key, default)
        return value if isinstance(value, str) else default

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """A number from ``low`` to ``high``; anything else gives the default."""
        try:
            value = float(str(self._store.value(key, default)))
        except ValueError:
            return default
        return value if low <= value <= high else default

    def bytes(self, key: str) -> QByteArray | None:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    def put(self, key: str, value: Any) -> None:
        self._store.setValue(key, value)

    def sync(self) -> None:
        """Write to the disk now."""
        self._store.sync()
