"""``Wrong? It is a …``: what is on the canvas gets its right name, is kept, and the network learns it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_core.class_names import MOST_NAME
from cnn_core.teaching import NONE
from cnn_gui.session.state import State
from cnn_gui.widgets.card import label
from cnn_gui.widgets.elided_label import ElidedLabel
from cnn_gui.widgets.fields import ComboBox, guarded
from cnn_gui.widgets.plain_tip import plain_tip
from cnn_gui.widgets.translation import tr

MOST_KEYS, LONGEST_KEY = 10, 2
KEY_PX = 22


class TeachRow(QWidget):
    """A key for each class, or a list that can be searched where there are many or their names are long.

    `label_chosen` carries the name of a class, empty for none of them.
    """

    label_chosen = Signal(str)
    undo_wanted = Signal()

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("teachRow")
        self.setAccessibleName(tr("Say what it is"))
        self._state = state
        self._names: tuple[str, ...] = ()
        self._keys: list[QPushButton] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._head())
        self._row = QHBoxLayout()
        self._row.setSpacing(3)
        column.addLayout(self._row)
        column.addWidget(self._list())
        column.addWidget(self._new_class())
        column.addLayout(self._line())
        state.model.info_changed.connect(self._on_model_changed)
        state.model.prediction_changed.connect(self._on_prediction_changed)
        state.teaching.report_changed.connect(self._on_report_changed)
        self._on_model_changed()
        self._on_report_changed()

    # --- Parts

    def _head(self) -> QHBoxLayout:
        self.words = label(tr("Wrong? It is a"), small=True, muted=True)
        self.none = self._chip("teachNone", tr("none"), tr("It shows none of these: learn to turn such things away"))
        self.none.clicked.connect(self._on_none)
        self.new = self._chip("teachNew", tr("new …"), tr("A class of your own: draw it, and say what it is called"))
        self.new.setCheckable(True)
        self.new.toggled.connect(self._on_new_toggled)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.words, 1)
        row.addWidget(self.none)
        row.addWidget(self.new)
        return row

    def _chip(self, name: str, words: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setText(words)
        button.setProperty("chip", True)
        button.setAccessibleName(words)
        button.setToolTip(tip)
        return button

    def _list(self) -> QWidget:
        """For many classes, or such with long names."""
        self.list = ComboBox()
        self.list.setObjectName("teachList")
        self.list.setAccessibleName(tr("What it is"))
        self.list.setToolTip(tr("Type a part of the name, then press Enter"))
        self.list.setEditable(True)
        if (field := self.list.lineEdit()) is not None:
            field.setPlaceholderText(tr("it is a …"))
        self.list.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        if (completer := self.list.completer()) is not None:
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.list.activated.connect(self._on_listed)
        return self.list

    def _new_class(self) -> QWidget:
        self.field = guarded(QLineEdit())
        self.field.setObjectName("newClassField")
        self.field.setAccessibleName(tr("Name of a new class"))
        self.field.setToolTip(tr("What you have drawn, such as heart; Enter keeps it"))
        self.field.setPlaceholderText(tr("its name, such as heart"))
        self.field.setMaxLength(MOST_NAME)
        self.field.returnPressed.connect(self._on_named)
        self.field.hide()
        return self.field

    def _line(self) -> QHBoxLayout:
        self.message = ElidedLabel()
        self.message.setObjectName("teachMessage")
        self.message.setProperty("small", True)
        self.message.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.undo = self._chip("teachUndo", tr("undo"), tr("As it was before the last teaching"))
        self.undo.clicked.connect(self.undo_wanted)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.message, 1)
        row.addWidget(self.undo)
        return row

    def set_compact(self, compact: bool) -> None:
        """In a low column only the keys are left."""
        for widget in (self.words, self.none, self.new, self.message):
            widget.setVisible(not compact)
        self.undo.setVisible(not compact and self._state.teaching.report.can_undo)
        self.updateGeometry()

    # --- What the state says

    @Slot()
    def _on_model_changed(self) -> None:
        info = self._state.model.info
        names = info.class_names if info is not None else ()
        if names == self._names:
            return
        self._names = names
        while self._keys:
            key = self._keys.pop()
            self._row.removeWidget(key)
            key.hide()
            key.deleteLater()
        has_keys = len(names) <= MOST_KEYS and all(len(name) <= LONGEST_KEY for name in names)
        for name in names if has_keys else ():
            key = QPushButton(name.replace("&", "&&"))
            key.setObjectName(f"teach{name}")
            key.setProperty("key", True)
            key.setCheckable(True)
            key.setFixedHeight(KEY_PX)
            key.setMinimumWidth(12)
            key.setAccessibleName(tr("It is a {name}").format(name=name))
            key.setToolTip(tr("It is a {name}: keep the drawing, and learn it").format(name=name))
            key.clicked.connect(self._on_key)
            self._row.addWidget(key, 1)
            self._keys.append(key)
        self.list.clear()
        self.list.addItems([*names])
        self.list.setCurrentIndex(-1)
        self.list.setVisible(not has_keys)
        self._on_prediction_changed()
        self.updateGeometry()

    @Slot()
    def _on_prediction_changed(self) -> None:
        prediction = self._state.model.prediction
        drawn = prediction is not None and not prediction.blank
        read = prediction.best if prediction is not None and drawn and prediction.known else -1
        for number, key in enumerate(self._keys):
            key.setEnabled(drawn)
            key.setChecked(number == read)  # a state, no property: the style need not be worked out anew
        for widget in (self.list, self.none, self.new, self.field):
            widget.setEnabled(drawn)

    @Slot()
    def _on_report_changed(self) -> None:
        report = self._state.teaching.report
        share = f" {report.progress * 100:.0f} %" if report.progress is not None else ""
        self.message.set_whole_text(report.words + share)
        self.message.setToolTip(plain_tip(report.words))
        self.message.setProperty("bad", report.is_problem)
        self.message.style().unpolish(self.message)
        self.message.style().polish(self.message)
        self.undo.setVisible(report.can_undo and self.message.isVisibleTo(self))

    # --- What the user says

    @Slot()
    def _on_key(self) -> None:
        number = next(number for number, key in enumerate(self._keys) if key is self.sender())
        self._on_prediction_changed()  # a click does not change what is read
        self.choose(self._names[number])

    @Slot(int)
    def choose_number(self, number: int) -> None:
        """The key of this digit was pressed with the focus on the canvas."""
        if str(number) in self._names:
            self.choose(str(number))

    def choose(self, name: str) -> None:
        """It is one of class ``name``."""
        self.label_chosen.emit(name)

    @Slot()
    def _on_none(self) -> None:
        self.label_chosen.emit(NONE)

    @Slot(int)
    def _on_listed(self, number: int) -> None:
        if 0 <= number < len(self._names):
            self.choose(self._names[number])
        self.list.setCurrentIndex(-1)

    @Slot(bool)
    def _on_new_toggled(self, wanted: bool) -> None:
        self.field.setVisible(wanted)
        if wanted:
            self.field.setFocus()
        self.updateGeometry()

    @Slot()
    def _on_named(self) -> None:
        name = self.field.text().strip()
        if name:
            self.field.clear()
            self.new.setChecked(False)
            self.choose(name)
