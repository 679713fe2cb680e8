"""The table of runs: sorted by its head, ticked with the space bar, the name edited in place."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from cnn_core.runs import RunSummary
from cnn_gui.runs.columns import COLUMNS, GIVE_WAY, NAME, Align, Column, reason_words
from cnn_gui.runs.state import LETTERS, RunsState
from cnn_gui.session.state import State
from cnn_gui.widgets.painted_text import CENTRE, paint_line
from cnn_gui.widgets.translation import tr

ROW_PX = 28
Index = QModelIndex | QPersistentModelIndex


class RunsModel(QAbstractTableModel):
    """The runs that are shown; their names can be edited."""

    renamed = Signal(str, str)

    def __init__(self, runs: RunsState, parent: QWidget) -> None:
        super().__init__(parent)
        self._runs, self._rows = runs, runs.shown

    def refresh(self) -> None:
        """Show what is meant now; the same rows in the same order change in place, so that an editor stays open."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        rows = self._runs.shown
        if [run.name for run in rows] == [run.name for run in self._rows]:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def run_at(self, row: int) -> RunSummary | None:
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        run = self.run_at(index.row())
        if run is None:
            return None
        column = COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return column.words(run)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            ticked = tr("ticked") if run.name in self._runs.ticked_names else tr("not ticked")
            return ticked if not column.key else f"{tr(column.title)}: {column.words(run)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{run.name} · {reason_words(run.reason)}" + (f"\n{run.notes}" if run.notes else "")
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            title = tr(COLUMNS[section].title) if COLUMNS[section].title else ""
            key, descending = self._runs.order
            return f"{title} {'↓' if descending else '↑'}" if COLUMNS[section].key == key else title
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return COLUMNS[section].align | Align.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == NAME else flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        run = self.run_at(index.row())
        if run is None or role != Qt.ItemDataRole.EditRole or str(value) == run.title:
            return False
        self.renamed.emit(run.name, str(value))
        return True


class RunsDelegate(QStyledItemDelegate):
    """Paints a cell: a tick and a letter, words, a small curve; settings unlike the baseline's have a ground."""

    def __init__(self, state: State, runs: RunsState, parent: QWidget) -> None:
        super().__init__(parent)
        self._state, self._runs = state, runs

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(COLUMNS[index.column()].width, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        run = model.run_at(index.row()) if isinstance(model, RunsModel) else None
        if run is None:
            return
        theme, column = self._state.appearance.theme, COLUMNS[index.column()]
        place = QRectF(option.rect)  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:  # type: ignore[attr-defined]
            painter.fillRect(place, QColor(theme.selected))
        if not column.key:
            self._paint_tick(painter, place, run)
        elif column.key == "reason":
            self._paint_curve(painter, place.adjusted(6, 5, -6, -5), run)
        else:
            self._paint_words(painter, place, run, column)
        painter.restore()

    def _paint_words(self, painter: QPainter, place: QRectF, run: RunSummary, column: Column) -> None:
        theme, words = self._state.appearance.theme, column.words(run)
        inside = place.adjusted(5, 0, -5, 0)
        baseline = self._runs.baseline
        if (
            column.setting
            and baseline is not None
            and run.settings.get(column.setting) != baseline.settings.get(column.setting)
        ):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.hover))
            painter.drawRoundedRect(place.adjusted(1, 4, -1, -4), 5, 5)
        gone = not run.has_model and run.reason not in ("running", "interrupted")
        colour = theme.muted if gone or column.key in ("started_at",) else theme.text
        strong = column.key == "title" and run.name in self._runs.ticked_names
        paint_line(painter, inside, words, colour, size_px=13, strong=strong, align=column.align)

    def _paint_tick(self, painter: QPainter, place: QRectF, run: RunSummary) -> None:
        theme, ticked = self._state.appearance.theme, run.name in self._runs.ticked_names
        box = QRectF(place.left() + 8, place.center().y() - 7, 14, 14)
        painter.setPen(QPen(QColor(theme.accent if ticked else theme.border), 1))
        painter.setBrush(QColor(theme.accent if ticked else theme.raised))
        painter.drawRoundedRect(box, 4, 4)
        if ticked:
            painter.setPen(QPen(QColor(theme.accent_text), 1.8))
            x, y = box.left(), box.top()
            painter.drawPolyline(QPolygonF([QPointF(x + 3, y + 7), QPointF(x + 6, y + 10), QPointF(x + 11, y + 4)]))
        if letter := self._runs.letter(run.name):
            tag = QRectF(place.left() + 28, place.center().y() - 8, 16, 16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.runs[LETTERS.index(letter)]))
            painter.drawRoundedRect(tag, 4, 4)
            paint_line(painter, tag, letter, theme.accent_text, size_px=11, strong=True, align=CENTRE)

    def _paint_curve(self, painter: QPainter, place: QRectF, run: RunSummary) -> None:
        """The loss, or how the run ended where there is none."""
        theme, letter = self._state.appearance.theme, self._runs.letter(run.name)
        if run.reason in ("running", "interrupted", "diverged", "failed") or len(run.curve) < 2:
            colour = theme.bad if run.reason in ("diverged", "failed") else theme.muted
            paint_line(painter, place, reason_words(run.reason), colour)
            return
        colour = theme.runs[LETTERS.index(letter)] if letter else theme.muted
        low, high = 0.0, max(run.curve)
        step = place.width() / (len(run.curve) - 1)
        points = [
            QPointF(place.left() + i * step, place.bottom() - place.height() * (value - low) / max(high - low, 1e-9))
            for i, value in enumerate(run.curve)
        ]
        painter.setPen(QPen(QColor(colour), 1.4))
        painter.drawPolyline(QPolygonF(points))


