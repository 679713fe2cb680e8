"""Another network beside it, on the same images."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from cnn_gui.evaluate.state import EvaluateState
from cnn_gui.evaluate.values import Compared
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.fields import ComboBox
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.image_grid import Caption, GridImages, ImageGrid
from cnn_gui.widgets.translation import tr

LEAST_CHANCE = 1e-4


class CompareView(Card):
    """`chosen` carries the key of a `Candidate`, empty for none, and the number of an epoch or None; `canvas_wanted`
    that of an image."""

    chosen = Signal(str, object)
    canvas_wanted = Signal(int)

    def __init__(self, state: State, evaluate: EvaluateState, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._state, self._evaluate = state, evaluate
        self.head.addWidget(label(tr("Compare with"), title=True))
        self.model = ComboBox()
        self.model.setObjectName("compareModel")
        self.model.setAccessibleName(tr("Which network stands beside it"))
        self.model.setToolTip(tr("Which network stands beside it"))
        self.model.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.model.activated.connect(self._on_activated)
        self.head.addWidget(self.model, 1)
        self.epoch = ComboBox()
        self.epoch.setObjectName("compareEpoch")
        self.epoch.setAccessibleName(tr("As it was after which epoch"))
        self.epoch.setToolTip(tr("As it was after an epoch of its run"))
        self.epoch.activated.connect(self._on_epoch)
        self.epoch.hide()
        self.head.addWidget(self.epoch)
        self.body.addLayout(self.head)
        grid = QGridLayout()
        grid.setSpacing(4)
        self._counts = {}
        for place, (name, words) in enumerate((
            ("both_right", tr("both right")), ("only_a", tr("only A")), ("only_b", tr("only B")),
            ("both_wrong", tr("both wrong")),
        )):  # fmt: skip
            value, below = label("–", title=True), label(words, small=True, muted=True)
            grid.addWidget(value, 0, place)
            grid.addWidget(below, 1, place)
            self._counts[name] = value
        self.body.addLayout(grid)
        self.words = label(small=True, muted=True)
        self.words.setWordWrap(True)
        self.body.addWidget(self.words)
        self.grid = ImageGrid("disagreeView", 46)
        self.grid.setMinimumHeight(54)
        self.grid.setAccessibleName(tr("Images that both read differently"))
        self.grid.opened.connect(self.canvas_wanted)
        self.body.addWidget(self.grid, 1)
        self.setMinimumWidth(220)
        evaluate.candidates_changed.connect(self._on_candidates_changed)
        evaluate.compared_changed.connect(self._on_compared)
        state.appearance.theme_changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._on_compared()

    @Slot()
    def _on_candidates_changed(self) -> None:
        before = self.model.currentData()
        self.model.clear()
        self.model.addItem(tr("no other"), "")
        for one in self._evaluate.candidates:
            if one.key != self._evaluate.chosen or len(one.epochs) > 1:  # with itself there is nothing to compare
                self.model.addItem(one.title, one.key)
        self.model.setCurrentIndex(max(self.model.findData(before), 0))

    @Slot(int)
    def _on_activated(self, _: int) -> None:
        key = str(self.model.currentData())
        found = next((one for one in self._evaluate.candidates if one.key == key), None)
        self.epoch.clear()
        self.epoch.addItem(tr("kept"), None)
        for number, _file in found.epochs if found is not None else ():
            self.epoch.addItem(tr("epoch {n}").format(n=number), number)
        self.epoch.setVisible(self.epoch.count() > 2)
        self.chosen.emit(key, None)

    @Slot(int)
    def _on_epoch(self, _: int) -> None:
        self.chosen.emit(str(self.model.currentData()), self.epoch.currentData())

    @Slot()
    def _on_compared(self) -> None:
        compared = self._evaluate.compared
        for name, value in self._counts.items():
            value.setText(thousands(getattr(compared.answers, name)) if compared is not None else "–")
        if compared is None:
            self.words.setText(tr("Choose a run to see where both disagree."))
            self.grid.show_images(GridImages(self.grid.shown.images, self.grid.shown.numbers[:0]))
            return
        self.words.setText(in_words(compared))
        self.grid.show_images(_disagreeing(compared), tr("They read all images alike."))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.grid.set_theme(self._state.appearance.theme)


def in_words(compared: Compared) -> str:
    """Which is better, and whether that is more than chance."""
    found = compared.answers
    chance = f"p = {found.chance:.2g}" if found.chance >= LEAST_CHANCE else f"p < {LEAST_CHANCE:g}"
    a, b = compared.a.title, compared.b.title
    if found.only_a == found.only_b:
        return tr("A {a} and B {b} are equally good.").format(a=a, b=b)
    better, other = (f"A {a}", f"B {b}") if found.only_a > found.only_b else (f"B {b}", f"A {a}")
    judged = tr("more than chance") if found.is_real else tr("which may be chance")
    return tr("{better} is better than {other}, {judged} (McNemar, {chance}).").format(
        better=better, other=other, judged=judged, chance=chance
    )


def _disagreeing(compared: Compared) -> GridImages:
    a, b, names = compared.a, compared.b, compared.a.class_names
    places = {int(number): place for place, number in enumerate(a.found.indices.tolist())}

    def caption(number: int) -> Caption:
        place = places[number]
        first, second = names[a.found.predicted[place]], names[b.found.predicted[place]]
        return Caption(f"{first} · {second},", names[a.found.labels[place]])

    return GridImages(a.data.images, compared.answers.disagree, caption)
