"""Where the parts of the workspace stand: the layers, and beside them the chosen one's options and what can be begun
with."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_core.layers import LAYER_KINDS
from cnn_core.presets import PRESETS
from cnn_gui.network.columns import LayerHeader, LayerTotal
from cnn_gui.network.layer_form import LayerForm
from cnn_gui.network.layer_list import LayerList
from cnn_gui.network.state import NetworkState
from cnn_gui.network.words import ORDER, kind_words, short_kind_words
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.elided_label import ElidedLabel
from cnn_gui.widgets.fields import guarded
from cnn_gui.widgets.translation import tr

SIDE_PX, SIDE_SMALL_PX, WIDE_PX, MARGIN_PX, SCROLL_PX = 276, 248, 900, 12, 8
KINDS_IN_A_ROW = 3
MOST_NAME = 40
LEAST_NAME_PX, MOST_NAME_PX = 60, 200


class NetworkView(QWidget):
    """Says what the user wants; the controller does it."""

    text_entered = Signal(str)
    open_wanted = Signal()
    save_wanted = Signal()
    add_chosen = Signal(str)
    preset_chosen = Signal(str)
    model_chosen = Signal()
    train_wanted = Signal()
    speed_wanted = Signal()
    undo_wanted = Signal()
    redo_wanted = Signal()
    renamed = Signal(str)

    def __init__(self, state: State, network: NetworkState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("networkWorkspace")
        self.setAccessibleName(tr("Build a network"))
        self._network = network
        self.layers = LayerList(state, network)
        self.form = LayerForm(network)
        self.text = guarded(QPlainTextEdit())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(MARGIN_PX)
        row.addWidget(self._main_card(state), 1)
        self._side = self._side_card()
        row.addWidget(self._side)
        network.changed.connect(self._on_changed)
        network.speed_changed.connect(self._on_speed_changed)
        self.layers.add_wanted.connect(self._on_add_wanted)
        self.layers.options_wanted.connect(self.form.focus_first)
        self._on_changed()
        self._on_speed_changed()

    # --- Layout

    def _main_card(self, state: State) -> Card:
        card = Card()
        self.name = guarded(QLineEdit())
        self.name.setObjectName("networkName")
        self.name.setAccessibleName(tr("Name of the network"))
        self.name.setToolTip(tr("The network's name; click to change it"))
        self.name.setMaxLength(MOST_NAME)
        self.name.setProperty("title", True)
        self.name.editingFinished.connect(self._on_renamed)
        self.origin = ElidedLabel()
        self.origin.setProperty("muted", True)
        self.origin.setProperty("small", True)
        self.undo = self._button("networkUndoButton", tr("Undo"), tr("Take the last change back (Ctrl+Z)"))
        self.redo = self._button("networkRedoButton", tr("Redo"), tr("Make it again (Ctrl+Shift+Z)"))
        self.undo.clicked.connect(self.undo_wanted)
        self.redo.clicked.connect(self.redo_wanted)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.name)
        head.addWidget(self.origin)
        head.addStretch(1)
        for widget in (self.undo, self.redo, *self._pages()):
            head.addWidget(widget)
        card.body.addLayout(head)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._cards(state))
        self.pages.addWidget(self._toml())
        card.body.addWidget(self.pages, 1)
        return card

    def _pages(self) -> list[QToolButton]:
        group, made = QButtonGroup(self), []
        for number, (name, words) in enumerate((("cardsPage", tr("Cards")), ("tomlPage", tr("TOML")))):
            button = QToolButton()
            button.setObjectName(name)
            button.setText(words)
            button.setCheckable(True)
            button.setChecked(number == 0)
            button.setAccessibleName(tr("The network as {words}").format(words=words))
            button.setToolTip(tr("The network as {words}").format(words=words))
            button.setProperty("segment", True)
            group.addButton(button, number)
            made.append(button)
        group.idClicked.connect(self.show_page)
        return made

    def _cards(self, state: State) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(LayerHeader(state, self._network, self.layers))
        column.addWidget(self.layers, 1)
        column.addWidget(LayerTotal(state, self._network, self.layers))
        keys = tr("Alt ↑ ↓ moves a layer · Ins adds · Del takes out · Enter: options · sees: receptive field")
        self.keys = label(keys, small=True, muted=True)
        self.keys.setWordWrap(True)
        self.keys.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        column.addWidget(self.keys)
        return page

    def _toml(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.text.setObjectName("networkText")
        self.text.setAccessibleName(tr("The network as TOML"))
        self.text.setToolTip(tr("The same network as text; what is written here becomes the network"))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setTabChangesFocus(True)
        self.text.textChanged.connect(self._on_text_changed)
        column.addWidget(self.text, 1)
        self.text_problem = label(small=True)
        self.text_problem.setObjectName("networkTextProblem")
        self.text_problem.setProperty("bad", True)
        self.text_problem.setWordWrap(True)
        self.text_problem.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        row = QHBoxLayout()
        row.addWidget(self.text_problem, 1)
        for name, words, tip, signal in (
            ("openNetworkButton", tr("Open…"), tr("Open a network from a TOML file"), self.open_wanted),
            ("saveNetworkButton", tr("Save…"), tr("Save the network as a TOML file"), self.save_wanted),
        ):
            button = self._button(name, words, tip)
            button.clicked.connect(signal)
            row.addWidget(button)
        column.addLayout(row)
        return page

    def _side_card(self) -> Card:
        card = Card()
        card.setFixedWidth(SIDE_PX)
        inside = QWidget()
        inside.setObjectName("networkSide")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, SCROLL_PX, 0)
        column.setSpacing(10)
        column.addWidget(self.form)
        column.addWidget(_line())
        self.add_title = label(title=True)
        column.addWidget(self.add_title)
        column.addLayout(self._kinds())
        column.addWidget(_line())
        column.addWidget(label(tr("Begin with"), title=True))
        column.addLayout(self._beginnings())
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        card.body.addWidget(area, 1)
        self.speed = self._button(
            "measureSpeedButton", tr("How fast?"), tr("Train it for half a second on this machine")
        )
        self.speed.clicked.connect(self.speed_wanted)
        self.speed_words = label(small=True, muted=True)
        row = QHBoxLayout()
        row.addWidget(self.speed_words, 1)
        row.addWidget(self.speed)
        card.body.addLayout(row)
        self.train = QPushButton(tr("Train this"))
        self.train.setObjectName("trainThisButton")
        self.train.setAccessibleName(tr("Train this network"))
        self.train.setProperty("primary", True)
        self.train.clicked.connect(self.train_wanted)
        card.body.addWidget(self.train)
        self.why = label(small=True, muted=True)
        self.why.setWordWrap(True)
        self.why.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        card.body.addWidget(self.why)
        return card

    def _kinds(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        kinds = (*ORDER, *(kind for kind in LAYER_KINDS if kind not in ORDER))
        self.kind_buttons: dict[str, QPushButton] = {}
        for number, kind in enumerate(kinds):
            words = kind_words(kind)
            button = QPushButton(short_kind_words(kind))
            button.setObjectName(f"add{kind}")
            button.setProperty("small", True)
            button.setAccessibleName(tr("Add a layer: {kind}").format(kind=words))
            button.setToolTip(tr("Add below the chosen layer: {kind}").format(kind=words))
            button.setProperty("dense", True)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.clicked.connect(self._on_kind_clicked)
            grid.addWidget(button, number // KINDS_IN_A_ROW, number % KINDS_IN_A_ROW)
            self.kind_buttons[kind] = button
        return grid

    def _beginnings(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        open_model = self._button("beginWithModel", tr("the open model"), tr("The network that reads the canvas"))
        open_model.clicked.connect(self.model_chosen)
        open_model.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column.addWidget(open_model)
        for name, preset in PRESETS.items():
            button = self._button(f"beginWith_{name}", name, preset.title)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.clicked.connect(self._on_preset_clicked)
            column.addWidget(button)
        return column

    def _button(self, name: str, words: str, tip: str) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(name)
        button.setAccessibleName(words)
        button.setToolTip(tip)
        button.setProperty("small", True)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        return button

    # --- What the state says

    @Slot()
    def _on_changed(self) -> None:
        draft, report = self._network.draft, self._network.draft.report
        if not self.name.hasFocus():
            self.name.setText(draft.architecture.name)
            room = self.name.fontMetrics().horizontalAdvance(f"{draft.architecture.name}MM")
            self.name.setFixedWidth(min(max(room, LEAST_NAME_PX), MOST_NAME_PX))
        changed = tr(" · changed") if draft.is_changed else ""
        self.origin.set_whole_text(tr("from {origin}{changed}").format(origin=draft.origin, changed=changed))
        self.undo.setEnabled(self._network.can_undo)
        self.redo.setEnabled(self._network.can_redo)
        text = draft.architecture.to_toml()
        if not self.text.hasFocus() and self.text.toPlainText() != text:
            blocked = self.text.blockSignals(True)
            self.text.setPlainText(text)
            self.text.blockSignals(blocked)
            self.text_problem.setText("")
        self.add_title.setText(tr("Add below it"))
        self.train.setEnabled(report.fits)
        self.speed.setEnabled(report.fits)
        if report.fits:
            some = tr("1 layer keeps its weights") if draft.kept == 1 else tr("{n} layers keep their weights")
            kept = tr("{some} if you train on. ").format(some=some.format(n=draft.kept)) if draft.kept else ""
            new = tr("New: {names}.").format(names=", ".join(draft.fresh).replace("_", " ")) if draft.fresh else ""
            self.why.setText(f"{kept}{new}".strip())
        elif report.broken is not None:
            row = report.layers[report.broken]
            name = row.layer.name.replace("_", " ") if row.layer is not None else kind_words(row.kind)
            self.why.setText(tr("once {name} fits").format(name=name))
        else:
            fixes = "; ".join(fix.words for fix in draft.fixes)
            self.why.setText(report.problem + (tr(" Try: {fixes}.").format(fixes=fixes) if fixes else ""))
        self.train.setToolTip(tr("Begin a run with this network") if report.fits else self.why.text())

    @Slot()
    def _on_speed_changed(self) -> None:
        self.speed_words.setText(self._network.speed or tr("not measured"))

    def show_text_problem(self, problem: str) -> None:
        """What is wrong with the text; empty where nothing is."""
        self.text_problem.setText(problem)
        fits = self._network.draft.report.fits and not problem
        self.train.setEnabled(fits)
        if problem:
            self.why.setText(tr("The text is no network yet, so there is nothing to train."))
        else:
            self._on_changed()

    # --- What the user wants

    @Slot(int)
    def show_page(self, number: int) -> None:
        """Cards or text."""
        self.pages.setCurrentIndex(number)
        (self.text if number else self.layers).setFocus()

    @Slot()
    def _on_text_changed(self) -> None:
        self.text_entered.emit(self.text.toPlainText())

    @Slot()
    def _on_renamed(self) -> None:
        self.renamed.emit(self.name.text())

    @Slot()
    def _on_kind_clicked(self) -> None:
        self.add_chosen.emit(self.sender().objectName().removeprefix("add"))

    @Slot()
    def _on_preset_clicked(self) -> None:
        self.preset_chosen.emit(self.sender().objectName().removeprefix("beginWith_"))

    @Slot()
    def _on_add_wanted(self) -> None:
        """Insert: the keys go to the kinds."""
        next(iter(self.kind_buttons.values())).setFocus()

    def event(self, event: QEvent) -> bool:
        """In a text the keys of the canvas are letters."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.text.hasFocus():
            event.accept()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._side.setFixedWidth(SIDE_PX if event.size().width() >= WIDE_PX else SIDE_SMALL_PX)
        self.origin.setVisible(event.size().width() >= WIDE_PX)


def _line() -> QWidget:
    line = QWidget()
    line.setFixedHeight(1)
    line.setProperty("line", True)
    line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return line
