"""The row of tools under the canvas."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from cnn_gui import theme
from cnn_gui.actions import Actions
from cnn_gui.session.state import State
from cnn_gui.widgets.action_button import bind
from cnn_gui.widgets.translation import tr

BRUSHES = {"thin": 0.035, "medium": 0.06, "thick": 0.095}
"""Widths of the pen as shares of the canvas."""
ICON = QSize(18, 18)


class ToolBar(QWidget):
    """Brush, eraser, three widths, undo, redo, clear."""

    brush_chosen = Signal(float)

    def __init__(self, state: State, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.brush = self._button("brushButton", tr("Brush"), tr("Brush (B)"), checkable=True)
        self.eraser = self._button(
            "eraserButton", tr("Eraser"), tr("Eraser (E); the right mouse button erases too"), checkable=True
        )
        self.widths = {
            name: self._button(
                f"{name}Brush",
                tr("{width} pen").format(width=name.capitalize()),
                tr("{width} pen").format(width=name.capitalize()),
                checkable=True,
            )
            for name in BRUSHES
        }
        self.undo = self._button("undoButton", tr("Undo"), tr("Undo (Ctrl+Z)"))
        self.redo = self._button("redoButton", tr("Redo"), tr("Redo (Ctrl+Shift+Z)"))
        self.clear = self._button("clearButton", tr("Clear"), tr("Clear the canvas (Del)"))
        self._exclusive(self.brush, self.eraser)
        self._exclusive(*self.widths.values())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for group in ((self.brush, self.eraser), self.widths.values(), (self.undo, self.redo, self.clear)):
            for button in group:
                row.addWidget(button)
            row.addStretch(1)
        row.takeAt(row.count() - 1)
        for button, action in (
            (self.brush, actions.brush), (self.eraser, actions.eraser), (self.redo, actions.redo),
            (self.undo, actions.undo), (self.clear, actions.clear),
        ):  # fmt: skip
            bind(button, action)
        for button in self.widths.values():
            button.clicked.connect(self._on_width)
        state.drawing.tool_changed.connect(self._on_tool_changed)
        state.drawing.changed.connect(self._on_drawing_changed)
        state.appearance.theme_changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._on_tool_changed()
        self._on_drawing_changed()

    def _button(self, name: str, accessible: str, tip: str, checkable: bool = False) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(accessible)
        button.setToolTip(tip)
        button.setCheckable(checkable)
        button.setIconSize(ICON)
        return button

    def _exclusive(self, *buttons: QToolButton) -> None:
        group = QButtonGroup(self)
        for button in buttons:
            group.addButton(button)

    @Slot()
    def _on_width(self) -> None:
        for name, button in self.widths.items():
            if button.isChecked():
                self.brush_chosen.emit(BRUSHES[name])

    @Slot()
    def _on_tool_changed(self) -> None:
        self.brush.setChecked(not self._state.drawing.erasing)
        self.eraser.setChecked(self._state.drawing.erasing)
        nearest = min(BRUSHES, key=lambda name: abs(BRUSHES[name] - self._state.drawing.brush_width))
        self.widths[nearest].setChecked(True)

    @Slot()
    def _on_drawing_changed(self) -> None:
        self.undo.setEnabled(self._state.drawing.can_undo)

    @Slot()
    def _on_theme_changed(self) -> None:
        colour = self._state.appearance.theme.text
        for name in ("brush", "eraser", "undo", "redo", "clear"):
            getattr(self, name).setIcon(theme.icon(name, colour))
        for (name, button), diameter in zip(self.widths.items(), (4, 8, 13), strict=True):
            self.widths[name].setIcon(_dot(colour, diameter))
            button.setIconSize(ICON)


def _dot(colour: str, diameter_px: int) -> QIcon:
    """A filled circle, sharp at double resolution."""
    pixmap = QPixmap(ICON * 2)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(colour))
    painter.setPen(QColor(0, 0, 0, 0))
    corner = ICON.width() - diameter_px
    painter.drawEllipse(corner, corner, 2 * diameter_px, 2 * diameter_px)
    painter.end()
    pixmap.setDevicePixelRatio(2)
    return QIcon(pixmap)
