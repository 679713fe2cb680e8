"""What is on the canvas, and what the hand holds."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from cnn_core.drawing import Mark

USUAL_BRUSH = 0.06
"""Width of the brush as a share of the canvas."""


class DrawingState(QObject):
    """The drawing, the tool, and which item of the drawing is looked into. GUI thread only; setters alone change it.

    `changed`: what is on the canvas. `tool_changed`: brush or eraser, or its width. `choice_changed`: the item.
    """

    changed = Signal()
    tool_changed = Signal()
    choice_changed = Signal()
    marks_wanted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._marks: tuple[Mark, ...] = ()
        self._can_undo = self._can_redo = self._growing = self._erasing = False
        self._brush_width = USUAL_BRUSH
        self._choice: int | None = None

    @property
    def marks(self) -> tuple[Mark, ...]:
        """All marks in their order."""
        return self._marks

    @property
    def can_undo(self) -> bool:
        return self._can_undo

    @property
    def can_redo(self) -> bool:
        return self._can_redo

    @property
    def growing(self) -> bool:
        """Whether the last stroke is still under the pen."""
        return self._growing

    @property
    def erasing(self) -> bool:
        return self._erasing

    @property
    def brush_width(self) -> float:
        """As a share of the canvas."""
        return self._brush_width

    @property
    def choice(self) -> int | None:
        """The item that was chosen; None follows the pen."""
        return self._choice

    def set_drawing(self, marks: tuple[Mark, ...], can_undo: bool, can_redo: bool, growing: bool = False) -> None:
        """What is on the canvas, and whether there are steps to go back or forward. What is looked into follows the
        pen again."""
        self._marks, self._can_undo, self._can_redo, self._growing = marks, can_undo, can_redo, growing
        self._choice = None
        self.changed.emit()

    def want(self, marks: tuple[Mark, ...]) -> None:
        """Somebody wants these marks on the canvas in place of what is there."""
        self.marks_wanted.emit(marks)

    def set_tool(self, *, erasing: bool | None = None, brush_width: float | None = None) -> None:
        """Brush or eraser, and its width as a share of the canvas."""
        self._erasing = self._erasing if erasing is None else erasing
        self._brush_width = self._brush_width if brush_width is None else brush_width
        self.tool_changed.emit()

    def set_choice(self, choice: int | None) -> None:
        """The item of the drawing that is looked into; None follows the pen."""
        self._choice = choice
        self.choice_changed.emit()
