"""The layers as a list of cards that can be dragged, with what each costs."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from cnn_core.inspection.network_report import LayerReport
from cnn_gui.network.columns import BAR_PX, GRIP_PX, Columns
from cnn_gui.network.problem_row import GAP_PX, ROW_PX, ProblemRow
from cnn_gui.network.state import Draft, NetworkState
from cnn_gui.network.words import caption, kind_words, layer_words, shape_words
from cnn_gui.session.state import State
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.painted_text import RIGHT, paint_line
from cnn_gui.widgets.translation import tr

RADIUS_PX, PROBLEM_PX = 6, 78
Index = QModelIndex | QPersistentModelIndex
WEIGHTED = ("Conv2D", "Dense")


class LayerModel(QAbstractListModel):
    """The layers of a draft; each says in a sentence what a row shows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.draft: Draft | None = None

    def show(self, draft: Draft) -> None:
        self.beginResetModel()
        self.draft = draft
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() or self.draft is None else len(self.draft.report.layers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self.draft is None or not index.isValid():
            return None
        row = self.draft.report.layers[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return in_words(row)
        if role == Qt.ItemDataRole.ToolTipRole and row.problem:
            return row.problem
        return None


def in_words(row: LayerReport) -> str:
    """What a row shows, as a sentence."""
    name = f"{layer_words(row.layer, row.kind)}, {kind_words(row.kind)} {caption(row.layer)}".strip()
    if row.problem:
        return tr("{name}: does not fit. {problem}").format(name=name, problem=row.problem)
    if row.output_shape is None:
        return tr("{name}: behind a layer that does not fit").format(name=name)
    return tr("{name}: output {shape}, {n} parameters").format(
        name=name, shape=shape_words(row.output_shape), n=thousands(row.parameters)
    )


class LayerDelegate(QStyledItemDelegate):
    """Paints a row; the bars of a column share one scale."""

    def __init__(self, state: State, network: NetworkState, parent: QWidget) -> None:
        super().__init__(parent)
        self._state, self._network = state, network

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        is_broken = index.row() == self._network.draft.report.broken
        return QSize(200, ROW_PX + GAP_PX + (PROBLEM_PX if is_broken else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, report = self._state.appearance.theme, self._network.draft.report
        row = report.layers[index.row()]
        place = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -GAP_PX - 0.5)  # type: ignore[attr-defined]
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, edge = (theme.selected, theme.accent) if chosen else (theme.raised, theme.border)
        if row.problem:
            ground, edge = theme.bad_wash, theme.bad
        painter.setBrush(QColor(ground))
        painter.setPen(QPen(QColor(edge), 1))
        painter.drawRoundedRect(place, RADIUS_PX, RADIUS_PX)
        line = QRectF(place.left(), place.top(), place.width(), ROW_PX - 1)
        _grip(painter, line, theme.muted)
        stripe = theme.accent if row.kind in WEIGHTED else theme.muted
        painter.fillRect(QRectF(line.left() + GRIP_PX, line.center().y() - 8, 3, 16), QColor(stripe))
        self._paint_columns(painter, line, row)
        painter.restore()

    def _paint_columns(self, painter: QPainter, line: QRectF, row: LayerReport) -> None:
        theme, layers = self._state.appearance.theme, self._network.draft.report.layers
        columns = Columns.in_width(line.width())

        def cell(column: tuple[float, float]) -> QRectF:
            return QRectF(line.left() + column[0], line.top(), column[1], line.height())

        paint_line(painter, cell(columns.name), layer_words(row.layer, row.kind), theme.text, size_px=13, strong=True)
        if columns.options[1]:
            paint_line(painter, cell(columns.options), caption(row.layer), theme.muted)
        fits = row.output_shape is not None
        said = shape_words(row.output_shape) if fits else (tr("does not fit") if row.problem else "–")
        colour = theme.bad if row.problem else theme.text if fits else theme.muted
        paint_line(painter, cell(columns.output), said, colour, size_px=13, strong=bool(row.problem), align=RIGHT)
        for column, value, most, words in (
            (columns.parameters, row.parameters, max(r.parameters for r in layers), thousands(row.parameters)),
            (columns.multiply_adds, row.multiply_adds, max(r.multiply_adds for r in layers),
             thousands(row.multiply_adds)),
            (columns.bytes, row.bytes_an_image, max(r.bytes_an_image for r in layers),
             f"{row.bytes_an_image / 1024:.1f}"),
        ):  # fmt: skip
            self._figure(painter, cell(column), value / max(most, 1), words if fits else "–", fits)
        sees = "×".join(map(str, row.sees)) if row.sees is not None else "–"
        paint_line(painter, cell(columns.sees), sees, theme.text if fits else theme.muted, size_px=13, align=RIGHT)

    def _figure(self, painter: QPainter, place: QRectF, share: float, words: str, fits: bool) -> None:
        """A number, and a bar beside it where there is room."""
        if place.width() <= 0:
            return
        theme, has_bar = self._state.appearance.theme, place.width() > 80
        right = place.right() - (BAR_PX + 8 if has_bar else 0)
        text = QRectF(place.left(), place.top(), right - place.left(), place.height())
        paint_line(painter, text, words, theme.text if fits else theme.muted, size_px=13, align=RIGHT)
        if has_bar and fits:
            bar = QRectF(place.right() - BAR_PX, place.center().y() - 2, BAR_PX, 4)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.track))
            painter.drawRoundedRect(bar, 2, 2)
            if share > 0:
                painter.setBrush(QColor(theme.muted))
                painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(BAR_PX * share, 2), 4), 2, 2)