class RunsTable(QTableView):
    """`tick_wanted`, `run_chosen` and `sort_wanted` carry a run's name, and the key of a column."""

    tick_wanted = Signal(str)
    run_chosen = Signal(str)
    sort_wanted = Signal(str)
    delete_wanted = Signal()
    open_wanted = Signal()

    def __init__(self, state: State, runs: RunsState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsTable")
        self.setAccessibleName(tr("Runs"))
        self._state, self._runs = state, runs
        self.runs_model = RunsModel(runs, self)
        self.setModel(self.runs_model)
        self.setItemDelegate(RunsDelegate(state, runs, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        head = self.horizontalHeader()
        head.setSectionsClickable(True)
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setFixedHeight(24)
        head.sectionClicked.connect(self._on_head_clicked)
        for number, column in enumerate(COLUMNS):
            self.setColumnWidth(number, column.width)
        runs.runs_changed.connect(self._on_runs_changed)
        runs.ticked_changed.connect(self.viewport().update)
        runs.selected_changed.connect(self._on_selected_changed)
        state.appearance.theme_changed.connect(self.viewport().update)
        self._quiet = False
        self._on_runs_changed()

    @Slot()
    def _on_runs_changed(self) -> None:
        self._quiet = True
        self.runs_model.refresh()
        self._quiet = False
        self._on_selected_changed()
        self.viewport().update()

    @Slot()
    def _on_selected_changed(self) -> None:
        selected = self._runs.selected
        if selected is None:
            return
        row = [run.name for run in self._runs.shown].index(selected.name)
        if row != self.currentIndex().row():
            self._quiet = True
            self.setCurrentIndex(self.runs_model.index(row, NAME))
            self._quiet = False

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        run = self.runs_model.run_at(current.row())
        if run is not None and not self._quiet:
            self.run_chosen.emit(run.name)

    @Slot(int)
    def _on_head_clicked(self, section: int) -> None:
        if COLUMNS[section].key:
            self.sort_wanted.emit(COLUMNS[section].key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        run = self.runs_model.run_at(index.row()) if index.isValid() else None
        if run is not None and index.column() == 0 and event.button() == Qt.MouseButton.LeftButton:
            self.tick_wanted.emit(run.name)
            return
        super().mousePressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keys that this table reads are no shortcuts while it has the focus."""
        keys = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Space)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in keys:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() == QAbstractItemView.State.EditingState:  # the field of a name passes on what it has read
            return
        run = self.runs_model.run_at(self.currentIndex().row())
        key = event.key()
        if key == Qt.Key.Key_F2 and run is not None:
            self.edit(self.runs_model.index(self.currentIndex().row(), NAME))
        elif key == Qt.Key.Key_Space and run is not None:
            self.tick_wanted.emit(run.name)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_wanted.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_wanted.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter, theme = QPainter(self.viewport()), self._state.appearance.theme
        if not self._runs.shown:
            words = self._runs.problem or (
                tr("No run is meant by these words.") if self._runs.total else tr("No runs yet. Press Space to train.")
            )
            place = QRectF(0, 8, self.viewport().width(), 24)
            paint_line(
                painter, place, words, theme.bad if self._runs.problem else theme.muted, size_px=13, align=CENTRE
            )
        elif self.hasFocus() and self.currentIndex().isValid():
            row = self.visualRect(self.currentIndex())
            painter.setPen(QPen(QColor(theme.accent), 1))
            painter.drawRect(QRect(0, row.top(), self.viewport().width() - 1, row.height() - 1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow table some columns give way; the name takes what is left."""
        super().resizeEvent(event)
        room = event.size().width()
        hidden: set[int] = set()
        for number in GIVE_WAY:
            needed = sum(column.width for place, column in enumerate(COLUMNS) if place not in hidden)
            if needed <= room:
                break
            hidden.add(number)
        for number in range(len(COLUMNS)):
            self.setColumnHidden(number, number in hidden)
        others = sum(column.width for place, column in enumerate(COLUMNS) if place not in hidden and place != NAME)
        self.setColumnWidth(NAME, max(room - others, 60))
