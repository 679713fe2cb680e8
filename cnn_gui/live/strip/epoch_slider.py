"""Back over the epochs of the latest run: the canvas and all maps are read with the weights of then."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QWidget

from cnn_gui.session.state import State
from cnn_gui.widgets.card import label
from cnn_gui.widgets.fields import guarded
from cnn_gui.widgets.format import epoch_words
from cnn_gui.widgets.translation import tr

WIDTH_PX = (64, 130)
"""In a small window it gives way to its neighbours."""


class EpochSlider(QWidget):
    """At its right end it follows the weights; there is none before a run has begun."""

    epoch_chosen = Signal(object)

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("epochSlider")
        self._state = state
        self._setting = False
        self.words = label(muted=True, small=True)
        self.slider = guarded(QSlider(Qt.Orientation.Horizontal))
        self.slider.setAccessibleName(tr("Epoch whose weights are shown"))
        self.slider.setToolTip(
            tr("Go back over the epochs of this run; at the right end the view follows the training")
        )
        self.slider.setMinimumWidth(WIDTH_PX[0])
        self.slider.setMaximumWidth(WIDTH_PX[1])
        self.slider.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.words)
        row.addWidget(self.slider, 1)
        self.slider.valueChanged.connect(self._on_value_changed)
        state.model.recorded_changed.connect(self._on_recorded_changed)
        self._on_recorded_changed()

    @Slot(int)
    def _on_value_changed(self, value: int) -> None:
        if not self._setting:
            self.epoch_chosen.emit(None if value == self.slider.maximum() else value)

    @Slot()
    def _on_recorded_changed(self) -> None:
        recorded, shown = self._state.model.recorded, self._state.model.shown_epoch
        self.setVisible(bool(recorded))
        self._setting = True
        self.slider.setMaximum(len(recorded))
        numbers = [entry.epoch for entry in recorded]
        self.slider.setValue(numbers.index(shown) if shown in numbers else len(recorded))
        self._setting = False
        self.words.setText(tr("weights now") if shown is None else epoch_words(shown))
