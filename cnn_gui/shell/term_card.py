"""What a word means: a card with one or two sentences, and under *more* the formula, the shapes and the source."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from cnn_core.glossary import Term, load_glossary
from cnn_gui.widgets.card import label
from cnn_gui.widgets.flow_layout import FlowLayout
from cnn_gui.widgets.translation import language, tr

WIDTH_PX, AWAY_PX = 340, 14


class TermCard(QFrame):
    """Lies over the window; Esc, its cross, or work elsewhere takes it away."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("termCard")
        self.setProperty("card", True)
        self.setFixedWidth(WIDTH_PX)
        self._window = window
        self.hide()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)
        self.title = label(title=True)
        self.plain = _wrapped()
        self.more = _wrapped()
        self.more.setProperty("muted", True)
        self.more.setProperty("small", True)
        self.more.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.unfold = QToolButton()
        self.unfold.setObjectName("termMore")
        self.unfold.setText(tr("more"))
        self.unfold.setProperty("chip", True)
        self.unfold.setCheckable(True)
        self.unfold.setAccessibleName(tr("more"))
        self.unfold.setToolTip(tr("Formula, shapes and source"))
        self.unfold.toggled.connect(self._on_unfolded)
        self._see = QWidget()
        self._row = FlowLayout(self._see, gap_px=5)
        self.cross = QToolButton()
        self.cross.setObjectName("termClose")
        self.cross.setText("✕")
        self.cross.setAccessibleName(tr("Close"))
        self.cross.setToolTip(tr("Close (Esc)"))
        self.cross.clicked.connect(self.hide)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.cross)
        column.addLayout(head)
        for widget in (self.plain, self.unfold, self.more, self._see):
            column.addWidget(widget)

    def show_term(self, word: str, at: QPoint) -> bool:
        """Explain a word beside a point of the screen; False where the glossary has no such word."""
        term = load_glossary(language()).get(word)
        if term is None:
            return False
        self._fill(term)
        self._place(self._window.mapFromGlobal(at))
        self.show()
        self.raise_()
        self.cross.setFocus()
        return True

    def _place(self, at: QPoint) -> None:
        """Beside a point of the window, and wholly in it."""
        self.resize(WIDTH_PX, self._column.totalHeightForWidth(WIDTH_PX))
        x = min(at.x() + AWAY_PX, self._window.width() - self.width() - AWAY_PX)
        y = min(at.y() + AWAY_PX, self._window.height() - self.height() - AWAY_PX)
        self.move(max(x, 0), max(y, 0))

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _: QWidget | None, now: QWidget | None) -> None:
        if self.isVisible() and now is not None and not (now is self or self.isAncestorOf(now)):
            self.hide()

    def _fill(self, term: Term) -> None:
        self.title.setText(term.name)
        self.plain.setText(term.plain)
        self.setAccessibleName(term.name)
        self.setAccessibleDescription(term.plain)
        rows = [(tr("formula"), term.formula), (tr("shapes"), term.shapes), (tr("source"), term.source)]
        self.more.setText("\n".join(f"{name}: {text}" for name, text in rows if text))
        self.unfold.setVisible(bool(self.more.text()))
        self.unfold.setChecked(False)
        self.more.hide()
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for key in term.see:
            other = load_glossary(language()).get(key)
            if other is not None:
                button = QToolButton()
                button.setText(other.name)
                button.setProperty("chip", True)
                button.setProperty("term", other.key)
                button.setAccessibleName(other.name)
                button.setToolTip(other.plain)
                button.clicked.connect(self._on_other)
                self._row.addWidget(button)
        self._see.setVisible(bool(term.see))

    @Slot(bool)
    def _on_unfolded(self, unfolded: bool) -> None:
        self.more.setVisible(unfolded)
        self._place(self.pos() - QPoint(AWAY_PX, AWAY_PX))

    @Slot()
    def _on_other(self) -> None:
        place = self._window.mapToGlobal(self.pos() - QPoint(AWAY_PX, AWAY_PX))
        self.show_term(str(self.sender().property("term")), place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F1):
            self.hide()
        else:
            super().keyPressEvent(event)


def _wrapped() -> QLabel:
    words = QLabel()
    words.setTextFormat(Qt.TextFormat.PlainText)
    words.setWordWrap(True)
    return words
