"""The button in the header that says which network reads the canvas; its menu opens and saves models."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from cnn_gui.actions import Actions
from cnn_gui.session.state import State
from cnn_gui.widgets.format import epoch_words, thousands
from cnn_gui.widgets.plain_tip import plain_tip
from cnn_gui.widgets.translation import tr

PADDING_PX, SMALLEST_PX = 46, 120


class ModelChip(QToolButton):
    """Wants as much room as its whole text needs, and is content with less."""

    def __init__(self, state: State, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelChip")
        self._state, self._whole = state, ""
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        menu = QMenu(self)
        for action in (actions.open_model, actions.open_bundled, actions.save_model):
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(actions.bring_back)
        self.setMenu(menu)
        for signal in (state.model.info_changed, state.model.edits_changed, state.model.recorded_changed):
            signal.connect(self._on_changed)
        self._on_changed()

    def whole_text(self) -> str:
        """The text as it would be with room enough."""
        return self._whole

    @Slot()
    def _on_changed(self) -> None:
        model, info = self._state.model, self._state.model.info
        if info is None:
            self._say(tr("no network"), "")
            return
        words = [info.name, info.origin, tr("{n} parameters").format(n=thousands(info.parameters))]
        if model.edits or info.training.get("changed_by_hand"):
            words.append(tr("changed by hand"))
        elif model.shown_epoch is not None:
            words.append(epoch_words(model.shown_epoch))
        elif info.accuracy is not None:
            words.append(tr("{accuracy:.2f} % on the test set").format(accuracy=info.accuracy * 100))
        self._say(" · ".join(words), info.place)

    def _say(self, whole: str, place: str) -> None:
        self._whole = whole
        self.setAccessibleName(tr("Model: {words}").format(words=whole))
        self.setToolTip(plain_tip(tr("The model that reads the canvas: {words}").format(words=f"{whole}\n{place}")))
        self._fit()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + PADDING_PX, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(SMALLEST_PX, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = max(self.width() - PADDING_PX + 2, 0)
        text = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, room)
        self.setText(text.replace("&", "&&"))
