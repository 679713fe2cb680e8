"""Which class is asked about: the network's answer, or another one."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_gui.session.state import State
from cnn_gui.widgets.fields import ComboBox
from cnn_gui.widgets.translation import tr


class ClassChooser(ComboBox):
    """The first entry follows the network's answer, the others are the classes. All choosers show the same choice."""

    class_asked = Signal(object)

    def __init__(self, state: State, name: str, accessible: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setToolTip(tip)
        self._state = state
        self.activated.connect(self._on_chosen)
        for signal in (state.model.info_changed, state.model.prediction_changed, state.selection.class_changed):
            signal.connect(self._on_changed)
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        prediction, model = self._state.model.prediction, self._state.model.info
        names = model.class_names if model is not None else ()
        answer = names[prediction.likeliest] if prediction and 0 <= prediction.likeliest < len(names) else "?"
        if prediction and not prediction.blank and not prediction.known:
            answer = tr("none, nearest {answer}").format(answer=answer)
        first = tr("its answer: {answer}").format(answer=answer)
        if [self.itemText(i) for i in range(1, self.count())] != list(names):
            self.clear()
            self.addItems([first, *names])
        elif self.itemText(0) != first:
            self.setItemText(0, first)
        asked = self._state.selection.asked_class
        self.setCurrentIndex(asked + 1 if asked is not None and asked < len(names) else 0)

    @Slot(int)
    def _on_chosen(self, index: int) -> None:
        self.class_asked.emit(None if index <= 0 else index - 1)
