"""The options of the layer that is chosen, in fields made from its schema."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_core.architecture import CLASSES, LayerSpec
from cnn_core.layers import LAYER_KINDS
from cnn_core.layers.options import Option
from cnn_gui.network.state import NetworkState
from cnn_gui.network.words import ORDER, SENTENCES, kind_words, layer_words, option_words
from cnn_gui.widgets.card import FIELD_MARGINS_PX, label
from cnn_gui.widgets.fields import ComboBox, DecimalField, NumberField, guarded
from cnn_gui.widgets.terms import explains
from cnn_gui.widgets.translation import tr

MOST_NUMBER, MOST_LETTERS = 1_000_000, 32


class SizeField(QLineEdit):
    """``3``, or ``1×7`` for height and width; `committed` once it is left or Enter is pressed."""

    committed = Signal()

    def __init__(self, value: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        guarded(self)
        self.setMaxLength(MOST_LETTERS)
        self.show_value(value)
        self.editingFinished.connect(self.committed)

    def show_value(self, value: Any) -> None:
        """A number or a pair."""
        pair = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
        self.setText(str(pair[0]) if pair == (1, 1) else " × ".join(map(str, pair)))

    def value(self) -> Any:
        """A number or a pair; the text itself where it is neither, for the message."""
        parts = [part.strip() for part in self.text().replace("x", "×").replace("*", "×").replace(",", "×").split("×")]
        try:
            numbers = [int(part) for part in parts]
        except ValueError:
            return self.text()
        return numbers[0] if len(numbers) == 1 or (len(set(numbers)) == 1 and len(numbers) == 2) else tuple(numbers)


class LayerForm(QWidget):
    """`edited` carries the number of the layer and what it shall be."""

    edited = Signal(int, object)
    duplicate_wanted = Signal()
    remove_wanted = Signal()
    entry_refused = Signal(str)

    def __init__(self, network: NetworkState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layerForm")
        self._network = network
        self._fields: dict[str, QWidget] = {}
        self._shown: tuple[int, LayerSpec] | None = None
        self.title, self.sentence = label(title=True), label(small=True, muted=True)
        self.sentence.setWordWrap(True)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        for name, text, tip, signal in (
            ("duplicateLayerButton", tr("Copy"), tr("The same layer once more (Ctrl+Ins)"), self.duplicate_wanted),
            ("removeLayerButton", tr("Remove"), tr("Take the layer out (Del)"), self.remove_wanted),
        ):
            button = QToolButton()
            button.setObjectName(name)
            button.setText(text)
            button.setProperty("chip", True)
            button.setAccessibleName(tip)
            button.setToolTip(tip)
            button.clicked.connect(signal)
            head.addWidget(button)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.sentence)
        column.addLayout(self._grid)
        network.changed.connect(self._on_changed)
        network.chosen_changed.connect(self._on_changed)
        self._on_changed()

    def focus_first(self) -> None:
        """Give the keys to the first option."""
        fields = list(self._fields.values())
        if fields:
            fields[min(2, len(fields) - 1)].setFocus()

    # --- What is shown

    @Slot()
    def _on_changed(self) -> None:
        layers = self._network.draft.architecture.layers
        if not layers:
            return
        number = self._network.chosen
        spec, row = layers[number], self._network.draft.report.layers[number]
        self.title.setText(layer_words(row.layer, row.kind))
        self.sentence.setText(tr(SENTENCES.get(spec.kind, "")))
        if self._shown is not None and (self._shown[0], self._shown[1].kind) == (number, spec.kind):
            self._refresh(spec)
        else:
            self._fill(spec)
        self._shown = number, spec
        for name, field in self._fields.items():
            mentioned = bool(row.problem) and (name in row.problem or name.replace("_size", "") in row.problem)
            if bool(field.property("bad")) != mentioned:
                field.setProperty("bad", mentioned)
                field.style().unpolish(field)
                field.style().polish(field)

    def _fill(self, spec: LayerSpec) -> None:
        """Other fields, for another kind of layer or another layer."""
        while self._grid.count():
            item = self._grid.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()
        self._fields = {}
        self._add("kind", tr("Kind"), self._kinds(spec.kind), tr("What the layer does"))
        name = guarded(QLineEdit(spec.name))
        name.setMaxLength(MOST_LETTERS)
        name.setPlaceholderText(tr("by its kind"))
        name.editingFinished.connect(self._on_edited)
        self._add("name", tr("Name"), name, tr("A name of its own, else it is made from the kind"))
        values = dict(spec.options)
        for option in LAYER_KINDS[spec.kind].OPTIONS:
            self._add(option.name, option_words(option.name), self._field(option, values), option.help)

    def _add(self, key: str, words: str, field: QWidget, tip: str) -> None:
        row = self._grid.rowCount()
        field.setMinimumWidth(60)
        name = label(words, muted=True)
        name.setBuddy(field)
        field.setObjectName(f"{key}Field")
        field.setAccessibleName(words)
        field.setToolTip(tip)
        explains(field, key)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(field, row, 1)
        self._fields[key] = field

    def _kinds(self, kind: str) -> QComboBox:
        combo = ComboBox()
        for one in (*ORDER, *(k for k in LAYER_KINDS if k not in ORDER)):
            combo.addItem(kind_words(one), one)
        combo.setCurrentIndex(combo.findData(kind))
        combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        combo.currentIndexChanged.connect(self._on_kind_chosen)
        return combo

    def _field(self, option: Option, values: dict[str, Any]) -> QWidget:
        value = values.get(option.name, _default(option, values))
        if option.type == "size":
            field = SizeField(value)
            field.committed.connect(self._on_edited)
            return field
        if option.type == "choice":
            combo = ComboBox()
            for one in option.choices:
                combo.addItem(one, one)
            combo.setCurrentIndex(max(combo.findData(value), 0))
            combo.currentIndexChanged.connect(self._on_edited)
            return combo
        if option.type == "number":
            decimal = guarded(DecimalField())
            decimal.setDecimals(6 if option.name == "epsilon" else 3)
            decimal.setRange(option.low, option.high - (0.001 if option.is_open else 0))
            decimal.setSingleStep(0.05)
            decimal.setValue(value)
            decimal.refused.connect(self.entry_refused)
            decimal.lineEdit().setTextMargins(*FIELD_MARGINS_PX)
            decimal.valueChanged.connect(self._on_edited)
            return decimal
        return UnitsField(value, option.name == "units", self._on_edited, self.entry_refused)

    def _refresh(self, spec: LayerSpec) -> None:
        """The same fields, perhaps with other values."""
        values = dict(spec.options)
        for option in LAYER_KINDS[spec.kind].OPTIONS:
            field, value = self._fields[option.name], values.get(option.name, _default(option, values))
            blocked = field.blockSignals(True)
            if isinstance(field, SizeField):
                field.show_value(value)
            elif isinstance(field, QComboBox):
                field.setCurrentIndex(max(field.findData(value), 0))
            elif isinstance(field, (DecimalField, UnitsField)):
                field.setValue(value)
            field.blockSignals(blocked)
        name = self._fields["name"]
        if isinstance(name, QLineEdit) and name.text() != spec.name:
            name.setText(spec.name)

    # --- What the user wants

    @Slot()
    def _on_kind_chosen(self) -> None:
        kind, (number, spec) = self._fields["kind"].currentData(), self._shown or (0, LayerSpec("ReLU"))  # type: ignore[attr-defined]
        known = {option.name: option for option in LAYER_KINDS[kind].OPTIONS}
        options = {name: value for name, value in spec.options if name in known}
        for option in known.values():
            if option.is_required and option.name not in options:
                options[option.name] = {"filters": 16, "units": 64}.get(option.name, 0.25)
        self.edited.emit(number, LayerSpec(kind, tuple(options.items()), spec.name))

    @Slot()
    def _on_edited(self) -> None:
        if self._shown is None:
            return
        number, spec = self._shown
        values: dict[str, Any] = {}
        for option in LAYER_KINDS[spec.kind].OPTIONS:
            field = self._fields[option.name]
            value = field.currentData() if isinstance(field, QComboBox) else field.value()  # type: ignore[attr-defined]
            if option.name in dict(spec.options) or value != _default(option, dict(spec.options)):
                values[option.name] = value
        name = self._fields["name"]
        made = LayerSpec(spec.kind, (), name.text().strip() if isinstance(name, QLineEdit) else "").with_options(
            **values
        )
        if made != spec:
            self.edited.emit(number, made)


class UnitsField(QWidget):
    """A whole number; of units also: as many as there are classes."""

    def __init__(self, value: Any, knows_classes: bool, slot, refused, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = NumberField(1, MOST_NUMBER, 10)
        self.number.lineEdit().setTextMargins(*FIELD_MARGINS_PX)
        self.number.refused.connect(refused)
        self.classes = QToolButton()
        self.classes.setText(tr("classes"))
        self.classes.setCheckable(True)
        self.classes.setProperty("chip", True)
        self.classes.setAccessibleName(tr("As many units as classes"))
        self.classes.setToolTip(tr("As many as the data have classes"))
        self.classes.setVisible(knows_classes)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.number, 1)
        row.addWidget(self.classes)
        self.setFocusProxy(self.number)
        self.setValue(value)
        self.number.valueChanged.connect(slot)
        self.classes.clicked.connect(slot)

    def setValue(self, value: Any) -> None:
        """A number, or `CLASSES`."""
        blocked = self.number.blockSignals(True)
        self.classes.setChecked(value == CLASSES)
        self.number.setEnabled(value != CLASSES)
        if value != CLASSES:
            self.number.setValue(min(value, self.number.maximum()))  # Qt counts no further
        self.number.blockSignals(blocked)

    def value(self) -> Any:
        return CLASSES if self.classes.isChecked() else self.number.value()

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.number.setAccessibleName(name)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.number.setFocus()


def _default(option: Option, values: dict[str, Any]) -> Any:
    if option.default is None:  # the stride of a pool is its window
        return values.get("pool_size", 2)
    return 10 if option.is_required else option.default
