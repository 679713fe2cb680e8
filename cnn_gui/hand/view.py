"""The first column of the window: canvas, tools, what is read."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from cnn_gui.actions import Actions
from cnn_gui.hand.canvas_view import CanvasView
from cnn_gui.hand.last_drawings import LastDrawings
from cnn_gui.hand.number_view import NumberView
from cnn_gui.hand.prediction_view import PredictionView
from cnn_gui.hand.teach_row import TeachRow
from cnn_gui.hand.tools import ToolBar
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card
from cnn_gui.widgets.square_on_top import SquareOnTop

LEAST_PX = 264
LOW_PX, HIGH_PX = 440, 780


class HandView(Card):
    """One widget for all workspaces."""

    def __init__(self, state: State, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.canvas = CanvasView(state)
        self.tools = ToolBar(state, actions)
        self.number = NumberView(state)
        self.prediction = PredictionView(state)
        self.teach = TeachRow(state)
        self.drawings = LastDrawings(state)
        self.body.addWidget(SquareOnTop(self.canvas, (self.tools, self.number), self.prediction), 1)
        self.body.addWidget(self.teach)
        self.body.addWidget(self.drawings)
        self.setMinimumWidth(LEAST_PX)
        self.canvas.digit_typed.connect(self.teach.choose_number)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low column the keys alone are left, and the last drawings come where there is room for them."""
        super().resizeEvent(event)
        self.teach.set_compact(event.size().height() < LOW_PX)
        self.drawings.setVisible(event.size().height() >= HIGH_PX)
