"""Changes by hand: the pinned map off or scaled, one weight set; what the network says then; and back again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from cnn_core.inspection import MapScaled, WeightSet
from cnn_gui.session.prediction import Prediction
from cnn_gui.session.selection import Pin
from cnn_gui.session.state import State
from cnn_gui.widgets.card import FIELD_MARGINS_PX, label
from cnn_gui.widgets.core_words import channel_words, edit_words
from cnn_gui.widgets.fields import DecimalField, NumberField, guarded
from cnn_gui.widgets.format import percent
from cnn_gui.widgets.translation import tr

STEPS_A_UNIT = 20
LEAST_PX = 480
"""Narrower, its fields would be cut; beside a sheet rather its end is covered."""
MOST_FACTOR = 3
WEIGHT_LIMIT = 1000.0
SHOWN = 4


class EditsView(QWidget):
    """Acts on what is pinned; the kernel's element is chosen by row, column and input map."""

    edit_made = Signal(object)
    undo_requested = Signal()
    undo_all_requested = Signal()
    entry_refused = Signal(str)

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("editsView")
        self.setAccessibleName(tr("Change the network by hand"))
        self._state = state
        self._setting = False
        self._explained_of: tuple[Pin, str | None] | None = None
        self.map_words = label(title=True)
        self.off = self._button("switchOffButton", tr("Switch off"), tr("Switch the pinned map off, or on again"))
        self.off.setCheckable(True)
        self.factor = guarded(QSlider(Qt.Orientation.Horizontal))
        self.factor.setObjectName("factorSlider")
        self.factor.setAccessibleName(tr("Scale of the pinned map"))
        self.factor.setToolTip(tr("Scale the pinned map from 0 to 3 times"))
        self.factor.setRange(0, MOST_FACTOR * STEPS_A_UNIT)
        self.factor.setValue(STEPS_A_UNIT)
        self.factor_words = label("× 1.00", muted=True)
        self.weight_words = label(tr("Weight"), muted=True)
        indices = tr("row"), tr("column"), tr("input map")
        self.row, self.column, self.source = map(self._index, indices)
        self.value = guarded(DecimalField())
        self.value.setObjectName("weightValue")
        self.value.refused.connect(self.entry_refused)
        self.value.setAccessibleName(tr("Weight"))
        self.value.setToolTip(tr("The weight of the pinned filter's kernel at this row, column and input map"))
        self.value.setRange(-WEIGHT_LIMIT, WEIGHT_LIMIT)
        self.value.setDecimals(4)
        self.value.setSingleStep(0.1)
        self.value.lineEdit().setTextMargins(*FIELD_MARGINS_PX)
        self.undo = self._button("undoEditButton", tr("Undo"), tr("Take the last change back"))
        self.undo_all = self._button("undoEditsButton", tr("Undo all"), tr("The network as it was"))
        self.list = QLabel()
        self.list.setTextFormat(Qt.TextFormat.PlainText)
        self.list.setProperty("muted", True)
        self.list.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.effect = label(muted=True)
        self._arrange()
        self._connect()
        self._on_pin_changed()
        self._on_edits_changed()

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setToolTip(tip)
        return button

    def _index(self, name: str) -> NumberField:
        box = NumberField(0, 0, 0)
        box.setAccessibleName(tr("Weight's {name}").format(name=name))
        box.setToolTip(tr("The weight's {name}").format(name=name))
        box.refused.connect(self.entry_refused)
        box.setPrefix(f"{name.split()[-1]} ")
        box.lineEdit().setTextMargins(*FIELD_MARGINS_PX)
        return box

    def _arrange(self) -> None:
        self.setMinimumWidth(LEAST_PX)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        grid.addWidget(self.map_words, 0, 0, 1, 3)
        grid.addWidget(self.off, 1, 0)
        grid.addWidget(self.factor, 1, 1)
        grid.addWidget(self.factor_words, 1, 2)
        weight = QHBoxLayout()
        weight.setSpacing(8)
        for box in (self.row, self.column, self.source, self.value):
            weight.addWidget(box)
        grid.addWidget(self.weight_words, 2, 0)
        grid.addLayout(weight, 2, 1, 1, 2)
        grid.addWidget(self.effect, 3, 0, 1, 3)
        undo = QHBoxLayout()
        undo.setSpacing(8)
        undo.addWidget(self.undo)
        undo.addWidget(self.undo_all)
        grid.addLayout(undo, 0, 3)
        grid.addWidget(self.list, 1, 3, 3, 1)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(3, 2)
        grid.setRowStretch(4, 1)

    def _connect(self) -> None:
        state = self._state
        self.off.toggled.connect(self._on_switched)
        self.factor.valueChanged.connect(self._on_scaled)
        for box in (self.row, self.column, self.source, self.value):
            box.installEventFilter(self)
        for box in (self.row, self.column, self.source):
            box.valueChanged.connect(self._on_place_changed)
        self.value.valueChanged.connect(self._on_value_changed)
        self.undo.clicked.connect(self.undo_requested)
        self.undo_all.clicked.connect(self.undo_all_requested)
        state.selection.pin_changed.connect(self._on_pin_changed)
        state.inspected.kernels_changed.connect(self._on_kernels_changed)
        state.inspected.explained_changed.connect(self._on_explained_changed)
        state.model.edits_changed.connect(self._on_edits_changed)
        state.model.prediction_changed.connect(self._on_effect_changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A field would keep Ctrl+Z for its own text; here it takes changes back."""
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    # --- What is done

    @Slot(bool)
    def _on_switched(self, off: bool) -> None:
        if not self._setting:
            self.factor.setValue(0 if off else STEPS_A_UNIT)

    @Slot(int)
    def _on_scaled(self, steps: int) -> None:
        pin, source = self._state.selection.pin, self._source()
        if not self._setting and pin is not None and source is not None:
            self.edit_made.emit(MapScaled(source, pin.channel, steps / STEPS_A_UNIT))

    def _source(self) -> str | None:
        """The layer whose weights make the pinned map: its ReLU and its pooling share them."""
        explained, pin = self._state.inspected.explained, self._state.selection.pin
        return explained.source if explained is not None and pin is not None and explained.pin == pin else None

    @Slot(float)
    def _on_value_changed(self, value: float) -> None:
        kernels = self._state.inspected.kernels
        if not self._setting and kernels is not None:
            index = (self.row.value(), self.column.value(), self.source.value(), kernels.filter)
            self.edit_made.emit(WeightSet(f"{kernels.layer}.weight", index, value))

    # --- What is shown

    @Slot()
    def _on_pin_changed(self) -> None:
        pin = self._state.selection.pin
        if pin is None or self._state.selection.pointed is not None:
            return
        self._show_factor()

    def _show_factor(self) -> None:
        """The slider stands where the last change of the pinned map left it."""
        pin, source, factor = self._state.selection.pin, self._source(), 1.0
        for edit in self._state.model.edits:
            if isinstance(edit, MapScaled) and pin and (edit.layer, edit.channel) == (source, pin.channel):
                factor = edit.factor
        self._setting = True
        self.factor.setValue(round(factor * STEPS_A_UNIT))
        self.off.setChecked(factor == 0)
        self.off.setText(tr("Switch on") if factor == 0 else tr("Switch off"))
        self.factor_words.setText(f"× {factor:.2f}")
        self._setting = False

    @Slot()
    def _on_explained_changed(self) -> None:
        """What can be done with the pinned map."""
        explained = self._state.inspected.explained
        if explained is None or not explained.pinned:
            return
        of = explained.pin, explained.source
        if of == self._explained_of:
            return  # only the pen has moved
        self.map_words.setText(channel_words(of[0].layer, of[0].channel, len(of[0].place) == 3))
        self._explained_of = of
        for control in (self.off, self.factor):
            control.setEnabled(explained.source is not None)
        self.factor_words.setVisible(explained.source is not None)
        self._show_factor()
        self._on_kernels_changed()

    @Slot()
    def _on_kernels_changed(self) -> None:
        kernels, pin = self._state.inspected.kernels, self._state.selection.pin
        has_kernel = kernels is not None and pin is not None and len(pin.place) == 3
        self.weight_words.setVisible(has_kernel)
        for box in (self.row, self.column, self.source, self.value):
            box.setEnabled(has_kernel)
            box.setVisible(has_kernel)
        self.weight_words.setText(
            tr("{replace}'s weight").format(replace=kernels.layer.replace("_", " ")) if kernels else tr("Weight")
        )
        if kernels is None:
            return
        self._setting = True
        for box, size in zip((self.row, self.column, self.source), kernels.now.shape[:3], strict=True):
            box.setMaximum(size - 1)
        self._setting = False
        self._on_place_changed()

    @Slot()
    def _on_place_changed(self) -> None:
        kernels = self._state.inspected.kernels
        if kernels is None or self._setting:
            return
        self._setting = True
        if not (self.value.hasFocus() and self.value.lineEdit().isModified()):  # nobody types there now
            self.value.setValue(
                float(kernels.now[self.row.value(), self.column.value(), self.source.value(), kernels.filter])
            )
        self._setting = False

    @Slot()
    def _on_edits_changed(self) -> None:
        edits = self._state.model.edits
        self.undo.setEnabled(bool(edits))
        self.undo_all.setEnabled(bool(edits))
        lines = [edit_words(edit) for edit in edits[-SHOWN:]]
        more = len(edits) - len(lines)
        self.list.setText(
            "\n".join([*([tr("{more} more before").format(more=more)] if more else []), *lines])
            or tr("nothing changed")
        )
        self._show_factor()
        self._on_effect_changed()

    @Slot()
    def _on_effect_changed(self) -> None:
        before, prediction = self._state.model.unedited, self._state.model.prediction
        if not before or prediction is None or prediction.blank or len(before) != len(prediction.probabilities):
            self.effect.setText("")
            return
        model = self._state.model.info
        knew = model is None or max(before) >= model.calibration.threshold
        without, with_ = (
            _reads(prediction, before, knew),
            _reads(prediction, prediction.probabilities, prediction.known),
        )
        self.effect.setText(tr("without the changes {without}, with them {with_}").format(without=without, with_=with_))


def _reads(prediction: Prediction, probabilities: Sequence[float], known: bool) -> str:
    """``7 (98 %)``, or that it is none of the classes."""
    best = max(range(len(probabilities)), key=probabilities.__getitem__)
    return f"{prediction.class_names[best]} ({percent(probabilities[best])})" if known else tr("none of the classes")
