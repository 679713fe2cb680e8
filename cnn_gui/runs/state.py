"""Which runs are shown, ticked and looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from cnn_core.runs import Finding, RunSummary
from cnn_gui.runs.values import RunCurves

LETTERS = "ABCD"


class RunsState(QObject):
    """GUI thread only. `runs_changed`: which are shown, and in which order. `ticked_changed`, `selected_changed`,
    `curves_changed`, `findings_changed`: what their names say."""

    runs_changed = Signal()
    ticked_changed = Signal()
    selected_changed = Signal()
    curves_changed = Signal()
    findings_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.total = 0
        self.problem = ""
        self.order: tuple[str, bool] = ("started_at", True)
        """The key of the column by which the runs are sorted, and whether the largest stand first."""
        self._shown: tuple[RunSummary, ...] = ()
        self._by_name: dict[str, RunSummary] = {}
        self._ticked: tuple[str, ...] = ()
        self._selected = self._baseline = ""
        self._curves: dict[str, RunCurves] = {}
        self._findings: tuple[Finding, ...] | None = None

    @property
    def shown(self) -> tuple[RunSummary, ...]:
        """Runs that are meant by the filter, in the table's order."""
        return self._shown

    @property
    def ticked(self) -> tuple[RunSummary, ...]:
        """Ticked ones, in the order in which they were, also such as the filter hides: the first four have letters."""
        return tuple(self._by_name[name] for name in self._ticked if name in self._by_name)

    @property
    def selected(self) -> RunSummary | None:
        """The one that actions are about."""
        return next((run for run in self._shown if run.name == self._selected), None)

    @property
    def baseline(self) -> RunSummary | None:
        """The one that settings are compared with: as somebody chose, else the first ticked one, else the first."""
        chosen = next((run for run in self._shown if run.name == self._baseline), None)
        return chosen or next(iter(self.ticked), None) or next(iter(self._shown), None)

    @property
    def curves(self) -> Mapping[str, RunCurves]:
        """Of the ticked runs, by name, as far as they are read."""
        return self._curves

    @property
    def findings(self) -> tuple[Finding, ...] | None:
        """What is odd about the selected run; None while nobody knows."""
        return self._findings

    def letter(self, name: str) -> str:
        """A to D for the first four ticked runs, else nothing."""
        names = [run.name for run in self.ticked]
        return LETTERS[names.index(name)] if name in names and names.index(name) < len(LETTERS) else ""

    def set_runs(self, shown: Sequence[RunSummary], every: Sequence[RunSummary], problem: str = "") -> None:
        self._shown, self.total, self.problem = tuple(shown), len(every), problem
        self._by_name = {run.name: run for run in every}
        self.runs_changed.emit()

    def set_ticked(self, names: Sequence[str]) -> None:
        if tuple(names) != self._ticked:
            self._ticked = tuple(names)
            self._curves = {name: curves for name, curves in self._curves.items() if name in self._ticked}
            self.ticked_changed.emit()

    @property
    def ticked_names(self) -> tuple[str, ...]:
        return self._ticked

    def select(self, name: str) -> None:
        if name != self._selected:
            self._selected, self._findings = name, None
            self.selected_changed.emit()
            self.findings_changed.emit()

    def set_baseline(self, name: str) -> None:
        self._baseline = name
        self.runs_changed.emit()

    def set_curves(self, curves: Mapping[str, RunCurves]) -> None:
        self._curves = dict(curves)
        self.curves_changed.emit()

    def set_findings(self, findings: tuple[Finding, ...] | None) -> None:
        self._findings = findings
        self.findings_changed.emit()
