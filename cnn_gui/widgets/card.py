"""A quiet frame with a title line."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

FIELD_MARGINS_PX = (6, 0, 0, 0)
"""Of the text in a field for numbers, which no style sheet reaches."""


class Card(QFrame):
    """A rounded surface; `body` is its layout, `head` the title line with room on the right."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(14, 12, 14, 12)
        self.body.setSpacing(8)
        self.head = QHBoxLayout()
        self.head.setSpacing(12)
        if title:
            self.title = label(title, title=True)
            self.head.addWidget(self.title)
            self.head.addStretch(1)
            self.body.addLayout(self.head)


def label(text: str = "", **properties: bool) -> QLabel:
    """A label with style properties such as ``muted=True``; it never forces its neighbours to move, and takes no text
    for markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    for name, value in properties.items():
        made.setProperty(name, value)
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return made
