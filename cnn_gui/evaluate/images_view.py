"""The images behind the figures: of a cell, the hardest, the surest mistakes, doubtful labels, and what counted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from cnn_gui.evaluate.map_view import MapView
from cnn_gui.evaluate.state import CELL, COUNT, HARDEST, MAP, SUREST, SUSPECTS, EvaluateState
from cnn_gui.evaluate.values import Judged
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card
from cnn_gui.widgets.elided_label import ElidedLabel
from cnn_gui.widgets.fields import ComboBox
from cnn_gui.widgets.format import scientific, thousands
from cnn_gui.widgets.image_grid import Caption, GridImages, ImageGrid
from cnn_gui.widgets.translation import QT_TR_NOOP, tr

PAGES = {
    CELL: QT_TR_NOOP("Cell"), HARDEST: QT_TR_NOOP("Hardest"), SUREST: QT_TR_NOOP("Surest"),
    MAP: QT_TR_NOOP("Map"), SUSPECTS: QT_TR_NOOP("Labels"), COUNT: QT_TR_NOOP("Influence"),
}  # fmt: skip
EMPTY = {
    CELL: QT_TR_NOOP("nothing was read so"), SUSPECTS: QT_TR_NOOP("Press Look for them."),
    COUNT: QT_TR_NOOP("Draw something, then press Ask."), SUREST: QT_TR_NOOP("nothing was misread"),
}  # fmt: skip
MOST_SHOWN = 5000
NARROW_PX = 480
MOST_COUNTED = 24
Numbers = NDArray[np.int64]


class ImagesView(Card):
    """`canvas_wanted`, `why_wanted`: the chosen image. `relabel_wanted` carries a class, -1 leaves it out."""

    canvas_wanted = Signal()
    why_wanted = Signal()
    relabel_wanted = Signal(int)
    doubt_wanted = Signal()
    count_wanted = Signal()
    train_without_wanted = Signal()

    def __init__(self, state: State, evaluate: EvaluateState, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._state, self._evaluate = state, evaluate
        self.page = HARDEST
        self.grid = ImageGrid("hardestView", 64)
        self.grid.setAccessibleName(tr("Images"))
        self.map = MapView(state, evaluate)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.grid)
        self.stack.addWidget(self.map)
        self.words = ElidedLabel()
        self.words.setProperty("small", True)
        self.words.setProperty("muted", True)
        self.body.addLayout(self._tabs())
        self.body.addLayout(self._buttons())
        self.body.addWidget(self.stack, 1)
        self.grid.opened.connect(self._on_opened)
        for key, signal in (("C", self.canvas_wanted), ("W", self.why_wanted)):
            keys = QShortcut(QKeySequence(key), self)
            keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(signal)
        evaluate.words_changed.connect(self._on_words_changed)
        evaluate.judged_changed.connect(self._on_changed)
        evaluate.cell_changed.connect(self._on_cell_changed)
        evaluate.issues_changed.connect(self._on_issues_changed)
        evaluate.counted_changed.connect(self._on_counted_changed)
        self.map.lassoed.connect(self._on_lassoed)
        state.appearance.theme_changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._on_changed()

    def _tabs(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self.tabs: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        for key, words in PAGES.items():
            button = QToolButton()
            button.setObjectName(f"{key}Images")
            button.setText(tr(words))
            button.setCheckable(True)
            button.setProperty("segment", True)
            button.setAccessibleName(tr(words))
            button.setChecked(key == self.page)
            button.clicked.connect(self._on_tab)
            group.addButton(button)
            row.addWidget(button)
            self.tabs[key] = button
        for key, tip in (
            (CELL, tr("Images of the matrix's chosen cell")),
            (HARDEST, tr("Images with the largest loss first")),
            (SUREST, tr("Misread images, those first of which it is surest")),
            (MAP, tr("All images as points; draw around some to see them")),
            (SUSPECTS, tr("Training images whose label may be wrong")),
            (COUNT, tr("Which training images made it say what it says on the canvas?")),
        ):
            self.tabs[key].setToolTip(tip)
        self.pages = ComboBox()
        self.pages.setObjectName("imagesPages")
        self.pages.setAccessibleName(tr("Which images"))
        self.pages.setToolTip(tr("Which images"))
        for key, words in PAGES.items():
            self.pages.addItem(tr(words), key)
        self.pages.activated.connect(self._on_page_chosen)
        row.addWidget(self.pages, 1)
        row.addStretch(1)
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow card a list takes the place of the tabs, and the words give way."""
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW_PX
        for tab in self.tabs.values():
            tab.setVisible(not narrow)
        self.pages.setVisible(narrow)
        self.words.setVisible(not narrow)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.words, 1)
        self.buttons: dict[str, QPushButton] = {}
        for name, words, tip, signal in (
            ("look", tr("Look for them"), tr("Train networks that have not seen the images they judge"),
             self.doubt_wanted),
            ("count", tr("Ask"), tr("Which training images made it say what it says on the canvas?"),
             self.count_wanted),
            ("without", tr("Leave out, train again"), tr("Make the run again without the marked images"),
             self.train_without_wanted),
            ("canvas", tr("On the canvas"), tr("Put the image on the canvas (C, Enter)"), self.canvas_wanted),
            ("why", tr("Why?"), tr("Put it on the canvas and see what speaks for the answer (W)"), self.why_wanted),
        ):  # fmt: skip
            button = QPushButton(words)
            button.setObjectName(f"{name}Image")
            button.setProperty("small", True)
            button.setAccessibleName(words)
            button.setToolTip(tip)
            button.clicked.connect(signal)
            row.addWidget(button)
            self.buttons[name] = button
        self.relabel = QToolButton()
        self.relabel.setObjectName("relabelImage")
        self.relabel.setText(tr("Label is wrong"))
        self.relabel.setProperty("small", True)
        self.relabel.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.relabel.setAccessibleName(tr("Label is wrong"))
        self.relabel.setToolTip(tr("Say what it is, or leave it out; the data themselves are not touched"))
        self.menu = QMenu(self.relabel)
        self.relabel.setMenu(self.menu)
        self.menu.triggered.connect(self._on_relabel)
        row.addWidget(self.relabel)
        return row

    # --- What is shown

    @property
    def is_of_training(self) -> bool:
        """Whether the images are training images, and not those that are judged."""
        return self.page in (SUSPECTS, COUNT)

    def show_page(self, page: str) -> None:
        """One of `PAGES`."""
        self.page = page
        self.tabs[page].setChecked(True)
        self.pages.setCurrentIndex(self.pages.findData(page))
        self.stack.setCurrentWidget(self.map if page == MAP else self.grid)
        self.map.watch(page == MAP)
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        judged = self._evaluate.judged
        shown, words = self._shown(judged) if judged is not None else (None, "")
        if shown is not None:
            self.grid.show_images(shown, tr(EMPTY.get(self.page, "nothing was read so")))
        self.words.set_whole_text(words)
        self._fill_menu(judged)
        self.buttons["look"].setVisible(self.page == SUSPECTS)
        self.buttons["count"].setVisible(self.page == COUNT)
        counted = self._evaluate.counted
        self.buttons["without"].setVisible(self.page == COUNT and counted is not None and bool(counted.run))
        has_image = shown is not None and len(shown.numbers) > 0 and self.page != MAP
        self.buttons["canvas"].setEnabled(has_image)
        self.buttons["why"].setEnabled(has_image)
        self.relabel.setVisible(not self.is_of_training)
        self.relabel.setEnabled(has_image)

    def _shown(self, judged: Judged) -> tuple[GridImages | None, str]:
        pages: dict[str, Callable[[Judged], tuple[GridImages | None, str]]] = {
            CELL: self._of_cell, HARDEST: self._hardest, SUREST: self._surest, SUSPECTS: self._suspects,
            COUNT: self._counted, MAP: lambda _: (None, tr("draw around points to see their images")),
        }  # fmt: skip
        return pages[self.page](judged)

    def _of_cell(self, judged: Judged) -> tuple[GridImages, str]:
        found, cell = judged.found, self._evaluate.cell
        if cell is None:
            return self._images(judged, np.zeros(0, np.int64)), tr("choose a cell of the matrix")
        i, j = cell
        places = np.flatnonzero((found.labels == i) & (found.predicted == j))
        right = judged.probabilities[places, i]
        names = judged.class_names
        said = tr("{a} read as {b} · {n} images, hardest first").format(a=names[i], b=names[j], n=len(places))
        return self._images(judged, found.indices[places[np.argsort(right, kind="stable")]]), said

    def _hardest(self, judged: Judged) -> tuple[GridImages, str]:
        return self._images(judged, judged.found.hardest(MOST_SHOWN)), tr("by their loss · is → read as")

    def _surest(self, judged: Judged) -> tuple[GridImages, str]:
        wrong = np.flatnonzero(judged.wrong)
        order = wrong[np.argsort(-judged.probabilities[wrong].max(axis=1), kind="stable")]
        said = tr("{n} misread, those first of which it is surest").format(n=thousands(len(order)))
        return self._images(judged, judged.found.indices[order]), said

    def _suspects(self, _: Judged) -> tuple[GridImages, str]:
        issues = self._evaluate.issues
        if issues is None:
            empty = GridImages(np.zeros((0, 1, 1, 1), np.uint8), np.zeros(0, np.int64))
            return empty, tr("training images whose label is contradicted by networks that have not seen them")
        found, names = issues.found, issues.data.class_names

        def caption(number: int) -> Caption:
            return Caption(f"{names[found.given[number]]} →", names[found.likely[number]], "?")

        said = tr("{n} of {total} labels are doubtful, the worst first").format(
            n=found.suspected, total=thousands(len(issues.data))
        )
        return GridImages(issues.data.images, found.order[:MOST_SHOWN], caption), said

    def _counted(self, _: Judged) -> tuple[GridImages, str]:
        counted = self._evaluate.counted
        if counted is None:
            empty = GridImages(np.zeros((0, 1, 1, 1), np.uint8), np.zeros(0, np.int64))
            return empty, tr("training images that pulled the answer on the canvas towards it, or away")
        found, data = counted.found, counted.data
        half = MOST_COUNTED // 2
        near = found.nearest(MOST_COUNTED)
        groups = dict.fromkeys(found.most_for(half).tolist(), "+")
        groups |= {number: "−" for number in found.most_against(half).tolist() if number not in groups}
        groups |= {number: "≈" for number in near.tolist() if number not in groups}
        numbers = np.array(list(groups))

        def caption(number: int) -> Caption:
            pull = scientific(float(found.pull[number]))
            return Caption(data.class_names[data.labels[number]], pull, groups[number])

        of = tr("run {run}").format(run=counted.run) if counted.run else tr("the open network")
        said = tr("for {answer}, of {of}: + pull for it, − against, ≈ nearest").format(answer=counted.answer, of=of)
        return GridImages(data.images, numbers, caption), said

    def _images(self, judged: Judged, numbers: Numbers) -> GridImages:
        found, names = judged.found, judged.class_names
        places = np.full(len(judged.data), -1, np.int64)
        places[found.indices] = np.arange(found.n)

        def caption(number: int) -> Caption:
            place = int(places[number])
            if place < 0:
                return Caption(tr("left out"), mark="–")
            label, read = int(found.labels[place]), int(found.predicted[place])
            sure = judged.probabilities[place, read] * 100
            if label == read:
                return Caption(f"{names[label]}  {sure:.0f} %")
            return Caption(f"{names[label]} →", names[read], "✕")

        return GridImages(judged.data.images, numbers[:MOST_SHOWN], caption)

    def _fill_menu(self, judged: Judged | None) -> None:
        self.menu.clear()
        names = judged.raw.class_names if judged is not None else ()
        for number, name in enumerate(names):
            self.menu.addAction(tr("It is {name}").format(name=name.replace("&", "&&"))).setData(number)
        self.menu.addSeparator()
        self.menu.addAction(tr("Leave it out")).setData(-1)
        self.menu.addAction(tr("As it was")).setData(-2)

    # --- What happens

    @Slot(int)
    def _on_page_chosen(self, _: int) -> None:
        self.show_page(str(self.pages.currentData()))

    @Slot()
    def _on_tab(self) -> None:
        self.show_page(next(key for key, button in self.tabs.items() if button is self.sender()))

    @Slot()
    def _on_cell_changed(self) -> None:
        if self._evaluate.cell is not None:
            self.show_page(CELL)

    @Slot()
    def _on_issues_changed(self) -> None:
        if self._evaluate.issues is not None:
            self.show_page(SUSPECTS)

    @Slot()
    def _on_counted_changed(self) -> None:
        if self._evaluate.counted is not None:
            self.show_page(COUNT)

    @Slot()
    def _on_words_changed(self) -> None:
        """While something is worked out, nothing more can be asked."""
        busy = self._evaluate.progress is not None
        for name in ("look", "count"):
            self.buttons[name].setEnabled(not busy)

    @Slot(object)
    def _on_lassoed(self, numbers: Numbers) -> None:
        judged = self._evaluate.judged
        if not len(numbers):
            self.words.set_whole_text(tr("no point lies in there: draw around some"))
        elif judged is not None:
            self.stack.setCurrentWidget(self.grid)
            self.grid.show_images(self._images(judged, numbers))
            self.words.set_whole_text(tr("{n} images from the map").format(n=thousands(len(numbers))))
            for name in ("canvas", "why"):
                self.buttons[name].setEnabled(len(numbers) > 0)
            self.relabel.setEnabled(len(numbers) > 0)

    @Slot(int)
    def _on_opened(self, _: int) -> None:
        self.canvas_wanted.emit()

    @Slot(object)
    def _on_relabel(self, action) -> None:
        self.relabel_wanted.emit(int(action.data()))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.grid.set_theme(self._state.appearance.theme)
