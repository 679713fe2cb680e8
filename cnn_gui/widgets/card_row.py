"""Cards beside each other, or tabs of one card where the window is narrow."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from cnn_gui.widgets.splitter import splitter


class CardRow(QWidget):
    """Takes ``cards`` with their titles and widths in px; objectNames are ``name`` and ``name`` + "Tabs"."""

    def __init__(self, name: str, cards: tuple[tuple[str, QWidget, int], ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards = cards
        self._row = splitter(name, Qt.Orientation.Horizontal)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.setObjectName(f"{name}Tabs")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._row)
        column.addWidget(self._tabs)
        self._is_narrow: bool | None = None
        self.set_narrow(False)

    def show_card(self, number: int) -> None:
        """Bring this card to the front, where only one is seen."""
        if self._is_narrow:
            self._tabs.setCurrentIndex(number)

    def set_narrow(self, narrow: bool) -> None:
        """Tabs while ``narrow``, else a row."""
        if narrow == self._is_narrow:
            return
        self._is_narrow = narrow
        for title, card, _ in self._cards:
            if narrow:
                self._tabs.addTab(card, title)
            else:
                self._row.addWidget(card)
                card.show()
        self._tabs.setVisible(narrow)
        self._row.setVisible(not narrow)
        if not narrow:
            self._row.setSizes([px for _, _, px in self._cards])
