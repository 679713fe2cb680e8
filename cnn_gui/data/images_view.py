"""All images of a part: chips of the classes, filters, and a grid that a million do not slow down."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QWidget,
)

from cnn_gui.data.state import DataState
from cnn_gui.data.values import ALL, DOUBTFUL, EDITED, RIGHT, TEST, TRAINING, VALIDATION, WRONG
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.elided_label import ElidedLabel
from cnn_gui.widgets.fields import ComboBox, guarded
from cnn_gui.widgets.flow_layout import FlowLayout
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.image_grid import Caption, GridImages, ImageGrid
from cnn_gui.widgets.translation import QT_TR_NOOP, tr

FILTERS = {
    ALL: QT_TR_NOOP("all"), RIGHT: QT_TR_NOOP("right"), WRONG: QT_TR_NOOP("wrong"), DOUBTFUL: QT_TR_NOOP("doubtful"),
    EDITED: QT_TR_NOOP("changed"),
}  # fmt: skip
PARTS = {TRAINING: QT_TR_NOOP("training part"), VALIDATION: QT_TR_NOOP("to choose by"), TEST: QT_TR_NOOP("test part")}
CHIPS_PX, MOST_CHIPS_PX, MOST_CHIPS, NARROW_PX = 24, 76, 64, 500
Numbers = NDArray[np.int64]


class DataImagesView(Card):
    """`filter_chosen` carries one of `FILTERS`; `export_wanted` a kind of file and whether all is meant."""

    filter_chosen = Signal(str)
    part_chosen = Signal(str)
    classes_chosen = Signal(object)
    export_wanted = Signal(str, bool)
    use_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, state: State, data: DataState, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._state, self._data = state, data
        self._chips: list[QToolButton] = []
        self.body.addLayout(self._title())
        self.body.addWidget(self._chip_row())
        self.body.addLayout(self._filter_row())
        self.grid = ImageGrid("dataGrid", 58)
        self.grid.setAccessibleName(tr("Images of the data set"))
        self.body.addWidget(self.grid, 1)
        self.body.addLayout(self._foot())
        data.loaded_changed.connect(self._on_loaded)
        data.shown_changed.connect(self._on_shown)
        data.words_changed.connect(self._on_words)
        self.grid.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        state.appearance.theme_changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._on_shown()
        self._on_words()

    # --- Parts

    def _title(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.title = label(title=True)
        self.about = ElidedLabel()
        self.about.setProperty("small", True)
        self.about.setProperty("muted", True)
        self.part = ComboBox()
        self.part.setObjectName("dataPart")
        self.part.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.part.setAccessibleName(tr("Part of the data set"))
        self.part.setToolTip(tr("Part of the data set"))
        self.part.activated.connect(self._on_part)
        self.use = QPushButton(tr("Train on these"))
        self.use.setObjectName("useData")
        self.use.setProperty("small", True)
        self.use.setToolTip(tr("The next run learns from this data set"))
        self.use.clicked.connect(self.use_wanted)
        self.export = QToolButton()
        self.export.setObjectName("exportData")
        self.export.setText(tr("Export"))
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.export.setAccessibleName(tr("Export"))
        self.export.setToolTip(tr("Write the set, or the marked images, as changed by hand"))
        menu = QMenu(self.export)
        for words, kind, whole in (
            (tr("The set as .npz …"), "npz", True), (tr("The set as IDX files …"), "idx", True),
            (tr("The set as pictures by class …"), "png", True), (tr("What is shown as .npz …"), "npz", False),
            (tr("What is shown as pictures …"), "png", False),
        ):  # fmt: skip
            menu.addAction(words).setData((kind, whole))
        menu.triggered.connect(self._on_export)
        self.export.setMenu(menu)
        row.addWidget(self.title)
        row.addWidget(self.about, 1)
        for widget in (self.use, self.export, self.part):
            row.addWidget(widget)
        return row

    def _chip_row(self) -> QScrollArea:
        self._chip_box = QWidget()
        self._chip_box.setObjectName("dataChips")
        self._chip_line = FlowLayout(self._chip_box)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(area.horizontalScrollBarPolicy().ScrollBarAlwaysOff)
        area.setWidget(self._chip_box)
        self._chip_area = area
        return area

    def _filter_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self.filters: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        for key, words in FILTERS.items():
            button = QToolButton()
            button.setObjectName(f"{key}Filter")
            button.setText(tr(words))
            button.setCheckable(True)
            button.setChecked(key == ALL)
            button.setProperty("segment", True)
            button.setAccessibleName(tr("Show {what}").format(what=tr(words)))
            button.clicked.connect(self._on_filter)
            group.addButton(button)
            row.addWidget(button)
            self.filters[key] = button
        for key, tip in (
            (RIGHT, tr("What the open network reads rightly")), (WRONG, tr("What the open network misreads")),
            (DOUBTFUL, tr("Labels that networks contradict which have not seen the image")),
            (EDITED, tr("What you have relabelled or left out")), (ALL, tr("All images")),
        ):  # fmt: skip
            self.filters[key].setToolTip(tip)
        self.filter = ComboBox()
        self.filter.setObjectName("dataFilter")
        self.filter.setAccessibleName(tr("Which images are shown"))
        self.filter.setToolTip(tr("Which images are shown"))
        for key, words in FILTERS.items():
            self.filter.addItem(tr(words), key)
        self.filter.activated.connect(self._on_filter_listed)
        row.addWidget(self.filter)
        row.addStretch(1)
        self.number = guarded(QLineEdit())
        self.number.setObjectName("dataNumber")
        self.number.setPlaceholderText(tr("number"))
        self.number.setAccessibleName(tr("Go to the image of this number"))
        self.number.setToolTip(tr("Go to the image of this number (Ctrl+F, Enter)"))
        self.number.setFixedWidth(84)
        self.number.returnPressed.connect(self._on_number)
        keys = QShortcut(QKeySequence.StandardKey.Find, self)
        keys.activated.connect(self.number.setFocus)
        row.addWidget(self.number)
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow card a list takes the place of the filters."""
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW_PX
        for button in self.filters.values():
            button.setVisible(not narrow)
        self.filter.setVisible(narrow)
        self.about.setVisible(not narrow)
        self.use.setText(tr("Train") if narrow else tr("Train on these"))
        self._fit_chips()

    def _fit_chips(self) -> None:
        """All rows of chips, as long as they are few."""
        height = self._chip_line.heightForWidth(self._chip_area.width())
        self._chip_area.setFixedHeight(min(max(height, CHIPS_PX), MOST_CHIPS_PX))

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.words = ElidedLabel()
        self.words.setProperty("small", True)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(96)
        self.stop = QPushButton(tr("Cancel"))
        self.stop.setObjectName("dataCancel")
        self.stop.setProperty("small", True)
        self.stop.setToolTip(tr("Give up what is under way"))
        self.stop.clicked.connect(self.cancel_wanted)
        self.where = label(small=True, muted=True)
        for widget in (self.progress, self.words, self.stop):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.where)
        return row

    # --- What the state says

    @Slot()
    def _on_loaded(self) -> None:
        self.grid.forget_selection()
        loaded = self._data.loaded
        while self._chips:
            chip = self._chips.pop()
            self._chip_line.removeWidget(chip)
            chip.deleteLater()
        names = loaded.splits.train.class_names if loaded is not None else ()
        for number, name in enumerate(names[:MOST_CHIPS]):
            chip = QToolButton()
            chip.setObjectName(f"class{number}Chip")
            chip.setCheckable(True)
            chip.setProperty("chip", True)
            chip.setAccessibleName(tr("Show the class {name}").format(name=name))
            chip.clicked.connect(self._on_chip)
            self._chip_line.addWidget(chip)
            self._chips.append(chip)
        self.part.clear()
        for key in loaded.parts if loaded is not None else ():
            self.part.addItem(tr(PARTS[key]), key)
        self.title.setText(loaded.splits.title.split(",")[0] if loaded is not None else tr("Data"))
        self.about.set_whole_text(loaded.splits.note if loaded is not None else "")

    @Slot()
    def _on_shown(self) -> None:
        data = self._data.data
        self.use.setEnabled(data is not None)
        self.export.setEnabled(data is not None)
        for key, button in self.filters.items():
            button.setChecked(key == self._data.filter)
            self.filter.setCurrentIndex(self.filter.findData(self._data.filter))
            button.setEnabled(data is not None)
        if data is None:
            self.grid.show_images(GridImages(np.zeros((0, 1, 1, 1), np.uint8), np.zeros(0, np.int64)),
                                  tr("Choose a data set on the left."))  # fmt: skip
            return
        self.part.setCurrentIndex(max(self.part.findData(self._data.part), 0))
        labels = self._data.edits.relabel(data).labels
        mask = self._mask(labels)
        counts = np.bincount(labels[mask & (labels >= 0)], minlength=len(data.class_names))
        for number, chip in enumerate(self._chips):
            chip.setText(f"{data.class_names[number]} {short(int(counts[number]))}".replace("&", "&&"))
            chip.setChecked(number in self._data.classes)
        QTimer.singleShot(0, self, self._fit_chips)  # new chips have their size then
        if self._data.classes:
            mask &= np.isin(labels, list(self._data.classes))
        numbers = np.flatnonzero(mask)
        if self._data.filter == DOUBTFUL and self._data.doubts is not None:
            numbers = numbers[np.argsort(-self._data.doubts.doubt[numbers], kind="stable")]
        self.grid.show_images(GridImages(data.images, numbers, self._caption(labels)), self._empty_words())
        self._on_scrolled()

    def _mask(self, labels: Numbers) -> NDArray[np.bool_]:
        """Which images the filter shows."""
        chosen, answers, doubts, edits = self._data.filter, self._data.answers, self._data.doubts, self._data.edits
        if chosen in (RIGHT, WRONG):
            if answers is None or len(answers.probabilities) != len(labels):
                return np.zeros(len(labels), np.bool_)
            right = answers.read == labels
            return right if chosen == RIGHT else ~right
        if chosen == DOUBTFUL:
            return doubts.is_suspected.copy() if doubts is not None else np.zeros(len(labels), np.bool_)
        if chosen == EDITED:
            mask = np.zeros(len(labels), np.bool_)
            mask[[*(image for image, _ in edits.labels), *edits.excluded]] = True
            return mask
        return np.ones(len(labels), np.bool_)

    def _empty_words(self) -> str:
        if self._data.progress is not None:
            return ""
        return tr("Nothing has been changed here.") if self._data.filter == EDITED else tr("No image is like that.")

    def _caption(self, labels: Numbers) -> Callable[[int], Caption]:
        data, answers, doubts, edits = self._data.data, self._data.answers, self._data.doubts, self._data.edits
        names: tuple[str, ...] = data.class_names if data is not None else ()
        changed, gone = {image for image, _ in edits.labels}, set(edits.excluded)

        def caption(number: int) -> Caption:
            own: str = names[int(labels[number])] if labels[number] >= 0 else tr("none")
            if number in gone:
                return Caption(own, tr("left out"), "–")
            if number in changed:
                return Caption(own, mark="✎")
            if doubts is not None and doubts.is_suspected[number]:
                return Caption(f"{own} →", f"{names[doubts.likely[number]]}?", "?")
            if answers is not None:
                read = int(answers.probabilities[number].argmax())
                if read != labels[number]:
                    return Caption(f"{own} →", answers.class_names[read], "✕")
            return Caption(own)

        return caption

    @Slot()
    def _on_scrolled(self) -> None:
        shown, total = self.grid.visible, len(self.grid.shown.numbers)
        words = tr("{first} to {last} of {total}").format(
            first=thousands(shown.start + 1), last=thousands(shown.stop), total=thousands(total)
        )
        self.where.setText(words if total else "")

    @Slot()
    def _on_words(self) -> None:
        busy = self._data.progress is not None
        if not len(self.grid.shown.numbers) and self._data.data is not None:
            self.grid.show_images(self.grid.shown, self._empty_words())
        self.words.set_whole_text(self._data.words)
        self.progress.setVisible(busy)
        self.stop.setVisible(busy)
        self.progress.setValue(round((self._data.progress or 0) * 1000))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.grid.set_theme(self._state.appearance.theme)

    # --- What the user wants

    @Slot(int)
    def _on_part(self, _: int) -> None:
        self.part_chosen.emit(str(self.part.currentData()))

    @Slot(int)
    def _on_filter_listed(self, _: int) -> None:
        self.filter_chosen.emit(str(self.filter.currentData()))

    @Slot()
    def _on_filter(self) -> None:
        self.filter_chosen.emit(next(key for key, button in self.filters.items() if button is self.sender()))

    @Slot()
    def _on_chip(self) -> None:
        self.classes_chosen.emit(frozenset(n for n, chip in enumerate(self._chips) if chip.isChecked()))

    @Slot()
    def _on_number(self) -> None:
        text = self.number.text().strip().replace(" ", "")
        if not text.isdecimal() or not self.grid.choose(int(text[:12])):
            words = tr("There is no image {number} among those that are shown.").format(number=text[:12])
            self._data.say(words)
            self.number.selectAll()

    @Slot(object)
    def _on_export(self, action) -> None:
        self.export_wanted.emit(*action.data())


def short(count: int) -> str:
    """``5.9k``."""
    return str(count) if count < 1000 else f"{count / 1000:.1f}k" if count < 100_000 else f"{count / 1000:.0f}k"
