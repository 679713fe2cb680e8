"""What the doctor says of the selected run."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from cnn_core.runs import Finding
from cnn_core.runs.doctor import NO_FAULT, SEVERE
from cnn_gui.runs.columns import shown
from cnn_gui.runs.state import RunsState
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.translation import tr

MARKS = {SEVERE: "⚠", NO_FAULT: "✓"}


class DoctorView(Card):
    """The worst first: what, so what, and at most one button. `change_wanted` carries settings for a repeat."""

    change_wanted = Signal(object)

    def __init__(self, state: State, runs: RunsState, parent: QWidget | None = None) -> None:
        super().__init__(tr("Doctor"), parent)
        self.setObjectName("runsDoctor")
        self._state, self._runs = state, runs
        self.about, self.count = label(small=True, muted=True), label(small=True, muted=True)
        self.head.insertWidget(1, self.about)
        self.head.addWidget(self.count)
        self._inside = QWidget()
        self._inside.setObjectName("runsDoctorInside")
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._inside)
        self.body.addWidget(area, 1)
        runs.findings_changed.connect(self._on_changed)
        runs.selected_changed.connect(self._on_changed)
        runs.runs_changed.connect(self._on_selected_changed)
        state.appearance.theme_changed.connect(self._on_changed)
        self._on_changed()

    @Slot()
    def _on_selected_changed(self) -> None:
        selected = self._runs.selected
        self.about.setText(tr("looks at {name}").format(name=selected.title) if selected is not None else "")

    @Slot()
    def _on_changed(self) -> None:
        self._on_selected_changed()
        while self._column.count():
            item = self._column.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()  # before it is given away: alone it would be a window
                widget.setParent(None)
                widget.deleteLater()
        findings = self._runs.findings
        if findings is None:
            self.count.setText("")
            words = tr("Nothing is selected.") if self._runs.selected is None else tr("looking …")
            self._column.addWidget(label(words, small=True, muted=True))
        else:
            one = tr("1 finding") if len(findings) == 1 else tr("{n} findings").format(n=len(findings))
            self.count.setText(one)
            if not findings:
                self._column.addWidget(label(tr("✓ Nothing odd was found."), small=True))
            for number, finding in enumerate(findings):
                self._column.addWidget(self._row(number, finding))
        self._column.addStretch(1)

    def _row(self, number: int, finding: Finding) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        mark = label(MARKS.get(finding.severity, "?"))
        mark.setProperty("bad", finding.severity == SEVERE)
        mark.setFixedWidth(16)
        line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(1)
        parts = (finding.title_form, {"title": True}), (finding.detail_form, {"small": True, "muted": True})
        for form, options in parts:
            said = label(tr(form).format(**finding.values), **options)
            said.setWordWrap(True)
            said.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            words.addWidget(said)
        line.addLayout(words, 1)
        if finding.change:
            change = ", ".join(f"{name.replace('_', ' ')} {shown(value)}" for name, value in finding.change.items())
            button = QPushButton(tr("Repeat with {change}").format(change=change))
            button.setObjectName(f"finding{number}")
            button.setProperty("small", True)
            button.setAccessibleName(button.text())
            button.setToolTip(tr("Begin this run again with this one change"))
            button.clicked.connect(self._on_clicked)
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    @Slot()
    def _on_clicked(self) -> None:
        number = int(self.sender().objectName().removeprefix("finding"))
        findings = self._runs.findings
        if findings is not None and number < len(findings):
            self.change_wanted.emit(findings[number].change)
