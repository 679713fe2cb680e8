"""Where the parts of the workspace stand: the table, the curves, what differs, notes, the doctor."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from cnn_gui.runs.curves_view import CurvesView
from cnn_gui.runs.differs_view import DiffersView
from cnn_gui.runs.doctor_view import DoctorView
from cnn_gui.runs.parallel_view import ParallelView
from cnn_gui.runs.state import RunsState
from cnn_gui.runs.table import RunsTable
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.card_row import CardRow
from cnn_gui.widgets.elided_label import ElidedLabel
from cnn_gui.widgets.fields import guarded
from cnn_gui.widgets.splitter import splitter
from cnn_gui.widgets.translation import tr

SEARCH_PX, SEARCH_SMALL_PX = 160, 110
SEARCH_AFTER_MS, NOTES_AFTER_MS = 150, 600
NARROW_PX, WIDE_PX = 860, 1040
SIZES_PX = (290, 250, 210)


class RunsView(QWidget):
    """Says what the user wants; the controller does it."""

    words_entered = Signal(str)
    notes_entered = Signal(str, str)
    resume_wanted = Signal()
    repeat_wanted = Signal()
    settings_wanted = Signal()
    model_wanted = Signal()
    export_wanted = Signal()
    film_wanted = Signal()
    delete_wanted = Signal()
    baseline_wanted = Signal()

    def __init__(self, state: State, runs: RunsState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsWorkspace")
        self.setAccessibleName(tr("Runs"))
        self._state, self._runs = state, runs
        self._noted = ""
        self.table = RunsTable(state, runs)
        self.left, self.right = CurvesView(state, runs, 0), CurvesView(state, runs, 1)
        self.differs, self.doctor, self.notes_card = DiffersView(state, runs), DoctorView(state, runs), self._notes()
        self.parallel = ParallelView(state, runs)
        self._plots = QStackedWidget()
        self._plots.addWidget(splitter("runsPlots", Qt.Orientation.Horizontal, self.left, self.right))
        self._plots.addWidget(self.parallel)
        cards = (
            (tr("What differs"), self.differs, 300),
            (tr("Doctor"), self.doctor, 480),
            (tr("Notes"), self.notes_card, 200),
        )
        self._lower = CardRow("runsLower", cards)
        self._all: QSplitter = splitter(
            "runsParts", Qt.Orientation.Vertical, self._table_card(), self._plots, self._lower
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._all)
        self._all.setSizes(list(SIZES_PX))
        self._search_timer, self._notes_timer = QTimer(self), QTimer(self)
        for timer, after, slot in (
            (self._search_timer, SEARCH_AFTER_MS, self._on_searched),
            (self._notes_timer, NOTES_AFTER_MS, self._keep_notes),
        ):
            timer.setSingleShot(True)
            timer.setInterval(after)
            timer.timeout.connect(slot)
        runs.runs_changed.connect(self._on_changed)
        runs.ticked_changed.connect(self._on_changed)
        runs.selected_changed.connect(self._on_changed)
        self._on_changed()

    # --- Layout

    def _table_card(self) -> Card:
        card = Card()
        card.head.addWidget(label(tr("Runs"), title=True))
        self.count = ElidedLabel()
        self.count.setProperty("muted", True)
        self.count.setProperty("small", True)
        card.head.addWidget(self.count)
        card.head.addStretch(1)
        self.search = guarded(QLineEdit())
        self.search.setObjectName("runsFilter")
        self.search.setPlaceholderText(tr("filter"))
        self.search.setAccessibleName(tr("Filter the runs"))
        self.search.setToolTip(tr("Words, or conditions such as network:article rate>0.001 test>98 (Ctrl+F)"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(SEARCH_PX)
        self.search.textChanged.connect(self._on_search_typed)
        keys = QShortcut(QKeySequence.StandardKey.Find, self)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(self.search.setFocus)
        self.settings_page = QToolButton()
        self.settings_page.setObjectName("parallelButton")
        self.settings_page.setText(tr("settings"))
        self.settings_page.setCheckable(True)
        self.settings_page.setProperty("chip", True)
        self.settings_page.setAccessibleName(tr("Settings instead of curves"))
        self.settings_page.setToolTip(tr("All runs that are shown as lines through their settings, instead of curves"))
        self.settings_page.toggled.connect(self._on_page_chosen)
        card.head.addWidget(self.settings_page)
        card.head.addWidget(self.search)
        self.buttons: dict[str, QPushButton] = {}
        for name, words, tip, signal in (
            ("resume", tr("Resume"), tr("Go on with this run where it was interrupted"), self.resume_wanted),
            ("repeat", tr("Repeat"), tr("Make it again: same settings, same curve"), self.repeat_wanted),
            ("settings", tr("Use settings"), tr("Put its settings into the form of Live"), self.settings_wanted),
            ("model", tr("Open model"), tr("Read the canvas with what came of it"), self.model_wanted),
            ("film", tr("Film"), tr("See how it learnt, step by step"), self.film_wanted),
            ("export", tr("Export"), tr("Save its model as a file"), self.export_wanted),
            ("baseline", tr("Baseline"), tr("Mark settings that are unlike this run's"), self.baseline_wanted),
            ("delete", tr("Delete"), tr("Move it into the trash; Undo brings it back"), self.delete_wanted),
        ):
            button = QPushButton(words)
            button.setObjectName(f"{name}RunButton")
            button.setProperty("tight", True)
            button.setProperty("primary", name == "resume")
            button.setAccessibleName(words)
            button.setToolTip(tip)
            button.clicked.connect(signal)
            card.head.addWidget(button)
            self.buttons[name] = button
        card.head.setSpacing(6)
        card.body.addLayout(card.head)
        card.body.addWidget(self.table, 1)
        return card

    def _notes(self) -> Card:
        card = Card(tr("Notes"))
        self.notes = guarded(QPlainTextEdit())
        self.notes.setObjectName("runNotes")
        self.notes.setAccessibleName(tr("Notes about the selected run"))
        self.notes.setToolTip(tr("What you want to remember of this run; kept at once"))
        self.notes.setPlaceholderText(tr("what you want to remember of it"))
        self.notes.setTabChangesFocus(True)
        self.notes.textChanged.connect(self._on_notes_typed)
        card.body.addWidget(self.notes, 1)
        card.setMinimumWidth(160)
        return card

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lower.set_narrow(event.size().width() < NARROW_PX)
        self.search.setFixedWidth(SEARCH_PX if event.size().width() >= NARROW_PX else SEARCH_SMALL_PX)
        for name in ("baseline", "export", "settings", "film"):
            self.buttons[name].setVisible(event.size().width() >= WIDE_PX)

    # --- What the state says

    @Slot()
    def _on_changed(self) -> None:
        runs, selected = self._runs, self._runs.selected
        baseline = runs.baseline
        shown = len(runs.shown)
        kept = tr("{n} kept").format(n=runs.total) if shown == runs.total else tr("{shown} of {n}").format(
            shown=shown, n=runs.total)  # fmt: skip
        unlike = tr(" · settings unlike {name} are marked").format(name=baseline.title) if baseline is not None else ""
        words = tr("{kept}, {m} ticked{unlike}")
        self.count.set_whole_text(runs.problem or words.format(kept=kept, m=len(runs.ticked), unlike=unlike))
        can = {
            "resume": selected is not None and selected.can_resume and selected.reason != "running",
            "repeat": selected is not None,
            "settings": selected is not None,
            "baseline": selected is not None,
            "model": selected is not None and selected.has_model,
            "film": selected is not None and selected.has_model,
            "export": selected is not None and selected.has_model,
            "delete": selected is not None and selected.reason != "running",
        }
        for name, possible in can.items():
            self.buttons[name].setEnabled(possible)
        resume_tip = tr("Go on with this run where it was interrupted")
        if selected is not None and not can["resume"]:
            goes = selected.reason == "running"
            resume_tip = tr("This run is going on") if goes else tr("This run is over, there is nothing to go on with")
        self.buttons["resume"].setToolTip(resume_tip)
        name = selected.name if selected is not None else ""
        if name != self._noted:
            self._keep_notes()
            self._noted = name
            blocked = self.notes.blockSignals(True)
            self.notes.setPlainText(selected.notes if selected is not None else "")
            self.notes.blockSignals(blocked)
        self.notes.setEnabled(selected is not None)

    # --- What the user wants

    @Slot(bool)
    def _on_page_chosen(self, settings: bool) -> None:
        self._plots.setCurrentIndex(1 if settings else 0)

    @Slot()
    def _on_search_typed(self) -> None:
        self._search_timer.start()

    @Slot()
    def _on_searched(self) -> None:
        self.words_entered.emit(self.search.text())

    @Slot()
    def _on_notes_typed(self) -> None:
        self._notes_timer.start()

    @Slot()
    def _keep_notes(self) -> None:
        if self._notes_timer.isActive() or self.sender() is self._notes_timer:
            self._notes_timer.stop()
            if self._noted:
                self.notes_entered.emit(self._noted, self.notes.toPlainText())
