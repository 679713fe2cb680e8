"""The list of data sets, and the facts of the one that is looked at."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QWidget

from cnn_gui.data.state import DataState
from cnn_gui.data.values import TEST, TRAINING, VALIDATION
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.plain_tip import plain_tip
from cnn_gui.widgets.translation import QT_TR_NOOP, tr

WIDTH_PX, NARROW_PX = 200, 150
NAMES = {
    "mnist": QT_TR_NOOP("MNIST"), "fashion-mnist": QT_TR_NOOP("Fashion-MNIST"), "kmnist": QT_TR_NOOP("KMNIST"),
    "pendigits": QT_TR_NOOP("Pen digits"), "mixed": QT_TR_NOOP("Mixed, with none"),
    "synthetic": QT_TR_NOOP("Synthetic"),
}  # fmt: skip


class SourcesView(Card):
    """`source_chosen` carries a source's name."""

    source_chosen = Signal(str)
    folder_wanted = Signal()
    file_wanted = Signal()

    def __init__(self, state: State, data: DataState, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._state, self._data = state, data
        self.setFixedWidth(WIDTH_PX)
        self.body.addWidget(label(tr("Images"), title=True))
        self.list = QListWidget()
        self.list.setObjectName("sourcesList")
        self.list.setAccessibleName(tr("Data sets"))
        self.list.setToolTip(tr("Choose one to look at its images; one that is not here is fetched"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemActivated.connect(self._on_activated)
        self.list.itemClicked.connect(self._on_activated)
        self.body.addWidget(self.list, 1)
        for name, words, tip, signal in (
            ("openFolder", tr("A folder …"), tr("Pictures with a folder for each class, or IDX files"),
             self.folder_wanted),
            ("openFile", tr("A file …"), tr("An .npz file, or a CSV table: the label first, then the pixels"),
             self.file_wanted),
        ):  # fmt: skip
            button = QPushButton(words)
            button.setObjectName(name)
            button.setAccessibleName(words)
            button.setToolTip(tip)
            button.clicked.connect(signal)
            self.body.addWidget(button)
        self.hint = label(
            tr("Or drop them here. You see what is in them before anything is used."), small=True, muted=True
        )
        self.hint.setWordWrap(True)
        policy = self.hint.sizePolicy()
        self.hint.setSizePolicy(policy.horizontalPolicy(), policy.Policy.Minimum)
        self.body.addWidget(self.hint)
        self.facts = QGridLayout()
        self.facts.setVerticalSpacing(2)
        self._values: dict[str, QLabel] = {}
        self._facts: list[tuple[QLabel, QLabel]] = []
        for row, (key, words) in enumerate((
            (TRAINING, tr("to learn")), (VALIDATION, tr("to choose by")), (TEST, tr("to test")), ("size", tr("size")),
            ("excluded", tr("left out")), ("labels", tr("relabelled")),
        )):  # fmt: skip
            name, value = label(words, small=True, muted=True), label(small=True)
            self.facts.addWidget(name, row, 0)
            self.facts.addWidget(value, row, 1)
            self._values[key] = value
            self._facts.append((name, value))
        self.body.addLayout(self.facts)
        data.sources_changed.connect(self._on_sources_changed)
        data.shown_changed.connect(self._on_changed)

    def set_narrow(self, narrow: bool) -> None:
        """In a narrow window the names alone are left."""
        self.setFixedWidth(NARROW_PX if narrow else WIDTH_PX)
        self.hint.setVisible(not narrow)
        for pair in self._facts:
            for one in pair:
                one.setVisible(not narrow)

    @Slot()
    def _on_sources_changed(self) -> None:
        chosen = self._data.loaded.name if self._data.loaded is not None else ""
        self.list.clear()
        for source in self._data.sources:
            words = tr(NAMES.get(source.name, source.title))
            if not source.is_here:
                words += tr(" · fetch") if source.downloads else tr(" · not here")
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, source.name)
            item.setToolTip(plain_tip(source.title if not source.is_own else source.name))
            self.list.addItem(item)
            if source.name == chosen:
                self.list.setCurrentItem(item)

    @Slot()
    def _on_changed(self) -> None:
        loaded = self._data.loaded
        if loaded is None:
            return
        edits = loaded.edits.values()
        values = {part: thousands(len(data)) for part, data in loaded.parts.items()}
        values["size"] = "×".join(map(str, loaded.splits.train.image_shape))
        values["excluded"] = thousands(sum(len(one.excluded) for one in edits))
        values["labels"] = thousands(sum(len(one.labels) for one in edits))
        for key, value in self._values.items():
            value.setText(values.get(key, "–"))
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) == loaded.name:
                self.list.setCurrentRow(row)

    @Slot(QListWidgetItem)
    def _on_activated(self, item: QListWidgetItem) -> None:
        self.source_chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))
