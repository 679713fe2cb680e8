"""The workspace's cards: figures above, matrix and images in the middle, classes, trust and comparison below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cnn_gui.evaluate.classes_view import ClassesView
from cnn_gui.evaluate.compare_view import CompareView
from cnn_gui.evaluate.confusion_view import ConfusionCard
from cnn_gui.evaluate.figures_view import FiguresView
from cnn_gui.evaluate.images_view import ImagesView
from cnn_gui.evaluate.state import EvaluateState
from cnn_gui.evaluate.trust_view import TrustView
from cnn_gui.session.state import State
from cnn_gui.widgets.card_row import CardRow
from cnn_gui.widgets.splitter import splitter
from cnn_gui.widgets.translation import tr

NARROW_PX = 900


class EvaluateView(QWidget):
    """Views of one state; the workspace wires them."""

    def __init__(self, state: State, evaluate: EvaluateState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evaluateWorkspace")
        self.figures = FiguresView(state, evaluate)
        self.confusion = ConfusionCard(state, evaluate)
        self.images = ImagesView(state, evaluate)
        self.classes = ClassesView(state, evaluate)
        self.trust = TrustView(state, evaluate)
        self.compare = CompareView(state, evaluate)
        cards = (
            (tr("Each class"), self.classes, 340),
            (tr("Trust"), self.trust, 320),
            (tr("Compare"), self.compare, 320),
        )
        self._lower = CardRow("evaluateLower", cards)
        middle = splitter("evaluateMiddle", Qt.Orientation.Horizontal, self.confusion, self.images)
        middle.setSizes([380, 600])
        self._parts = splitter("evaluateParts", Qt.Orientation.Vertical, middle, self._lower)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.figures)
        column.addWidget(self._parts, 1)
        self._fit(narrow=False)

    def _fit(self, narrow: bool) -> None:
        """In a narrow window the lower cards become tabs of one."""
        self._lower.set_narrow(narrow)
        self._parts.setStretchFactor(0, 4 if narrow else 5)
        self._parts.setStretchFactor(1, 1 if narrow else 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(narrow=event.size().width() < NARROW_PX)