def _grip(painter: QPainter, line: QRectF, colour: str) -> None:
    """Six dots that say: drag here."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    for i in range(3):
        for j in range(2):
            painter.drawEllipse(QPointF(line.left() + 10 + 5 * j, line.center().y() - 5 + 5 * i), 1.2, 1.2)


class LayerList(QListView):
    """Choose with the pointer or the keys, drag by the grip, Alt with up and down, Insert, Delete, Enter."""

    layer_chosen = Signal(int)
    moved = Signal(int, int)
    add_wanted = Signal()
    remove_wanted = Signal()
    duplicate_wanted = Signal()
    options_wanted = Signal()
    fix_chosen = Signal(int)
    resized = Signal()

    def __init__(self, state: State, network: NetworkState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layerList")
        self.setAccessibleName(tr("Layers of the network"))
        self._state, self._network = state, network
        self._model = LayerModel(self)
        self.setModel(self._model)
        self.setItemDelegate(LayerDelegate(state, network, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self._dragged: int | None = None
        self._target: int | None = None
        self._showing = False
        network.changed.connect(self._on_changed)
        network.chosen_changed.connect(self._on_chosen_changed)
        state.appearance.theme_changed.connect(self._on_changed)
        self._on_changed()

    def term_at(self, place: QPoint) -> str:
        """The kind of the layer at a place: a word of the glossary."""
        row = self.indexAt(place).row()
        layers = self._model.draft.report.layers if self._model.draft is not None else ()
        return layers[row].kind if 0 <= row < len(layers) else ""

    # --- What the state says

    @Slot()
    def _on_changed(self) -> None:
        self._showing = True
        self._model.show(self._network.draft)
        broken = self._network.draft.report.broken
        if broken is not None:
            problem = ProblemRow(self._network.draft)
            problem.fix_chosen.connect(self.fix_chosen)
            problem.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation, False)
            self.setIndexWidget(self._model.index(broken), problem)
        self._showing = False
        self._on_chosen_changed()

    @Slot()
    def _on_chosen_changed(self) -> None:
        index = self._model.index(self._network.chosen)
        if index.isValid() and index != self.currentIndex():
            self.setCurrentIndex(index)
        if index.isValid():
            self.scrollTo(index)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and not self._showing:
            self.layer_chosen.emit(current.row())

    # --- Keys

    def event(self, event: QEvent) -> bool:
        """Keys that this list reads are no shortcuts while it has the focus."""
        keys = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Insert)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in keys:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chosen, key, keys = self._network.chosen, event.key(), Qt.Key
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if alt and key in (keys.Key_Up, keys.Key_Down):
            self.moved.emit(chosen, chosen + (1 if key == keys.Key_Down else -1))
        elif key == keys.Key_Insert and control:
            self.duplicate_wanted.emit()
        elif key == keys.Key_Insert:
            self.add_wanted.emit()
        elif key in (keys.Key_Delete, keys.Key_Backspace):
            self.remove_wanted.emit()
        elif key in (keys.Key_Return, keys.Key_Enter):
            self.options_wanted.emit()
        else:
            super().keyPressEvent(event)

    # --- Dragging

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and event.position().x() < GRIP_PX:
            self._dragged = index.row()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is None:
            over_grip = event.position().x() < GRIP_PX and self.indexAt(event.position().toPoint()).isValid()
            self.setCursor(Qt.CursorShape.OpenHandCursor if over_grip else Qt.CursorShape.ArrowCursor)
            super().mouseMoveEvent(event)
            return
        target = self._gap_at(event.position().y())
        if target != self._target:
            self._target = target
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        dragged, target = self._dragged, self._target
        self._dragged = self._target = None
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.viewport().update()
        if dragged is not None and target is not None and target not in (dragged, dragged + 1):
            self.moved.emit(dragged, target - 1 if target > dragged else target)

    def _gap_at(self, y: float) -> int:
        """Before which row a dragged one would go."""
        for number in range(self._model.rowCount()):
            rect = self.visualRect(self._model.index(number))
            if y < rect.center().y():
                return number
        return self._model.rowCount()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = self._state.appearance.theme
        painter = QPainter(self.viewport())
        if self._target is not None:
            painter.fillRect(QRect(0, self._gap_y(self._target) - 1, self.viewport().width(), 2), QColor(theme.accent))
        if self.hasFocus() and self.currentIndex().isValid():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.accent), 2))
            place = QRectF(self.visualRect(self.currentIndex())).adjusted(1, 1, -1, -GAP_PX - 1)
            painter.drawRoundedRect(place, RADIUS_PX, RADIUS_PX)
        painter.end()

    def _gap_y(self, number: int) -> int:
        if number < self._model.rowCount():
            return self.visualRect(self._model.index(number)).top() - GAP_PX // 2
        return self.visualRect(self._model.index(number - 1)).bottom() - GAP_PX // 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()
        self.resized.emit()
